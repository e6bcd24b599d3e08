"""Families in which somebody died: who they are, how they lived together, and who declares the death."""

from datetime import datetime, timedelta

from mock_registries import names
from mock_registries.family_death_papers import (
    Bereaved,
    entitle,
    what_survivors_know,
    where_and_why,
    write_death_notice,
)
from mock_registries.family_draft import Draft, days
from mock_registries.family_plans import DeathPlan
from mock_registries.people_records import Address, Person, Relation, Sex


def death_family(draft: Draft, plan: DeathPlan) -> None:
    """Invent the family of one death."""
    died_at, issued_at = _when(draft, plan)
    people = _people(draft, plan, died_at.date().toordinal())
    _settle(draft, plan, people)
    death = where_and_why(draft, plan, people, died_at, issued_at)
    if plan.notice != "none":
        write_death_notice(draft, plan, people.deceased, death)
    entitle(draft, plan, people.deceased)
    what_survivors_know(draft, plan, people, death)


def _when(draft: Draft, plan: DeathPlan) -> tuple[datetime, datetime]:
    """The death, and the notice that was signed before the run began."""
    died_at = draft.instant(draft.today - draft.lots.between(*plan.days_before))
    issued_at = draft.issued_after(died_at)
    if issued_at > draft.moment:
        died_at -= timedelta(days=1)
        issued_at -= timedelta(days=1)
    return died_at, issued_at


def _people(draft: Draft, plan: DeathPlan, died: int) -> Bereaved:
    lots = draft.lots
    address = draft.address()
    ethnicity = names.ethnicity_in(address.province_code, lots)
    home = None if plan.lives == "nowhere" else address
    sex: Sex = "male" if lots.happens(520) else "female"
    other: Sex = "female" if sex == "male" else "male"
    low, high = plan.ages
    born = died - days(low + lots.below(high - low + 1)) - lots.below(364) - 1
    own_name, other_name = draft.family_name(ethnicity), draft.family_name(ethnicity)
    own_hometown, other_hometown = draft.hometown(address), draft.hometown(address)
    deceased = draft.person(
        "deceased",
        sex,
        born,
        home,
        family_name=own_name,
        ethnicity=ethnicity,
        hometown=own_hometown,
        last_day=died,
    )
    spouse_born = born + lots.below(days(5)) if sex == "male" else born - lots.below(days(5))
    spouse = None
    if lots.happens(plan.spouse_per_mille):
        spouse = draft.person(
            "spouse",
            other,
            spouse_born,
            home,
            family_name=other_name,
            ethnicity=ethnicity,
            hometown=other_hometown,
        )
    father_side = (own_name, own_hometown) if sex == "male" else (other_name, other_hometown)
    apart = draft.address(like=address) if plan.lives in ("alone", "nowhere") else address
    children = _children(draft, (deceased, spouse), father_side, apart, (max(born, spouse_born), died))
    partner = _child_in_law(draft, plan, children[0], apart)
    if spouse:
        man, woman = (deceased, spouse) if sex == "male" else (spouse, deceased)
        draft.marry(man, woman, address, children[0].born_on.toordinal() - 120)
    return Bereaved(deceased, spouse, children, partner)


def _children(
    draft: Draft,
    couple: tuple[Person, Person | None],
    father_side: tuple[str, Address],
    home: Address,
    since: tuple[int, int],
) -> list[Person]:
    """One or two children, born from the younger parent's twenty-second year on and before the death."""
    deceased, spouse = couple
    younger_parent_born, died = since
    lots = draft.lots
    children: list[Person] = []
    first = younger_parent_born + days(21)
    for number in range(1, 2 + lots.below(2)):
        child_born = first + lots.below(max(1, min(days(9), died - first - 365)))
        child_sex: Sex = "male" if lots.happens(510) else "female"
        child = draft.person(
            f"child_{number}",
            child_sex,
            child_born,
            home,
            family_name=father_side[0],
            ethnicity=deceased.ethnicity,
            hometown=father_side[1],
        )
        draft.child_of(child, *((deceased, spouse) if deceased.sex == "male" else (spouse, deceased)))
        children.append(child)
        first = child_born + 500
        if first > died - 400:
            break
    return children


def _child_in_law(draft: Draft, plan: DeathPlan, child: Person, home: Address) -> Person | None:
    """The eldest child's wife or husband, when the eldest child keeps the house."""
    if plan.lives != "with_child" or not draft.lots.happens(700):
        return None
    sex: Sex = "female" if child.sex == "male" else "male"
    born = child.born_on.toordinal() + draft.lots.below(days(4)) * (1 if sex == "female" else -1)
    return draft.person(
        "child_in_law",
        sex,
        born,
        home,
        family_name=draft.family_name(child.ethnicity),
        ethnicity=child.ethnicity,
        hometown=draft.hometown(home),
    )


def _settle(draft: Draft, plan: DeathPlan, people: Bereaved) -> None:
    """Households as they stood at the death, and who declares it."""
    deceased, spouse, children, partner = people
    eldest = children[0]
    with_spouse: list[tuple[Person, Relation]] = [(spouse, "spouse")] if spouse else []
    with_children: list[tuple[Person, Relation]] = [(child, "child") for child in children]
    householder = deceased
    if plan.lives == "with_child":
        householder = eldest
        members: list[tuple[Person, Relation]] = [(partner, "spouse")] if partner else []
        members += [(parent, "parent") for parent in (deceased, spouse) if parent]
        members += [(child, "sibling") for child in children[1:]]
        _register(draft, eldest, members)
    elif plan.lives == "as_head":
        _register(draft, deceased, with_spouse + with_children)
    elif plan.lives == "with_spouse_as_head" and spouse:
        householder = spouse
        _register(draft, spouse, [(deceased, "spouse"), *with_children])
    else:
        siblings: list[tuple[Person, Relation]] = [(child, "sibling") for child in children[1:]]
        _register(draft, eldest, siblings)
        if plan.lives == "alone":
            _register(draft, deceased, [])
        else:
            householder = eldest
    grown = (draft.today - eldest.born_on.toordinal()) >= days(18)
    spouse_declares = spouse is not None and (not grown or draft.lots.happens(250))
    declarant = spouse if spouse is not None and spouse_declares else eldest
    draft.roles["householder"] = draft.roles["owner"] = householder.key
    draft.roles["declarant"] = declarant.key
    draft.facts["relation"] = "spouse" if spouse_declares else "child"


def _register(draft: Draft, head: Person, others: list[tuple[Person, Relation]]) -> None:
    if head.residence is None:
        raise ValueError("a household needs an address")
    draft.household(head.residence, head, *others)
