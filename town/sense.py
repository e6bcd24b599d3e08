"""What is asked of `play` and makes no sense, told before anything is played."""

from collections.abc import Iterator
from pathlib import Path

from chassis.settings import is_url
from town.cli import Misasked
from town.order import Order
from town.standing import NotWritable, require_file

# Each says where or how to play, and the second would be passed over in silence.
_APART = (
    ("replay", "gateway"),
    ("replay", "processes"),
    ("replay", "memory"),
    ("replay", "record"),
    ("gateway", "processes"),
    ("gateway", "memory"),
    ("memory", "processes"),
    ("failed", "everything"),
    ("failed", "wanted"),
)
_TYPED = {"everything": "--all", "wanted": "FILE|ID|TAG"}


def require_sense(order: Order) -> None:
    """Raises Misasked, in one line, for what cannot be done as it was asked."""
    for vi, en in _nonsense(order):
        raise Misasked(vi, en)


def _nonsense(order: Order) -> Iterator[tuple[str, str]]:
    for one, other in _APART:
        if getattr(order, one) and getattr(order, other):
            both = [_TYPED.get(each, f"--{each}") for each in (one, other)]
            yield f"{both[0]} và {both[1]} không đi cùng nhau", f"{both[0]} and {both[1]} do not go together"
    if order.keep and not order.gateway:
        yield (
            "--keep cần --gateway: không có thì lượt chạy mất cùng lúc với lệnh này",
            "--keep needs --gateway: without it the runs are gone when this command ends",
        )
    if order.gateway is not None and not is_url(order.gateway):
        yield (
            f"--gateway {order.gateway}: cần một địa chỉ như http://127.0.0.1:8000",
            f"--gateway {order.gateway}: an address such as http://127.0.0.1:8000 is needed",
        )
    for option in ("junit", "html", "record"):
        path: Path | None = getattr(order, option)
        try:
            if path is not None:
                require_file(path)
        except NotWritable as wrong:
            yield f"--{option}: {wrong.detail_vi}", f"--{option}: {wrong.detail_en}"
