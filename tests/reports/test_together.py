"""Several protocols in one text: one block for one act, conflicts at the top, and whose each duty is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from missingrules.domain.obligations import Later, Question, Status
from missingrules.domain.rules import Modality, People, Role
from missingrules.engine.combine import combine
from missingrules.reports.narrowed import narrowed
from missingrules.reports.text import as_text, report
from tests import answers
from tests.answers import POLICE, TEAM_MANAGER, at, duty, obligation, part, protocol

if TYPE_CHECKING:
    from missingrules.domain.obligations import Answer, Obligation, ProtocolAnswer

SERVICE_MANAGER = Role("service_manager", "Service Manager", "service_manager")


def _several(*parts: ProtocolAnswer) -> Answer:
    return replace(answers.answer(*parts), combined=Later(lambda: combine(parts)))


def _meeting(name: str, title: str, status: Status = Status.DUE, **changes: Any) -> Obligation:
    of = duty(title=title, modality=changes.pop("modality", Modality.MUST), chair=People("all", (TEAM_MANAGER,)))
    plain: dict[str, Any] = {"key": f"{name}/{title}/E1/1", "protocol": name}
    return obligation(of, status, **{**plain, **changes})


def _text(answer: Answer) -> str:
    """What stands below the head."""
    return as_text(report(answer)).partition("\n\n")[2]


def test_one_act_of_two_papers_stands_as_one_block() -> None:
    # As of Mon 31 Mar 12:00 BST; overdue since 06:00, so by 6 hours; due at 23:30, so in 11 hours 30 minutes.
    home = part(
        _meeting("testshire", "Meet", Status.OVERDUE, due=at("2025-03-31T06:00:00+01:00")),
        _meeting("testshire", "Meet again", Status.UPCOMING, due=None, triggered_at=at("2025-04-03T00:00:00+01:00")),
    )
    host = part(_meeting("host", "Hold a meeting", modality=Modality.SHOULD), protocol=protocol("host"))
    assert _text(_several(home, host)) == (
        "OVERDUE\n"
        "  TOGETHER  strategy meeting, in 2 papers\n"
        "    MUST    Meet\n"
        "    paper   Testshire\n"
        "    overdue by 6 hours: it was due Mon 31 Mar 2025 06:00 BST\n"
        "            72 hours from started\n"
        "    who     Children's Social Care\n"
        "    chair   Team Manager\n"
        "    source  7.22 bullet 2 (Strategy meetings)\n"
        "    SHOULD  Hold a meeting\n"
        "    paper   Host\n"
        "    by      Mon 31 Mar 2025 23:30 BST (in 11 hours 30 minutes)\n"
        "            72 hours from started\n"
        "    who     Children's Social Care\n"
        "    chair   Team Manager\n"
        "    source  testshire 7.22 bullet 2 (Strategy meetings)\n"
        "    later   Testshire: Meet again, from Thu 3 Apr 2025 00:00 BST\n"
        "\n"
        "COMING UP, IF NOTHING CHANGES\n"
        "  MUST      Meet again\n"
        "  paper     Testshire\n"
        "  from      Thu 3 Apr 2025 00:00 BST\n"
        "  by        72 hours from started\n"
        "  who       Children's Social Care\n"
        "  chair     Team Manager\n"
        "  source    7.22 bullet 2 (Strategy meetings)\n"
    )


def test_what_is_open_otherwise_than_the_section_says_tells_it() -> None:
    home = part(_meeting("testshire", "Meet"))
    host = part(_meeting("host", "Perhaps", Status.NOT_DECIDABLE), protocol=protocol("host"))
    country = part(
        _meeting("country", "One may", Status.AVAILABLE, modality=Modality.MAY), protocol=protocol("country")
    )
    text = _text(_several(home, host, country))
    assert text.startswith("DUE\n  TOGETHER  strategy meeting, in 3 papers\n")
    assert "    MUST    Perhaps\n    paper   Host\n    stands  cannot be decided yet\n" in text
    assert "    MAY     One may\n    paper   Country\n    stands  may be done\n" in text
    assert "CANNOT BE DECIDED YET" not in text
    assert "MAY BE DONE" not in text


def test_what_is_over_shares_no_block_with_what_is_not() -> None:
    done = {"discharged_at": at("2025-03-30T10:00:00+01:00"), "discharged_by": ("R1",)}
    home = part(_meeting("testshire", "Meet", Status.MET, **done))
    host = part(_meeting("host", "Hold a meeting"), protocol=protocol("host"))
    country = part(_meeting("country", "Confer", Status.MET_LATE, **done), protocol=protocol("country"))
    assert "TOGETHER" not in _text(_several(home, host))
    text = _text(_several(home, host, country))
    assert text.startswith("DUE\n  MUST      Hold a meeting\n  paper     Host\n")
    assert "DONE\n  TOGETHER  strategy meeting, in 2 papers\n" in text


def test_episodes_with_the_very_same_block_share_it() -> None:
    parts = []
    for name in ("testshire", "host"):
        ones = [_meeting(name, "Meet", key=f"{name}/x/E{n}/1", subject=f"E{n}", episode=f"E{n}") for n in (1, 2)]
        parts.append(part(*ones, protocol=protocol(name)))
    assert _text(_several(*parts)).count("TOGETHER  strategy meeting (episodes E1 and E2), in 2 papers\n") == 1


def test_conflicts_stand_before_all_duties() -> None:
    home = part(_meeting("testshire", "Meet"))
    other = _meeting("host", "Hold a meeting", chair=People("all", (SERVICE_MANAGER,)))
    host = part(other, protocol=protocol("host"))
    assert _text(_several(home, host)).startswith(
        "WHERE TWO PAPERS CANNOT BOTH BE KEPT\n"
        "  CONFLICT  strategy meeting (episode E1): one meeting, two chairs\n"
        "  chair     Testshire: Team Manager\n"
        "  or        Host: Service Manager\n"
        "  source    testshire 7.22 bullet 2 (Strategy meetings)\n"
        "\n"
        "DUE\n"
    )


def test_what_is_required_and_forbidden_names_both() -> None:
    whole = answers.full()
    (breach,) = whole.protocols[0].forbidden
    doors = replace(breach, status="in_force", record=None, at=None)
    locked = obligation(
        duty("lock", action="lock_doors", title="Lock the doors"), key="host/lock/E1/1", protocol="host"
    )
    text = _text(_several(part(forbidden=(doors,)), part(locked, protocol=protocol("host"))))
    assert text.startswith(
        "WHERE TWO PAPERS CANNOT BOTH BE KEPT\n"
        "  CONFLICT  lock doors (episode E1): one paper requires what another forbids\n"
        "  requires  Host: Lock the doors\n"
        "  forbids   Testshire: No locked doors\n"
        "  source    testshire 7.22 bullet 2 (Strategy meetings); testshire 9.9 (A\n"
        "            heading)\n"
    )


def test_a_question_that_two_ask_is_asked_once() -> None:
    soon, late = at("2025-04-02T09:00:00+01:00"), at("2025-04-03T09:00:00+01:00")
    asked = Question("child.looked_after", "Is the child looked after?", None, None, ("testshire/a/E1/1",), late)
    other = asked._replace(affects=("host/b/E1/1",), by=soon)
    text = _text(_several(part(questions=(asked,)), part(protocol=protocol("host"), questions=(other,))))
    assert text == (
        "PLEASE FIND OUT\n"
        "  ask       Is the child looked after?\n"
        "  before    Wed 2 Apr 2025 09:00 BST\n"
        "  decides   testshire/a/E1/1; host/b/E1/1\n"
    )
    now = _several(part(questions=(asked,)), part(protocol=protocol("host"), questions=(other._replace(by=None),)))
    assert "before" not in _text(now)


def test_what_a_reader_does_not_do_leaves_the_block_and_conflicts_stay() -> None:
    home = part(_meeting("testshire", "Meet"))
    host = part(
        _meeting("host", "Hold a meeting", chair=People("all", (SERVICE_MANAGER,)), by=People("all", (POLICE,))),
        protocol=protocol("host"),
    )
    text = _text(narrowed(_several(home, host), ["police"], []).answer)
    assert "CONFLICT" in text
    assert "TOGETHER" not in text
    assert "  MUST      Hold a meeting\n  paper     Host\n" in text
