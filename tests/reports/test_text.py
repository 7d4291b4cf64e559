from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from missingrules.domain.answers import Explanation, Step
from missingrules.domain.citations import NOT_STATED
from missingrules.domain.clock import Clock
from missingrules.domain.deadlines import Note, Repeat
from missingrules.domain.obligations import NO_DIFFERENCE, Evidence, Rests, Status, Undecided
from missingrules.domain.people import People
from missingrules.reports.explanation import explanation_report
from missingrules.reports.text import as_text, report
from missingrules.reports.wording import duration, moment, people
from tests.answers import MASH, POLICE, TEAM_MANAGER, answer, at, cite, duty, full, obligation, part, protocol

if TYPE_CHECKING:
    from missingrules.domain.answers import ProtocolAnswer

# full_answer.txt and brief_answer.txt against `tests.answers.full`, worked out by hand. E1 starts Fri 28 Mar 22:30 GMT;
# clocks go forward on Sun 30 Mar, the last Sunday of the month, so what lies before 01:00 that day is GMT and what lies
# after is BST.
#
# overdue   +48 h = Sun 30 Mar 22:30 GMT = 23:30 BST; from there to Mon 12:00 are 0:30 + 12:00 = 12 h 30 min
# due       +72 h = Mon 31 Mar 22:30 GMT = 23:30 BST; from 12:00 to there are 11 h 30 min; till then the answer holds
# upcoming  1 Apr is a Tuesday, so 5 Apr is a Saturday, 8 Apr a Tuesday, 9 Apr a Wednesday; either may be the due one
# done      Sat 29 Mar 09:00 is before the change (GMT) and before Mon 23:30 (not late); Sun 30 Mar 09:00 of R3 is BST
# ahead     31 Mar + 30 days of April + 31 of May + 11 are 10 weeks and 2 days: Wed 11 Jun; 20 days on: Tue 1 Jul
# asked     by 2 Apr, the day after Tue 1 Apr: Wed. It decides the plan alone, the first question the meeting too
# phases    E1 runs: what it asks for is now, save the interview (on return) and the plan (in planning)
# order     overdue, breaches, due and may by phase, upcoming, undecided, questions, ahead, standing, done, readings
# people    all: and; any: or; other_than: anybody but; two possible: undecided; None: no line; not stated where silent
# brief     no attendees, bases, aims, headings; the duty's and the deadline's paragraphs; what is over only counted
# hang      on the first question the meeting and the plan, on the second the plan alone
# source    each its own paragraph and heading; the only protocol needs no name; what lies ahead cites the duty's own
FULL = Path(__file__).with_name("full_answer.txt").read_text(encoding="utf-8")
BRIEF = Path(__file__).with_name("brief_answer.txt").read_text(encoding="utf-8")


def test_a_whole_answer_word_for_word() -> None:
    assert as_text(report(full(), full=True)) == FULL


def test_the_same_answer_in_brief() -> None:
    assert as_text(report(full())) == BRIEF


def test_no_line_is_longer_than_a_terminal_of_80_columns_and_none_ends_in_blanks() -> None:
    for line in (FULL + BRIEF).splitlines():
        assert len(line) <= 80
        assert line == line.rstrip()


def test_the_text_does_not_depend_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"COLUMNS": "40", "FORCE_COLOR": "1", "TERM": "xterm-256color", "LANG": "de_DE"}.items():
        monkeypatch.setenv(name, value)
    assert as_text(report(full(), full=True)) == FULL
    assert as_text(report(full())) == BRIEF


def test_nothing_due() -> None:
    assert as_text(report(answer(part()))) == (
        "Case C-1042, as of Mon 31 Mar 2025 12:00 BST\n"
        "Testshire Missing Children Protocol, third edition\n"
        "Nothing is due.\n"
    )


def in_full(*parts: ProtocolAnswer) -> str:
    return as_text(report(answer(*parts), full=True))


def test_what_was_not_done_done_late_and_no_longer_owed() -> None:
    repeated = duty(repeat=Repeat("started", "schedule", ()))
    lines = in_full(
        part(
            obligation(repeated, Status.MISSED, occurrence="2", ended_at=at("2025-03-31T10:00:00+01:00")),
            obligation(
                repeated,
                Status.MET_LATE,
                occurrence="3",
                subject="E2",
                episode="E2",
                discharged_at=at("2025-04-02T00:35:00+01:00"),
                discharged_by=("R1", "R2"),
            ),
            obligation(status=Status.CEASED, due=None, subject="child", episode=None),
        )
    ).splitlines()
    assert lines[4:] == [
        "NOT DONE",
        "  MUST      Hold a strategy meeting (number 2, episode E1)",
        "  was due   Mon 31 Mar 2025 23:30 BST",
        "  ended     Mon 31 Mar 2025 10:00 BST",
        "  source    7.22 bullet 2 (Strategy meetings)",
        "",
        "DONE",
        "  MUST      Hold a strategy meeting (number 3, episode E2)",
        "  done      Wed 2 Apr 2025 00:35 BST (record R1 and R2)",
        "  was due   Mon 31 Mar 2025 23:30 BST: 1 day 1 hour late",
        "  source    7.22 bullet 2 (Strategy meetings)",
        "",
        "NO LONGER OWED",
        "  MUST      Hold a strategy meeting (child)",
        "  source    7.22 bullet 2 (Strategy meetings)",
    ]


def test_with_two_protocols_every_duty_names_its_paper() -> None:
    text = in_full(part(obligation()), part(protocol=protocol("other_place")))
    assert "  paper     Testshire\n" in text
    assert "source    7.22 bullet 2 (Strategy meetings)" in text
    assert "\nTestshire: Testshire Missing Children Protocol, third edition\nOther place: Testshire" in text


