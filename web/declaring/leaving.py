"""A topic that is left before it is done: its boxes are kept as they stand, for whoever comes back to it.

Every way out of the page is a button of its form, so that nothing typed is lost: ``to:`` with the name of a
topic (without one, the list of all), ``mend:`` with the path of a field, ``fill`` from what is in hand. A
script sends links out of the page the same way: ``away:`` with their address.
"""

from urllib.parse import urlencode

from flow_model.declaration_pages import Topic
from flow_model.errors import ConflictingContent
from web.declaring.boxes import boxes_of, text_of
from web.declaring.draft import Draft, Drafts
from web.declaring.plan import topic_named
from web.declaring.saving import Read, require_newest
from web.forms import Sent, own_address
from web.showing import fields_of

LATER, TO, MEND, FILL, AWAY = "later", "to:", "mend:", "fill", "away:"


def way_out(draft: Draft, topic: Topic, read: Read, after: str) -> str | None:
    """Where a button leads; None for the one that goes on with the declaration."""
    here = f"{draft.address}/{topic.id}"
    mending = [("sua", path) for path in read.mending]
    if after == LATER:
        return draft.address
    if after.startswith(TO):
        wanted = topic_named(draft, after.removeprefix(TO))
        return f"{draft.address}/{wanted.id}" if wanted else draft.address
    if after.startswith(AWAY):
        return own_address(after.removeprefix(AWAY))
    if after.startswith(MEND):
        path = after.removeprefix(MEND)
        return f"{here}?{urlencode([*mending, ('sua', path)])}#f-{path}"
    return f"{here}?{urlencode([*mending, ('dien', '1')])}" if after == FILL else None


def touched(draft: Draft, topic: Topic, read: Read) -> bool:
    """Whether somebody typed anything since the page was shown."""
    known, left = fields_of(draft.group), draft.left_boxes(topic.id)
    for path, stands in read.boxes.items():
        value = draft.value(path)
        start = left.get(path) or boxes_of(known[path], known[path].default if value is None else value)
        if text_of(start) != text_of(stands):
            return True
    return False


def leave(drafts: Drafts, draft: Draft, topic: Topic, read: Read, sent: Sent) -> Draft:
    """Keep the boxes as they stand. Raises OtherPage."""
    require_newest(draft, topic, sent, read)
    try:
        return drafts.save(draft.with_left(topic.id, read.boxes, read.mending))
    except ConflictingContent:
        newest = drafts.read(draft.group.id, draft.name)
        require_newest(newest, topic, sent, read)
        return drafts.save(newest.with_left(topic.id, read.boxes, read.mending))
