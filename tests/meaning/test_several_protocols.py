"""The cases with which section 8 of docs/meaning.md ends, run as they are printed, and what they leave to be shown."""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import pytest

from missingrules.domain.answers import Forbidden
from missingrules.domain.citations import NOT_STATED
from missingrules.domain.obligations import Status, Undecided
from missingrules.domain.people import People, Role
from missingrules.domain.rules import Effect, Modality
from missingrules.engine.combine import combine
from missingrules.engine.evaluate import evaluate
from missingrules.interface.leaves import read_instant
from missingrules.reading.cases import read_case_text
from missingrules.reading.nodes import plain, read_nodes
from missingrules.reading.protocols import read_protocol
from tests import answers
from tests.meaning.build import forbid
from tests.meaning.test_worked_cases import DOCS, HEADER, LEDGER, SECTIONS

if TYPE_CHECKING:
    from pathlib import Path

    from missingrules.domain.answers import Applying, Conflict, ProtocolAnswer
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.protocol import Protocol

BEGIN: Final = "<!-- several protocols -->"
ALONE: Final = ("case", "then")


def _cases() -> list[tuple[str, str]]:
    part = (DOCS / "meaning.md").read_text(encoding="utf-8").partition(BEGIN)[2]
    found = re.findall(r"(?ms)^#### ([^\n]+)\n.*?^```yaml\n(.*?)^```$", part)
    assert part.count("```") == 2 * len(found), "a fence of the page is no case"
    return found


def _compose(block: str, folder: Path) -> list[Protocol]:
    """Each protocol of the block as a whole file, its own text as it is printed."""
    protocols = []
    for name, body in re.findall(r"(?ms)^([a-z]+):\n(.*?)(?=^[a-z]+:|\Z)", block):
        if name in ALONE:
            continue
        home = folder / name
        home.mkdir()
        own = textwrap.dedent(body)
        written = HEADER.replace("protocol: worked", f"protocol: {name}").replace("[worked]", f"[{name}]")
        written += "".join(text for key, text in SECTIONS.items() if f"\n{key}:" not in f"\n{own}") + own
        (home / "ledger.yaml").write_text(LEDGER.replace("worked", name), encoding="utf-8")
        (home / "protocol.yaml").write_text(written, encoding="utf-8")
        protocols.append(read_protocol(home / "protocol.yaml"))
    return protocols


@pytest.mark.parametrize(("title", "block"), _cases(), ids=[title.replace(" ", "-") for title, _ in _cases()])
def test_a_case_of_several_protocols_worked_by_hand(title: str, block: str, tmp_path: Path) -> None:
    protocols = _compose(block, tmp_path)
    written: Any = plain(read_nodes(block, "docs/meaning.md"))
    assert [*(one.name for one in protocols), *ALONE] == list(written)
    for entry in written["then"]:
        as_of = read_instant(entry["as_of"])
        text = json.dumps({"format": "1", "case": "worked", **written["case"]}, indent=1)
        case = read_case_text(text, "case", protocols, as_of)
        if "applies" in entry:
            assert set(entry) == {"as_of", "applies", "keys"}
            answer = evaluate(protocols, case, as_of, where_applies=True)
            assert {one.protocol.name: _told(one) for one in answer.applies.get()} == entry["applies"], (title, as_of)
            assert sorted(each.key for part in answer.protocols for each in part.actions) == entry["keys"], (
                title,
                entry["as_of"],
            )
            continue
        assert set(entry) == {"as_of", "together", "conflicts"}
        answer = evaluate(protocols, case, as_of)
        together = [
            {
                "keys": [each.key for each in one.obligations],
                "due": "null" if one.due is None else answer.clock.local(one.due).isoformat(),
                "modality": one.modality.value,
            }
            for one in answer.together
        ]
        assert together == entry["together"], (title, entry["as_of"])
        assert list(map(_written, answer.conflicts)) == entry["conflicts"], (title, entry["as_of"])


def _told(one: Applying) -> str:
    also = f" and {one.also[0]}'s" if one.also else ""
    said = {"yes": "", "no": "no", "not_stated": "not_stated ", "not_known": f"ask {', '.join(one.asks)}"}
    return said[one.answer] + (one.relation or "") + also


