from __future__ import annotations

from pathlib import Path

import pytest

from missingrules.domain.clock import Clock
from missingrules.domain.obligations import Status, Undecided
from missingrules.domain.rules import NOT_STATED, People, Repeat
from missingrules.reports.text import as_text, report
from missingrules.reports.wording import duration, moment, people
from tests.answers import MASH, POLICE, TEAM_MANAGER, answer, at, cite, duty, full, obligation, part, protocol

FULL = Path(__file__).with_name("full_answer.txt").read_text(encoding="utf-8")


def test_a_whole_answer_word_for_word() -> None:
    assert as_text(report(full())) == FULL


def test_no_line_is_longer_than_a_terminal_of_80_columns_and_none_ends_in_blanks() -> None:
    for line in FULL.splitlines():
        assert len(line) <= 80
        assert line == line.rstrip()


def test_the_text_does_not_depend_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"COLUMNS": "40", "FORCE_COLOR": "1", "TERM": "xterm-256color", "LANG": "de_DE"}.items():
        monkeypatch.setenv(name, value)
    assert as_text(report(full())) == FULL


def test_nothing_due() -> None:
    assert as_text(report(answer(part()))) == (
        "Case C-1042, as of Mon 31 Mar 2025 12:00 BST\n"
        "Testshire Missing Children Protocol, third edition\n"
        "Nothing is due.\n"
    )


def test_what_was_not_done_done_late_and_no_longer_owed() -> None:
    repeated = duty(repeat=Repeat("started", "schedule", ()))
    lines = as_text(
        report(
            answer(
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
            )
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


def test_with_two_protocols_every_paragraph_names_its_paper() -> None:
    text = as_text(report(answer(part(obligation()), part(protocol=protocol("other")))))
    assert "source    testshire 7.22 bullet 2 (Strategy meetings)" in text


def test_another_document_is_named() -> None:
    other = cite("3.1", "Notifying")
    text = as_text(
        report(answer(part(obligation(duty(citations=(other.__class__("need-to-know", "3.1", "Notifying"),))))))
    )
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
