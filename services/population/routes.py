"""The population registry over HTTP: personal IDs, deaths, VNeID confirmations, and the families of a run."""

from datetime import date, datetime, timedelta
from itertools import islice
from math import ceil
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from chassis.context import Run
from chassis.problems import problem_responses
from flow_model.errors import UnknownThing
from flow_model.faults import IdIssue
from mock_registries import population
from services.bodies import APPLICATION_ID
from services.counter import NEXT_ACT_HEADER, Service, mutating
from services.instants import text_of
from services.population import consents
from services.population.consents import CONSENT_ID, ConsentAnswer, ConsentAsked, Consents, ConsentView
from services.terms import Closed, Terms, require_up, terms_of

Json = dict[str, Any]
ConsentId = Annotated[str, Path(pattern=CONSENT_ID, examples=["B-2026-000001.householder"])]


class NewPerson(Closed):
    """A newborn for whom a number is asked."""

    full_name: str = Field(min_length=1, max_length=100, examples=["Vũ Quốc Tùng"])
    sex: Literal["male", "female", "undetermined"]
    born_on: date = Field(examples=["2026-03-07"])
    province_code: str = Field(pattern=r"^[0-9]{2}$", examples=["79"])
    mother_id: str | None = Field(default=None, max_length=20, examples=["979199321120"])
    twin_confirmed: bool = False


class PersonalIdAnswer(BaseModel):
    """The number, or why there is none. `quoted` is whose number a suspected duplicate may be."""

    status: Literal["issued", "suspected_duplicate", "not_issued", "later"]
    personal_id: str | None
    quoted: str | None
    because: str | None = Field(None, description="why it is issued later")
    again_after_seconds: int | None = Field(None, description="when to ask again")


class DeathReport(Closed):
    """When a person died."""

    died_at: AwareDatetime = Field(examples=["2026-03-06T03:42:00+07:00"])


class DeathNoted(BaseModel):
    """The death as it is noted."""

    personal_id: str
    died_at: str


def registry_routes(service: Service) -> APIRouter:
    """Personal IDs and deaths."""
    router = APIRouter(tags=["persons"])

    @router.put(
        "/personal-ids/{application_id}", summary="Cấp số định danh", responses=mutating(404, 409, 503)
    )
    async def issue(
        run: Run,
        application_id: Annotated[
            str, Path(pattern=APPLICATION_ID, max_length=100, examples=["B-2026-000001.birth_registration"])
        ],
        asked: NewPerson,
        response: Response,
    ) -> PersonalIdAnswer:
        with service.store.session() as session:
            terms = terms_of(session, run.run_id)
            require_up(terms, service.name, run.simulated_at)
            held = terms.id_issue(run.simulated_at)
            told = (
                population.issue(
                    session, run.run_id, terms.seed, application_id, asked.model_dump(mode="json")
                )
                if held is None
                else _later(held, run.simulated_at)
            )
            service.told_next(session, run.run_id, response)
        return PersonalIdAnswer(**told)

    @router.put("/persons/{personal_id}/death", summary="Báo tử", responses=mutating(404, 409, 503))
    async def report_death(
        run: Run,
        personal_id: Annotated[str, Path(max_length=20, examples=["968037438965"])],
        report: DeathReport,
        response: Response,
    ) -> DeathNoted:
        with service.store.session() as session:
            require_up(terms_of(session, run.run_id), service.name, run.simulated_at)
            died_at = text_of(report.died_at)
            noted = population.report_death(session, run.run_id, personal_id, died_at)
            service.told_next(session, run.run_id, response)
        return DeathNoted(**noted)

    return router


def _later(held: IdIssue, at: datetime) -> Json:
    """A fault of the run: no number now; why, and when to ask again."""
    seconds = ceil((held.until - at) / timedelta(seconds=1))
    return {
        "status": "later",
        "personal_id": None,
        "quoted": None,
        "because": held.answer,
        "again_after_seconds": seconds,
    }


