"""Worked by hand from ../wexcombe/wexcombe.txt; of three lines the second has `began_at`, which is nobody's word."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import answer

import missingrules

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
CASES = (HERE / "cases.jsonl").read_text(encoding="utf-8")
PROTOCOL = str(HERE.parent / "wexcombe/wexcombe.yaml")
AS_OF = "2025-06-30T12:00:00+01:00"


def run(*more: str) -> subprocess.CompletedProcess[bytes]:
    asked = [sys.executable, str(HERE / "answer.py"), "--protocol", PROTOCOL, "--as-of", AS_OF, *more]
    return subprocess.run(asked, input=CASES.encode(), capture_output=True, check=False)


def test_an_answer_a_line() -> None:
    done = run()
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [each["case"] for each in answers] == ["C-01", "C-05"]
    # 4.1: medium, so three working days after Monday 30 June, to the end of Thursday.
    meeting = next(each for each in answers[1]["actions"] if each["rule"] == "meeting")
    assert (meeting["due"], meeting["citations"][0]["paragraph"]) == ("2025-07-03T23:59:59+01:00", "4.1")


def test_a_spoilt_line_is_told_by_its_place_alone() -> None:
    done, spoilt = run(), CASES.split("\n")[1]
    # The episode lacks its start, and has a key that nobody knows.
    episode, key = spoilt.index('{"id"') + 1, spoilt.index('"began_at"') + 1
    told = [f"line 2, column {episode}: [missing-key]", f"line 2, column {key}: [unknown-fact]"]
    assert done.stderr.decode().splitlines() == told
    assert done.returncode == 1


def test_a_row_a_line() -> None:
    rows = [json.loads(line) for line in run("--rows").stdout.decode().splitlines()]
    interview = next(each for each in rows if each["case"] == "C-01" and each["rule"] == "interview")
    # 5.2: 72 hours from 06:00 on the 24th.
    assert interview["due"] == "2025-06-27T06:00:00+01:00"
    assert interview["status"] == "overdue"
    assert interview["paragraphs"] == "5.2"
    assert "with" in interview


def test_one_case_at_a_time() -> None:
    read = 0

    def lines() -> Iterator[str]:
        nonlocal read
        for line in CASES.splitlines():
            read += 1
            yield line

    protocols = missingrules.load_protocols(PROTOCOL)
    found = answer.answers(lines(), protocols, missingrules.instant_of(AS_OF))
    next(found)
    assert read == 1
