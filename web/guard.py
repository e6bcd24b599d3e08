"""What every answer says to the browser, whose forms are taken, and who can reach us at an address."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.problems import problem_of
from flow_model.errors import SandboxError

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_SAFE = ("GET", "HEAD", "OPTIONS")


class ForeignOrigin(SandboxError):
    """The visitor opens our own page and sends the form from there."""

    slug = "forbidden"


class Guard:
    """Adds the headers; refuses a form that another site sends."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["method"] not in _SAFE and not is_ours(Headers(scope=scope)):
            refusal = ForeignOrigin(
                "Biểu mẫu này không gửi từ trang của chúng tôi. Hãy mở lại trang rồi gửi.",
                "This form was not sent from our own page. Open the page again and send it from there.",
            )
            await problem_of(refusal, scope)(scope, receive, guarded)
            return
        await self.app(scope, receive, guarded)


def is_ours(headers: Headers) -> bool:
    """Whether the page that sends a form is of the host that it is sent to."""
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == headers.get("host")


def only_here(host: str) -> bool:
    """Whether this address is of this machine alone: a QR code of it leads nobody here."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
