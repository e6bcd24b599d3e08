"""One installation by pip from a lock; when it fails, one line says what to do.

Standard library only: this runs before anything is installed (run.py starts it).
"""

import os
import re
import subprocess
import sys
from pathlib import Path

# Wheels only, so no compiler is ever asked for; hashes, so nothing comes in that was not locked.
_OPTIONS = ("--require-hashes", "--only-binary=:all:", "--progress-bar=off", "--retries=2")
# Settings of the person that would install somewhere else. The others (a mirror, a certificate) hold.
_ELSEWHERE = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_NO_BINARY", "PIP_PYTHON", "PIP_QUIET")
_NO_NETWORK = (
    "NewConnectionError",
    "NameResolutionError",
    "Temporary failure in name resolution",
    "Network is unreachable",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ProxyError",
    "ConnectionResetError",
    "RemoteDisconnected",
    "Max retries exceeded",
)
_LOG = "the whole output is in .venv/install.log"


class Stop(Exception):
    """One line for the person at the keyboard, and nothing is started."""


def install(python: str, lock: Path, log_file: Path) -> None:
    """Install what is locked into the environment of `python`; Stop if it cannot be done."""
    command = [python, "-I", "-m", "pip", "--no-input", "--disable-pip-version-check"]
    command += ["install", *_OPTIONS, "-r", str(lock)]
    environment = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    progress = _Progress(sum(line[:1].isalnum() for line in lock.read_text(encoding="utf-8").splitlines()))
    with (
        log_file.open("w", encoding="utf-8") as log,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            env=environment,
        ) as pip,
    ):
        assert pip.stdout is not None
        try:
            for line in pip.stdout:
                log.write(line)
                progress.saw(line)
        except BaseException:
            pip.terminate()
            raise
        finally:
            progress.end()
    if pip.returncode != 0:
        raise Stop(explain(log_file.read_text(encoding="utf-8")))


def explain(said: str) -> str:
    """What pip said at length, as one line that says what to do."""
    missing = re.search(r"No matching distribution found for (\S+)", said)
    if "CERTIFICATE_VERIFY_FAILED" in said or "SSLError" in said:
        line = (
            "the package server's certificate is not trusted: set PIP_CERT to your network's certificate file"
        )
    elif any(word in said for word in _NO_NETWORK):
        line = "the packages cannot be fetched: connect to the network (or set HTTPS_PROXY) and start again"
    elif "DO NOT MATCH THE HASHES" in said:
        line = "a fetched file is not the one that was locked: start again, or look at your package mirror"
    elif missing:
        python = "{}.{}".format(*sys.version_info)
        line = (
            f"there is no ready-made {missing[1]} for Python {python} on this system: use Python 3.11 to 3.14"
        )
    elif "No space left on device" in said:
        line = "the disk is full: make room (about 400 MB) and start again"
    else:
        line = f"installing failed: {last_line(said)}"
    return f"{line} ({_LOG})."


def last_line(said: str) -> str:
    """The last line that names an error, or the last line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("ERROR", "Error"))]
    return (errors or lines or ["no reason given"])[-1]


def say(text: str) -> None:
    sys.stderr.write(f"run.py: {text}\n")
    sys.stderr.flush()


class _Progress:
    """One line that moves on a terminal; two lines where the output is kept."""

    def __init__(self, total: int) -> None:
        self._total, self._seen, self._moves = total, 0, sys.stderr.isatty()
        say(f"installing {total} packages")

    def saw(self, line: str) -> None:
        words = line.split()
        if words[:1] in (["Collecting"], ["Requirement"]):
            self._seen += 1
            self._show(f"{min(self._seen, self._total)} of {self._total}")
        elif line.startswith("Installing collected packages"):
            self._show("fetched; unpacking")

    def end(self) -> None:
        self._show("")

    def _show(self, text: str) -> None:
        if self._moves:
            sys.stderr.write(f"\r\x1b[K{text and 'run.py: '}{text}")
            sys.stderr.flush()
