"""What the import contracts cannot say: rules about folders that do not exist yet, literals, sizes and words.

Each rule is a function that lists offences, so each is also shown something forbidden (`test_*_is_seen`).
"""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from chassis.app import build_app, sync_routes
from tests.architecture.house import ROOT, files, imports, name, packages, tree

MOST_LINES = 300
CLOCK = "chassis/clock.py"
CLIENT = "chassis/client.py"
CHANCE = "flow_model/chance.py"
BOOKS = {"civil_status", "health", "population", "residence", "social_insurance", "social_protection"}
# Prose that tells what was published. Every other place asks limits.toml.
MAY_NAME_THE_CLAIM = {"README.md", "birth_flow/README.md", "death_flow/README.md"}

_READS_CLOCK = {"time.time", "time.time_ns", "time.localtime", "time.gmtime"}
_CLOCK_CALLS = re.compile(r"\b(?:datetime|date|time)\.(?:now|utcnow|today|time|time_ns|localtime|gmtime)$")
_DRAWS = ("random", "secrets", "numpy.random", "uuid.uuid1", "uuid.uuid4", "os.urandom")
_DAY = r"(?:ngày|days?\b|working|calendar|business)"
_CLAIM = re.compile(
    rf"(?<![\d.,:/-])(?:21|0?4)[ \u00a0_-]{{0,2}}{_DAY}"
    rf"|\b(?:twenty-one|hai mươi mốt|hai mốt)[ -]{_DAY}|\b(?:four|bốn)[ -](?:working|ngày làm)",
    re.IGNORECASE,
)
# Put together here, so that this file names none of them.
_HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("crates", "io"),
        ("golang", "org"),
        ("debian", "org"),
        ("docker", "io"),
        ("docker", "com"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("anaconda", "org"),
        ("maven", "org"),
    )
]
_INDEX = re.compile(r"(?:index-url|find-links|index_url)\s*[ =:]\s*[\"']?(?:https?|file):", re.IGNORECASE)


def flow_named(root: Path = ROOT) -> list[str]:
    """A module that imports a flow by name from outside of it. Flows of the future included."""
    return [
        f"{name(path, root)} imports {imported}"
        for path in files(".py", root=root)
        for imported in imports(path)
        if (flow := imported.partition(".")[0]).endswith("_flow") and name(path, root).split("/")[0] != flow
    ]


def flow_imports(root: Path = ROOT) -> list[str]:
    """A flow that knows more of this project than the language it is written in."""
    own = set(packages(root))
    return [
        f"{name(path, root)} imports {imported}"
        for path in files(".py", root=root)
        if (flow := name(path, root).split("/")[0]).endswith("_flow")
        for imported in imports(path)
        if imported.partition(".")[0] in own - {flow, "flow_model"}
    ]


def book_named(root: Path = ROOT) -> list[str]:
    """A part of the invented people that knows a book: books know people, never the other way round."""
    return [
        f"{name(path, root)} imports {imported}"
        for path in files(".py", root=root)
        if name(path, root).startswith("mock_registries/") and not BOOKS & set(path.with_suffix("").parts)
        for imported in imports(path)
        if imported.startswith("mock_registries.") and imported.split(".")[1] in BOOKS
    ]


def importers(*wanted: str, root: Path = ROOT) -> set[str]:
    return {
        name(path, root)
        for path in files(".py", root=root)
        for imported in imports(path)
        if any(imported == one or imported.startswith(f"{one}.") for one in wanted)
    }


def clock_readers(root: Path = ROOT) -> set[str]:
    """Modules that ask what time it is. How long something took (perf_counter) is another question."""
    found = set()
    for path in files(".py", root=root):
        calls = {ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}
        if any(_CLOCK_CALLS.search(call) for call in calls) or _READS_CLOCK & set(imports(path)):
            found.add(name(path, root))
    return found


def sleepers(root: Path = ROOT) -> list[str]:
    return [
        f"{name(path, root)}:{node.lineno}"
        for path in files(".py", root=root, tests=True)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and re.search(r"\bsleep$", ast.unparse(node.func))
    ]


def long_modules(root: Path = ROOT) -> list[str]:
    counted = ((path, len(path.read_text(encoding="utf-8").splitlines())) for path in files(".py", root=root))
    return [f"{name(path, root)}: {lines} lines" for path, lines in counted if lines > MOST_LINES]


def claims(root: Path = ROOT) -> list[str]:
    """The days of the claim, where they should be looked up: in code, pages, settings or stories."""
    found = []
    for path in files(".py", ".md", ".html", ".js", ".toml", ".yml", ".yaml", root=root):
        if path.name == "limits.toml" or name(path, root) in MAY_NAME_THE_CLAIM:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if _CLAIM.search(line):
                found.append(f"{name(path, root)}:{number}: {line.strip()}")
        if path.suffix == ".py":
            found += [f"{name(path, root)}:{line}: {said}" for line, said in _day_counts(tree(path))]
    return found


