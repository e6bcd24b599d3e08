"""Somebody with a browser: opens pages, looks whether anybody could use them, keeps pictures."""

from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.async_api import Page, Response

from tests.architecture.house import ROOT

SCREENSHOTS = ROOT / "var" / "screenshots"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Visitor:
    """One tab. ``complaints`` are what the browser said against our pages."""

    url: str
    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)

    async def open(self, path: str, status: int = 200) -> Response:
        """Open one of our pages, which must answer so."""
        answer = await self.page.goto(self.url + path)
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"
        return answer

    async def barriers(self) -> list[str]:
        """What axe finds on the page as it is."""
        await self.page.evaluate(AXE_SCRIPT)
        options: Any = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"]}
        found = await self.page.evaluate("options => axe.run(document, options)", options)
        return [
            f"{each['id']} ({each['impact']}): {each['help']}: {node['html'][:160]}"
            for each in found["violations"]
            for node in each["nodes"]
        ]

    async def too_wide(self) -> int:
        """By how many pixels the page is wider than the window."""
        wide: int = await self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return wide

    async def picture(self, name: str) -> None:
        """Keep what is to be seen, for people to look at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

    def _said(self, message: Any) -> None:
        # A page that is not there is asked for on purpose, and the browser says so.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.complaints.append(f"asked elsewhere: {request.url}")
