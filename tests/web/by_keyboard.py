"""Somebody who uses the keyboard alone, and whose browser runs no scripts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page

MOST_STOPS = 120
# What has the focus, as far as the keys to press depend on it.
FOCUSED = """() => {
  const at = document.activeElement, options = at.options ? [...at.options] : [];
  return {
    tag: at.tagName, type: at.type || "", name: at.name || "", value: at.value || "",
    checked: !!at.checked, text: at.textContent.trim(), main: !!at.closest("main form"),
    values: options.map(each => each.value), index: at.selectedIndex ?? -1,
  };
}"""


@dataclass(frozen=True)
class Keyboard:
    """Fills in the form of a page by Tab, arrows, Space and Enter."""

    page: Page

    async def press(self, key: str, times: int = 1) -> None:
        """Press a key."""
        for _ in range(times):
            await self.page.keyboard.press(key)

    async def to_main(self) -> None:
        """Skip the navigation, as the first stop of every page offers."""
        await self.press("Tab")
        await self.press("Enter")

    async def fill_in(self, wanted: Mapping[str, str | list[str]], button: str) -> None:
        """Stop at every box; fill in what is wanted under its name; then press the button of these words."""
        await self.to_main()
        for _ in range(MOST_STOPS):
            await self.press("Tab")
            if await self._stopped(wanted, button):
                return
        raise AssertionError(f"no button {button!r} within {MOST_STOPS} stops")

    async def _stopped(self, wanted: Mapping[str, str | list[str]], button: str) -> bool:
        """Do what is to be done where the focus is; whether that was the last."""
        at = await self.page.evaluate(FOCUSED)
        if not at["main"]:
            return False
        if at["tag"] == "BUTTON" and at["text"] == button:
            await self._leave()
            return True
        if at["name"] == "list":
            if await self._lists(at["value"]):
                await self._leave()  # the page comes again with its focus on the communes
                await self._stopped(wanted, button)
        else:
            await self._answer(at, wanted.get(at["name"]))
        return False

    async def _leave(self) -> None:
        async with self.page.expect_navigation():
            await self.press("Enter")

    async def _lists(self, path: str) -> bool:
        """Whether a province is chosen whose communes are not there yet."""
        province = await self.page.locator(f'select[name="{path}-province"]').input_value()
        return (
            bool(province) and await self.page.locator(f'select[name="{path}-commune"] option').count() == 1
        )

    async def _answer(self, at: Mapping[str, Any], value: str | list[str] | None) -> None:
        if value is None or value == "":
            return
        if at["type"] in ("text", "textarea"):
            if not at["value"]:
                await self.page.keyboard.type(str(value))
        elif at["tag"] == "SELECT":
            if value in at["values"]:
                steps = at["values"].index(value) - at["index"]
                await self.press("ArrowDown" if steps > 0 else "ArrowUp", abs(steps))
        elif at["type"] == "radio":
            await self._choose(str(value))
        elif at["type"] == "checkbox" and at["value"] in value and not at["checked"]:
            await self.press("Space")

    async def _choose(self, value: str) -> None:
        for _ in range(MOST_STOPS):
            at = await self.page.evaluate(FOCUSED)
            if at["value"] == value:
                if not at["checked"]:
                    await self.press("Space")
                return
            await self.press("ArrowDown")
        raise AssertionError(f"no choice {value!r}")
