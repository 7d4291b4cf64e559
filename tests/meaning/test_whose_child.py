"""Which of the five papers are for a child who crosses borders: worked out from what they say of whom they are for."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from missingrules.engine.evaluate import evaluate
from missingrules.engine.reach import applying
from missingrules.interface.leaves import read_instant
from missingrules.reading.cases import read_case_text
from missingrules.reading.protocols import read_protocol

if TYPE_CHECKING:
    from missingrules.domain.case import Case
    from missingrules.domain.protocol import Protocol

HOME: Final = Path(__file__).parents[2] / "protocols"
NAMES: Final = ("barnet", "buckinghamshire", "national_framework", "northamptonshire", "staffordshire")
NOW: Final = read_instant("2025-11-14T10:00:00+00:00")
YOUNG: Final = {"date_of_birth": "2011-03-09"}
ADULT: Final = {"date_of_birth": "2005-03-09"}  # 20


@lru_cache(maxsize=1)
def _protocols() -> tuple[Protocol, ...]:
    return tuple(read_protocol(HOME / f"{name}.yaml") for name in NAMES)


def _case(child: dict[str, Any]) -> Case:
    episode = {
        "id": "E1", "kind": "missing", "missing_from": "care", "started_at": "2025-11-12T18:00:00+00:00",
        "reported_at": "2025-11-12T20:00:00+00:00", "returned_at": "2025-11-13T08:00:00+00:00", "risk": "medium",
    }  # fmt: skip
    return read_case_text(
        json.dumps({"format": "1", "case": "c", "child": child, "episodes": [episode]}, indent=1), "case", _protocols()
    )


def _placed(by: str, where: str) -> dict[str, Any]:
    return {**YOUNG, "looked_after": True, "placing_authority": by, "placed_in": where}


FRAMEWORK: Final[dict[str, Any]] = {"national_framework": ("yes", ["Introduction / paragraph 11"], [])}


@pytest.mark.parametrize(
    ("child", "expected"),
    [
        # At home in Barnet: the framework is for children in care.
        (
            {**YOUNG, "looked_after": False, "home_area": "barnet"},
            {"barnet": ("yes", ["1 paragraph 5"], [])},
        ),
        # Northamptonshire 1.5, 1.7 and 8.3: its own child elsewhere, and the host's protocol too, which is not here.
        (
            _placed("northamptonshire", "milton_keynes"),
            {"northamptonshire": ("yes", ["1.5", "1.7", "8.3"], ["milton_keynes"]), **FRAMEWORK},
        ),
        # One protocol of two authorities: a child of the one who lives in the other is not elsewhere.
        (_placed("stoke", "staffordshire"), {"staffordshire": ("yes", ["3.1 bullet 2"], []), **FRAMEWORK}),
        (
            _placed("kent", "stoke"),
            {"staffordshire": ("yes", ["3.1 bullet 3", "3.4", "18.1"], ["kent"]), **FRAMEWORK},
        ),
        (
            _placed("stoke", "kent"),
            {"staffordshire": ("yes", ["3.3", "17.1", "17.3"], ["kent"]), **FRAMEWORK},
        ),
        # Barnet speaks of its own children out of the borough; Buckinghamshire to all who work there.
        (
            _placed("barnet", "buckinghamshire"),
            {
                "barnet": ("yes", ["6.3 paragraph 4", "9.4 paragraph 2"], []),
                "buckinghamshire": ("yes", ["3.7.2"], []),
                **FRAMEWORK,
            },
        ),
        # Of a child whom another authority placed in Barnet its paper says nothing.
        (_placed("kent", "barnet"), {"barnet": ("not_stated", [], []), **FRAMEWORK}),
        # Each names the other: 3.7.91 the host's procedures, 8.8 those of who placed the child.
        (
            _placed("buckinghamshire", "northamptonshire"),
            {
                "buckinghamshire": ("yes", ["3.7.89", "3.7.91"], ["northamptonshire"]),
                "northamptonshire": ("yes", ["1.5", "1.8", "8.8"], ["buckinghamshire"]),
                **FRAMEWORK,
            },
        ),
        # Northamptonshire's 1.4 takes in former relevant children under 21, the others' scopes end at 18.
        (
            {**ADULT, "looked_after": False, "home_area": "northamptonshire", "former_relevant": True},
            {"northamptonshire": ("yes", ["1.5 bullet 1"], [])},
        ),
        ({**ADULT, "looked_after": False, "home_area": "staffordshire", "former_relevant": True}, {}),
        ({**YOUNG, "looked_after": False, "home_area": "kent"}, {}),
    ],
)
def test_which_papers_are_for_the_child(child: dict[str, Any], expected: dict[str, Any]) -> None:
    found = {}
    for one in applying(_protocols(), _case(child), NOW):
        # At the end stand those of the scope: which ages, and which children in care.
        cited = one.citations[: len(one.citations) - len(one.protocol.scope_citations)]
        if one.answer != "no":
            found[one.protocol.name] = (one.answer, [each.paragraph for each in cited], list(one.also))
    assert found == expected


def test_what_is_not_known_is_asked() -> None:
    asked = {one.protocol.name: one.asks for one in applying(_protocols(), _case(YOUNG), NOW)}
    where = ("child.home_area", "child.looked_after", "child.placed_in", "child.placing_authority")
    # The framework wants to know whether she is in care; that she lives in a care setting is taken for granted.
    assert asked == {name: ("child.looked_after",) if name == "national_framework" else where for name in NAMES}


def test_both_sides_of_the_border_say_who_holds_the_interview() -> None:
    # Nobody says of her whether she is placed out of the county or by another: it follows, for each paper its own way.
    answer = evaluate(_protocols(), _case(_placed("buckinghamshire", "northamptonshire")), NOW, where_applies=True)
    assert [part.protocol.name for part in answer.protocols] == [
        "buckinghamshire", "national_framework", "northamptonshire",
    ]  # fmt: skip
    rules = {(part.protocol.name, action.duty.rule) for part in answer.protocols for action in part.actions}
    assert ("buckinghamshire", "interview-of-a-child-placed-out-of-area") in rules
    assert ("northamptonshire", "placing-authority-holds-the-interview") in rules
    assert ("northamptonshire", "return-out-of-area-told") not in rules
    at_home = evaluate(_protocols(), _case(_placed("northamptonshire", "northamptonshire")), NOW, where_applies=True)
    rules = {(part.protocol.name, action.duty.rule) for part in at_home.protocols for action in part.actions}
    assert not {rule for _, rule in rules} & {
        "interview-of-a-child-placed-out-of-area", "placing-authority-holds-the-interview", "return-out-of-area-told",
    }  # fmt: skip


def test_whoever_names_a_protocol_gets_it() -> None:
    case = _case(_placed("kent", "kent"))
    (northamptonshire,) = [one for one in _protocols() if one.name == "northamptonshire"]
    named = evaluate([northamptonshire], case, NOW)
    assert named.protocols[0].actions
    assert [one.answer for one in named.applies.get()] == ["no"]
    assert evaluate([northamptonshire], case, NOW, where_applies=True).protocols == ()
