"""The pages in memory: forms are found in the HTML and sent as a browser without scripts sends them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from lxml import html

from chassis.client import Answer, ServiceClient
from tests.town_in_memory import Town
from town.layout import PAGES

HOST = "pages.test"
Values = dict[str, list[str]]


@dataclass
class Page:
    """One answer of the pages."""

    address: str
    answer: Answer
    tree: html.HtmlElement = field(init=False)

    def __post_init__(self) -> None:
        self.tree = html.fromstring(self.answer.content.decode())

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def title(self) -> str:
        return self.text("//title")

    @property
    def text_of_main(self) -> str:
        return " ".join(self.tree.xpath("string(//main)").split())

    def text(self, path: str) -> str:
        """The text of the first element on an XPath."""
        return " ".join(self.tree.xpath(f"string({path})").split())

    def all(self, path: str) -> list[str]:
        """What an XPath gives, as text."""
        return [
            str(each) if isinstance(each, str) else " ".join(each.text_content().split())
            for each in self.tree.xpath(path)
        ]

    def form(self, number: int = -1) -> tuple[str, Values]:
        """The address of a form of the main part, and what a browser would send of it untouched."""
        form = self.tree.xpath("//main//form")[number]
        values: Values = {}
        for each in form.xpath(".//input|.//textarea|.//select"):
            for value in _values(each):
                values.setdefault(each.get("name"), []).append(value)
        return str(form.get("action") or self.address), values

    def mistakes(self) -> list[str]:
        """What the summary of mistakes says; each link must lead to something on the page."""
        for target in self.all("//section[@id='errors']//a/@href"):
            if target.startswith("#"):
                assert self.tree.xpath(f"//*[@id={target[1:]!r}]"), f"{target} leads nowhere"
        return self.all("//section[@id='errors']//a")


def _values(each: html.HtmlElement) -> list[str]:
    if each.tag == "select":
        chosen = each.xpath("./option[@selected]") or each.xpath("./option[1]")
        return [str(option.get("value")) for option in chosen]
    if each.tag == "textarea":
        return [str(each.text or "")]
    if each.get("type") in ("radio", "checkbox"):
        return [str(each.get("value"))] if each.get("checked") is not None else []
    return [str(each.get("value") or "")]


@dataclass
class Reader:
    """Somebody who reads pages and sends forms; a redirect after a POST is followed, as browsers do."""

    town: Town
    language: str = "vi"
    trainer: bool = False
    cookies: dict[str, str] = field(default_factory=dict)
    pages: ServiceClient = field(init=False)

    def __post_init__(self) -> None:
        self.pages = ServiceClient.in_process({PAGES: self.town.apps[PAGES]})

    async def open(self, address: str, status: int = 200) -> Page:
        """A page."""
        answer = await self._ask("GET", address)
        while answer.status == 303:
            address = answer.headers["location"]
            answer = await self._ask("GET", address)
        page = Page(address, answer)
        assert page.status == status, (address, page.status, page.text_of_main[:300])
        return page

    async def send(
        self,
        page: Page,
        values: Mapping[str, str | list[str]] | None = None,
        status: int = 200,
        form: int = -1,
    ) -> Page:
        """Send the page's form with some boxes filled in otherwise."""
        address, filled = page.form(form)
        for name, value in (values or {}).items():
            filled[name] = value if isinstance(value, list) else [value]
        body = urlencode([(name, each) for name, many in filled.items() for each in many]).encode()
        answer = await self._ask("POST", address, body)
        if answer.status == 303:
            return await self.open(answer.headers["location"], status)
        sent = Page(address, answer)
        assert sent.status == status, (address, sent.status, sent.text_of_main[:600])
        return sent

    async def _ask(self, method: str, address: str, body: bytes | None = None) -> Answer:
        cookies = {**self.cookies, "lang": self.language, **({"trainer": "1"} if self.trainer else {})}
        told = "; ".join(f"{name}={value}" for name, value in cookies.items())
        headers = {"Host": HOST, "Accept": "text/html", "Cookie": told}
        if body is not None:
            headers |= {"Origin": f"http://{HOST}", "Content-Type": "application/x-www-form-urlencoded"}
        path = address.partition("#")[0]
        answer = await self.pages.call(PAGES, method, path, headers=headers, content=body)
        if "set-cookie" in answer.headers:
            name, _, value = answer.headers["set-cookie"].partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer
