"""An answer narrowed to one reader: what stays, what goes, and that it is counted."""

from __future__ import annotations

import pytest

from missingrules.domain.answers import Question
from missingrules.domain.citations import NOT_STATED
from missingrules.domain.obligations import Undecided
from missingrules.domain.people import People
from missingrules.domain.rules import Modality
from missingrules.reports.narrowed import narrowed
from tests.answers import POLICE, TEAM_MANAGER, answer, duty, obligation, part
from tests.test_cli import refused, run

CALL = obligation(duty("call", modality=Modality.MUST), by=People("all", (POLICE,)), chair=None, attendees=None)
MEET = obligation(
    duty("meet", modality=Modality.SHOULD),
    by=NOT_STATED,
    chair=People("all", (TEAM_MANAGER,)),
    attendees=People("all", (POLICE,)),
)
OPEN = obligation(
    duty("open", modality=Modality.MUST),
    by=Undecided((People("all", (TEAM_MANAGER,)), People("any", (POLICE,)))),
    chair=None,
    attendees=None,
)
OTHER = obligation(duty("other"), by=People("other_than", (POLICE,)), chair=None, attendees=None)
ALL = (CALL, MEET, OPEN, OTHER)


@pytest.mark.parametrize(
    ("roles", "modalities", "kept"),
    [
        ([], [], ["call", "meet", "open", "other"]),
        (["police"], [], ["call", "meet", "open"]),
        (["team_manager"], [], ["meet", "open", "other"]),
        (["police"], ["must"], ["call", "open"]),
        ([], ["should"], ["meet"]),
        # Nobody is named for the meeting: it may be anybody's.
        (["nobody"], ["should"], ["meet"]),
    ],
)
def test_what_stays(roles: list[str], modalities: list[str], kept: list[str]) -> None:
    shown, hidden = narrowed(answer(part(*ALL)), roles, modalities)
    assert [o.duty.id for o in shown.protocols[0].actions] == kept
    assert hidden == len(ALL) - len(kept)


def test_a_question_goes_with_all_that_hangs_on_it() -> None:
    asked = (
        Question("child.looked_after", "Is the child looked after?", None, None, (CALL.key,)),
        Question("episode.risk", "What is the level of risk?", None, None, (CALL.key, MEET.key)),
    )
    shown, _ = narrowed(answer(part(*ALL, questions=asked)), [], ["should"])
    assert [q.fact for q in shown.protocols[0].questions] == ["episode.risk"]


def test_what_is_left_out_is_told() -> None:
    asked = ("evaluate", "examples/first-episode-at-home.yaml", "--protocol", "northamptonshire", "--as-of")
    done = run(*asked, "2025-06-12T09:00:00+01:00", "--for", "police", "--modality", "must")
    last = done.stdout.decode().splitlines()[-1]
    assert done.returncode == 0
    assert last.startswith("Not shown: ")
    assert last.endswith(" duties, because of --for police --modality must")


def test_json_is_whole_and_roles_are_known() -> None:
    asked = ("evaluate", "examples/first-episode-at-home.yaml", "--protocol", "northamptonshire", "--as-of")
    said = refused(*asked, "2025-06-12T09:00:00+01:00", "--modality", "must", "--format", "json")
    assert said == (
        "error [whole-json] --modality: not for json\n  = leave them out: JSON always has the whole answer\n"
    )
    said = refused(*asked, "2025-06-12T09:00:00+01:00", "--for", "polise")
    assert said == ("error [unknown-role] --for polise: no protocol here has this role\n  = did you mean 'police'?\n")
