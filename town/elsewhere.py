"""Somebody else's agency in our town: which of ours stays away, and where the other one is."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import product

from chassis.client import ServiceClient, ServiceUnreachable
from chassis.settings import is_url
from flow_model.errors import SandboxError
from town.layout import NAMES, PAGES

# What may be somebody else's: all but the gateway and the pages.
REPLACEABLE = tuple(name for name in NAMES if name not in ("gateway", PAGES))


class BadAgency(SandboxError):
    """Whoever starts the town looks at what was typed."""

    slug = "bad-agency"


def elsewhere(wanted: Sequence[str]) -> Mapping[str, str]:
    """Addresses by name, of ``NAME=URL`` each. Raises BadAgency."""
    found: dict[str, str] = {}
    for each in wanted:
        name, _, url = each.partition("=")
        if name not in REPLACEABLE or name in found:
            known = ", ".join(REPLACEABLE)
            raise BadAgency(
                f"--agency {each}: cần TÊN=URL, mỗi tên một lần; tên là một trong: {known}",
                f"--agency {each}: needs NAME=URL, each name once; a name is one of: {known}",
            )
        if not is_url(url):
            raise BadAgency(
                f"--agency {each}: sau dấu = cần một địa chỉ như http://127.0.0.1:9002",
                f"--agency {each}: after = there has to be an address such as http://127.0.0.1:9002",
            )
        found[name] = url.rstrip("/")
    return found


class AgencySilent(SandboxError):
    """Whoever starts the town starts their own agency first."""

    slug = "agency-silent"


async def require_answers(client: ServiceClient, addresses: Mapping[str, str]) -> None:
    """Whatever they answer, somebody is there. Raises AgencySilent."""
    for name, url in addresses.items():
        try:
            await client.call(name, "GET", "/health")
        except ServiceUnreachable as silent:
            raise AgencySilent(
                f"Không có ai trả lời ở {url}: hãy khởi động {name} của bạn trước ({silent.detail_vi})",
                f"nobody answers at {url}: start your {name} first ({silent.detail_en})",
            ) from silent


@asynccontextmanager
async def being_guests(
    urls: Mapping[str, str], there: Collection[str], runs: Iterable[str]
) -> AsyncIterator[None]:
    """Inside the block our town may open runs with others, whose books outlive it: nothing of it stays there.

    ``runs`` will be opened: what an earlier town left under their names is removed first.
    """
    await _forget(urls, there, runs)
    try:
        yield
    finally:
        await _forget(urls, there, await _opened(urls) if there else ())


async def _forget(urls: Mapping[str, str], there: Collection[str], runs: Iterable[str]) -> None:
    """Whoever does not answer, or knows nothing of a run, is left in peace."""
    async with ServiceClient.over_http({name: urls[name] for name in there}) as client:
        for name, run in product(there, runs):
            with suppress(SandboxError):
                await client.call(name, "DELETE", f"/runs/{run}")


async def _opened(urls: Mapping[str, str]) -> list[str]:
    """Every run of the town: those that people opened in the pages too."""
    async with ServiceClient.over_http({"gateway": urls["gateway"]}) as client:
        with suppress(SandboxError):
            answer = await client.call("gateway", "GET", "/runs", params={"limit": 500})
            return [run["run_id"] for run in answer.raise_for_problem().body]
    return []
