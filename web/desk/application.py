"""One application as its official form, with what the officer finds and why, and what may be decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flow_model.errors import SandboxError
from flow_model.group import Group
from web.agencies import name_of
from web.asking import Asking
from web.case.asked import paper_named
from web.case.names import DECISIONS
from web.desk.supplements import SupplementView, supplements_of
from web.desk.worklist import application_state, time_left
from web.forms import Mistake
from web.handouts.case_forms import form_as_sent, sources_of
from web.handouts.common import Json
from web.words import N_, Words

EFFECTS = {
    "note": (N_("Ghi nhận"), "plain"),
    "verify": (N_("Phải xác minh"), "wait"),
    "supplement": (N_("Cần bổ sung"), "wait"),
    "return_to_issuer": (N_("Trả lại cơ quan cấp giấy"), "wait"),
    "reject": (N_("Phải từ chối"), "bad"),
}
SOMEBODY = N_("Cán bộ 1")
DECIDED = frozenset({"granted", "rejected", "withdrawn", "refused"})
# Where it is not the officer's turn.
_WAITS = {
    "arrived": N_("Đơn vừa đến, chưa tiếp nhận. Ở bàn làm việc, cho đồng hồ chạy đến việc kế tiếp đã."),
    "supplement_requested": N_("Đã yêu cầu bổ sung, đang chờ người dân: có bổ sung thì mới quyết định tiếp."),
    "returned_to_issuer": N_("Đã trả lại cơ quan cấp giấy, đang chờ sửa: sửa xong thì mới quyết định tiếp."),
}
_ADVICE = {"reject": "reject", "return_to_issuer": "return_to_issuer", "supplement": "request_supplement"}


@dataclass(frozen=True)
class FindingView:
    """What an officer sees, what it does to the application, and why it matters."""

    said: str
    effect: str
    kind: str
    article: str
    remedy: Sequence[str]


@dataclass(frozen=True)
class ApplicationPage:
    """What the page shows."""

    run_id: str
    agency: str
    name: str
    told: Mapping[str, Any]
    subject: str
    state: str
    kind: str
    left: str
    late: bool
    form: Json
    findings: Sequence[FindingView]
    unseen: str
    documents: Sequence[str]
    supplements: Sequence[SupplementView]
    consents: Sequence[tuple[str, str]]
    decisions: Sequence[tuple[str, str]]
    advised: str
    chosen: str
    reason: str
    officer: str
    mistakes: Sequence[Mistake]
    human: bool
    decided: bool
    waits: str
    action: str


async def find_application(asking: Asking, run: Json, agency: str, name: str) -> Json:
    """The application as the agency has it, even one that is decided."""
    told: Json = await asking.ask("GET", f"/applications/{name}", service=agency, headers=_where(run))
    return told


async def what_is_found(asking: Asking, run: Json, agency: str, told: Json) -> tuple[list[Json], str]:
    """The findings: those written down, or what an officer would find now; and why they are not known."""
    if told["findings"] or told["state"] in DECIDED:
        return list(told["findings"]), ""
    try:
        path = f"/applications/{told['application_id']}/findings"
        answer = await asking.ask("GET", path, service=agency, headers=_where(run))
    except SandboxError as trouble:
        return [], trouble.detail_vi if asking.language == "vi" else trouble.detail_en
    return list(answer["findings"]), ""


def _where(run: Json) -> dict[str, str]:
    return {"Run-Id": run["run_id"], "Simulated-At": run["now"]}


def application_page(
    words: Words,
    group: Group,
    run: Json,
    agency: str,
    told: Json,
    history: Sequence[Json],
    found: tuple[Sequence[Json], str],
    sent: Mapping[str, str],
    mistakes: Sequence[Mistake],
) -> ApplicationPage:
    """The page; ``history`` are the events of the case."""
    declared = history[0]["payload"]
    state, kind = application_state(told["state"], words)
    left, late = time_left(words, datetime.fromisoformat(run["now"]), told["due_at"], told["state"])
    findings, unseen = found
    procedure = group.procedure(told["procedure"])
    advised = _advised(findings)
    return ApplicationPage(
        run_id=run["run_id"],
        agency=agency,
        name=name_of(agency, words),
        told=told,
        subject=declared["subject"],
        state=state,
        kind=kind,
        left=left,
        late=late,
        form=form_as_sent(words, group, procedure, told["form"], sources_of(declared)),
        findings=[_finding(words, group, each) for each in findings],
        unseen=unseen,
        documents=[paper_named(words, group, each) for each in told["documents"]],
        supplements=supplements_of(words, group, procedure.id, history),
        consents=[
            (words.pick(each.title_vi, each.title_en), told["consents_given"].get(each.party, ""))
            for each in procedure.consents
            if each.party in told["consents_needed"]
        ],
        decisions=[
            (name, words.say(said))
            for name, said in DECISIONS.items()
            if name != "return_to_issuer" or procedure.requires  # else there is nobody to return it to
        ],
        advised=words.say(DECISIONS[advised]),
        chosen=sent.get("decision", ""),
        reason=sent.get("reason", ""),
        officer=sent.get("officer", words.say(SOMEBODY)),
        mistakes=mistakes,
        human=run["terms"]["officers"] == "human",
        decided=told["state"] in DECIDED,
        waits=words.say(_WAITS[told["state"]]) if told["state"] in _WAITS else "",
        action=f"/can-bo/{run['run_id']}/{agency}/{told['application_id']}",
    )


def _advised(findings: Sequence[Json]) -> str:
    """What the gravest finding asks for; nothing found against it is a grant."""
    effects = [each["effect"] for each in findings]
    return next((decision for effect, decision in _ADVICE.items() if effect in effects), "grant")


def _finding(words: Words, group: Group, told: Json) -> FindingView:
    said, kind = EFFECTS[told["effect"]]
    return FindingView(
        said=words.of(told, "message"),
        effect=words.say(said),
        kind=kind,
        article=told["article"],
        remedy=[paper_named(words, group, each) for each in told["remedy"]],
    )
