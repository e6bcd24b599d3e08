"""The whole town in one process for tests: real apps, real SQL, no network, a clock that we hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import text

from chassis.client import Answer, ServiceClient
from chassis.storage import Store
from flow_model.catalogue import Catalogue
from town.layout import in_memory


@dataclass
class Town:
    """A client to the gateway, and shorthand for what tests do all the time."""

    client: ServiceClient
    apps: dict[str, Any]
    keys: int = 0
    built: dict[str, Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.built = dict(self.apps)

    async def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        """One request to the gateway; POST gets a new Idempotency-Key each time unless one is given."""
        headers = dict(more.pop("headers", {}))
        if method == "POST" and "Idempotency-Key" not in headers:
            self.keys += 1
            headers["Idempotency-Key"] = f"key-{self.keys}"
        return await self.client.call("gateway", method, path, json=body, headers=headers, **more)

    async def get(self, path: str, **params: str | int) -> Any:
        """The body of a GET that must go well."""
        return (await self.ask("GET", path, params=params)).raise_for_problem().body

    async def post(self, path: str, body: Any) -> Any:
        """The body of a POST that must go well."""
        return (await self.ask("POST", path, body)).raise_for_problem().body

    async def open(self, run: str = "run", **terms: Any) -> str:
        """Open a run."""
        await self.post("/runs", {"run_id": run, "terms": {"seed": 7, **terms}})
        return run

    async def example(self, run: str, group: str, situation: str) -> dict[str, Any]:
        """A family's declaration, prefilled."""
        example: dict[str, Any] = await self.get(f"/runs/{run}/examples/{group}", situation=situation)
        return example

    async def declare(
        self,
        run: str,
        group: str,
        situation: str,
        *,
        path: str = "interlinked",
        procedures: list[str] | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> str:
        """Declare for a family of this kind; the code of the dossier."""
        example = await self.example(run, group, situation)
        body = {
            "group": group,
            "path": path,
            "procedures": procedures or example["procedures"],
            "declaration": changed(example["declaration"], changes or {}),
            "consent": True,
        }
        answer = await self.ask("POST", f"/runs/{run}/dossiers", body)
        return str(answer.raise_for_problem().body["dossier"])

    async def settle(self, run: str = "run", to: Any = "settled") -> dict[str, Any]:
        """Move the clock."""
        moved: dict[str, Any] = await self.post(f"/runs/{run}/clock", {"to": to})
        return moved

    async def history(self, run: str, dossier: str) -> list[dict[str, Any]]:
        """The events of a dossier; its chain must hold."""
        history = await self.get(f"/runs/{run}/dossiers/{dossier}/events")
        assert history["whole"]
        return list(history["events"])

    async def kinds(self, run: str, dossier: str, procedure: str | None = None) -> list[str]:
        """The kinds of a dossier's events, of one procedure or of all."""
        return [
            event["kind"]
            for event in await self.history(run, dossier)
            if procedure is None or event["procedure"] == procedure
        ]

    async def outcomes(self, run: str, dossier: str) -> dict[str, str]:
        """How each procedure stands."""
        view = await self.get(f"/runs/{run}/dossiers/{dossier}")
        return {step["procedure"]: step["state"] for step in view["steps"]}

    async def event(self, run: str, dossier: str, kind: str, procedure: str | None = None) -> dict[str, Any]:
        """The first event of a kind; fails when there is none."""
        for event in await self.history(run, dossier):
            if event["kind"] == kind and procedure in (None, event["procedure"]):
                return event
        raise AssertionError(f"no {kind} of {procedure} in {await self.kinds(run, dossier)}")

    async def findings(self, run: str, dossier: str, procedure: str) -> list[str]:
        """What officers noted on one procedure, by code, each once."""
        codes: list[str] = []
        for event in await self.history(run, dossier):
            if event["procedure"] == procedure:
                codes += [each["code"] for each in event["payload"].get("findings", [])]
        return list(dict.fromkeys(codes))

    async def emptied(self) -> bool:
        """Remove every run, as anybody may; whether the town is as good as new after it."""
        await self.client.aclose()
        if any(app is not self.built[name] for name, app in self.apps.items()):
            return False
        for run in await self.get("/runs", limit=500):
            (await self.ask("DELETE", f"/runs/{run['run_id']}")).raise_for_problem()
        return all(_holds_nothing(app.state.store) for app in self.apps.values())

    def close(self) -> None:
        """Close the stores, as a process that ends does."""
        for app in self.apps.values():
            app.state.store.close()


def build_town(
    groups: Catalogue | None = None, folder: Path | None = None, process: str = "test", database: str = ""
) -> Town:
    """A town; over the files of a folder, or a database, it remembers what an earlier one wrote there."""
    client, apps = in_memory(groups, folder, process, database)
    return Town(client, apps, keys=int(sha256(process.encode()).hexdigest()[:6], 16))


def _holds_nothing(store: Store) -> bool:
    """Whether a store in memory has no row in any table."""
    with store.connection() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars()
        rows = " UNION ALL ".join(f'SELECT 1 FROM "{name}"' for name in names)
        return connection.execute(text(f"SELECT EXISTS ({rows})")).scalar() == 0


def changed(document: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with values at dotted paths replaced; a value of None removes the field."""
    result = dict(document)
    for path, value in changes.items():
        head, _, rest = path.partition(".")
        if rest:
            result[head] = changed(result.get(head) or {}, {rest: value})
        elif value is None:
            result.pop(head, None)
        else:
            result[head] = value
    return result
