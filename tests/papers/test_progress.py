"""What `next` tells of a paragraph: which shared acts it may mean, what asks for something, whom it names."""

from __future__ import annotations

import pytest

from missingrules.papers.progress import acts_like, modals_of, roles_in


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("The carer rings the police, and in any case before midnight.", "report_missing"),
        ("The police grade the risk within one hour of the report.", "risk_assessment"),
        ("A copy of the interview goes to the social worker.", "share_information"),
        ("The director is told.", "notify"),
    ],
)
def test_the_likeliest_act_comes_first_or_is_at_least_there(said: str, first: str) -> None:
    assert first in [act.name for act in acts_like(said)]


def test_what_should_have_been_asks_for_nothing() -> None:
    assert modals_of("They must call an hour after the child should have been home.") == {"must": "must"}
    assert modals_of("The carer should have a photograph.") == {"should": "should"}


def test_people_are_found_as_whole_words() -> None:
    titles = {"parent": "the parent", "officer": "Duty Officer", "social_worker": "the child's social worker"}
    assert roles_in("There is no apparent risk.", titles) == ()
    assert roles_in("Duty officers and social workers tell parents.", titles) == ("officer", "social_worker", "parent")
