"""What differs between two results, and what it is put down to: each worked out by hand from two small protocols."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

import missingrules
from missingrules import Changes, Protocol, Refused, Standings, Tasks
from missingrules.interface.schemas import schemas
from missingrules.reading.results import read_standings_text
from tests.meaning.test_worked_cases import compose, sections_of

if TYPE_CHECKING:
    from pathlib import Path

RULES = """\
rules:
  - {id: meeting, topic: strategy_meeting, title: Meet, cite: "1", modality: must, trigger: started,
     require: strategy_meeting, by: social_worker,
     chair: {rows: [{child.looked_after: true, chair: team_manager, cite: "1"},
                    {child.looked_after: false, chair: service_manager, cite: "1"}]},
     deadline: within 72 hours of started}
  - {id: call, topic: notification, title: Call, cite: "1", modality: must, trigger: started, until: returned,
     require: notify, by: police, deadline: within 24 hours of started}
  - {id: tell, topic: senior_notification, title: Tell, cite: "1", modality: must, trigger: {becomes: {risk: high}},
     require: consult, by: police, not_stated: [deadline, until]}
  - {id: late, topic: search, title: Search, cite: "1", modality: must, trigger: {missing_for: at least 48 hours},
     until: returned, require: share_information, by: police, counts_from: trigger, not_stated: [deadline]}
  - {id: interview, topic: return_interview, title: Interview, cite: "1", modality: must, trigger: returned,
     require: return_interview, by: social_worker, deadline: within 72 hours of returned}
