"""A copy of what run.py needs, with a package made here: no network is used."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WHEEL = "bookmark-1.0-py3-none-any.whl"
MAIN = "import sys, bookmark; print(sys.argv[1:]); sys.exit(7)"


def _sum(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def make_wheel(folder: Path) -> str:
    """A package of one line; the hash for its lock."""
    files = {
        "bookmark.py": b"PAGE = 12\n",
        "bookmark-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: bookmark\nVersion: 1.0\n",
        "bookmark-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},sha256={_sum(body)},{len(body)}\n" for name, body in files.items())
    files["bookmark-1.0.dist-info/RECORD"] = (record + "bookmark-1.0.dist-info/RECORD,,\n").encode()
    with zipfile.ZipFile(folder / WHEEL, "w") as wheel:
        for name, body in files.items():
            wheel.writestr(name, body)
    return hashlib.sha256((folder / WHEEL).read_bytes()).hexdigest()


class Project:
    """A copy of what run.py needs, with a lock of one package and a town that prints its arguments."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "town").mkdir(parents=True)
        (folder / "requirements").mkdir()
        (folder / "wheels").mkdir()
        shutil.copy(ROOT / "run.py", folder)
        for name in ("__init__", "environment", "installation"):
            shutil.copy(ROOT / f"town/{name}.py", folder / "town")
        (folder / "town" / "__main__.py").write_text(MAIN)
        self.lock(make_wheel(folder / "wheels"))

    def lock(self, digest: str, name: str = "bookmark", more: str = "") -> None:
        line = f"{name}==1.0 \\\n    --hash=sha256:{digest}\n{more}"
        for which in ("run", "cluster", "study", "dev"):
            (self.folder / "requirements" / f"{which}.txt").write_text(line)

    def run(
        self, *arguments: str, env: Mapping[str, str] | None = None, python: str = sys.executable
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [python, str(self.folder / "run.py"), *arguments],
            cwd=self.folder.parent,
            env={**self.environment(), **(env or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
        offline = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1"}
        return {**kept, **offline, "PIP_FIND_LINKS": str(self.folder / "wheels")}


def one_line(stderr: str) -> str:
    lines = [line for line in stderr.splitlines() if "installing" not in line and "making" not in line]
    assert len(lines) == 1, stderr
    return lines[0]
