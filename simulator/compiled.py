"""One way to compile a kernel: cached on disk, without the interpreter's lock, with exact floating point."""

from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast

from numba import config, njit

# 64 bits without a sign, which neither numpy's types nor Python's int say to mypy and numba alike.
Bits: TypeAlias = Any
# A place that is never below nothing: a number without a sign is not looked at twice when it is an index.
Index: TypeAlias = Any
Function = TypeVar("Function", bound=Callable[..., Any])


def _shelf() -> str:
    """Where compiled kernels are kept: one folder for one state of all sources of this package.

    Numba keeps a kernel until its own file changes, whatever has become of the kernels that it calls.
    """
    here = Path(__file__).parent
    sources = b"".join(each.read_bytes() for each in sorted(here.glob("*.py")))
    return str(here / "__pycache__" / f"kernels-{blake2b(sources, digest_size=8).hexdigest()}")


_settings: Any = config
if not _settings.CACHE_DIR:
    _settings.CACHE_DIR = _shelf()


def kernel(function: Function) -> Function:
    """Compiled at its first call. Only what Python and numba understand alike may stand in it."""
    return _compiled(function)


def helper(function: Function) -> Function:
    """The same, for what is called by kernels and makes no array: nobody counts who holds those that it is
    given, which costs more than most of what it does."""
    return _compiled(function, _nrt=False)


def inlined(function: Function) -> Function:
    """A helper that is called for every application: its code stands where it is called."""
    return _compiled(function, _nrt=False, forceinline=True)


def _compiled(function: Function, **more: bool) -> Function:
    compile_with: Any = njit  # its types do not know that arrays may go uncounted
    return cast(Function, compile_with(cache=True, nogil=True, error_model="numpy", **more)(function))
