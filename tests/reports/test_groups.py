"""Duties in groups: by phase, role and status, earlier episodes apart, like acts folded, and nothing lost in silence.

Every text was worked out by hand from `tests.answers`; as_of is Mon 31 Mar 2025 12:00 BST.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from missingrules.domain.answers import Warned
from missingrules.domain.citations import NOT_STATED, Edition
from missingrules.domain.obligations import Phase, Status
from missingrules.domain.people import People
from missingrules.domain.rules import Modality
from missingrules.engine.evaluate import evaluate
from missingrules.reading.cases import read_case
from missingrules.reading.protocols import read_protocol
from missingrules.reports.by import By
from missingrules.reports.text import as_text, report
from tests.answers import (
    MASH,
    PARENTS,
    POLICE,
    SOCIAL_CARE,
    TEAM_MANAGER,
    answer,
    at,
    cite,
    duty,
    obligation,
    part,
    protocol,
    state,
)

ROOT = Path(__file__).parents[2]
EXAMPLES = {
    "first-episode-at-home": "2025-06-12T09:00:00+01:00",
    "looked-after-clock-change": "2025-03-31T12:00:00+01:00",
    "three-episodes-in-a-week": "2025-06-30T12:00:00+01:00",
    "placed-in-another-county": "2025-11-14T10:00:00+00:00",
}
SEVERAL = {
    "first-episode-at-home": ("northamptonshire", "barnet"),
    "three-episodes-in-a-week": ("northamptonshire", "staffordshire"),
    "placed-in-another-county": ("northamptonshire", "buckinghamshire", "national_framework"),
}
UNSURE = (Status.DUE, Status.AVAILABLE, Status.NOT_DECIDABLE)

if TYPE_CHECKING:
    from missingrules.domain.answers import Answer, EpisodeState, ProtocolAnswer
    from missingrules.domain.obligations import Obligation

BACK = state("E2", "2025-03-28T22:30:00+00:00", "2025-03-30T10:00:00+01:00")
BEFORE = state("E1", "2025-03-20T20:00:00+00:00", "2025-03-21T08:00:00+00:00")


def of(episode: str, rule: str = "meet", item: str = "", **more: Any) -> Obligation:
    """A duty without a time, done by the police, with nobody in the chair."""
    id_ = f"{rule}.{item}" if item else rule
    about: dict[str, Any] = {"title": rule.capitalize(), "action": item or "notify"}
    about |= {key: more.pop(key) for key in ("modality", "citations") if key in more}
    plain: dict[str, Any] = {"due": None, "due_basis": "not stated", "by": People("all", (POLICE,)), "chair": None}
    return obligation(
        duty(id_, **about), key=f"testshire/{id_}/{episode}/1", subject=episode, episode=episode, **{**plain, **more}
    )


def sections(found: Answer, *, by: By = By.PHASE, full: bool = False) -> dict[str, list[str]]:
    """The lines of a report under their headings; those of the head under nothing."""
    head, *blocks = as_text(report(found, by=by, full=full)).split("\n\n")
    out = {"": head.splitlines()}
    for lines in map(str.splitlines, blocks):
        if not lines[0].startswith(("--full", "Folded")):
            out[lines[0]] = lines[1:]
    return out


def asked(*actions: Obligation, episodes: tuple[EpisodeState, ...] = (BEFORE, BACK), **phases: Phase) -> Answer:
    return answer(part(*actions, phases=phases), episodes=episodes)


def test_lettered_acts_of_one_rule_are_one_entry() -> None:
    rule, first, second = cite("7.4"), cite("7.4 bullet 1"), cite("7.4 bullet 2")
    found = asked(
        of("E2", "respond", "engage", citations=(rule, first), with_=People("all", (PARENTS,))),
        of("E2", "respond", "plan", citations=(rule, second)),
    )
    assert sections(found)["NOW, WHILE THE CHILD IS MISSING (2 due)"] == [
        "  Police:",
        "  MUST      Respond: engage, with Parents; plan [7.4, 7.4 bullet 1, 7.4 bullet",
        "            2]",
    ]
    assert sections(found, full=True)["NOW, WHILE THE CHILD IS MISSING"] == [
        "  MUST      Respond",
        "  acts      engage, with Parents: 7.4 bullet 1",
        "            plan: 7.4 bullet 2",
        "  by        no time is stated",
        "  who       Police",
        "  source    7.4 (A heading)",
    ]


def test_acts_at_different_times_or_by_other_people_are_not_folded() -> None:
    found = asked(
        of("E2", "respond", "engage"),
        of("E2", "respond", "plan", by=People("all", (MASH,))),
        of("E2", "respond", "review", due=at("2025-04-01T12:00:00+01:00")),
    )
    assert sections(found)["NOW, WHILE THE CHILD IS MISSING (3 due)"] == [
        "  MUST      Respond: review",
        "            By Tue 1 Apr 2025 12:00 BST (in 1 day). Police [7.22 bullet 2]",
        "  Multi-Agency Safeguarding Hub:",
        "  MUST      Respond: plan [7.22 bullet 2]",
        "  Police:",
        "  MUST      Respond: engage [7.22 bullet 2]",
    ]


def test_phases_in_their_order_and_in_each_the_sooner_first() -> None:
    found = asked(
        of("E2", "plan"),
        of("E2", "back", due=at("2025-04-03T12:00:00+01:00"), triggered_at=at("2025-03-30T10:00:00+01:00")),
        of("E2", "sooner", due=at("2025-04-02T12:00:00+01:00"), triggered_at=at("2025-03-30T10:00:00+01:00")),
        of("E2", "search"),
        plan=Phase.PLANNING,
        back=Phase.ON_RETURN,
        sooner=Phase.ON_RETURN,
    )
    told = sections(found)
    assert list(told) == [
        "",
        "NOW, WHILE THE CHILD IS MISSING (1 due)",
        "ON RETURN (2 due)",
        "IN PLANNING (1 due)",
    ]
    assert [line[12:] for line in told["ON RETURN (2 due)"] if "MUST" in line] == ["Sooner", "Back"]
    assert told[""] == [
        "Case C-1042, as of Mon 31 Mar 2025 12:00 BST",
        "Testshire Missing Children Protocol, third edition",
        # From 22:30 GMT on the 28th to 09:00 GMT on the 30th are 34 hours 30 minutes.
        "Episode E2: missing for 1 day 10 hours, back since Sun 30 Mar 2025 10:00 BST.",
        "4 due",
        "  now, while the child is missing: 1 due",
        "  on return: 2 due",
        "  in planning: 1 due",
    ]


def test_what_is_wanted_at_once_stands_first() -> None:
    dated = of("E2", "letter", due=at("2025-04-01T12:00:00+01:00"))
    told = sections(asked(dated, of("E2", "call", due_basis="promptly"), of("E2", "alert", due_basis="immediately")))
    assert told["NOW, WHILE THE CHILD IS MISSING (3 due)"] == [
        "  MUST      Alert",
        "            Immediately. Police [7.22 bullet 2]",
        "  MUST      Letter",
        "            By Tue 1 Apr 2025 12:00 BST (in 1 day). Police [7.22 bullet 2]",
        "  MUST      Call",
        "            Promptly. Police [7.22 bullet 2]",
    ]


def test_what_the_response_left_open_stands_after_what_the_return_set_off() -> None:
    # E2 was back on 30 March: the interview came with that, the call the day before.
    found = asked(
        of("E2", "call", triggered_at=at("2025-03-29T10:00:00+00:00"), modality=Modality.SHOULD),
        of("E2", "alert", triggered_at=at("2025-03-29T10:00:00+00:00"), citations=(cite("6.1"), cite("6.2"))),
        of("E2", "interview", triggered_at=at("2025-03-30T10:00:00+01:00")),
        call=Phase.ON_RETURN,
        alert=Phase.ON_RETURN,
        interview=Phase.ON_RETURN,
    )
    told = sections(found)
    assert told["ON RETURN (1 due)"] == ["  Police:", "  MUST      Interview [7.22 bullet 2]"]
    assert told["ON RETURN, LEFT OPEN FROM BEFORE (2 due)"] == [
        "  MUST      Police: Alert [6.1 …]",
        "  SHOULD    Police: Call [7.22 bullet 2]",
    ]


def test_earlier_episodes_stand_last_and_what_is_folded_away_is_counted() -> None:
    dated = of("E1", "letter", due=at("2025-04-04T23:59:59+01:00"))
    found = asked(of("E2"), of("E1"), of("E1", "visit"), dated)
    told = sections(found)
    assert told["NOW, WHILE THE CHILD IS MISSING (1 due)"] == ["  Police:", "  MUST      Meet [7.22 bullet 2]"]
    assert told["OF EARLIER EPISODE E1 (3 due)"] == [
        "  MUST      Letter (episode E1)",
        "            By Fri 4 Apr 2025, end of day (in 4 days 11 hours). Police [7.22",
        "            bullet 2]",
        "  2 without a date are folded away here; --full names them.",
    ]
    full = as_text(report(found, full=True))
    assert all(f"{title} (episode E1)" in full for title in ("Meet", "Visit", "Letter"))


def test_an_overdue_duty_of_several_episodes_is_one_entry() -> None:
    late: dict[str, Any] = {"status": Status.OVERDUE}
    found = asked(
        of("E1", due=at("2025-03-21T20:00:00+00:00"), **late),
        of("E1", "letter", due=at("2025-03-22T20:00:00+00:00"), **late),
        of("E2", due=at("2025-03-30T12:00:00+01:00"), **late),
    )
    assert sections(found)["OVERDUE"] == [
        "  MUST      Meet",
        "  overdue   by 1 day: it was due Sun 30 Mar 2025 12:00 BST",
        "            Police [7.22 bullet 2]",
        "  also      of episode E1 (due Fri 21 Mar 2025)",
        "  MUST      Letter (episode E1)",
        # From Sat 22 Mar 20:00 GMT to Mon 31 Mar 11:00 GMT are 8 days and 15 hours.
        "  overdue   by 8 days 15 hours: it was due Sat 22 Mar 2025 20:00 GMT",
        "            Police [7.22 bullet 2]",
    ]


def test_by_role_each_duty_stands_under_everybody_in_it() -> None:
    both = of("E2", "talk", by=People("any", (SOCIAL_CARE, POLICE)), chair=People("all", (TEAM_MANAGER,)))
    nobody = of("E2", "write", by=NOT_STATED)
    told = sections(asked(of("E2"), both, nobody), by=By.ROLE)
    del told[""]
    assert told == {
        "Children's Social Care (1 due)": [
            "  Children's Social Care or Police:",
            "  MUST      Talk, chaired by Team Manager [7.22 bullet 2]",
        ],
        "Police (2 due)": [
            "  MUST      Meet [7.22 bullet 2]",
            "  Children's Social Care or Police:",
            "  MUST      Talk, chaired by Team Manager [7.22 bullet 2]",
        ],
        "Team Manager (1 due)": [
            "  Children's Social Care or Police:",
            "  MUST      Talk, chaired by Team Manager [7.22 bullet 2]",
        ],
        "Nobody is named (1 due)": ["  MUST      Write [7.22 bullet 2]"],
    }


def test_by_status_all_that_is_due_stands_together() -> None:
    found = asked(of("E2"), of("E2", "plan"), plan=Phase.PLANNING)
    assert sections(found, by=By.STATUS)["DUE (2 due)"] == [
        "  Police:",
        "  MUST      Meet [7.22 bullet 2]",
        "  MUST      Plan [7.22 bullet 2]",
    ]


def test_an_episode_of_which_the_date_alone_is_known_has_no_time() -> None:
    away = as_text(report(asked(of("E1"), episodes=(state("E1", "2025-03-20"),)))).splitlines()
    back = as_text(report(asked(of("E1"), episodes=(state("E1", "2025-03-20", "2025-03-21T23:59:59+00:00"),))))
    assert away[2] == "Episode E1: missing since Thu 20 Mar 2025."
    assert back.splitlines()[2] == "Episode E1: missing since Thu 20 Mar 2025, back since Fri 21 Mar 2025."


@pytest.mark.parametrize("by", By)
@pytest.mark.parametrize(
    ("name", "papers"),
    [*((name, ("northamptonshire",)) for name in list(EXAMPLES)[:3]), *SEVERAL.items()],
)
def test_the_short_text_names_or_counts_every_duty(name: str, papers: tuple[str, ...], by: By) -> None:
    """Of the episode at hand and of the child all that is open and decided, what is overdue or not done of any."""
    protocols = [read_protocol(ROOT / "protocols" / f"{paper}.yaml") for paper in papers]
    now = at(EXAMPLES[name])
    found = evaluate(protocols, read_case(ROOT / "examples" / f"{name}.yaml", protocols, now), now)
    text = " ".join(as_text(report(found, by=by)).split())
    actions = [one for part_ in found.protocols for one in part_.actions]
    last = found.episodes[-1].id
    always = (Status.OVERDUE, Status.MISSED, Status.UPCOMING)
    at_hand = [o for o in actions if o.episode in (None, last) and o.status in (Status.DUE, Status.AVAILABLE)]
    assert at_hand
    assert all(o.duty.title in text for o in (*at_hand, *(o for o in actions if o.status in always)))
    # What shares a block with a duty that has a date stands there, and is not folded away.
    told = {
        id(one)
        for group in found.together
        for one in group.obligations
        if any((o.due or o.due_between) and o.status in (Status.OVERDUE, *UNSURE) for o in group.obligations)
    }
    folded = [
        o
        for o in actions
        if o.episode not in (None, last) and o.status in UNSURE and not (o.due or o.due_between) and id(o) not in told
    ]
    assert not folded or f"{len(folded)} without a date are folded away here; --full names them." in text


def edition(label: str, first: date | None = None, end: date | None = None) -> Edition:
    return Edition(label, in_force=(first, end))


def test_a_warning_for_an_edition_that_is_not_in_force() -> None:
    third, old = edition("third edition", date(2025, 4, 1)), edition("old edition", None, date(2025, 1, 1))
    warnings = (
        Warned("not_yet_in_force", "E2", "testshire", third, date(2025, 3, 28)),
        Warned("no_longer_in_force", None, "testshire", old, date(2025, 2, 1)),
    )
    lines = as_text(report(replace(asked(of("E2")), warnings=warnings))).splitlines()
    assert lines[2:6] == [
        "WARNING: third edition is not in force before Tue 1 Apr 2025; it is applied to",
        "episode E2, of Fri 28 Mar 2025.",
        "WARNING: old edition is no longer in force from Wed 1 Jan 2025 on; it is applied",
        "to what the child is owed, of Sat 1 Feb 2025.",
    ]


def test_of_several_editions_each_duty_names_its_own() -> None:
    def of_edition(label: str, one: Obligation) -> ProtocolAnswer:
        return part(one, protocol=protocol(edition=edition(label)))

    found = answer(of_edition("first", of("E2")), of_edition("second", of("E2", "visit")), episodes=(BACK,))
    text = as_text(report(found))
    assert "Meet [7.22 bullet 2, first]" in text
    assert "Visit [7.22 bullet 2, second]" in text
