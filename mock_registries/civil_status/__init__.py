"""The civil-status registry: books of births and deaths, and marriages."""

from sqlmodel import Session

from chassis.rows import enter
from mock_registries.civil_status.births import REGISTER_BIRTH, by_child, by_notice, fill_in_id
from mock_registries.civil_status.books import BirthEntry, DeathEntry, MarriageEntry
from mock_registries.civil_status.deaths import REGISTER_DEATH, by_person, marriage
from mock_registries.people_records import Family
from mock_registries.registry import Registry

__all__ = ["REGISTRY", "BirthEntry", "DeathEntry", "MarriageEntry", "fill_in_id"]


def _fill(session: Session, run_id: str, families: list[Family]) -> None:
    rows = [
        {
            "run_id": run_id,
            "family_index": family.index,
            "number": family.marriage.number,
            "book": family.marriage.book,
            "registered_on": family.marriage.registered_on,
            "commune_code": family.marriage.place.commune_code,
            "province_code": family.marriage.place.province_code,
            "husband_id": family.marriage.spouse_ids[0],
            "wife_id": family.marriage.spouse_ids[1],
        }
        for family in families
        if family.marriage is not None
    ]
    enter(session, MarriageEntry, rows)


REGISTRY = Registry(
    tables=(BirthEntry, DeathEntry, MarriageEntry),
    fill=_fill,
    look_ups={
        "birth_by_notice": by_notice,
        "birth_by_child": by_child,
        "death_by_person": by_person,
        "marriage": marriage,
    },
    actions={"register_birth": REGISTER_BIRTH, "register_death": REGISTER_DEATH},
)
