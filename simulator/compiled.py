"""One way to compile a kernel: cached on disk, without the interpreter's lock, with exact floating point."""

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

from numba import njit

# 64 bits without a sign, which neither numpy's types nor Python's int say to mypy and numba alike.
Bits: TypeAlias = Any
Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(function: Function) -> Function:
    """Compiled at its first call. Only what Python and numba understand alike may stand in it."""
    compiled: Any = njit(cache=True, nogil=True, error_model="numpy")(function)
    return cast(Function, compiled)
