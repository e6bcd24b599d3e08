"""The agency under test: one way to ask it, and a memory of everything that was asked and answered."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chassis.client import Answer, ServiceClient, ServiceUnreachable
from chassis.settings import OPEN_SECRET
from chassis.strict_json import strict_dumps

HERE = "agency"
MUTATING = ("PUT", "POST", "DELETE")


@dataclass(frozen=True)
class Exchange:
    """One question and its answer; no answer when none came that could be read."""

    check: str
    method: str
    path: str
    params: Mapping[str, str | int]
    headers: Mapping[str, str]
    body: Any
    content: bytes | None
    answer: Answer | None

    def curl(self, url: str) -> str:
        """The same question as one line for a shell. A key is never written out."""
        query = "&".join(f"{name}={value}" for name, value in self.params.items())
        words = ["curl", "-i", "-X", self.method, url + self.path + (f"?{query}" if query else "")]
        for name, value in self.headers.items():
            words += ["-H", f"{name}: {value}"]
        sent = self.content if self.content is not None else None
        if self.body is not None:
            sent = strict_dumps(self.body)
            words += ["-H", "Content-Type: application/json"]
        if sent is not None:
            words += ["--data-binary", sent.decode("utf-8", "replace")]
        return shlex.join(words)


class Agency:
    """Asks under a name of ours for the check that is going on."""

    def __init__(
        self,
        client: ServiceClient,
        url: str,
        registries: Sequence[str] = (),
        key: Mapping[str, str] | None = None,
        secret: str = OPEN_SECRET,
    ) -> None:
        self.client = client
        self.url = url.rstrip("/")
        self.registries = tuple(registries)
        self.key = dict(key or {})
        self.secret = secret
        self.check = ""
        self.exchanges: list[Exchange] = []

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Answer:
        """One request, noted with its answer; ServiceUnreachable when none came, or if it says "later"."""
        answer: Answer | None = None
        try:
            answer = await self.client.call(
                HERE,
                method,
                path,
                json=body,
                params=params,
                headers={**(headers or {}), **self.key},
                content=content,
            )
            return answer
        finally:
            self.exchanges.append(
                Exchange(self.check, method, path, params or {}, headers or {}, body, content, answer)
            )

    async def open_at_registries(self, run_id: str, terms: Mapping[str, Any]) -> None:
        """Open a run where the agency looks things up, so that its families are known there as well."""
        for name in self.registries:
            answer = await self.client.call(name, "PUT", f"/runs/{run_id}", json=terms)
            if answer.status == 409:  # left by an attempt that was interrupted
                await self.client.call(name, "DELETE", f"/runs/{run_id}")
                answer = await self.client.call(name, "PUT", f"/runs/{run_id}", json=terms)
            answer.raise_for_problem()

    async def close_everywhere(self, run_id: str) -> None:
        """Remove a run, here and at the registries; whatever the agency makes of that is not of interest."""
        for name in (HERE, *self.registries):
            try:
                await self.client.call(name, "DELETE", f"/runs/{run_id}", headers=self.key)
            except ServiceUnreachable:
                continue

    def without_key(self, text: str) -> str:
        """A text that may be shown, also when the agency repeats what it was sent."""
        for value in self.key.values():
            for secret in (value, value.removeprefix("Bearer ")):
                text = text.replace(secret, "$KEY")
        return text

    def story_of(self, shown: Exchange | None) -> list[str]:
        """The commands that lead to an exchange: all of its check that changed something, and itself."""
        if shown is None:
            return []
        lines = []
        for each in self.exchanges:
            if each is shown:
                break
            if each.check == shown.check and each.method in MUTATING:
                lines.append(each.curl(self.url))
        key = [f"-H '{name}: '\"$KEY\"" for name in self.key]
        return [" ".join([line, *key]) for line in [*lines, shown.curl(self.url)]]

    def exchange_of(self, answer: Answer | None) -> Exchange | None:
        """The exchange that an answer belongs to; the last one for none."""
        if answer is not None:
            for each in reversed(self.exchanges):
                if each.answer is answer:
                    return each
        return self.exchanges[-1] if self.exchanges else None
