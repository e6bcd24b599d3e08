"""Ask the registries what they know, and look at the declaration as the door will."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from chassis.clock import Clock
from flow_model.documents import changed
from flow_model.errors import FieldError
from web.asking import Asking, Passed
from web.declaring.draft import Draft
from web.declaring.mistakes import Wrong, of_door, wrong_with
from web.declaring.plan import document, topics_of

Json = dict[str, Any]


async def filled(asking: Asking, draft: Draft, clock: Clock) -> Draft:
    """The draft with what the registries add to what was typed; each field with a value has a source."""
    body = {"group": draft.group.id, "declaration": document(draft), "procedures": list(draft.procedures)}
    answer = await asking.post(f"/runs/{draft.run_id}/prefill", body)
    return replace(
        draft,
        filled=answer["declaration"],
        sources=answer["sources"],
        filled_at=clock.now().isoformat(timespec="seconds"),
        silent=tuple(answer["silent"]),
    )


def pledged(draft: Draft) -> Json:
    """The declaration with what is ticked where the citizen signs."""
    return changed(draft.filled, dict.fromkeys(draft.group.pages.sign, True))


def refused_at_door(draft: Draft, now: datetime) -> list[Wrong]:
    """What would be refused at the door, were it sent as it stands; nothing for a declaration that may go."""
    whole = pledged(draft)
    found = wrong_with(draft.group, whole)
    if found:
        return found
    model = draft.group.declaration.model_validate(whole)
    return of_door(draft.group, draft.group.door(model, draft.procedures, now))


def passed_on(draft: Draft, problem: Passed) -> list[Wrong]:
    """What the gateway refused, at the fields that it names."""
    errors = problem.errors or [FieldError("", problem.slug, problem.detail_vi, problem.detail_en)]
    return of_door(draft.group, list(errors))


async def now_in(asking: Asking, draft: Draft) -> datetime:
    """The present instant of the draft's run."""
    run = await asking.get(f"/runs/{draft.run_id}")
    return datetime.fromisoformat(run["now"])


def topic_to_mend(draft: Draft, wrong: Wrong) -> str | None:
    """The topic where a mistake is put right; of one that is not asked, the topic that decides it."""
    asked = {topic.id for topic in topics_of(draft)}
    named = draft.group.pages.topic_of(wrong.path)
    if named in asked:
        return named
    topic = next((each for each in draft.group.pages.topics if each.id == named), None)
    return draft.group.pages.topic_of(topic.when.field) if topic and topic.when else None
