"""The command that makes or updates the tables, and what it says."""

from flow_model.errors import SandboxError
from town.migrations.running import migrate


class NoDatabase(SandboxError):
    """The operator names the database."""

    slug = "no-database"


def main(url: str) -> int:
    """Bring every schema to the newest revision and tell which were behind."""
    if not url:
        raise NoDatabase(
            "Hãy đặt SANDBOX_DATABASE_URL, ví dụ postgresql://ten:mat_khau@may:5432/motlankhai.",
            "Set SANDBOX_DATABASE_URL, such as postgresql://name:password@host:5432/motlankhai.",
        )
    for moved in migrate(url):
        if moved.before == moved.after:
            print(f"{moved.schema}: đã ở bản {moved.after} / is at {moved.after}")
        else:
            print(f"{moved.schema}: {moved.before or '–'} → {moved.after}")
    return 0
