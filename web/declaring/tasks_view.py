"""The task list: what is done, what is left, and what has been taken over from registries so far."""

from collections.abc import Sequence
from dataclasses import dataclass

from web.declaring.draft import Draft
from web.declaring.plan import State, steps_of
from web.declaring.topic_view import TaskView, tasks_of
from web.words import Words


@dataclass(frozen=True)
class TasksView:
    """What the page shows."""

    draft: Draft
    declarant: str
    procedures: Sequence[str]
    tasks: Sequence[TaskView]
    done: int
    ready: bool
    typed: int
    pulled: int


def tasks_view(words: Words, draft: Draft) -> TasksView:
    """The view of a draft."""
    steps = steps_of(draft)
    done = sum(step.state is State.DONE for step in steps)
    chosen = [draft.group.procedure(each) for each in draft.procedures]
    pulled = sum(draft.pulled(path) for path in draft.sources)
    return TasksView(
        draft=draft,
        declarant=str(draft.value("declarant.full_name") or ""),
        procedures=[words.pick(each.title_vi, each.title_en) for each in chosen],
        tasks=tasks_of(words, draft, steps),
        done=done,
        ready=done == len(steps),
        typed=len(draft.sources) - pulled,
        pulled=pulled,
    )
