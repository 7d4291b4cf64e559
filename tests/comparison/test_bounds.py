"""What is printed where nothing is found, and witnesses of the calendar, worked out by hand from two invented files."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.test_cli import run

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE: Final = Path(__file__).with_name("bounds")
NORTH, SOUTH = HERE / "north.yaml", HERE / "south.yaml"

# Of the age there are three values (15, under 18 at its lowest, 18), of the end three (away, back within the hour, back
# later), and each of two acts is recorded up to three times: 3 x 3 x 4 x 4.
NOTHING: Final = """\
North and South ask for the same in all 144 cases tried: every case that can be made of what their conditions read. In
each of them facts stay as they are, and nothing happens more than 3 times.

Called for in none of them, so that nothing is said of it:
- North: Support is arranged [5]

Read otherwise they part: ask again with --reading interview-hours=two.
"""


def witness(*words: str) -> str:
    done = run("diff", NORTH, SOUTH, "--witness", *words)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def test_nothing_is_found_and_what_that_leaves_open() -> None:
    assert witness("--topic", "return_interview") == NOTHING


def test_of_so_few_cases_the_bound_is_their_size() -> None:
    """Six cases: nothing said, one of two ages, the return, one of two records."""
    told = witness("--topic", "return_interview", "--limit", "6")
    assert told.startswith(
        "North and South ask for the same in all 6 cases tried: every case that says fewer than 1 things beyond one"
    )
    # The other reading is tried in no more cases than that, and parts them in the fourth.
    assert "--reading interview-hours=two" in told


@pytest.mark.parametrize(
    ("words", "claims"),
    [
        # Back on Monday at 11:00: two days later is Wednesday, three is Thursday.
        (
            ["--topic", "return_interview", "--reading", "interview-hours=two"],
            ["North by Wed 4 Jun 2025 11:00 BST, South by Thu 5 Jun 2025 11:00 BST", "4 cases were tried"],
        ),
        # The week that begins on Monday 2 June is the 23rd.
        (["--topic", "oversight"], ["North must, South should: Every week the list is gone through [3]", "W23"]),
        # One meeting of each name three days after the child went, the second an hour after the first.
        (
            ["--topic", "intervention_meeting"],
            ["North by Thu 5 Jun 2025 10:00 BST, South by Thu 5 Jun 2025 11:00 BST", "meetings: {forum: ["],
        ),
    ],
)
def test_a_witness_is_asked_again_as_it_says(words: Sequence[str], claims: Sequence[str], tmp_path: Path) -> None:
    told = witness(*words)
    file = tmp_path / "case.yaml"
    file.write_text(told, encoding="utf-8")
    (line,) = (each for each in told.splitlines() if each.startswith("# Ask again: missingrules "))
    again = shlex.split(line.removeprefix("# Ask again: missingrules ").replace("FILE", str(file)))
    done = run(*again, "--format", "json")
    assert (done.returncode, done.stderr) == (0, b"")
    for claim in claims:
        assert claim in " ".join(told.split()).replace(" # ", " ") + done.stdout.decode(), claim
