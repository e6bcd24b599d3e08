"""What somebody wants simulated, as they said it on the command line, and what that comes to."""

from dataclasses import dataclass
from pathlib import Path

from flow_model.catalogue import catalogue
from flow_model.errors import Refused
from simulator.national import has_national_year

EVERY = "both"


@dataclass(frozen=True)
class Wish:
    """``group`` is a group's id, or "both" for all of them; ``dossiers`` None for a whole national year."""

    group: str
    year: int
    law: str | None
    compare: str | None
    seed: int
    dossiers: int | None
    replications: int
    cores: int
    cluster: str | None
    out: Path | None
    json: bool
    brief: bool
    before_2025: bool

    def groups(self) -> tuple[str, ...]:
        """The groups that are meant."""
        if self.group == EVERY:
            return tuple(name for name in catalogue().groups if name not in self.skipped())
        group = catalogue().group(self.group)
        if not has_national_year(group):
            raise Refused(
                f"Nhóm {group.id} chưa có năm mô phỏng: thêm national.toml (docs/add-a-flow.md).",
                f"The group {group.id} has no national year: give it a national.toml (docs/add-a-flow.md).",
            )
        return (group.id,)

    def skipped(self) -> tuple[str, ...]:
        """The groups that are left out where all are meant: nothing is believed of a year of theirs."""
        if self.group != EVERY:
            return ()
        return tuple(name for name, each in catalogue().groups.items() if not has_national_year(each))

    def laws(self) -> tuple[str, ...]:
        """The law profiles, the one to compare with last."""
        profiles = next(iter(catalogue().groups.values())).law
        first = profiles.profile(self.law).id if self.law else profiles.default.id
        if self.compare is None:
            return (first,)
        second = profiles.profile(self.compare).id
        if second == first:
            raise Refused(
                f"--compare {second} là chính bộ luật đang xem; hãy chọn bộ luật khác.",
                f"--compare {second} is the law that is studied already; choose another one.",
            )
        return first, second
