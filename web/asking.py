"""Pages ask the gateway and the agencies over HTTP, as anybody may, in the language of the visitor."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from chassis.answers import ServiceRefused, ServiceUnreachable
from chassis.client import ServiceClient
from chassis.language import Language
from chassis.problem_table import STATUS
from flow_model.errors import FieldError, SandboxError, ServiceDown
from flow_model.events import canonical
from web.flights import Flights

GATEWAY = "gateway"


class Passed(SandboxError):
    """What the gateway said, told on to the visitor under the same name."""

    def __init__(self, slug: str, detail: str, errors: list[FieldError], problem: Mapping[str, Any]) -> None:
        super().__init__(detail, detail, errors=errors)
        self.slug = slug if slug in STATUS else "error"  # type: ignore[misc]  # each has the name it was told
        self.problem = dict(problem)


@dataclass(frozen=True)
class Asking:
    """The way of one visitor to the town."""

    client: ServiceClient
    language: Language
    flights: Flights

    async def get(self, path: str, service: str = GATEWAY, **params: str | int | None) -> Any:
        """The body of a GET; Passed or ServiceDown when there is none. A parameter of None is left out."""
        asked = {name: value for name, value in params.items() if value is not None}
        key = (service, path, self.language, *sorted(asked.items()))
        return await self.flights.ask(key, lambda: self.ask("GET", path, service=service, params=asked))

    async def post(self, path: str, body: Any, key: str = "", service: str = GATEWAY) -> Any:
        """The body of a POST. ``key`` tells the same content sent twice on purpose."""
        told = sha256(f"{path} {key} ".encode() + canonical(body)).hexdigest()[:32]
        return await self.ask("POST", path, body, service=service, headers={"Idempotency-Key": told})

    async def put(self, path: str, body: Any, service: str = GATEWAY, **headers: str) -> Any:
        """The body of a PUT."""
        return await self.ask("PUT", path, body, service=service, headers=headers)

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        service: str = GATEWAY,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The body of whatever is asked."""
        sent = {"Accept-Language": self.language, **(headers or {})}
        try:
            answer = await self.client.call(service, method, path, json=body, params=params, headers=sent)
            answer.raise_for_problem()
        except ServiceUnreachable as gone:
            raise ServiceDown(
                f"{gone.detail_vi} Hãy thử lại sau ít giây.",
                f"{gone.detail_en} Try again in a few seconds.",
                retry_after_seconds=gone.retry_after_seconds or 5,
            ) from None
        except ServiceRefused as refused:
            raise _passed(refused) from None
        return answer.content if answer.body is None else answer.body


def _passed(refused: ServiceRefused) -> Passed:
    told: list[Mapping[str, str]] = refused.problem.get("errors") or []
    errors = [FieldError(each["field"], each["code"], each["message"], each["message"]) for each in told]
    detail = str(refused.problem.get("detail") or refused.detail_en)
    return Passed(refused.problem_slug, detail, errors, refused.problem)
