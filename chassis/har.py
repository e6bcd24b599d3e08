"""Exchanges between services as HAR 1.2, and a client that gives the recorded answers again.

Replay is strict: the same requests in the same order, or it ends with what was expected and what came. A call
that failed as a fault of the run is recorded as it failed (``_failure``), and fails again.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from chassis.client import Answer, ServiceClient, ServiceUnreachable
from chassis.mishaps import Mishap
from flow_model.errors import SandboxError
from flow_model.events import canonical

Json = dict[str, Any]
VERSION = "1.2"


class ReplayDiffers(SandboxError):
    """The tester looks: what is asked now is not what was asked when this was recorded."""

    slug = "replay-differs"


@dataclass(frozen=True)
class Asked:
    """One request, as two runs of one story must agree on it."""

    service: str
    method: str
    path: str
    query: str
    body: str

    def __str__(self) -> str:
        query = f"?{self.query}" if self.query else ""
        return f"{self.method} {self.service}{self.path}{query} {self.body[:200]}".rstrip()


def asked(service: str, method: str, path: str, params: Mapping[str, str | int] | None, body: Any) -> Asked:
    """What is compared of a request."""
    return Asked(
        service, method, path, urlencode(dict(params or {})), "" if body is None else canonical(body).decode()
    )


def said(json_body: Any, content: Any) -> Any:
    """What a request says: its JSON, or the text of its lines."""
    return content.decode() if isinstance(content, bytes) else json_body


def entry(
    request: Asked, headers: Mapping[str, str], answer: Answer | None, failure: ServiceUnreachable | None
) -> Json:
    """One exchange as HAR has it; times are the story's."""
    content = b"" if answer is None else answer.content
    failed = failure and {
        "reason": failure.reason,
        "retry_after_seconds": failure.retry_after_seconds,
        "staged": failure.staged,
    }
    return {
        "startedDateTime": headers.get("Simulated-At", "1970-01-01T00:00:00+00:00"),
        "time": 0,
        "request": {
            "method": request.method,
            "url": f"http://{request.service}{request.path}" + (f"?{request.query}" if request.query else ""),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _named(headers),
            "queryString": [{"name": name, "value": value} for name, _, value in _pairs(request.query)],
            **({"postData": {"mimeType": "application/json", "text": request.body}} if request.body else {}),
            "headersSize": -1,
            "bodySize": len(request.body.encode()),
        },
        "response": {
            "status": 0 if answer is None else answer.status,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [] if answer is None else _named(answer.headers),
            "content": {
                "size": len(content),
                "mimeType": "" if answer is None else answer.headers.get("content-type", ""),
                "text": content.decode("utf-8", "replace"),
            },
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": len(content),
        },
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        "_asked": asdict(request),
        **({"_failure": failed} if failed else {}),
    }


def document(run_id: str, entries: Iterable[Json], version: str) -> Json:
    """The whole HAR; ``_run`` names the run, whose name is part of what was signed."""
    creator = {"name": "mot-lan-khai", "version": version}
    return {"log": {"version": VERSION, "creator": creator, "entries": list(entries), "_run": run_id}}


class ReplayingClient(ServiceClient):
    """Answers from a recording, in strict order; the services themselves are switched off."""

    def __init__(self, recorded: Json) -> None:
        log = recorded["log"]
        self.run_id: str = log["_run"]
        self._entries: list[Json] = log["entries"]
        self._next = 0
        names = dict.fromkeys(each["_asked"]["service"] for each in self._entries)
        super().__init__({}, dict.fromkeys(names, "http://recorded.invalid"), None)

    @property
    def left(self) -> int:
        """How many recorded exchanges were not asked for yet."""
        return len(self._entries) - self._next

    async def call(
        self,
        service: str,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,  # noqa: ARG002  what differs between two machines
        content: Any = None,
        mishap: Mishap | None = None,  # noqa: ARG002  it was staged when this was recorded
    ) -> Answer:
        """The recorded answer, if this is the request that comes next; ReplayDiffers otherwise."""
        now = asked(service, method, path, params, said(json, content))
        if self._next >= len(self._entries):
            raise _differs(self._next, "nothing more", str(now))
        kept = self._entries[self._next]
        wanted = Asked(**kept["_asked"])
        if wanted != now:
            raise _differs(self._next, str(wanted), str(now))
        self._next += 1
        failed = kept.get("_failure")
        if failed:
            raise ServiceUnreachable(
                service, failed["reason"], failed["retry_after_seconds"], staged=failed["staged"]
            )
        response = kept["response"]
        named = {each["name"]: each["value"] for each in response["headers"]}
        text: str = response["content"]["text"]
        return Answer(response["status"], named, _body(text, named), service, text.encode())


def _differs(number: int, wanted: str, came: str) -> ReplayDiffers:
    return ReplayDiffers(
        f"Bản ghi khác ở trao đổi {number + 1}: cần {wanted}; nhận {came}",
        f"the recording differs at exchange {number + 1}: expected {wanted}; got {came}",
    )


def _named(headers: Mapping[str, str]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def _pairs(query: str) -> list[tuple[str, str, str]]:
    return [part.partition("=") for part in query.split("&") if part]


def _body(text: str, headers: Mapping[str, str]) -> Any:
    kind = headers.get("content-type", "").partition(";")[0]
    return json.loads(text) if kind.endswith(("/json", "+json")) and text else None
