"""What was declared is not changed here: whoever comes back to its draft is led to the receipt."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow_model.errors import ConflictingContent
from web.declaring.draft import Draft

Answering = Callable[[Request], Coroutine[Any, Any, Response]]


class AlreadySent(ConflictingContent):
    """The draft is a dossier now."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(
            f"Tờ khai này đã nộp, mã hồ sơ {draft.dossier}.", f"this was declared already as {draft.dossier}"
        )
        self.receipt = f"{draft.address}/bien-nhan?da-nop=1"


def require_open(draft: Draft) -> None:
    """Raise AlreadySent when it was sent."""
    if draft.dossier:
        raise AlreadySent(draft)


class UntilSent(APIRoute):
    """A route of a draft: once that is sent, it leads to the receipt."""

    def get_route_handler(self) -> Answering:
        """The handler, with AlreadySent answered."""
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handle(request)
            except AlreadySent as sent:
                return RedirectResponse(sent.receipt, 303)

        return answered
