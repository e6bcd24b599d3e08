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
from jsonschema import Draft202012Validator

from chassis.settings import Settings
from tests.architecture.house import ROOT
from town.commands import app
from town.layout import NAMES

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
    assert names(extras["study"]) == wanted("study")
    assert names(extras["dev"]) <= wanted("dev")


@pytest.mark.parametrize("which", ["run", "cluster", "study", "dev"])
def test_every_package_is_locked_once_with_hashes(which: str) -> None:
    pins = PIN.findall(lock(which))
    assert wanted(which) <= {name for name, _ in pins}
    assert len(pins) == len(dict(pins)), "two versions of one package: two machines would differ"
    blocks = re.split(r"^(?=[a-z0-9-]+==)", lock(which), flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in block for block in blocks)


def test_each_lock_holds_the_versions_of_the_one_before_it() -> None:
    names = ("run", "cluster", "study", "dev")
    run, cluster, study, dev = (dict(PIN.findall(lock(which))).items() for which in names)
    assert run < cluster < study < dev


def test_the_demo_stays_light() -> None:
    demo = {name for name, _ in PIN.findall(lock("run"))}
    assert not (wanted("cluster") | wanted("study")) & demo


def ours(compose: Compose) -> Compose:
    """The containers of our own image."""
    return {name: each for name, each in compose["services"].items() if each["image"] == "mot-lan-khai"}


def test_the_file_is_what_the_compose_specification_allows(compose: Compose) -> None:
    # The schema of the specification (Apache License 2.0), as the package check-jsonschema 0.39.0 ships it.
    schema = json.loads((ROOT / "tests" / "compose" / "compose-spec.json").read_text(encoding="utf-8"))
    validator = Draft202012Validator(schema)
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(compose)] == []
    assert list(validator.iter_errors({**compose, "services": {"desk": {"comand": []}}})), "it sees mistakes"


def test_the_containers_are_the_services_of_the_town(compose: Compose) -> None:
    gateways = {"gateway_1", "gateway_2"}
    assert set(ours(compose)) == {*NAMES, *gateways, "migrate"} - {"gateway"}
    assert set(compose["services"]) - set(ours(compose)) == {"postgres", "proxy", "prometheus"}
    assert compose["services"]["prometheus"]["profiles"] == ["watch"], "whoever wants it asks for it"
    assert compose["services"]["gateway_1"] == compose["services"]["gateway_2"]


def test_the_command_line_accepts_every_container_s_command(compose: Compose) -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for name, service in ours(compose).items():
        python, flag, module, command, *rest = service["command"]
        assert (python, flag, module) == ("python", "-m", "town")
        parsed = commands[command].make_context(command, list(rest))
        served = "gateway" if name.startswith("gateway_") else name
        assert (command, parsed.params.get("name")) == (
            ("migrate", None) if name == "migrate" else ("serve", served)
        )


def test_every_container_that_stays_is_asked_for_its_health(compose: Compose) -> None:
    for name, service in compose["services"].items():
        asked = " ".join(service.get("healthcheck", {}).get("test", ()))
        assert bool(asked) == (name != "migrate")
        assert "/health" in asked or "/-/healthy" in asked or name in ("migrate", "postgres")


def test_nothing_starts_before_the_tables_are_there(compose: Compose) -> None:
    made = {"condition": "service_completed_successfully"}
    assert compose["services"]["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name, service in ours(compose).items():
        assert name == "migrate" or service["depends_on"]["migrate"] == made


def test_only_the_database_keeps_data(compose: Compose) -> None:
    assert set(compose["volumes"]) == {"postgres"}
    for name, service in compose["services"].items():
        assert service["read_only"]
        kept = [volume for volume in service.get("volumes", ()) if not volume.endswith(":ro")]
        assert kept == (["postgres:/var/lib/postgresql/data"] if name == "postgres" else [])


def test_host_ports_come_from_variables_and_differ(compose: Compose) -> None:
    published = {name: each["ports"] for name, each in compose["services"].items() if "ports" in each}
    assert set(published) == {"proxy", "prometheus", *NAMES} - {"gateway"}
    numbers = set()
    for name, ports in published.items():
        variable = "GATEWAY" if name == "proxy" else name.upper()
        inside = 9090 if name == "prometheus" else 8000
        found = re.fullmatch(rf"127\.0\.0\.1:\$\{{{variable}_PORT:-(\d+)\}}:{inside}", " ".join(ports))
        assert found, (name, ports)
        numbers.add(found[1])
    assert len(numbers) == len(published)


def test_prometheus_reads_every_process_and_its_alarms_name_figures_that_there_are(compose: Compose) -> None:
    read = yaml.safe_load((ROOT / "deploy" / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = read["scrape_configs"]
    targets = [target for each in job["static_configs"] for target in each["targets"]]
    assert sorted(targets) == sorted(f"{name}:8000" for name in ours(compose) if name != "migrate")
    mounted = {
        volume.split(":")[0].rpartition("/")[2] for volume in compose["services"]["prometheus"]["volumes"]
    }
    assert mounted == {"prometheus.yml", *read["rule_files"]}
    code = "".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("[cg]*/**/*.py")))
    alarms = yaml.safe_load((ROOT / "deploy" / "alarms.yml").read_text(encoding="utf-8"))["groups"]
    used = re.findall(r"sandbox_[a-z_]+", str(alarms))
    assert used
    assert [name for name in used if f'"{name.removesuffix("_total")}"' not in code] == []


def test_containers_find_each_other_by_name(compose: Compose) -> None:
    doors = {name: f"http://{'proxy' if name == 'gateway' else name}:8000" for name in NAMES[:-1]}
    for service in ours(compose).values():
        environment = {name: str(value) for name, value in service["environment"].items()}
        assert json.loads(environment["SANDBOX_SERVICE_URLS"]) == doors
        own = {name: value for name, value in environment.items() if "$" not in value}
        settings = Settings.from_environment(own)
        assert settings.warnings == ()
        assert dict(settings.service_urls) == doors


def test_secrets_come_from_the_environment(compose: Compose) -> None:
    told = compose["services"]["postgres"]["environment"]["POSTGRES_PASSWORD"]
    assert told == "${POSTGRES_PASSWORD:-open}"
    for service in ours(compose).values():
        assert f":{told}@postgres:5432/" in service["environment"]["SANDBOX_DATABASE_URL"]
        assert service["environment"]["SANDBOX_EVENT_SECRET"] == "${SANDBOX_EVENT_SECRET:-}"


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
