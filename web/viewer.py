"""Who looks: in which language, and with the trainer's eyes or not. Two cookies, and nothing else of them."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.language import Language, language_of
from web.words import WORDS, Words

LANGUAGE, TRAINER = "lang", "trainer"
_YEAR_SECONDS = 31_536_000


@dataclass(frozen=True)
class Viewer:
    """Whoever asks for this page, and the address they asked for."""

    language: Language
    trainer: bool
    path: str
    query: str

    @property
    def words(self) -> Words:
        return WORDS[self.language]

    @property
    def here(self) -> str:
        """This address, without the choice of a language."""
        kept = urlencode([(key, value) for key, value in parse_qsl(self.query, True) if key != LANGUAGE])
        return f"{self.path}?{kept}" if kept else self.path

    @property
    def other_language(self) -> str:
        """This address in the other language."""
        joint = "&" if "?" in self.here else "?"
        return f"{self.here}{joint}{LANGUAGE}={'en' if self.language == 'vi' else 'vi'}"


def viewer_of(scope: Scope) -> Viewer:
    """Whoever asks; as ``Looking`` found it."""
    viewer: Viewer = scope["viewer"]
    return viewer


def cookie(name: str, value: str) -> str:
    """A cookie for a year that other sites cannot send; an empty one is forgotten."""
    age = _YEAR_SECONDS if value else 0
    return f"{name}={value}; Path=/; Max-Age={age}; SameSite=strict; HttpOnly"


class Looking:
    """Finds out who looks, once, before anything answers: so problems are told in that language."""

    def __init__(self, app: ASGIApp, default: Callable[[], Language] = lambda: "vi") -> None:
        self.app, self.default = app, default

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        cookies = cookie_parser(headers.get("cookie", ""))
        query = scope.get("query_string", b"").decode("latin-1")
        asked = dict(parse_qsl(query)).get(LANGUAGE)
        wanted = asked if asked in WORDS else cookies.get(LANGUAGE)
        language = language_of(wanted, self.default())
        viewer = Viewer(language, cookies.get(TRAINER) == "1", scope["path"], query)
        told = [pair for pair in scope["headers"] if pair[0] != b"accept-language"]
        told.append((b"accept-language", language.encode()))

        async def remembering(message: Message) -> None:
            if message["type"] == "http.response.start" and asked in WORDS:
                line = (b"set-cookie", cookie(LANGUAGE, language).encode())
                message = {**message, "headers": [*message["headers"], line]}
            await send(message)

        await self.app({**scope, "headers": told, "viewer": viewer}, receive, remembering)
