"""Makes .venv from the locked requirements, then runs one command of the town inside it.

Standard library only, and readable by Python 3.6: an old Python is told which one to get.
Standard output belongs to the command that is run; everything said here goes to standard error.
"""

import sys

NEEDED = (3, 11)
COMMANDS = {
    "demo": "one birth and one death on both paths, timed; then the services stay up",
    "play": "stories, held against what they expect; JUnit and HTML reports",
    "serve": "one service alone, in the foreground (what docker-compose.yml runs)",
    "migrate": "the tables in PostgreSQL, made or brought up to date; as often as you like",
    "simulate": "a national year on both paths, in seconds: where the days went, what each bottleneck costs",
    "fuzz": "generated requests at every service: no 5xx, no undocumented answer",
    "conformance": "the agency contract, put to any agency by URL: ours, or somebody else's",
    "torture": "crashes, lost messages, power cuts and killed processes, by search: nothing lost or doubled",
    "bench": "cases a second: a bare loop, ours, a durable engine; one run, ratios",
    "test": "every test; what follows goes to pytest",
    "check": "formatting, ruff, mypy, import rules and the tests, with a table",
    "lock": "write requirements/*.txt again from requirements/*.in",
}
FOR_DEVELOPERS = ("fuzz", "conformance", "torture", "bench", "test", "check", "lock")
FOR_POSTGRESQL = ("migrate",)
FOR_STUDIES = ("simulate",)
HELP = """Usage: python3 run.py COMMAND [OPTIONS]

A sandbox of Vietnam's interlinked public service: one birth and one death, declared once,
sent down the old path and the new one, and measured.

Commands:
{commands}

Try:
  python3 run.py demo                  tell the story, then keep the services running (Ctrl-C ends)
  python3 run.py demo --once           tell the story and stop
  python3 run.py demo --once --json    the same, as one JSON document
  python3 run.py play --all            play every story of the library
  python3 run.py play birth --tell     tell the stories of births as they go on
  python3 run.py test                  run every test
  python3 run.py COMMAND --help        all options of one command

The first start makes the folder .venv (about a minute, needs the network); later starts are instant.
"""


def main(arguments: "list[str]") -> int:
    if sys.version_info < NEEDED:
        return _complain(_get_python())
    command = arguments[0] if arguments else "--help"
    if command in ("--help", "-h", "help"):
        width = max(map(len, COMMANDS))
        lines = [f"  {name.ljust(width)}  {said}" for name, said in COMMANDS.items()]
        sys.stdout.write(HELP.format(commands="\n".join(lines)))
        return 0
    if command not in COMMANDS:
        return _complain(_other_command(command))
    return _start(command, arguments)


def _get_python() -> str:
    """What to do about an old Python. If a new one is at hand, it is named."""
    import subprocess

    newest = NEEDED[1] + 3
    needed, own = "{}.{}".format(*NEEDED), "{}.{}".format(*sys.version_info)
    message = f"Python {needed} or later is needed, this is {own}"
    for minor in range(newest, NEEDED[1] - 1, -1):
        name = f"python3.{minor}"
        try:
            if subprocess.call([name, "-c", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
                return f"{message}; you have one: start with '{name} run.py'."
        except OSError:
            continue
    how = {
        "linux": f"sudo apt install python{needed} python{needed}-venv (or your system's package manager)",
        "darwin": f"brew install python@{needed} (or the installer from www.python.org)",
        "win32": f"winget install Python.Python.{needed} (or the installer from www.python.org)",
    }
    return f"{message}; to get it: {how.get(sys.platform, 'www.python.org')}."


def _other_command(command: str) -> str:
    import difflib

    near = difflib.get_close_matches(command, COMMANDS, 1)
    hint = f"did you mean '{near[0]}'?" if near else "there are: {}.".format(", ".join(COMMANDS))
    return f"there is no command '{command}'; {hint}"


def _start(command: str, arguments: "list[str]") -> int:
    import os

    root = os.path.dirname(os.path.abspath(__file__))
    if root not in sys.path:
        sys.path.insert(0, root)  # python3 -I leaves it out
    # These two are written for the Python that the project needs, so they wait until its version is known.
    from town.environment import Environment
    from town.installation import Stop

    try:
        python = Environment(root).ready(_lock_for(command))
        return _become(root, [python, "-m", "town", *arguments])
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return 130
    except Stop as stop:
        return _complain(str(stop))
    except OSError as error:
        return _complain(f"{error}. If this stays, delete the folder .venv and start again.")


def _lock_for(command: str) -> str:
    """The demo stays light: only who uses PostgreSQL gets what it needs."""
    import os

    if command in FOR_DEVELOPERS:
        return "dev"
    told = os.environ.get("SANDBOX_DATABASE_URL", "").strip()
    if command in FOR_STUDIES:
        return "study"
    return "cluster" if told or command in FOR_POSTGRESQL else "run"


def _become(root: str, command: "list[str]") -> int:
    """Run the command with the project's own Python; where the system can, in place of this process."""
    import os
    import subprocess

    _note_where_we_are()
    os.chdir(root)
    for variable in ("PYTHONHOME", "PYTHONPATH", "PYTHONSAFEPATH", "__PYVENV_LAUNCHER__"):
        os.environ.pop(variable, None)  # each would put other modules before the locked ones
    sys.stdout.flush()
    if os.name == "posix":
        os.execv(command[0], command)
    child = subprocess.Popen(command)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # the child was told too, and ends by itself


def _note_where_we_are() -> None:
    """Files that somebody names are looked for where they stand (town/standing.py)."""
    import os

    try:
        here = os.getcwd()
    except OSError:  # a folder that is gone
        return
    os.environ["TOWN_CALLED_FROM"] = here
    if os.environ.get("SANDBOX_VAR_DIR", "").strip():
        os.environ["SANDBOX_VAR_DIR"] = os.path.join(here, os.environ["SANDBOX_VAR_DIR"].strip())


def _complain(text: str) -> int:
    sys.stderr.write(f"run.py: {text}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