def consent_routes(service: Service) -> APIRouter:
    """Confirmations by VNeID."""
    router = APIRouter(prefix="/consents", tags=["consents"])

    @router.put(
        "/{consent_id}",
        summary="Xin đồng ý qua VNeID",
        responses={201: {"model": ConsentView, "headers": NEXT_ACT_HEADER}, **mutating(404, 409, 503)},
    )
    async def ask(run: Run, consent_id: ConsentId, asked: ConsentAsked, response: Response) -> ConsentView:
        with service.store.session() as session:
            require_up(terms_of(session, run.run_id), service.name, run.simulated_at)
            row, is_new = consents.ask(session, run.run_id, consent_id, asked)
            service.told_next(session, run.run_id, response)
        response.status_code = 201 if is_new else 200
        return consents.shown(row)

    @router.get("", summary="Các yêu cầu đồng ý", responses=problem_responses(404, 503))
    async def listed(
        run: Run,
        state: Literal["pending", "given", "refused"] | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> Consents:
        with service.store.session() as session:
            require_up(terms_of(session, run.run_id), service.name, run.simulated_at)
            return consents.listed(session, run.run_id, state, limit)

    @router.put("/{consent_id}/answer", summary="Trả lời", responses=mutating(404, 409, 503))
    async def answer(run: Run, consent_id: ConsentId, sent: ConsentAnswer, response: Response) -> ConsentView:
        with service.store.session() as session:
            require_up(terms_of(session, run.run_id), service.name, run.simulated_at)
            row = consents.answer(session, run.run_id, consent_id, given=sent.given, at=run.simulated_at)
            service.told_next(session, run.run_id, response)
        return consents.shown(row)

    return router


class SituationView(BaseModel):
    """A situation that a family can be in."""

    id: str = Field(examples=["newborn"])
    title_vi: str
    title_en: str
    weight: int


class Situations(BaseModel):
    """All of them."""

    situations: list[SituationView]


class Families(BaseModel):
    """Families of a run, in order."""

    families: list[Json]


def family_routes(service: Service) -> APIRouter:
    """The invented families, computed anew from the seed: for those who play them."""
    router = APIRouter(tags=["families"])

    def one(terms: Terms, index: int) -> Json:
        return population.family_json(population.family(terms.seed, index, terms.starts_at))

    @router.get("/situations", summary="Các tình huống gia đình")
    async def situations() -> Situations:
        return Situations(
            situations=[
                SituationView(id=each.id, title_vi=each.title_vi, title_en=each.title_en, weight=each.weight)
                for each in population.SITUATIONS
            ]
        )

    @router.get("/families", summary="Các gia đình của lượt chạy", responses=problem_responses(404))
    async def families(
        run: Run,
        situation: Annotated[str | None, Query(max_length=60, examples=["newborn"])] = None,
        skip: Annotated[int, Query(ge=0, le=100_000, examples=[0])] = 0,
        limit: Annotated[int, Query(ge=1, le=200)] = 20,
    ) -> Families:
        with service.store.session() as session:
            terms = terms_of(session, run.run_id)
        wanted = (
            index
            for index in range(terms.families)
            if situation is None or population.situation_of(terms.seed, index).id == situation
        )
        return Families(families=[one(terms, index) for index in islice(wanted, skip, skip + limit)])

    @router.get("/families/{index}", summary="Một gia đình", responses=problem_responses(404))
    async def family(run: Run, index: Annotated[int, Path(ge=0, examples=[0])]) -> Json:
        with service.store.session() as session:
            terms = terms_of(session, run.run_id)
        if index >= terms.families:
            raise UnknownThing(
                f"Lượt chạy có {terms.families} gia đình, đánh số từ 0.",
                f"The run has {terms.families} families, numbered from 0.",
            )
        return one(terms, index)

    return router
