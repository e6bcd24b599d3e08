"""What a check works with: runs of its own at the agency, and questions that say what they expect."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chassis.client import Answer, ServiceRefused, ServiceUnreachable
from chassis.request_headers import run_headers
from flow_model.catalogue import Catalogue, catalogue
from town.conformance.agency import Agency
from town.conformance.document import Document
from town.conformance.material import Application, Material
from town.conformance.verdicts import Broken, NotTried

Json = dict[str, Any]
EVENT_FIELDS = ("id", "application_id", "kind", "at", "round", "payload")
LONG = timedelta(days=120)
SECOND = timedelta(seconds=1)
OFFICER = "Cán bộ kiểm tra"
GRANT: Json = {"decision": "grant", "reason": "", "officer": OFFICER}
REJECT: Json = {"decision": "reject", "reason": "Không đủ điều kiện", "officer": OFFICER}
ASK_MORE: Json = {"decision": "request_supplement", "reason": "Thiếu giấy tờ", "officer": OFFICER}
RETURN: Json = {"decision": "return_to_issuer", "reason": "Sai họ tên", "officer": OFFICER}


def said(answer: Answer) -> str:
    """An answer in a few words: its status, and the detail of its problem."""
    body = answer.body if isinstance(answer.body, dict) else {}
    detail = body.get("detail") or body.get("title") or ""
    return f"{answer.status} {detail}".strip()


def expect(answer: Answer, *statuses: int, of: str) -> Answer:
    """The answer, when it has one of these statuses."""
    if answer.status not in statuses:
        wanted = " or ".join(map(str, statuses))
        raise Broken(f"{wanted} for {of}", said(answer), answer)
    return answer


def demand(holds: bool, expected: str, actual: object, answer: Answer | None = None) -> None:
    """Say what is broken unless something holds."""
    if not holds:
        raise Broken(expected, str(actual) or "nothing", answer)


def value(answer: Answer, name: str) -> Any:
    """A field of an answer, which must have it."""
    if not isinstance(answer.body, dict) or name not in answer.body:
        raise Broken(f"an answer with the field {name}", f"{answer.status} {_short(answer.body)}", answer)
    return answer.body[name]


def instant(text: Any, what: str, answer: Answer | None = None) -> datetime:
    """An instant with its offset."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Broken(f"{what}: an RFC 3339 instant with its offset", repr(text), answer)
    return at


def history(answer: Answer) -> list[Json]:
    """The events of an answer; only the fields of the contract, whatever else an agency may add."""
    told = value(answer, "events")
    if not isinstance(told, list) or not all(isinstance(each, dict) for each in told):
        raise Broken("a list of events", _short(told), answer)
    return [{name: each[name] for name in EVENT_FIELDS if name in each} for each in told]


def kinds(events: list[Json], application_id: str | None = None) -> list[str]:
    """The kinds of events, of one application or of all."""
    return [each["kind"] for each in events if application_id in (None, each["application_id"])]


@dataclass
class Lap:
    """A run that a check opened at the agency, and what may be asked in it."""

    agency: Agency
    id: str
    terms: Json
    now: datetime

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        at: datetime | None = None,
        params: Mapping[str, str | int] | None = None,
        content: bytes | None = None,
    ) -> Answer:
        """A question in this run at an instant; the last instant worked up to, when none is given."""
        headers = run_headers(self.id, at or self.now)
        return await self.agency.ask(method, path, body, params=params, headers=headers, content=content)

    async def put(self, application: Application, more: str, body: Any, at: datetime | None = None) -> Answer:
        """Send something that belongs to an application."""
        return await self.ask("PUT", f"/applications/{application.id}{more}", body, at=at)

    async def send(self, application: Application, **changes: Any) -> Answer:
        """Send an application that is new here."""
        self.now = max(self.now, application.at)
        answer = await self.put(application, "", application.body | changes, application.at)
        return expect(answer, 201, of=f"a new application {application.id}")

    async def work(self, until: datetime, after: int = 0) -> Answer:
        """Let the agency act up to an instant."""
        self.now = max(self.now, until)
        body = {"until": until.isoformat(), "after": after}
        answer = await self.ask("POST", "/work", body, at=until)
        return expect(answer, 200, of="acting up to an instant")

    async def events(self, after: int | None = None) -> list[Json]:
        """The events of this run."""
        answer = await self.ask("GET", "/events", params=None if after is None else {"after": after})
        return history(expect(answer, 200, of="the events"))

    async def show(self, application: Application) -> Json:
        """An application as it stands."""
        answer = await self.ask("GET", f"/applications/{application.id}")
        return dict(expect(answer, 200, of="an application that was sent").body)

    async def agenda(self) -> str | None:
        """When the agency will act next."""
        answer = expect(await self.ask("GET", "/agenda"), 200, of="the agenda")
        at: str | None = value(answer, "next_act_at")
        return at

    async def received(self, application: Application, **changes: Any) -> datetime:
        """Send an application and let the counter take it in; when it did."""
        await self.send(application, **changes)
        for _ in range(8):  # as many acts as can come before: a try that failed, an office that is closed
            view = await self.show(application)
            if view["received_at"] is not None:
                return instant(view["received_at"], "received_at")
            next_at = await self.agenda()
            if next_at is None:
                break
            await self.work(instant(next_at, "next_act_at"))
        raise Broken("that the counter takes an application in", f"it is still {view['state']}")


