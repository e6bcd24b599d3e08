"""Which drafts were begun in this browser: a cookie of ours names them, and no others are offered here.

In a class a run is one trainee's own, so there the drafts are those of the run. Whoever has the address of a
draft opens it anywhere.
"""

import re
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from web.declaring.draft import MOST_LISTED
from web.viewer import cookie

COOKIE = "drafts"
_NAME = re.compile(r"[0-9a-f]{12}")


def begun_here(request: Request) -> Sequence[str]:
    """The names of the drafts that were begun in this browser, the newest first."""
    named = request.cookies.get(COOKIE, "").split(".")
    return [name for name in named if _NAME.fullmatch(name)][:MOST_LISTED]


def remember(request: Request, answer: Response, name: str) -> None:
    """This browser has begun one more."""
    answer.headers["Set-Cookie"] = cookie(COOKIE, ".".join([name, *begun_here(request)][:MOST_LISTED]))