def test_another_document_is_named() -> None:
    other = cite("3.1", "Notifying")
    text = in_full(part(obligation(duty(citations=(other.__class__("need-to-know", "3.1", "Notifying"),)))))
    assert "source    need-to-know 3.1 (Notifying)" in text


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        ("2025-03-30T00:59:59+00:00", "Sun 30 Mar 2025 00:59:59 GMT"),
        ("2025-03-30T01:00:00+00:00", "Sun 30 Mar 2025 02:00 BST"),
        ("2025-10-26T01:30:00+01:00", "Sun 26 Oct 2025 01:30 BST"),
        ("2025-10-26T01:30:00+00:00", "Sun 26 Oct 2025 01:30 GMT"),
        ("2025-04-03T23:59:59+01:00", "Thu 3 Apr 2025, end of day"),
    ],
)
def test_times_have_weekday_and_zone(instant: str, words: str) -> None:
    assert moment(Clock(), at(instant)) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (59, "less than a minute"),
        (60, "1 minute"),
        (3 * 3600, "3 hours"),
        (86400 + 59 * 60, "1 day"),
        (2 * 86400 + 3600, "2 days 1 hour"),
        (90 * 60, "1 hour 30 minutes"),
    ],
)
def test_durations(seconds: int, words: str) -> None:
    assert duration(seconds) == words


def test_people() -> None:
    both = (TEAM_MANAGER, POLICE)
    assert people(None) is None
    assert people(NOT_STATED) == "not stated"
    assert people(People("all", both)) == "Team Manager and Police"
    assert people(People("any", (MASH, *both))) == "Multi-Agency Safeguarding Hub, Team Manager or Police"
    assert people(People("other_than", both)) == "anybody but Team Manager and Police"
    assert people(People("record_by")) == "whoever made the record"
    assert people(Undecided((People("all", both),), silent=True)) == "undecided: Team Manager and Police; or not stated"


def test_several_episodes_with_the_very_same_duty_share_a_block() -> None:
    same = [obligation(key=f"testshire/meeting/E{n}/1", subject=f"E{n}", episode=f"E{n}") for n in (1, 2, 3)]
    other = obligation(subject="E4", episode="E4", due=at("2025-04-01T23:30:00+01:00"))
    text = in_full(part(*same, other))
    assert text.count("MUST") == 2
    assert "Hold a strategy meeting (episodes E1, E2 and E3)" in text
    assert "Hold a strategy meeting (episode E4)" in text


def test_readings_that_change_nothing_are_not_shown_and_times_are_local() -> None:
    rests = (
        Rests("one", "a", NO_DIFFERENCE),
        Rests("two", "b", "c: due 2025-03-29T23:59:59+00:00"),
    )
    text = in_full(part(obligation(readings=rests)))
    assert "one:" not in text
    assert "read as   two: b; otherwise c: due Sat 29 Mar 2025, end of day" in text


def test_earlier_action_is_shown_as_wanted_now_where_it_is() -> None:
    of = duty(earlier_if=Note("earlier if risk: high"))
    assert "  sooner    earlier if risk: high\n" in in_full(part(obligation(of)))
    now = obligation(of, notes=("earlier: earlier if risk: high",))
    assert "  sooner    earlier if risk: high, as is so now\n" in in_full(part(now))


def test_why_a_rule_is_silent() -> None:
    read = Evidence("episode.started", at("2025-03-28T22:30:00+00:00"), "E1", True)
    steps = (
        Step("trigger: missing for at least 24 hours", True, (read,)),
        Step("risk: high", False, (Evidence("episode.risk", "medium", "E1"),)),
        Step("looked_after: true", None, ()),
    )
    of = duty()
    silent = Explanation(of.id, of.title, "E1", of.citations, "silent", steps, ())
    fired = Explanation(of.id, of.title, "child", of.citations, "fired", steps[:1], (obligation(of),))
    text = as_text(explanation_report(protocol(), (silent, fired), at("2025-03-31T12:00:00+01:00")))
    assert text == (
        "strategy-meeting: Hold a strategy meeting\n"
        "Testshire Missing Children Protocol, 7.22 bullet 2 (Strategy meetings)\n"
        "as of Mon 31 Mar 2025 12:00 BST\n"
        "\n"
        "Episode E1: it has not fired.\n"
        "  yes      trigger: missing for at least 24 hours\n"
        "             episode.started: Fri 28 Mar 2025 22:30 GMT (E1)\n"
        "  NO       risk: high\n"
        "             episode.risk: medium (E1)\n"
        "  unknown  looked_after: true\n"
        "  The first condition that does not hold: risk: high\n"
        "\n"
        "Child: it has fired.\n"
        "  yes      trigger: missing for at least 24 hours\n"
        "             episode.started: Fri 28 Mar 2025 22:30 GMT (E1)\n"
        "  testshire/strategy-meeting/E1/1: due, due Mon 31 Mar 2025 23:30 BST\n"
    )


def test_a_rule_without_acts_is_said_to_have_none() -> None:
    assert "asks for no act" in as_text(explanation_report(protocol(), (), at("2025-03-31T12:00:00+01:00")))


def test_an_act_goes_by_the_area_s_name_and_the_shared_one() -> None:
    named = protocol(called={"strategy_meeting": "Missing Children Meeting"})
    text = as_text(report(answer(part(obligation(), protocol=named)), full=True))
    assert "\n  act       Missing Children Meeting (strategy meeting)\n" in text
