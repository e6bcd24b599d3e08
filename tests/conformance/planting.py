"""How one thing that is wrong is planted in an agency, with the checks that must say so."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from chassis.settings import OPEN_SECRET
from chassis.signing import Signer
from services.assembly import AGENCIES
from tests.conformance.between import Act, Between, Reply, Request

APPLICATION = re.compile(r"/applications/[^/]+")
TERMS = re.compile(r"/runs/[^/]+")
NO_EVENT = re.compile(r"/(?:work|events)")


@dataclass(frozen=True)
class Defect:
    """One thing that is wrong, and every check that must find it (in the chapters of these checks)."""

    act: Act
    found_by: frozenset[str]
    agency: str

    @property
    def name(self) -> str:
        return self.act.__name__


class Defects(list[Defect]):
    """Defects in the order in which they are planted."""

    def plant(self, *found_by: str, agency: str = "residence") -> Callable[[Act], Act]:
        def planted(act: Act) -> Act:
            self.append(Defect(act, frozenset(found_by), agency))
            return act

        return planted


def put(request: Request, more: str = "") -> bool:
    return request.method == "PUT" and bool(re.fullmatch(rf"/applications/[^/]+{more}", request.path))


def shown(request: Request) -> Request:
    """The question how the application of a request stands."""
    found = APPLICATION.match(request.path)
    assert found is not None
    return request.get(found[0])


async def as_if_taken(between: Between, request: Request, reply: Reply) -> Reply:
    """The application as it stands, as if what was refused had been accepted."""
    view = await between.ask(shown(request))
    return replace(view, headers=view.headers | {"next-act-at": view.body["next_act_at"] or ""})


async def with_events(between: Between, request: Request, change: Callable[[Any], Any]) -> Reply:
    reply = await between.ask(request)
    if NO_EVENT.fullmatch(request.path) and reply.status == 200:
        told = [signed_again(request.run, each, change(each)) for each in reply.body["events"]]
        return reply.saying(reply.body | {"events": told})
    return reply


def signed_again(run: str, before: Any, event: Any) -> Any:
    """An event as it was changed: whoever tells something wrong signs it as well."""
    for service in AGENCIES:
        signer = Signer(OPEN_SECRET, service)
        if signer.verifies({"run_id": run, "service": service, **content_of(before)}, before["signature"]):
            return event | {
                "signature": signer.sign({"run_id": run, "service": service, **content_of(event)})
            }
    return event


def content_of(event: Any) -> dict[str, Any]:
    return {name: told for name, told in event.items() if name != "signature"}