def _written(one: Conflict) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "what": one.what,
        "episode": one.episode,
        "keys": list(one.keys),
        "values": list(one.values),
    }


def test_two_papers_that_contradict_each_other() -> None:
    # Barnet 9.5 (the seventh paragraph) and its definitions: a child whose whereabouts are known is not reported to the
    # police. Framework 3.5: where somebody's immediate safety is a concern the carer reports at once.
    paths = [DOCS.parent / "protocols" / f"{name}.yaml" for name in ("barnet", "national_framework")]
    protocols = [read_protocol(path) for path in paths]
    told_at = "2025-11-12T20:00:00+00:00"
    episode = {
        "id": "E1", "missing_from": "care", "kind": "absent", "started_at": "2025-11-12T18:00:00+00:00",
        "reported_at": None, "located_at": None, "returned_at": None,
        "whereabouts": [{"value": "established", "at": told_at}],
        "immediate_safety_concern": [{"value": True, "at": told_at}],
    }  # fmt: skip
    # Both speak of a child in care, the framework of nobody else.
    child = {"date_of_birth": "2011-03-09", "looked_after": True}
    written = {"format": "1", "case": "c", "child": child, "episodes": [episode]}
    case = read_case_text(json.dumps(written, indent=1), "case", protocols)
    before, after = (evaluate(protocols, case, read_instant(f"2025-11-12T{hour}:00:00+00:00")) for hour in (19, 21))
    assert before.conflicts == ()
    assert {(one.kind, one.what, one.episode, one.protocols) for one in after.conflicts} == {
        ("forbidden", "report_missing", "E1", ("national_framework", "barnet"))
    }
    paragraphs = {one.paragraph for conflict in after.conflicts for one in conflict.citations}
    assert {"9.5 paragraph 7", "3.5"} <= paragraphs


# --- the rules one by one, on answers made by hand --------------------------------------------------------------------

MAY: Final = Modality.MAY
A, B = answers.TEAM_MANAGER, Role("service_manager", "Service Manager", "service_manager")
MINE: Final = Role("area_manager", "Area Manager", "service_manager")  # known to one protocol alone
GUEST: Final = Role("guest", "Guest", None)  # likewise, and of no rank


def _owed(name: str, **changes: Any) -> Obligation:
    """A strategy meeting that the protocol of this name asks for now, without a chair."""
    of_the_duty = {
        k: v for k, v in changes.items() if k in ("action", "method", "about", "effect", "modality", "chair")
    }
    own = {k: v for k, v in changes.items() if k not in of_the_duty or k == "chair"}
    plain: dict[str, Any] = {"chair": None, "key": f"{name}/strategy-meeting/E1/1", "protocol": name}
    return answers.obligation(answers.duty(**of_the_duty), **{**plain, **own})


def _part(name: str, *actions: Obligation, **changes: Any) -> ProtocolAnswer:
    return answers.part(*actions, protocol=answers.protocol(name), **changes)


def _barred(action: str = "strategy_meeting", status: Any = "in_force", **changes: Any) -> Forbidden:
    own = {k: changes.pop(k) for k in ("episode", "record") if k in changes}
    plain = {"episode": "E1", "record": None, **own}
    return Forbidden("two/never/E1", forbid("never", action, **changes), status=status, at=None, because=(), **plain)