@dataclass
class Bench:
    """The agency, what there is to send to it, and its own document."""

    agency: Agency
    material: Material
    document: Document
    groups: Catalogue = field(default_factory=catalogue)
    opened: list[str] = field(default_factory=list)

    async def open(self, label: str = "a", **terms: Any) -> Lap:
        """Open a run for this check; one that an interrupted attempt left is removed first."""
        run_id = f"conformance-{self.agency.check.replace('_', '-')}"[:56] + f"-{label}"
        self.opened.append(run_id)
        asked = self.material.terms | terms
        answer = await self._put_run(run_id, asked)
        if answer.status in (200, 409):
            await self.agency.close_everywhere(run_id)
            answer = await self._put_run(run_id, asked)
        expect(answer, 201, of="opening a run")
        return Lap(self.agency, run_id, asked, instant(asked["starts_at"], "starts_at"))

    async def _put_run(self, run_id: str, terms: Json) -> Answer:
        await self.agency.open_at_registries(run_id, terms)
        return await self.agency.ask("PUT", f"/runs/{run_id}", terms)

    async def human(self, label: str = "a") -> Lap:
        """A run in which officers are people: nothing is decided unless we decide it."""
        return await self.open(label, officers="human")

    async def close(self) -> None:
        """Remove every run that was opened."""
        while self.opened:
            await self.agency.close_everywhere(self.opened.pop())

    @asynccontextmanager
    async def checking(self, name: str) -> AsyncIterator[None]:
        """Inside, everything that is asked belongs to one check; its runs are gone afterwards."""
        self.agency.check = name
        try:
            yield
        finally:
            await self.close()

    def one(self) -> Application:
        """An application of the agency."""
        return self.material.of_each_procedure()[0]

    def each(self) -> list[Application]:
        """One application of each procedure."""
        return self.material.of_each_procedure()

    def two(self) -> tuple[Application, Application]:
        """Two applications for two names."""
        sent = self.material.applications
        if len(sent) < 2:
            raise NotTried("only one application could be recorded for this agency")
        return sent[0], sent[1]

    def with_consents(self) -> Application:
        """An application that waits for somebody's consent."""
        for each in self.material.applications:
            if each.body["consents_needed"]:
                return each
        raise NotTried("no procedure of this agency asks anybody for consent")

    def with_issuer(self) -> Application:
        """An application that rests on a certificate of another procedure."""
        for each in self.material.applications:
            if each.procedure.requires:
                return each
        raise NotTried("no procedure of this agency rests on a certificate of another one")


def because(error: Exception) -> str:
    """What went wrong outside of a check's own words."""
    match error:
        case ServiceUnreachable():
            return f"no answer that can be read: {error.detail_en}"
        case ServiceRefused():
            return f"a shared registry refuses: {error.detail_en}"
        case _:
            return f"an answer of another shape ({type(error).__name__}: {error})"


def _short(body: Any) -> str:
    text = str(body)
    return text if len(text) <= 200 else text[:200] + "…"