def _day_counts(module: ast.Module) -> list[tuple[int, str]]:
    """timedelta(days=…), working_days = …, {"working_days": …} with a number of the claim."""
    found = []
    for node in ast.walk(module):
        pairs: list[tuple[str, ast.expr | None]] = []
        if isinstance(node, ast.Call):
            pairs = [(keyword.arg or "", keyword.value) for keyword in node.keywords]
        elif isinstance(node, ast.Assign):
            pairs = [(ast.unparse(target), node.value) for target in node.targets]
        elif isinstance(node, ast.AnnAssign):
            pairs = [(ast.unparse(node.target), node.value)]
        elif isinstance(node, ast.Dict):
            pairs = [
                (ast.unparse(key), value) for key, value in zip(node.keys, node.values, strict=True) if key
            ]
        elif isinstance(node, ast.Compare):
            pairs = [(ast.unparse(node.left), each) for each in node.comparators]
        for word, value in pairs:
            if re.search(r"days?'?$", word) and isinstance(value, ast.Constant) and value.value in (21, 4):
                found.append((value.lineno, f"{word} {value.value}"))
    return found


def registry_hosts(root: Path = ROOT) -> list[str]:
    found = []
    for path in files(root=root, tests=True):
        text = path.read_bytes().decode("utf-8", "replace")
        found += [
            f"{name(path, root)}: {host}" for host in _HOSTS if re.search(rf"\b{re.escape(host)}\b", text)
        ]
        if _INDEX.search(text):
            found.append(f"{name(path, root)}: an index")
    return found


def test_nobody_imports_a_flow_by_name() -> None:
    assert flow_named() == []


def test_a_flow_knows_its_language_and_nothing_else() -> None:
    assert flow_imports() == []


def test_invented_people_know_no_book() -> None:
    assert book_named() == []


def test_one_module_knows_the_http_library() -> None:
    assert importers("httpx", "aiohttp", "httpx_aiohttp", "requests", "urllib.request", "http.client") == {
        CLIENT
    }


def test_one_module_reads_the_clock() -> None:
    assert clock_readers() == {CLOCK}


def test_one_module_draws() -> None:
    assert importers(*_DRAWS) <= {CHANCE}


def test_nothing_sleeps() -> None:
    assert sleepers() == []


def test_nothing_runs_in_a_thread_on_the_path_of_a_case() -> None:
    from town.layout import in_memory  # here: a town that cannot be built fails this rule, not the others

    _, apps = in_memory()
    assert len(apps) >= 7
    assert [route for app in apps.values() for route in sync_routes(app)] == []


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    assert long_modules() == []


def test_the_days_of_the_claim_are_looked_up_and_never_written_down() -> None:
    assert claims() == []


def test_no_file_names_a_package_registry() -> None:
    assert registry_hosts() == []


def test_every_package_is_under_the_import_rules() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    ruled = set(project["tool"]["importlinter"]["root_packages"])
    # A flow that is added later needs no edit here: the rules above hold for it.
    assert {package for package in packages() if not package.endswith("_flow")} <= ruled
    assert ruled <= set(packages())


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (flow_named, "gateway/orchestrator.py", "def f():\n    from marriage_flow import GROUP\n"),
        (flow_named, "town/demo.py", "import_module('birth_flow')\n"),
        (flow_imports, "marriage_flow/flow.py", "import chassis.clock\n"),
        (book_named, "mock_registries/people.py", "from mock_registries.residence import open_book\n"),
        (clock_readers, "gateway/runs.py", "import datetime\nx = datetime.datetime.now()\n"),
        (clock_readers, "gateway/runs.py", "from time import time\nx = time()\n"),
        (clock_readers, "gateway/runs.py", "from datetime import date\nx = date.today()\n"),
        (sleepers, "tests/flow/test_birth.py", "import asyncio\nasyncio.sleep(1)\n"),
        (long_modules, "gateway/runs.py", "x = 1\n" * 301),
        (claims, "gateway/runs.py", "from datetime import timedelta\nx = timedelta(days=21)\n"),
        (claims, "gateway/runs.py", "working_days = 4\n"),
        (claims, "gateway/runs.py", "x = {'legal_days': 21}\n"),
        (claims, "web/page.html", "<b>21 ngày</b>"),
        (claims, "docs/tutorial.md", "from 21 days to 4"),
        (claims, "docs/tutorial.md", "in 4 working days"),
        (claims, "docs/tutorial.md", "còn bốn ngày làm việc"),
        (registry_hosts, "requirements/run.txt", f"# https://{_HOSTS[0]}/simple"),
        (registry_hosts, "Dockerfile", "RUN pip install --index" + "-url https://mirror.example/simple"),
    ],
)
def test_an_offence_is_seen(rule: object, path: str, text: str, tmp_path: Path) -> None:
    assert callable(rule)
    for package in ("chassis", "marriage_flow"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    assert not rule(tmp_path)
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text, encoding="utf-8")
    assert len(rule(tmp_path)) == 1


@pytest.mark.parametrize(
    "harmless", ["14 days", "2021 days", "2.4 days", "60 ngày", "4 offices", "2026-03-04 day"]
)
def test_other_numbers_are_no_offence(harmless: str, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(harmless, encoding="utf-8")
    assert claims(tmp_path) == []


def test_a_second_http_client_and_a_second_source_of_chance_are_seen(tmp_path: Path) -> None:
    (tmp_path / "client.py").write_text("from httpx import AsyncClient\nimport random\n")
    assert importers("httpx", root=tmp_path) == {"client.py"}
    assert importers(*_DRAWS, root=tmp_path) == {"client.py"}


def test_a_route_in_a_thread_is_seen() -> None:
    app = build_app(title="library", version="1")

    @app.get("/books")
    def books() -> list[str]:
        return []

    assert len(sync_routes(app)) == 1