@pytest.mark.parametrize(
    ("required", "barred", "conflicts"),
    [
        ({}, {}, True),
        ({"status": Status.OVERDUE}, {}, True),
        ({"modality": Modality.STATED}, {"modality": Modality.SHOULD}, True),
        # Nothing is owed, or not for certain, or not now.
        ({"status": Status.NOT_DECIDABLE}, {}, False),
        ({"status": Status.UPCOMING}, {}, False),
        ({"status": Status.MET}, {}, False),
        ({"modality": MAY, "status": Status.AVAILABLE}, {}, False),
        ({"modality": MAY}, {}, False),
        ({}, {"modality": MAY}, False),
        ({}, {"status": "not_decidable"}, False),
        # Another act.
        ({}, {"action": "notify"}, False),
        ({}, {"method": "telephone"}, False),
        ({"method": "telephone"}, {"method": "telephone"}, True),
        ({"method": "in_person"}, {"method": "telephone"}, False),
        ({"method": "telephone"}, {}, True),
        ({}, {"about": "return"}, False),
        ({"about": "return"}, {"about": "return"}, True),
        ({}, {"outcome": "cancelled"}, False),
        # To weigh an act or to decide on it is not to have done it.
        ({"effect": Effect.CONSIDER}, {}, False),
        ({"effect": Effect.DECIDE}, {}, False),
        ({"effect": Effect.AGREE}, {}, False),
        ({"effect": Effect.AGREE}, {"outcome": "agreed"}, True),
        # What counts as the act is forbidden with it; that the act counts as something forbids nothing.
        ({"action": "return_interview"}, {"action": "visit"}, True),
        ({"action": "visit"}, {"action": "return_interview"}, False),
        # Another episode, or the child in all of them.
        ({}, {"episode": None}, True),
        ({}, {"episode": "E2"}, False),
        ({"subject": "child", "episode": None}, {"episode": None}, True),
        ({"subject": "child", "episode": None}, {}, False),
        ({"subject": "organisation", "episode": None}, {"episode": None}, False),
        # Who may not be told.
        ({"recipients": People("all", (A, B))}, {"to": ("team_manager",)}, True),
        ({"recipients": People("all", (B,))}, {"to": ("team_manager",)}, False),
        ({"recipients": People("any", (A, B))}, {"to": ("team_manager",)}, False),
        ({"recipients": People("any", (A, B))}, {"to": ("team_manager", "service_manager")}, True),
        ({"recipients": People("other_than", (B,))}, {"to": ("team_manager",)}, False),
        ({"recipients": NOT_STATED}, {"to": ("team_manager",)}, False),
        ({"recipients": Undecided((People("all", (A,)),))}, {"to": ("team_manager",)}, False),
        ({"recipients": People("all", (A,))}, {}, True),
        # A breach conflicts with the duty that its record discharged.
        ({"status": Status.MET_LATE, "discharged_by": ("R1",)}, {"status": "breached", "record": "R1"}, True),
        ({"status": Status.MET, "discharged_by": ("R2",)}, {"status": "breached", "record": "R1"}, False),
        ({}, {"status": "breached", "record": "R1"}, False),
    ],
)
def test_what_is_required_and_forbidden(required: dict[str, Any], barred: dict[str, Any], conflicts: bool) -> None:
    words = answers.protocol().words
    visit = replace(words.actions["notify"], name="visit", also=("return_interview",))
    words = replace(words, actions=MappingProxyType({**words.actions, "visit": visit}))
    forbidding = answers.part(protocol=answers.protocol("two", words=words), forbidden=(_barred(**barred),))
    found = combine([_part("one", _owed("one", **required)), forbidding]).conflicts
    assert [one.kind for one in found] == ["forbidden"] * conflicts
    for one in found:
        assert one.keys == ("one/strategy-meeting/E1/1", "two/never/E1")
        assert one.protocols == ("one", "two")
        assert one.citations == (answers.duty().citations[0], *forbid("never", "notify").citations)


def test_all_obligations_of_a_duty_that_is_forbidden_are_one_conflict() -> None:
    series = [_owed("one", key=f"one/strategy-meeting/E1/{n}", occurrence=str(n)) for n in (1, 2)]
    (found,) = combine([_part("one", *series), _part("two", forbidden=(_barred(),))]).conflicts
    assert found.keys == ("one/strategy-meeting/E1/1", "one/strategy-meeting/E1/2", "two/never/E1")


def test_what_one_protocol_forbids_itself_is_no_matter_of_several() -> None:
    both = _part("one", _owed("one"), forbidden=(replace(_barred(), key="one/never/E1"),))
    assert combine([both]).conflicts == combine([both, _part("two")]).conflicts == ()


