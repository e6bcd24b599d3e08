"""What a citizen of an invented bereaved family types; the registries fill the rest.

``family`` is what the town's population service tells of a family, as JSON.
"""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


def example(family: Mapping[str, Any]) -> Json:
    """The typed part of a declaration for a family's deceased."""
    roles, facts = family["roles"], family["facts"]
    deceased, declarant = _by_id(family, roles["deceased"]), _by_id(family, roles["declarant"])
    notices = family["death_notices"]
    late = "5" if "substitute_evidence" in facts else "1"
    return {
        "agencies": {"death_type": late, "residence_in_same_area": True},
        "declarant": {
            "personal_id": declarant["personal_id"],
            "relation": facts["relation"],
            "phone": declarant["phone"],
            "email": declarant["email"],
        },
        "deceased": {name: deceased[name] for name in ("personal_id", "full_name", "born_on")},
        "death": _death(family, notices),
        "copies": {"wanted": facts["copies_wanted"] > 0, "number": facts["copies_wanted"] or None},
        "household": _household(family),
        "benefit": _benefit(family),
        "delivery": {
            "extract": "electronic",
            "residence": "electronic",
            "benefit": "electronic",
            "pledge": True,
        },
        "papers": ["substitute_evidence"] if "substitute_evidence" in facts else [],
    }


def wanted(family: Mapping[str, Any]) -> tuple[str, ...]:
    """The procedures a family of this kind would ask for: what is owed, and nothing that is not."""
    own = family["entitlements"].get(family["roles"]["deceased"], {})
    base = ("death_registration", "residence_deregistration")
    standing = own.get("insurance", {}).get("standing", "none")
    if standing in ("pension", "monthly_benefit", "reserved_time", "voluntary", "waiting_age"):
        return (*base, "funeral_allowance")
    if own.get("merit"):
        return (*base, "funeral_grant")
    if own.get("social_protection", "none") != "none" or own.get("monthly_survivor_over_80"):
        return (*base, "funeral_support")
    return base


def _death(family: Mapping[str, Any], notices: Any) -> Json:
    facts = family["facts"]
    if notices:
        return {"notice_code": notices[0]["code"]}
    told = {"died_at": facts["died_at"], "place": facts["death_place_text"], "cause": facts["cause"]}
    return told | {"commune_issues_none": "substitute_evidence" not in facts}


def _household(family: Mapping[str, Any]) -> Json:
    roles, facts = family["roles"], family["facts"]
    block: Json = {"only_member": facts["only_member"]}
    if "new_householder" in facts:
        heir = _by_id(family, facts["new_householder"])
        block["declarant_is_new_householder"] = facts["new_householder"] == roles["declarant"]
        block |= {"new_householder_id": heir["personal_id"], "new_householder_name": heir["full_name"]}
    return block | {"relation_to_householder": _place_in_household(family, roles["deceased"])}


_CALLED = {
    "head": ("chủ hộ", "chủ hộ"),
    "spouse": ("chồng", "vợ"),
    "parent": ("cha", "mẹ"),
    "child": ("con", "con"),
    "sibling": ("anh, em", "chị, em"),
}


def _place_in_household(family: Mapping[str, Any], key: str) -> str | None:
    """What somebody is to the householder; None for who is registered nowhere."""
    members = [each for home in family["households"] for each in home["members"]]
    place = next((each["relation_to_head"] for each in members if each["personal_id"] == key), None)
    return _called(family, key, place) if place in _CALLED else None


def _called(family: Mapping[str, Any], key: str, relation: str) -> str:
    """How a family calls somebody who stands so to another of them."""
    man, woman = _CALLED.get(relation, (relation, relation))
    return woman if _by_id(family, key)["sex"] == "female" else man


def _benefit(family: Mapping[str, Any]) -> Json:
    facts = family["facts"]
    own = family["entitlements"].get(family["roles"]["deceased"], {})
    account = facts["bank_account"]
    return {
        "social_kind": own.get("social_protection", "none"),
        "merit": own.get("merit", False),
        "merit_decision": own.get("merit_decision_number") or None,
        "burial_at": facts["burial_at"],
        "burial_place": facts["burial_place"],
        "recipient_is_declarant": True,
        "payment": facts["payment"],
        "bank_account": f"{account['bank']} {account['number']} {account['holder']}",
        "survivor_choice": facts["survivor_benefit_choice"],
        "relatives": [
            {
                "personal_id": each["personal_id"],
                "full_name": _by_id(family, each["personal_id"])["full_name"],
                "relation": _called(family, each["personal_id"], each["relation"]),
            }
            for each in facts["relatives"]
        ],
    }


def _by_id(family: Mapping[str, Any], key: str) -> Json:
    return next(person for person in family["persons"] if key in (person["personal_id"], person["passport"]))
