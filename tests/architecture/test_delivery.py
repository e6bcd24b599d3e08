"""What is delivered beside the code: locks, containers, and the script that CI calls."""

import json
import os
import re
import tomllib
from pathlib import PurePosixPath
from typing import Any

import pytest
import typer.main
import yaml

from chassis.settings import Settings
from tests.architecture.house import ROOT
from town.commands import app

Compose = dict[str, Any]
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def lock(which: str) -> str:
    return (ROOT / "requirements" / f"{which}.txt").read_text(encoding="utf-8")


def wanted(which: str) -> set[str]:
    return names((ROOT / "requirements" / f"{which}.in").read_text(encoding="utf-8").splitlines())


def names(lines: list[str]) -> set[str]:
    return {found[0] for line in lines if (found := re.match(r"[a-z][a-z0-9-]*", line))}


@pytest.fixture
def compose() -> Compose:
    with (ROOT / "docker-compose.yml").open(encoding="utf-8") as file:
        return dict(yaml.safe_load(file))


def test_the_project_and_its_lock_want_the_same_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    assert names(project["dependencies"]) == wanted("run")
    assert names(extras["cluster"]) == wanted("cluster")
    assert names(extras["dev"]) <= wanted("dev")


@pytest.mark.parametrize("which", ["run", "cluster", "dev"])
def test_every_package_is_locked_once_with_hashes(which: str) -> None:
    pins = PIN.findall(lock(which))
    assert wanted(which) <= {name for name, _ in pins}
    assert len(pins) == len(dict(pins)), "two versions of one package: two machines would differ"
    blocks = re.split(r"^(?=[a-z0-9-]+==)", lock(which), flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in block for block in blocks)


def test_each_lock_holds_the_versions_of_the_one_before_it() -> None:
    run, cluster, dev = (dict(PIN.findall(lock(which))).items() for which in ("run", "cluster", "dev"))
    assert run < cluster < dev


def test_the_demo_stays_light() -> None:
    assert not wanted("cluster") & {name for name, _ in PIN.findall(lock("run"))}


def test_the_containers_are_the_services_of_the_town(compose: Compose) -> None:
    from town.layout import NAMES

    assert set(compose["services"]) == set(NAMES)


def test_the_command_line_accepts_every_container_s_command(compose: Compose) -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for name, service in compose["services"].items():
        python, flag, module, command, *rest = service["command"]
        assert (python, flag, module, command) == ("python", "-m", "town", "serve")
        parsed = commands[command].make_context(command, list(rest))
        assert parsed.params["name"] == name


def test_every_container_is_asked_for_its_health_and_keeps_its_own_data(compose: Compose) -> None:
    services = compose["services"].values()
    assert all("/health" in service["healthcheck"]["test"][-1] for service in services)
    volumes = [service["volumes"] for service in services]
    assert volumes == [[f"{name}:/data"] for name in compose["services"]]
    assert set(compose["volumes"]) == set(compose["services"])


def test_host_ports_come_from_variables_and_differ(compose: Compose) -> None:
    published = [port for service in compose["services"].values() for port in service["ports"]]
    found = [re.fullmatch(r"127\.0\.0\.1:\$\{([A-Z_]+)_PORT:-(\d+)\}:8000", port) for port in published]
    assert all(found)
    assert [match[1].lower() for match in found if match] == list(compose["services"])
    assert len({match[2] for match in found if match}) == len(published)


def test_containers_find_each_other_by_name(compose: Compose) -> None:
    for service in compose["services"].values():
        environment = {name: str(value) for name, value in service["environment"].items()}
        urls = json.loads(environment["SANDBOX_SERVICE_URLS"])
        assert urls == {name: f"http://{name}:8000" for name in compose["services"]}
        own = {name: value for name, value in environment.items() if "$" not in value}
        settings = Settings.from_environment(own)
        assert settings.warnings == ()
        assert dict(settings.service_urls) == urls


def test_the_image_takes_only_what_is_locked_and_is_nobody_special() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    installs = [line for line in lines if "pip install" in line]
    assert installs
    assert all(
        "--require-hashes --only-binary=:all: -r requirements/cluster.txt" in line for line in installs
    )
    assert "USER town" in lines
    assert lines.index("USER town") > max(lines.index(line) for line in installs)
    told = dict(re.findall(r"(SANDBOX_[A-Z_]+)=(\S+)", "\n".join(lines)))
    assert Settings.from_environment({**told, "SANDBOX_VAR_DIR": "."}).host == "0.0.0.0"
    assert PurePosixPath(told["SANDBOX_VAR_DIR"]) == PurePosixPath("/data")


def test_ci_calls_the_commands_of_the_readme() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    text = script.read_text(encoding="utf-8")
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in text
    assert "python3 run.py test" in text