"""
SOONER = RULES.replace("within 72 hours of started", "within 48 hours of started")
EPISODE: dict[str, Any] = {"id": "E1", "kind": "missing", "missing_from": "home", "returned_at": None,
                           "started_at": "2025-06-02T09:00:00+01:00"}  # fmt: skip
Told = list[tuple[str, str, list[str]]]


@pytest.fixture(scope="module")
def protocol(tmp_path_factory: pytest.TempPathFactory) -> Protocol:
    return compose(sections_of(RULES, "rules"), tmp_path_factory.mktemp("rules"))


@pytest.fixture(scope="module")
def sooner(tmp_path_factory: pytest.TempPathFactory) -> Protocol:
    return compose(sections_of(SOONER, "sooner"), tmp_path_factory.mktemp("sooner"))


def case(protocol: Protocol, episode: dict[str, Any] | None = None, **more: Any) -> missingrules.Case:
    child = {"date_of_birth": "2010-05-05", "looked_after": True, **more.pop("child", {})}
    entries = [{**EPISODE, **(episode or {})}]
    return missingrules.case_of({"format": 1, "case": "C1", "child": child, "episodes": entries, **more}, [protocol])


def asked(protocol: Protocol, of: missingrules.Case, at: str) -> missingrules.Answer:
    return missingrules.evaluate([protocol], of, missingrules.instant_of(at))


def told(found: Changes) -> Told:
    return [(each.kind.value, each.key.removeprefix("worked/"), causes(each)) for each in found.changes]


def causes(change: missingrules.Change) -> list[str]:
    return [" ".join(str(part) for part in each[:4] if part) for each in change.caused_by]


# --- time, case, rules ------------------------------------------------------------------------------------------------


def test_time_alone(protocol: Protocol) -> None:
    one = case(protocol)
    early, late = (asked(protocol, one, at) for at in ("2025-06-03T09:00:00+01:00", "2025-06-04T09:00:00+01:00"))
    expected: Told = [
        ("overdue", "call/E1/1", ["time due passed"]),
        ("arisen", "late/E1/1", ["time triggered_at passed"]),
    ]
    assert told(missingrules.changes(early, late)) == expected
    assert told(missingrules.changes(early, late, (one, one))) == expected
    # Asked at the same instant again, or as long as the first answer holds, nothing is different.
    assert told(missingrules.changes(late, asked(protocol, one, "2025-06-04T09:00:00+01:00"))) == []


def test_one_entry_at_one_instant_is_the_cause(protocol: Protocol) -> None:
    before, after = case(protocol), case(protocol, child={"looked_after": False})
    at = "2025-06-02T12:00:00+01:00"
    found = missingrules.changes(asked(protocol, before, at), asked(protocol, after, at), (before, after))
    assert told(found) == [
        ("people", "meeting/E1/1", ["fact child child.looked_after changed"]),
    ]
    assert found.changes[0].names == ("chair",)


def test_a_record_is_the_cause_of_what_it_discharged(protocol: Protocol) -> None:
    record = {"id": "R1", "action": "notify", "at": "2025-06-02T11:00:00+01:00"}
    before, after = case(protocol), case(protocol, records=[record])
    early, late = (
        asked(protocol, before, "2025-06-02T10:00:00+01:00"),
        asked(protocol, after, "2025-06-02T12:00:00+01:00"),
    )
    assert told(missingrules.changes(early, late)) == [("discharged", "call/E1/1", ["record R1"])]
    entries = told(missingrules.changes(early, late, (before, after)))
    assert entries == [("discharged", "call/E1/1", ["record R1 record.notify added"])]
    # Withdrawn again: the same duty, open.
    again = told(missingrules.changes(late, asked(protocol, before, "2025-06-02T12:00:00+01:00"), (after, before)))
    assert again == [("reopened", "call/E1/1", ["record R1 record.notify withdrawn"])]


def test_the_return_ends_and_begins(protocol: Protocol) -> None:
    before, after = case(protocol), case(protocol, {"returned_at": "2025-06-02T20:00:00+01:00"})
    early, late = (
        asked(protocol, before, "2025-06-02T12:00:00+01:00"),
        asked(protocol, after, "2025-06-02T21:00:00+01:00"),
    )
    returned = "episode E1 episode.returned"
    found = {(kind, key): why for kind, key, why in told(missingrules.changes(early, late)) if kind != "grounds"}
    assert found[("raised", "interview/E1/1")] == [returned]
    assert found[("ceased", "call/E1/1")] == [returned]
    # Nobody sees why the search is not ahead any more: the return may be it, or what neither result names.
    assert found[("withdrawn", "late/E1/1")] == [returned, "case"]
    exact = {
        (kind, key): why
        for kind, key, why in told(missingrules.changes(early, late, (before, after)))
        if kind != "grounds"
    }
    assert set(exact) == set(found)
    assert exact[("withdrawn", "late/E1/1")] == [f"{returned} added"]
    assert exact[("phase", "meeting/E1/1")] == [f"{returned} added"]


def test_another_text_is_a_change_of_rules_and_not_of_the_case(protocol: Protocol, sooner: Protocol) -> None:
    at = "2025-06-02T12:00:00+01:00"
    found = missingrules.changes(asked(protocol, case(protocol), at), asked(sooner, case(sooner), at))
    assert [(each.kind, each.source, each.how) for each in found.rules] == [("rules", "worked", "changed")]
    moved = next(each for each in found.changes if each.kind.value == "moved")
    assert moved.before is not None
    assert moved.after is not None
    assert (moved.before.said["due"], moved.after.said["due"]) == (
        "2025-06-05T09:00:00+01:00",
        "2025-06-04T09:00:00+01:00",
    )
    assert {tuple(causes(each)) for each in found.changes} == {("rules worked text of invented changed",)}
    # Of two cases that are not the same, it may be either.
    other = case(sooner, child={"looked_after": False})
    found = missingrules.changes(asked(protocol, case(protocol), at), asked(sooner, other, at))
    moved = next(each for each in found.changes if each.kind.value == "moved")
    assert causes(moved) == ["case", "rules worked text of invented changed"]


def test_followed_step_by_step_rules_time_and_case_are_told_apart(protocol: Protocol, sooner: Protocol) -> None:
    record = {"id": "R1", "action": "notify", "at": "2025-06-02T11:00:00+01:00"}
    before, after = case(protocol), case(protocol, records=[record])
    early = missingrules.standings_of(asked(protocol, before, "2025-06-02T12:00:00+01:00"))
    now = missingrules.instant_of("2025-06-04T10:00:00+01:00")
    answer, steps = missingrules.follow([sooner], early, (before, after), now)
    assert [[each for each in told(step) if each[0] != "grounds"] for step in steps] == [
        [("moved", "meeting/E1/1", ["rules worked text of invented changed"])],
        [
            ("overdue", "call/E1/1", ["time due passed"]),
            ("overdue", "meeting/E1/1", ["time due passed"]),
            ("arisen", "late/E1/1", ["time triggered_at passed"]),
        ],
        [("discharged", "call/E1/1", ["record R1 record.notify added"])],
    ]
    tasks = Tasks("C1", early)
    for step in steps:
        tasks = tasks.apply(step)
    assert tasks.mark == missingrules.standings_of(answer).mark
    assert missingrules.follow([sooner], tasks.standings, (after, after), now).steps == ()


# --- stored results ---------------------------------------------------------------------------------------------------


def test_what_an_older_version_did_not_write_is_no_change(protocol: Protocol) -> None:
    answer = asked(protocol, case(protocol), "2025-06-02T12:00:00+01:00")
    stored = json.loads(missingrules.to_json(answer))
    for name in ("receipt", "library", "horizon_days", "valid_until", "together", "next"):
        del stored[name]
    for action in stored["actions"]:
        for name in ("phase", "differences", "replaces", "called", "readings", "because"):
            del action[name]
    old = read_standings_text(json.dumps(stored))
    found = missingrules.changes(old, answer)
    assert told(found) == []
    assert Tasks("C1", old).apply(found).mark == missingrules.standings_of(answer).mark
    # The whole result, read back, is the answer to the last sign.
    whole = read_standings_text(missingrules.to_json(answer))
    assert whole == missingrules.standings_of(answer) == missingrules.standings_of(missingrules.result_of(answer))
    assert read_standings_text(missingrules.to_json(whole)) == whole


def test_a_duty_that_stands_twice_is_two_tasks(protocol: Protocol) -> None:
    stored = json.loads(missingrules.to_json(asked(protocol, case(protocol), "2025-06-02T12:00:00+01:00")))
    call = next(each for each in stored["actions"] if each["rule"] == "call")
    once = read_standings_text(json.dumps(stored))
    stored["actions"].append({**call, "status": "met"})
    twice = read_standings_text(json.dumps(stored))
    assert [each[:2] for each in told(missingrules.changes(once, twice))] == [("raised", "call/E1/1~2")]
    assert [key.removeprefix("worked/") for key in twice.duties if "call" in key] == ["call/E1/1", "call/E1/1~2"]
    assert read_standings_text(missingrules.to_json(twice)) == twice


def test_two_cases_are_not_compared(protocol: Protocol) -> None:
    at = "2025-06-02T12:00:00+01:00"
    other = missingrules.case_of({"format": 1, "case": "C2"}, [protocol])
    with pytest.raises(ValueError, match="different cases: C1 and C2"):
        missingrules.changes(asked(protocol, case(protocol), at), asked(protocol, other, at))


def test_the_digest_is_of_what_a_case_says_in_whatever_order(protocol: Protocol) -> None:
    at = "2025-06-02T12:00:00+01:00"
    records = [{"id": f"R{n}", "action": "notify", "at": "2025-06-02T11:00:00+01:00"} for n in (1, 2)]
    digests = [
        asked(protocol, each, at).case_digest
        for each in (
            case(protocol, records=records),
            case(protocol, records=records[::-1]),
            case(protocol, records=records[:1]),
        )
    ]
    assert digests[0] == digests[1] != digests[2]


def test_the_json_is_as_its_schema_says(protocol: Protocol) -> None:
    before, after = case(protocol), case(protocol, {"returned_at": "2025-06-02T20:00:00+01:00"})
    early, late = (
        asked(protocol, before, "2025-06-02T12:00:00+01:00"),
        asked(protocol, after, "2025-06-02T21:00:00+01:00"),
    )
    for found in (missingrules.changes(early, late, (before, after)), missingrules.changes(None, late)):
        data = json.loads(missingrules.to_json(found))
        jsonschema.validate(data, dict(schemas()["changes"]))
        # Taken by their keys, what stands after all of them is the later result.
        if found.before is None:
            now = {each["key"]: each["after"] for each in data["changes"]}
            assert now == {key: dict(each.said) for key, each in missingrules.standings_of(late).duties.items()}


# --- numbers ----------------------------------------------------------------------------------------------------------


def graded(*high: int) -> dict[str, Any]:
    """High in these hours of the evening of 2 June, low between."""
    grades = [
        (f"2025-06-02T{hour}:{minute}:00+01:00", value)
        for hour in high
        for minute, value in (("00", "high"), ("30", "low"))
    ]
    return {"risk": [{"value": value, "at": at} for at, value in grades]}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # An earlier stretch: the known ones move up, the last of them first.
        ((14, 16), (12, 14, 16), [("renumbered", "tell/E1/3"), ("renumbered", "tell/E1/2"), ("raised", "tell/E1/1")]),
        # One between two.
        ((14, 18), (14, 16, 18), [("renumbered", "tell/E1/3"), ("raised", "tell/E1/2")]),
        # The first was a mistake: the others move down, the first of them first.
        ((12, 14, 16), (14, 16),
         [("withdrawn", "tell/E1/1"), ("renumbered", "tell/E1/1"), ("renumbered", "tell/E1/2")]),
        # One later: nothing moves.
        ((14,), (14, 16), [("raised", "tell/E1/2")]),
        # The only one is corrected: it is the same duty, set off at another time.
        ((14,), (15,), [("grounds", "tell/E1/1")]),
    ],
)  # fmt: skip
def test_numbers_that_move(
    protocol: Protocol, before: tuple[int, ...], after: tuple[int, ...], expected: list[tuple[str, str]]
) -> None:
    at = "2025-06-02T22:00:00+01:00"
    one, other = (case(protocol, graded(*hours)) for hours in (before, after))
    answers = [asked(protocol, each, at) for each in (one, other)]
    found = missingrules.changes(answers[0], answers[1], (one, other))
    assert [each[:2] for each in told(found)] == expected
    assert {tuple(causes(each)) for each in found.changes} == {("episode E1 episode.risk changed",)}
    tasks = Tasks("C1").apply(missingrules.changes(None, answers[0])).apply(found)
    assert tasks.mark == missingrules.standings_of(answers[1]).mark


# --- tasks ------------------------------------------------------------------------------------------------------------


def test_tasks_take_each_change_once_and_nothing_out_of_turn(protocol: Protocol) -> None:
    one = case(protocol)
    first, second, third = (
        missingrules.standings_of(asked(protocol, one, f"2025-06-0{day}T12:00:00+01:00")) for day in (2, 3, 4)
    )
    begun, on, further = (missingrules.changes(*pair) for pair in ((None, first), (first, second), (second, third)))
    tasks = Tasks("C1").apply(begun).apply(on)
    assert tasks.apply(on) is tasks
    assert dict(tasks.tasks) == dict(second.duties)
    for changes, reason in (
        (begun, "older"),
        (missingrules.changes(first, third), "other-start"),
        (missingrules.changes(None, third), "other-start"),
    ):
        with pytest.raises(Refused) as refused:
            tasks.apply(changes)
        assert refused.value.reason == reason
    with pytest.raises(Refused) as refused:
        Tasks("C2").apply(begun)
    assert refused.value.reason == "other-case"
    with pytest.raises(Refused) as refused:
        tasks.apply(Changes("C1", further.before, further.after, further.now, (), further.changes[:-1]))
    assert refused.value.reason == "broken"
    assert tasks.apply(further).mark == third.mark


def test_a_replay_within_one_second_is_known(protocol: Protocol) -> None:
    """Entered and withdrawn within a second: the first of the two, told again, changes nothing."""
    at = "2025-06-02T12:00:00+01:00"
    record = {"id": "R1", "action": "notify", "at": "2025-06-02T11:00:00+01:00"}
    states = [asked(protocol, each, at) for each in (case(protocol), case(protocol, records=[record]))]
    there, back = missingrules.changes(states[0], states[1]), missingrules.changes(states[1], states[0])
    tasks = Tasks("C1").apply(missingrules.changes(None, states[0])).apply(there).apply(back)
    assert tasks.apply(there) is tasks
    assert isinstance(tasks.standings, Standings)


# --- the command ------------------------------------------------------------------------------------------------------


def test_a_stored_result_is_refused_at_its_place(tmp_path: Path) -> None:
    for text, message in (
        ('{"format": 1,\n "case": C1}', ":2:10: error [json-syntax] this is no JSON: expecting value"),
        ("[]", ":1:1: error [wrong-shape] a result is made of names with values"),
        ('{"format": 2}', ":1:12: error [unknown-format] only results of format 1 can be read"),
        (
            '{"format": 1, "case": "C1", "as_of": "2025-06-02",\n"actions": []}',
            ":1:38: error [bad-timestamp] an instant with its offset is wanted here",
        ),
        ('{"format": 1, "case": "C1"}', ":1:1: error [missing-key] as_of is missing here"),
        (
            '{"format": 1, "case": "C1", "as_of": "2025-06-02T12:00:00+01:00",\n'
            '"actions": [{"key": "a/b/c/1", "status": "done"}]}',
            ":2:42: error [bad-value] no duty has this status",
        ),
        ("[" * 100_000, "error [json-syntax]"),
    ):
        path = tmp_path / "result.json"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(missingrules.InvalidInput) as refused:
            missingrules.read_standings(path)
        assert message in str(refused.value)
    with pytest.raises(missingrules.InvalidInput, match="there is no file"):
        missingrules.read_standings(tmp_path / "nothing.json")
    (tmp_path / "latin").write_bytes(b'{"case": "\xe9"}')
    with pytest.raises(missingrules.InvalidInput, match="file-encoding"):
        missingrules.read_standings(tmp_path / "latin")