@pytest.mark.parametrize(
    ("one", "other", "conflicts"),
    [
        (People("all", (A,)), People("all", (B,)), True),
        (People("all", (A,)), People("all", (A,)), False),
        (People("all", (A, B)), People("all", (B,)), False),
        (People("any", (A, answers.POLICE)), People("all", (B,)), True),
        (People("any", (A, B)), People("all", (B,)), False),
        (People("other_than", (A,)), People("all", (A,)), True),
        (People("other_than", (A,)), People("all", (B,)), False),
        (People("other_than", (A,)), People("any", (A, B)), False),
        (People("other_than", (A, B)), People("any", (A, B)), True),
        (People("other_than", (A,)), People("other_than", (B,)), False),
        (People("record_by"), People("all", (B,)), False),
        (People("all", (A,)), NOT_STATED, False),
        (People("all", (A,)), None, False),
        (People("all", (A,)), Undecided((People("all", (B,)),)), False),
        # Known to one protocol alone: the rank must tell, and equal ranks or none tell nothing.
        (People("all", (MINE,)), People("all", (A,)), True),
        (People("all", (MINE,)), People("all", (B,)), False),
        (People("all", (GUEST,)), People("all", (B,)), False),
        (People("all", (answers.POLICE,)), People("all", (answers.MASH,)), True),
    ],
)
def test_two_chairs_of_one_meeting(one: Any, other: Any, conflicts: bool) -> None:
    for first, second in ((one, other), (other, one)):
        found = combine([_chaired("one", first), _chaired("two", second)]).conflicts
        assert [each.kind for each in found] == ["chairs"] * conflicts


def _chaired(name: str, chair: Any) -> ProtocolAnswer:
    """A protocol knows the roles that all know, and those that it names itself."""
    named = chair.roles if isinstance(chair, People) else ()
    roles = {role.name: role for role in (*answers.ROLES, B, *named)}
    return answers.part(_owed(name, chair=chair), protocol=answers.protocol(name, roles=roles))


@pytest.mark.parametrize(
    "changes",
    [
        {"status": Status.MET},
        {"status": Status.UPCOMING},
        {"status": Status.NOT_DECIDABLE},
        {"modality": MAY},
        {"subject": "E2", "episode": "E2"},
        {"action": "return_interview"},
        {"effect": Effect.CONSIDER},
    ],
)
def test_meetings_that_are_not_one_have_their_own_chairs(changes: dict[str, Any]) -> None:
    left = _part("one", _owed("one", chair=People("all", (A,))))
    right = _part("two", _owed("two", chair=People("all", (answers.DIRECTOR,)), **changes))
    assert combine([left, right]).conflicts == ()


def _tell(name: str, key: str, *roles: Role, **changes: Any) -> Obligation:
    who = People("all", roles) if roles else NOT_STATED
    return _owed(name, key=f"{name}/{key}/E1/1", action="notify", recipients=who, **changes)


def test_who_is_told_parts_what_is_told() -> None:
    police, parents, mash = answers.POLICE, answers.PARENTS, answers.MASH
    one = _part("one", _tell("one", "a", police), _tell("one", "b", parents), _tell("one", "c"))
    two = _part("two", _tell("two", "d", police, parents), _tell("two", "e", mash), _tell("two", "f"))
    groups = [[each.key.split("/")[1] for each in group.obligations] for group in combine([one, two]).together]
    # All are due at one instant. The one to both is with the first alone: the other two are not the same act.
    assert groups == [["a", "d"], ["c", "f"]]


def test_duties_of_the_calendar_are_one_act_in_one_period_alone() -> None:
    def weekly(name: str, week: str) -> Obligation:
        return _owed(name, key=f"{name}/x/organisation/{week}", subject="organisation", episode=None, occurrence=week)

    one = _part("one", weekly("one", "2025-W14"), weekly("one", "2025-W15"))
    two = _part("two", weekly("two", "2025-W15"))
    (group,) = combine([one, two]).together
    assert [each.occurrence for each in group.obligations] == ["2025-W15", "2025-W15"]
    assert group.protocols == ("one", "two")


def test_the_earliest_possible_instant_counts_where_none_is_certain() -> None:
    first, last = answers.at("2025-03-30T10:00:00+01:00"), answers.at("2025-04-02T10:00:00+01:00")
    open_ = _owed("two", due=None, due_between=(first, last), status=Status.NOT_DECIDABLE)
    (group,) = combine([_part("one", _owed("one")), _part("two", open_)]).together
    assert [each.protocol for each in group.obligations] == ["two", "one"]
    assert group.due == first
