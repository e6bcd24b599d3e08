"""Which groups a study is about: those of whose year something is believed."""

from dataclasses import replace

import pytest

from flow_model.assumptions import Assumptions
from flow_model.catalogue import Catalogue, catalogue
from flow_model.errors import Refused
from town.simulate import command, wish
from town.simulate.wish import Wish


@pytest.fixture(autouse=True)
def groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """The groups of this installation, and one whose author wrote no national.toml."""
    first = catalogue().group("birth")
    elsewhere = Assumptions("marriage_flow/assumptions.toml", {})
    new = replace(first, id="marriage", letter="M", assumptions=elsewhere)
    more = Catalogue([*catalogue().groups.values(), new])
    monkeypatch.setattr(wish, "catalogue", lambda: more)


def wanted(group: str) -> Wish:
    return Wish(group, 2025, None, None, 1, 20, 1, 1, None, None, json=True, brief=True, before_2025=False)


def test_a_group_without_a_national_year_is_left_out_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert wanted("both").groups() == ("birth", "death")
    assert command.main(wanted("both")) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if "marriage" in line]
    assert len(told) == 1
    assert "no national.toml, left out" in told[0]


def test_asked_for_alone_it_is_refused_in_one_line() -> None:
    with pytest.raises(Refused, match=r"The group marriage has no national year: give it a national\.toml"):
        wanted("marriage").groups()
    assert wanted("birth").groups() == ("birth",)
