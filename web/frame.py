"""The frame of every page: templates, filters, and what a template may ask about the visitor."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from chassis.language import Language
from web.assets import Assets, assets
from web.formats import filters_for
from web.trainees import own_page
from web.viewer import Viewer, viewer_of
from web.words import LOCALE, WORDS, Words

TEMPLATES = LOCALE.parent / "templates"


@dataclass(frozen=True)
class Place:
    """An entry of the navigation."""

    href: str
    title: str
    about: str


@dataclass(frozen=True)
class PageContext:
    """What every template may ask, as ``page``."""

    viewer: Viewer
    places: Sequence[Place]
    found: Assets

    @property
    def language(self) -> Language:
        return self.viewer.language

    @property
    def trainer(self) -> bool:
        return self.viewer.trainer

    @property
    def words(self) -> Words:
        return self.viewer.words

    def static(self, name: str) -> str:
        """The address of a style sheet, a font or a script."""
        return self.found.url(name)

    def is_in(self, place: Place) -> bool:
        """Whether this page belongs to that entry of the navigation."""
        return self.viewer.path == place.href or self.viewer.path.startswith(f"{place.href}/")


class Frame:
    """Turns a template and a view into an answer."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = tuple(places)

    def page(
        self, request: Request, template: str, view: object = None, *, status: int = 200, **more: object
    ) -> HTMLResponse:
        """A page. ``view`` is its view model: a dataclass that holds what is shown, and nothing else."""
        text = self.render(viewer_of(request.scope), template, view, **more)
        return HTMLResponse(
            text,
            status,
            {"Content-Language": viewer_of(request.scope).language, "Cache-Control": "no-store"},
        )

    def render(self, viewer: Viewer, template: str, view: object = None, **more: object) -> str:
        """The text of a template: a whole page, or a part that is sent later."""
        context = PageContext(viewer, self._places, assets())
        return environment(viewer.language).get_template(template).render(page=context, view=view, **more)

    @staticmethod
    def see(address: str) -> RedirectResponse:
        """After a POST: the page to look at now (303)."""
        return RedirectResponse(address, 303)


def _compiled() -> FileSystemBytecodeCache | None:
    """Where compiled templates are kept, so that only the first start ever compiles them; None if nowhere."""
    try:
        return FileSystemBytecodeCache()
    except RuntimeError:  # the folder for them belongs to somebody else
        return None


@lru_cache
def environment(language: Language) -> Environment:
    """The templates in one language."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_compiled(),
        extensions=["jinja2.ext.i18n"],
    )
    words = WORDS[language]
    made.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        words.say, lambda one, many, number: words.say(one if number == 1 else many), newstyle=True
    )
    made.filters.update(filters_for(language), own_page=own_page)
    made.globals["words"] = words
    return made


def markup(parts: Sequence[Any]) -> Markup:
    """Pieces of mark-up as one."""
    return Markup("").join(parts)
