"""Families in which a child was born: the parents, their home, and who lives there."""

from mock_registries import names
from mock_registries.family_birth_papers import Home, new_children, what_parents_know, write_birth_notices
from mock_registries.family_draft import Draft, days
from mock_registries.family_plans import BirthPlan
from mock_registries.people_records import Person, Relation, Sex


def birth_family(draft: Draft, plan: BirthPlan) -> None:
    """Invent the family of one birth."""
    lots = draft.lots
    born = draft.today - lots.between(*plan.days_before)
    born_at = draft.instant(born)
    address = draft.address()
    ethnicity = names.ethnicity_in(address.province_code, lots)
    home = Home(
        address,
        ethnicity,
        draft.family_name(ethnicity),
        draft.family_name(ethnicity),
        {"father": draft.hometown(address), "mother": draft.hometown(address)},
    )
    father, mother = _couple(draft, plan, home, born)
    siblings: list[tuple[Person, Relation]] = []
    if father and mother and plan.married:
        married = draft.marry(father, mother, address, born - 120)
        if plan.home != "apart":
            siblings = _siblings(draft, home, father, mother, born, married)
    if plan.twin_already_registered:
        twin = _child(draft, "registered_child", home, father, mother, born)
        siblings.append((twin, "child"))
    grandparents = _grandparents(draft, plan, home, father)
    _settle(draft, plan, father, mother, siblings, grandparents)
    children = new_children(draft, plan, home, father, born_at)
    if plan.notice:
        write_birth_notices(draft, plan, mother, children)
    what_parents_know(draft, plan, home, children)


def _couple(draft: Draft, plan: BirthPlan, home: Home, born: int) -> tuple[Person | None, Person | None]:
    """Mothers are 19 to 43 on the day of the birth, fathers two years younger to seven years older."""
    lots = draft.lots
    mother_born = born - days(19) - days(lots.below(13) + lots.below(12)) - lots.below(364) - 1
    father_born = min(mother_born + days(2) - lots.below(days(9)), born - days(21))
    father = mother = None
    if plan.mother_known:
        mother = draft.person(
            "mother",
            "female",
            mother_born,
            home.address,
            family_name=home.mother_name,
            ethnicity=home.ethnicity,
            hometown=home.hometowns["mother"],
        )
    if plan.father == "foreign":
        father = draft.foreigner("father", father_born, home.address)
    elif plan.father == "known":
        father = draft.person(
            "father",
            "male",
            father_born,
            draft.address() if plan.home == "apart" else home.address,
            family_name=home.father_name,
            ethnicity=home.ethnicity,
            hometown=home.hometowns["father"],
        )
    return father, mother


def _child(
    draft: Draft, role: str, home: Home, father: Person | None, mother: Person | None, born: int
) -> Person:
    sex: Sex = "male" if draft.lots.happens(525) else "female"
    child = draft.person(
        role,
        sex,
        born,
        home.address,
        family_name=home.father_name,
        ethnicity=home.ethnicity,
        hometown=home.hometowns["father"],
    )
    draft.child_of(child, father, mother)
    return child


def _siblings(
    draft: Draft, home: Home, father: Person, mother: Person, born: int, married: int
) -> list[tuple[Person, Relation]]:
    """Elder brothers and sisters, at most two, born in the marriage and at least 500 days apart."""
    if father.nationality != "VN":
        return []
    siblings: list[tuple[Person, Relation]] = []
    first, latest = married + 250, born - 500
    for number in range(1, 1 + draft.lots.below(3)):
        if latest <= first:
            break
        sibling_born = draft.lots.between(first, latest)
        siblings.append((_child(draft, f"sibling_{number}", home, father, mother, sibling_born), "child"))
        latest = sibling_born - 500
    return siblings


def _grandparents(draft: Draft, plan: BirthPlan, home: Home, father: Person | None) -> list[Person]:
    """The father's parents, where the situation tells of them."""
    if father is None or not plan.home.startswith("grandparents"):
        return []
    lots = draft.lots
    address = home.address if plan.home == "grandparents_own" else draft.address(like=home.address)
    grandfather_born = father.born_on.toordinal() - days(22) - lots.below(days(9))
    grandmother_born = grandfather_born + lots.below(days(3))
    couple = []
    for role, sex, born, family_name in (
        ("grandfather", "male", grandfather_born, home.father_name),
        ("grandmother", "female", grandmother_born, draft.family_name(home.ethnicity)),
    ):
        person = draft.person(
            role,
            "male" if sex == "male" else "female",
            born,
            address,
            family_name=family_name,
            ethnicity=home.ethnicity,
            hometown=home.hometowns["father"],
        )
        couple.append(person)
    draft.child_of(father, couple[0], couple[1])
    return couple


def _settle(
    draft: Draft,
    plan: BirthPlan,
    father: Person | None,
    mother: Person | None,
    siblings: list[tuple[Person, Relation]],
    grandparents: list[Person],
) -> None:
    """Households, and who is householder, owner and declarant."""
    known = [parent for parent in (father, mother) if parent and parent.nationality == "VN"]
    if plan.home == "grandparents_own":
        grandfather, grandmother = grandparents
        others: list[tuple[Person, Relation]] = [(grandmother, "spouse"), (known[0], "child")]
        others += [(known[1], "child_in_law")]
        others += [(sibling, "grandchild") for sibling, _ in siblings]
        householder = grandfather
        _register(draft, householder, others)
    elif plan.home == "apart":
        for parent in known:
            _register(draft, parent, [])
        # The child is registered with the mother, where it stays, unless the parents agree otherwise.
        householder = known[1]
    else:
        householder = known[0]
        spouses: list[tuple[Person, Relation]] = [
            (parent, "spouse" if plan.married else "other") for parent in known[1:]
        ]
        _register(draft, householder, spouses + siblings)
        if grandparents:
            _register(draft, grandparents[0], [(grandparents[1], "spouse")])
    draft.roles["householder"] = draft.roles["owner"] = householder.key
    relation = "mother"
    if plan.grandparent_declares:
        relation = "grandmother"
    elif mother is None or (father and father.nationality == "VN" and draft.lots.happens(550)):
        relation = "father"
    draft.roles["declarant"] = draft.roles[relation]
    draft.facts["relation"] = relation


def _register(draft: Draft, head: Person, others: list[tuple[Person, Relation]]) -> None:
    if head.residence is None:
        raise ValueError("a household needs an address")
    draft.household(head.residence, head, *others)
