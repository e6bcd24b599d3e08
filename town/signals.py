"""Who hears Ctrl-C, and when. Read before anything else, so it needs nothing that takes time."""

import signal
import sys
from types import FrameType

CTRL_C = 130


def end_quietly_while_starting() -> None:
    """Until the command has begun there is nothing to tidy up: Ctrl-C ends it, without a traceback."""

    def end(_number: int, _frame: FrameType | None) -> None:
        print(file=sys.stderr)
        raise SystemExit(CTRL_C)

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, end)


def listen_to_ctrl_c() -> None:
    """From now on Ctrl-C is a KeyboardInterrupt again, unless somebody had it ignored."""
    if callable(signal.getsignal(signal.SIGINT)):
        signal.signal(signal.SIGINT, signal.default_int_handler)


def leave_to_the_owner() -> None:
    """Ctrl-C and the end of a terminal reach every process of it; who owns the town ends the others, in good
    order: with SIGTERM."""
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
