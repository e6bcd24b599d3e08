"""What people do in a run: declare, consent, supplement, decide, withdraw, pull again, add a fault.

Each act is written in the run's own log with its content, so that a run can be played again, saved as a
scenario, or forked. Nothing else from outside changes a run, its clock apart.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from pydantic import TypeAdapter

from flow_model.case import Case
from flow_model.catalogue import Catalogue
from flow_model.errors import (
    FieldError,
    InvalidDeclaration,
    NeighbourBroken,
    NotAllowedNow,
    UnknownThing,
)
from flow_model.events import canonical
from flow_model.faults import AnyFault, compiled
from flow_model.stuck import GATEWAY
from gateway.changing import with_changes
from gateway.declaring import Declaring, Wanted
from gateway.dossiers import Dossier, Dossiers
from gateway.driver import Driver
from gateway.fault_names import require_known
from gateway.journal import RUN_LOG, Journal, Note
from gateway.neighbours import Neighbours, speaking_for_others
from gateway.orchestrator import Orchestrator
from gateway.prefill import Prefilled
from gateway.previews import Previews
from gateway.runs import Run, Runs

Json = dict[str, Any]
FAULTS: TypeAdapter[tuple[AnyFault, ...]] = TypeAdapter(tuple[AnyFault, ...])
Done = TypeVar("Done")
ENDED_AT_AGENCY = ("granted", "rejected", "refused", "not_started", "withdrawn", "waiting")


class Acts:
    """Does what people ask, one act at a time in a run, and writes it down."""

    def __init__(
        self,
        catalogue: Catalogue,
        journal: Journal,
        runs: Runs,
        dossiers: Dossiers,
        neighbours: Neighbours,
        orchestrator: Orchestrator,
        driver: Driver,
        declaring: Declaring,
        previews: Previews,
    ) -> None:
        self._catalogue = catalogue
        self._journal = journal
        self._runs = runs
        self._dossiers = dossiers
        self._neighbours = neighbours
        self._orchestrator = orchestrator
        self._driver = driver
        self._declaring = declaring
        self._previews = previews
        self._known: dict[str, Callable[..., Awaitable[Any]]] = {
            "declare": self._declare,
            "preview": self._preview,
            "answer_preview": self._answer_preview,
            "consent": self._consent,
            "supplement": self._supplement,
            "decide": self._decide,
            "withdraw": self._withdraw,
            "pull_again": self._pull_again,
            "retry": self._retry,
            "add_faults": self._add_faults,
        }

    async def do(self, run_id: str, act: str, **content: Any) -> Any:
        """Do one act; what comes of it: the dossier's code, the preview, the officer's view."""
        async with self._driver.lock(run_id):
            return await self.do_within(await self._driver.at_present(run_id), act, content)

    async def do_within(self, run: Run, act: str, content: Json) -> Any:
        """The same for who holds the run's lock already."""
        at = run.now
        done = await self._known[act](run, **content)
        self._acted(run, act, content, at, _made(done))
        return done

    def _acted(self, run: Run, act: str, content: Json, at: datetime, made: str) -> None:
        # The same declared anew is another act, at whatever instant: it has made another dossier.
        source = f"act:{at.isoformat()}:{made}{canonical({'act': act, **content}).decode()}"
        note = Note(RUN_LOG, "acted", at, actor="people", payload={"act": act, **content}, source=source)
        self._journal.append(run, [note])

    async def declare_all(self, run_id: str, bodies: Sequence[Json]) -> list[str | Exception]:
        """Declare many, one after the other; the code of each dossier, or why there is none.

        The registries are asked about all of them at once. From then on nothing is waited for, so all that
        is written down is one transaction.
        """
        async with self._driver.lock(run_id):
            run = await self._driver.at_present(run_id)
            admitted = [_or_error(partial(self._admit, run, **body)) for body in bodies]
            wanted = [each for each in admitted if isinstance(each, Wanted)]
            try:
                filled = iter(await self._declaring.fill(run, wanted))
            except NeighbourBroken:  # it fails for one of them: who that is comes out when each asks alone
                return [await self._alone(run, body) for body in bodies]
            done: list[str | Exception] = []
            for body, each in zip(bodies, admitted, strict=True):
                if isinstance(each, Exception):
                    done.append(each)
                else:
                    done.append(_or_error(partial(self._write, run, body, each, next(filled))))
            return done

    def _write(self, run: Run, body: Json, wanted: Wanted, filled: Prefilled) -> str:
        event = self._declaring.write(run, wanted, filled)
        self._acted(run, "declare", body, run.now, event.dossier)
        return event.dossier

    async def _alone(self, run: Run, body: Json) -> str | Exception:
        try:
            return str(await self.do_within(run, "declare", body))
        except Exception as error:  # each line has its own answer; what concerns all rises there
            return error

    async def _declare(self, run: Run, **content: Any) -> str:
        return (await self._declaring.declare(run, self._admit(run, **content))).dossier

    def _admit(
        self,
        run: Run,
        *,
        group: str,
        path: str,
        procedures: list[str],
        declaration: Json,
        consent: bool,
        preview: str | None = None,
    ) -> Wanted:
        if path == "interlinked" and not consent:
            raise InvalidDeclaration(
                "Chưa đồng ý cho các cơ quan trao đổi dữ liệu: chưa gửi gì cả",
                "no consent to the exchange of data: nothing was sent",
                errors=[FieldError("consent", "missing", "Cần đồng ý", "consent is needed")],
            )
        return self._declaring.admit(
            run, self._catalogue.group(group), path, tuple(procedures), declaration, preview
        )

    async def _preview(self, run: Run, *, group: str, procedures: list[str], declaration: Json) -> Json:
        return self._previews.show(run, self._catalogue.group(group), procedures, declaration)

    async def _answer_preview(self, run: Run, *, preview: str, agreed: bool) -> str | None:
        if agreed:
            for dossier in self._dossiers.all(run):
                if dossier.declared.get("preview") == preview:
                    return dossier.case.dossier
            shown = self._previews.draft(run, preview)  # what the door refuses is not answered, and can be
            self._admit(run, path="interlinked", consent=True, preview=preview, **shown)
        draft = self._previews.answer(run, preview, agreed=agreed)
        if draft is None:
            return None
        return await self._declare(run, path="interlinked", consent=True, preview=preview, **draft)

    async def _consent(self, run: Run, *, dossier: str, party: str, given: bool) -> None:
        found = await self._settled(run, dossier)
        if party not in found.progress.consents_asked:
            raise UnknownThing(f"Hồ sơ không hỏi ý kiến “{party}”", f"no consent is asked of {party!r} here")
        answered = {*found.progress.consents_given, *found.progress.consents_refused}
        if party not in answered and (found.progress.withdrawn_at or found.progress.returned_at):
            raise NotAllowedNow(
                "Hồ sơ đã khép lại, không hỏi ý kiến nữa", "the dossier is closed: nobody is asked"
            )
        path = f"/consents/{dossier}.{party}/answer"
        with speaking_for_others():
            await self._neighbours.call(run, "population", "PUT", path, json={"given": given})
        await self._driver.settle_now(run)

    async def _supplement(
        self, run: Run, *, dossier: str, procedure: str, documents: list[str], changes: Json
    ) -> None:
        found = await self._settled(run, dossier)
        step = found.progress.steps.get(procedure)
        if step is None:
            raise UnknownThing(
                f"Hồ sơ không có thủ tục {procedure}", f"the dossier has no procedure {procedure}"
            )
        if step.state != "supplement_requested":
            sent = [each for each in found.history if each.kind == "supplement_sent"]
            last = next((each.payload for each in reversed(sent) if each.procedure == procedure), None)
            if last == {"documents": documents, "changes": changes}:
                return  # the same again, by somebody whom the answer did not reach
            raise NotAllowedNow("Cơ quan chưa yêu cầu bổ sung", "no supplement is asked for now")
        case = with_changes(found, changes)
        with speaking_for_others():
            notes = await self._orchestrator.send_supplement(
                run, case, found.progress, step, documents, changes
            )
        self._journal.append(run, notes)
        await self._driver.settle_now(run)

    async def _decide(
        self, run: Run, *, agency: str, application_id: str, decision: str, reason: str, officer: str
    ) -> Any:
        await self._driver.settle_now(run)
        path = f"/applications/{application_id}/decision"
        body = {"decision": decision, "reason": reason, "officer": officer}
        with speaking_for_others():
            answer = await self._neighbours.call(run, agency, "PUT", path, json=body)
        await self._driver.settle_now(run)
        return answer.body

    async def _withdraw(self, run: Run, *, dossier: str, reason: str) -> None:
        found = await self._settled(run, dossier)
        if found.progress.withdrawn_at is not None:
            return
        if found.progress.returned_at is not None:
            raise NotAllowedNow("Hồ sơ đã trả kết quả", "the results are returned already")
        for name, step in found.progress.steps.items():
            if step.state not in ENDED_AT_AGENCY:
                await self._take_back(run, found.case, name, reason)
        await self._driver.hear_all(run)
        payload, source = {"reason": reason}, f"withdrawn:{dossier}"
        note = Note(dossier, "withdrawn", run.now, actor="citizen", payload=payload, source=source)
        self._journal.append(run, [note])
        await self._driver.settle_now(run)

    async def _take_back(self, run: Run, case: Case, procedure: str, reason: str) -> None:
        path = f"/applications/{case.dossier}.{procedure}/withdrawal"
        agency = case.group.procedure(procedure).agency
        try:
            with speaking_for_others():
                await self._neighbours.call(run, agency, "PUT", path, json={"reason": reason})
        except NotAllowedNow:
            pass  # decided in the meantime, and what is decided stays decided

    async def _pull_again(self, run: Run, *, dossier: str) -> None:
        self._dossiers.find(run, dossier)
        self._runs.pull_again(run)
        await self._driver.settle_now(run)

    async def _retry(self, run: Run, *, dossier: str, move: str, about: str) -> None:
        found = await self._settled(run, dossier)
        stuck = next((each for key, each in found.progress.stuck.items() if key[:2] == (move, about)), None)
        if stuck is None:
            raise NotAllowedNow(f"Việc “{move} {about}” không bị kẹt", f"{move} {about} is not stuck")
        if stuck.kept_by == GATEWAY:
            procedure = about if about in found.case.procedures else None
            payload = {"move": move, "about": about, "since": stuck.since.isoformat()}
            note = Note(dossier, "put_back", run.now, procedure, stuck.round, stuck.owner, payload)
            self._journal.append(run, [note])
        else:
            path = f"/agenda/{dossier}.{about}/{move}/retry"
            with (
                speaking_for_others(),
                suppress(NotAllowedNow),
            ):  # put back before, by an answer that was lost
                await self._neighbours.call(run, stuck.kept_by, "POST", path)
        await self._driver.settle_now(run)

    async def _add_faults(self, run: Run, *, name: str, faults: list[Json]) -> None:
        known = FAULTS.validate_python(faults)
        require_known(known, self._catalogue, self._neighbours.services)
        with speaking_for_others():
            await self._runs.add_faults(run, name, compiled(known))

    async def _settled(self, run: Run, dossier: str) -> Dossier:
        """The dossier once everything due at this instant is done."""
        await self._driver.settle_now(run)
        return self._dossiers.find(run, dossier)


def _made(done: Any) -> str:
    """The name of what an act has made: a dossier or a preview."""
    return str(done.get("preview", "") if isinstance(done, dict) else done or "")


def _or_error(work: Callable[[], Done]) -> Done | Exception:
    try:
        return work()
    except Exception as error:  # each line has its own answer; what concerns all rises there
        return error
