"""A problem as a page in the frame: what happened, and what to do now. Programs still get the problem."""

import json
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.problem_docs import MEDIA_TYPE
from chassis.problem_table import DETAIL_OF_STATUS
from web.frame import Frame
from web.viewer import viewer_of
from web.words import N_

_ADVICE = {
    400: N_("Mở lại trang trước, kiểm tra rồi gửi lại."),
    403: N_("Mở trang của chúng tôi rồi gửi biểu mẫu từ đó."),
    404: N_("Kiểm tra địa chỉ, hoặc bắt đầu lại từ trang chủ."),
    409: N_("Mở lại trang để xem tình trạng mới nhất, rồi làm tiếp."),
    422: N_("Quay lại trang trước và sửa những chỗ được nêu."),
    503: N_("Chờ ít giây rồi tải lại trang này. Những gì đã lưu vẫn còn."),
}
_NO_PAGE = N_("Không có trang này, hoặc lượt chạy của nó đã bị xóa.")
_OTHERWISE = N_("Thử lại. Nếu vẫn lỗi, hãy báo cho người vận hành.")


@dataclass(frozen=True)
class ProblemView:
    """What the page of a problem shows."""

    status: int
    title: str
    detail: str
    advice: str
    errors: list[dict[str, Any]]
    reload: bool


class ProblemPages:
    """Re-writes each problem that goes to a browser."""

    def __init__(self, app: ASGIApp, frame: Frame) -> None:
        self.app, self.frame = app, frame

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wanted = "text/html" in Headers(scope=scope).get("accept", "") if scope["type"] == "http" else False
        if not wanted:
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        chunks: list[bytes] = []

        async def re_written(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                if Headers(raw=message["headers"]).get("content-type", "").startswith(MEDIA_TYPE):
                    start = message
                else:
                    await send(message)
            elif start is None:
                await send(message)
            else:
                chunks.append(message.get("body", b""))
                if not message.get("more_body", False):
                    await self._page(scope, start, b"".join(chunks))(scope, receive, send)

        await self.app(scope, receive, re_written)

    def _page(self, scope: Scope, start: Message, body: bytes) -> HTMLResponse:
        problem, viewer = json.loads(body), viewer_of(scope)
        view = ProblemView(
            status=start["status"],
            title=problem["title"],
            # A program is shown the list of addresses, a person is not.
            detail=(
                viewer.words.say(_NO_PAGE)
                if problem["detail"] in DETAIL_OF_STATUS[404]
                else problem["detail"]
            ),
            advice=viewer.words.say(_ADVICE.get(start["status"], _OTHERWISE)),
            errors=problem.get("errors", []),
            reload=start["status"] >= 500 and scope["method"] == "GET",
        )
        page = HTMLResponse(self.frame.render(viewer, "problem.html", view), start["status"])
        told = Headers(raw=start["headers"])
        kept = MutableHeaders(raw=page.raw_headers)
        for name in ("retry-after", "content-language", "cache-control", "allow"):
            if name in told:
                kept[name] = told[name]
        return page
