"""Keeps the PostgreSQL of the tests until they have ended: python -m tests.postgres_keeper FOLDER.

Any worker may start it, and none of them owns it: it waits for the lock that the process which people
started holds on `alive`, and which the system lets go of however that process ends.
"""

import fcntl
import sys
from pathlib import Path
from shutil import rmtree

from town.torture.postgres_server import PostgresServer

# A database for each test: with the disk waited for, making and dropping one takes seconds. Nothing that
# these tests look at outlives the server; what has to is tried on private servers, which do wait.
_SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


def keep(folder: Path) -> None:
    with (folder / "keeper.lock").open("a") as kept, PostgresServer(_SETTINGS) as server:
        fcntl.flock(kept, fcntl.LOCK_EX)
        (folder / "url").write_text(server.url, encoding="utf-8")
        print("ready", flush=True)
        with (folder / "alive").open() as alive:
            fcntl.flock(alive, fcntl.LOCK_EX)
    rmtree(folder, ignore_errors=True)  # for those who were killed; the others remove it themselves


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
