"""Declaring page by page: from the first page to the receipt."""

from collections.abc import Callable

from flow_model.catalogue import catalogue
from flow_model.group import Group
from tests.web.pages_in_memory import Page, Reader

GROUPS = catalogue().groups
MOST_BYTES = 60_000
MOST_PAGES = 40


async def begin(reader: Reader, group: str, situation: str, procedures: str = "", run: str = "") -> str:
    """The address of a new draft, logged in."""
    start = await reader.open(f"/khai/{group}" + (f"?run={run}" if run else ""))
    login = await reader.send(start, {"procedures": procedures} if procedures else {}, form=0)
    tasks = await reader.send(login, {"family": situation})
    assert tasks.text("//h1") == "Các phần của tờ khai"
    return tasks.address


async def fill_in(reader: Reader, draft: str, seen: Callable[[Page], None] = lambda page: None) -> Page:
    """Go through all topics with what is in hand, until the forms are there."""
    page = await reader.open(f"{draft}/tiep-tuc")
    for _ in range(MOST_PAGES):
        if page.address.endswith("/xem-lai"):
            return page
        seen(page)
        page = await reader.send(await reader.open(page.address.split("?")[0] + "?dien=1"))
    raise AssertionError(f"no end at {page.address}")


async def sign(reader: Reader, group: Group, draft: str) -> Page:
    ticks = {path: "yes" for path in ("consent", *group.pages.sign)}
    return await reader.send(await reader.open(f"{draft}/ky-nop"), {**ticks, "answer": "agree"})
