"""Several protocols in one text: one block for one act, conflicts at the top, and whose each duty is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from missingrules.domain.answers import Question
from missingrules.domain.obligations import Later, Phase, Status
from missingrules.domain.people import People, Role
from missingrules.domain.rules import Modality
from missingrules.engine.combine import combine
from missingrules.reports.by import By
from missingrules.reports.narrowed import narrowed
from missingrules.reports.page import page
from missingrules.reports.text import as_text, report
from tests import answers
from tests.answers import POLICE, TEAM_MANAGER, at, duty, obligation, part, protocol, state

if TYPE_CHECKING:
    from missingrules.domain.answers import Answer, ProtocolAnswer
    from missingrules.domain.obligations import Obligation

SERVICE_MANAGER = Role("service_manager", "Service Manager", "service_manager")


def _several(*parts: ProtocolAnswer) -> Answer:
    return replace(answers.answer(*parts), combined=Later(lambda: combine(parts)))


def _meeting(name: str, title: str, status: Status = Status.DUE, **changes: Any) -> Obligation:
    of = duty(title=title, modality=changes.pop("modality", Modality.MUST), chair=People("all", (TEAM_MANAGER,)))
    plain: dict[str, Any] = {"key": f"{name}/{title}/E1/1", "protocol": name}
    return obligation(of, status, **{**plain, **changes})


def _text(answer: Answer) -> str:
    """What stands below the head, in full."""
    return as_text(report(answer, full=True)).partition("\n\n")[2]


def _brief(answer: Answer, by: By = By.PHASE) -> str:
    """What stands below the head and before what is folded away, in brief."""
    return as_text(report(answer, by=by)).partition("\n\n")[2].rpartition("\n\n")[0] + "\n"


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


def test_the_same_block_in_brief() -> None:
    home = part(
        _meeting("testshire", "Meet", Status.OVERDUE, due=at("2025-03-31T06:00:00+01:00")),
        _meeting("testshire", "Meet again", Status.UPCOMING, due=None, triggered_at=at("2025-04-03T00:00:00+01:00")),
    )
    host = part(_meeting("host", "Hold a meeting", modality=Modality.SHOULD), protocol=protocol("host"))
    assert _brief(_several(home, host)) == (
        "OVERDUE\n"
        "  MUST      Meet\n"
        "  overdue   by 6 hours: it was due Mon 31 Mar 2025 06:00 BST\n"
        "            Children's Social Care; chaired by Team Manager [Testshire: 7.22\n"
        "            bullet 2]\n"
        "  together  SHOULD Hold a meeting. By Mon 31 Mar 2025 23:30 BST (in 11 hours 30\n"
        "            minutes). Children's Social Care; chaired by Team Manager [Host:\n"
        "            testshire 7.22 bullet 2]\n"
        "  later     Testshire: Meet again, from Thu 3 Apr 2025 00:00 BST [7.22 bullet 2]\n"
        "\n"
        "COMING UP, IF NOTHING CHANGES\n"
        "  MUST      Meet again\n"
        "            From Thu 3 Apr 2025 00:00 BST, 72 hours from started. Children's\n"
        "            Social Care; chaired by Team Manager [Testshire: 7.22 bullet 2]\n"
    )


def test_the_same_block_on_a_page() -> None:
    home = part(
        _meeting("testshire", "Meet", Status.OVERDUE, due=at("2025-03-31T06:00:00+01:00")),
        _meeting("testshire", "Meet again", Status.UPCOMING, due=None, triggered_at=at("2025-04-03T00:00:00+01:00")),
    )
    host = part(_meeting("host", "Hold a meeting", modality=Modality.SHOULD), protocol=protocol("host"))
    who = "Children's Social Care; chaired by Team Manager"
    assert page(_several(home, host)).partition("| --- |\n")[2].partition("\n\n")[0] == (
        f"| MUST | Meet | by 6 hours: it was due Mon 31 Mar 2025 06:00 BST | {who} | Testshire: 7.22 bullet 2 |\n"
        "|  | together with SHOULD: Hold a meeting | by Mon 31 Mar 2025 23:30 BST (in 11 hours 30 minutes) "
        f"| {who} | Host: testshire 7.22 bullet 2 |\n"
        "|  | later: Testshire: Meet again, from Thu 3 Apr 2025 00:00 BST \\[7.22 bullet 2\\] |  |  |  |"
    )


def _told(name: str, title: str, item: str, **more: Any) -> Obligation:
    """One of several acts of a rule, without a time, by the police and with nobody in the chair."""
    one = obligation(
        duty(f"tell.{item}", title=title, action=item),
        key=f"{name}/tell.{item}/E1/1",
        protocol=name,
        **{"due": None, "due_basis": "not stated", "by": People("all", (POLICE,)), "chair": None, **more},
    )
    assert one.duty.rule == "tell"
    return one


def test_acts_of_one_rule_stay_one_entry_in_brief_and_have_a_block_each_in_full() -> None:
    home = part(_told("testshire", "Tell", "notify"), _told("testshire", "Tell", "consult"))
    host = part(_told("host", "Say", "notify"), _told("host", "Say", "consult"), protocol=protocol("host"))
    assert _brief(_several(home, host)) == (
        "NOW, WHILE THE CHILD IS MISSING (4 due)\n"
        "  Police:\n"
        "  MUST      Say: consult; notify [Host: testshire 7.22 bullet 2]\n"
        "  together  MUST Tell: consult; notify. No time is stated. Police [Testshire:\n"
        "            7.22 bullet 2]\n"
    )
    text = _text(_several(home, host))
    assert "  TOGETHER  consult, in 2 papers\n" in text
    assert "  TOGETHER  notify, in 2 papers\n" in text


def test_by_role_a_block_stands_under_everybody_in_it() -> None:
    home = part(_told("testshire", "Tell", "notify"))
    host = part(_told("host", "Say", "notify", by=People("all", (TEAM_MANAGER,))), protocol=protocol("host"))
    lines = (
        "  MUST      Say: notify [Host: testshire 7.22 bullet 2]\n"
        "  together  MUST Tell: notify. No time is stated. Police [Testshire: 7.22 bullet\n"
        "            2]\n"
    )
    assert _brief(_several(home, host), By.ROLE) == (
        f"Police (2 due)\n  Team Manager:\n{lines}\nTeam Manager (2 due)\n{lines}"
    )


def test_a_block_of_earlier_episodes_is_named_if_any_in_it_has_a_date() -> None:
    home = part(_told("testshire", "Tell", "notify"))
    soon = _told("host", "Say", "notify", due=at("2025-04-01T12:00:00+01:00"), status=Status.NOT_DECIDABLE)
    host = part(soon, protocol=protocol("host"))
    episodes = (state("E1", "2025-03-20T20:00:00+00:00", "2025-03-21T08:00:00+00:00"), state("E2"))
    assert _brief(replace(_several(home, host), episodes=episodes)) == (
        "OF EARLIER EPISODE E1 (1 due, 1 not decidable)\n"
        "  MUST      Tell: notify\n"
        "            No time is stated. Police [Testshire: 7.22 bullet 2]\n"
        "  together  MUST Say: notify. Cannot be decided yet, by Tue 1 Apr 2025 12:00\n"
        "            BST. Police [Host: testshire 7.22 bullet 2]\n"
    )


def test_what_was_left_open_names_each_paper_in_few_words() -> None:
    before: dict[str, Any] = {"triggered_at": at("2025-03-29T10:00:00+00:00")}
    phases = {"tell": Phase.ON_RETURN}
    home = part(_told("testshire", "Tell", "notify", **before, status=Status.NOT_DECIDABLE), phases=phases)
    host = part(_told("host", "Say", "notify", **before), protocol=protocol("host"), phases=phases)
    found = replace(_several(home, host), episodes=(state("E1", returned="2025-03-30T10:00:00+01:00"),))
    assert " ".join(_brief(found).split()) == (
        "ON RETURN, LEFT OPEN FROM BEFORE (1 due, 1 not decidable) "
        "MUST Police: Say [Host: testshire 7.22 bullet 2], together with MUST Police: Tell "
        "(cannot be decided yet, no time is stated) [Testshire: 7.22 bullet 2]"
    )


def test_one_title_in_two_papers_overdue_in_two_episodes_is_told_of_both() -> None:
    episodes = (state("E1", "2025-03-20T20:00:00+00:00", "2025-03-21T08:00:00+00:00"), state("E2"))
    parts = []
    for name, number in (("testshire", 2), ("host", 1)):
        late = at("2025-03-31T06:00:00+01:00")
        one = _meeting(name, "Meet", Status.OVERDUE, key=f"{name}/x/E{number}/1", subject=f"E{number}",
                       episode=f"E{number}", due=late)  # fmt: skip
        parts.append(part(one, protocol=protocol(name)))
    assert _brief(replace(_several(*parts), episodes=episodes)).count("  MUST      Meet") == 2


def test_what_is_open_otherwise_than_the_section_says_tells_it() -> None:
    home = part(_meeting("testshire", "Meet"))
    host = part(_meeting("host", "Perhaps", Status.NOT_DECIDABLE), protocol=protocol("host"))
    country = part(
        _meeting("country", "One may", Status.AVAILABLE, modality=Modality.MAY), protocol=protocol("country")
    )
    text = _text(_several(home, host, country))
    assert text.startswith("NOW, WHILE THE CHILD IS MISSING\n  TOGETHER  strategy meeting, in 3 papers\n")
    assert "    MUST    Perhaps\n    paper   Host\n    stands  cannot be decided yet\n" in text
    assert "    MAY     One may\n    paper   Country\n    stands  may be done\n" in text
    assert "CANNOT BE DECIDED YET" not in text
    assert text.count("Perhaps") == text.count("One may") == 1


def test_what_is_over_shares_no_block_with_what_is_not() -> None:
    done = {"discharged_at": at("2025-03-30T10:00:00+01:00"), "discharged_by": ("R1",)}
    home = part(_meeting("testshire", "Meet", Status.MET, **done))
    host = part(_meeting("host", "Hold a meeting"), protocol=protocol("host"))
    country = part(_meeting("country", "Confer", Status.MET_LATE, **done), protocol=protocol("country"))
    assert "TOGETHER" not in _text(_several(home, host))
    text = _text(_several(home, host, country))
    assert text.startswith("NOW, WHILE THE CHILD IS MISSING\n  MUST      Hold a meeting\n  paper     Host\n")
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
    head = (
        "WHERE TWO PAPERS CANNOT BOTH BE KEPT\n"
        "  CONFLICT  strategy meeting (episode E1): one meeting, two chairs\n"
        "  chair     Testshire: Team Manager\n"
        "  or        Host: Service Manager\n"
        "  source    testshire 7.22 bullet 2 (Strategy meetings)\n"
        "\n"
        "NOW, WHILE THE CHILD IS MISSING"
    )
    assert _text(_several(home, host)).startswith(head)
    assert _brief(_several(home, host)).startswith(head)


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
    both = _several(part(questions=(asked,)), part(protocol=protocol("host"), questions=(other,)))
    assert "  2 duties  Is the child looked after? (before Wed 2 Apr 2025 09:00 BST)\n" in as_text(report(both))
    assert _text(both) == (
        "PLEASE FIND OUT\n"
        "  ask       Is the child looked after?\n"
        "  before    Wed 2 Apr 2025 09:00 BST\n"
        "  decides   testshire/a/E1/1; host/b/E1/1\n"
    )
    now = _several(part(questions=(asked,)), part(protocol=protocol("host"), questions=(other._replace(by=None),)))
    assert "before" not in _text(now)
    assert "before" not in as_text(report(now))


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
