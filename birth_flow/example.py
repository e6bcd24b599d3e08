"""What a citizen of an invented family types: the fields that no registry can fill.

``family`` is what the town's population service tells of a family, as JSON. Where a registry knows
nothing (no birth notice, a foreign father), the citizen types that too.
"""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


def example(family: Mapping[str, Any], child: int = 0) -> Json:
    """The typed part of a declaration for a family's newborn; look-ups fill the rest."""
    roles, facts = family["roles"], family["facts"]
    newborn = facts["children"][child]
    mother, father = _person(family, "mother"), _person(family, "father")
    notices = family["birth_notices"]
    declarant = roles["declarant"]
    draft: Json = {
        "family_case": _family_case(mother, father),
        "declarant": {
            "personal_id": declarant,
            "relation": _relation(roles, declarant),
            "phone": _by_id(family, declarant)["phone"],
            "email": _by_id(family, declarant)["email"],
        },
        "notice": {"code": notices[child]["code"]} if notices else {},
        "child": {
            "full_name": newborn["full_name"],
            "ethnicity": facts["ethnicity"],
            "nationality": facts["nationality"],
            "hometown": facts["hometown"],
        },
        "mother": {},
        "father": {},
        "agencies": {
            "birth_type": "4" if family["situation"] == "newborn_late" else "1",
            "residence_in_same_area": True,
        },
        "marriage": _marriage(family),
        "copies": {"wanted": facts["copies_wanted"] > 0, "number": facts["copies_wanted"] or None},
        "residence": {
            "confirmed_by_vneid": True,
            "case": "with_parents" if family["situation"] != "parents_apart" else "with_one_parent",
            "relation_to_householder": "con" if roles.get("householder") in _parents(roles) else "cháu",
        },
        "insurance": {
            "first_contact_facility": facts["first_contact_facility"],
            "guardian": (mother or father or _by_id(family, declarant))["full_name"],
        },
        "delivery": {
            "certificate": "electronic",
            "residence": "electronic",
            "card": "electronic",
            "pledge": True,
        },
        "papers": _papers(family),
    }
    if not notices:
        draft["child"] |= {
            "born_on": newborn["born_at"][:10],
            "sex": newborn["sex"],
            "birthplace": newborn["place"],
        }
    _type_parents(draft, mother, father, bool(notices))
    return {name: block for name, block in draft.items() if block is not None}


def wanted(_family: Mapping[str, Any]) -> tuple[str, ...]:
    """The procedures a family with a newborn would ask for: all three."""
    return ("birth_registration", "permanent_residence", "health_insurance_card")


def _type_parents(draft: Json, mother: Json | None, father: Json | None, notice: bool) -> None:
    draft["mother"] = None if mother is None else _identity(mother, typed=not notice)
    draft["father"] = None if father is None else _identity(father, typed=False) | _own_id(father)


def _own_id(person: Json) -> Json:
    return {"personal_id": person["personal_id"]} if person["personal_id"] else {}


def _identity(person: Json, *, typed: bool) -> Json:
    """A foreigner is in no registry, so everything is typed from the passport."""
    if person["personal_id"] and not typed:
        return {}
    if person["personal_id"]:
        return {name: person[name] for name in ("personal_id", "full_name", "born_on")}
    return {
        name: person[name] for name in ("passport", "full_name", "born_on", "nationality", "residence")
    } | {"ethnicity": "55"}


def _family_case(mother: Json | None, father: Json | None) -> str:
    if mother is None:
        return "mother_unknown" if father is not None else "both_unknown"
    return "both_known" if father is not None else "father_unknown"


def _relation(roles: Mapping[str, str], declarant: str) -> str:
    for role in ("mother", "father"):
        if roles.get(role) == declarant:
            return role
    return "grandparent"


def _parents(roles: Mapping[str, str]) -> set[str | None]:
    return {roles.get("mother"), roles.get("father")} - {None}


def _marriage(family: Mapping[str, Any]) -> Json:
    marriage = family["marriage"]
    if marriage is None:
        return {}
    told = {name: marriage[name] for name in ("number", "book", "registered_on")}
    return told | {"place": marriage["place"]["commune_code"]}


def _papers(family: Mapping[str, Any]) -> list[str]:
    facts = family["facts"]
    papers = [facts["substitute_evidence"]] if "substitute_evidence" in facts else []
    if "recognition_by" in facts:
        papers.append("recognition_of_child")
    if "nationality_agreement" in facts:
        papers.append("nationality_agreement")
    if family["situation"] == "parents_apart":
        papers.append("parents_consent")
    return papers


def _person(family: Mapping[str, Any], role: str) -> Json | None:
    key = family["roles"].get(role)
    return None if key is None else _by_id(family, key)


def _by_id(family: Mapping[str, Any], key: str) -> Json:
    return next(person for person in family["persons"] if key in (person["personal_id"], person["passport"]))
