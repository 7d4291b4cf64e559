from __future__ import annotations

import json
from datetime import date

from missingrules.domain.answers import Ahead, Warned
from missingrules.domain.citations import Edition
from missingrules.domain.clock import FOREVER, calendar_version
from missingrules.domain.obligations import Undecided
from missingrules.domain.people import People
from missingrules.interface.rendering import result_of, to_json
from missingrules.interface.result import Result
from missingrules.interface.shared import library_version
from missingrules.reports.text import as_text, report
from tests.answers import MASH, POLICE, SOCIAL_CARE, answer, duty, full, obligation, part, protocol


def test_what_is_written_is_valid_by_the_published_models() -> None:
    text = to_json(result_of(full()))
    assert to_json(Result.model_validate_json(text)) == text


def test_the_short_way_to_json_gives_the_same() -> None:
    assert to_json(full()) == to_json(result_of(full()))


def test_the_same_answer_is_the_same_text() -> None:
    assert to_json(result_of(full())) == to_json(result_of(full()))


def test_an_action_by_hand() -> None:
    result = json.loads(to_json(result_of(full())))
    assert [one["key"] for one in result["actions"]].index("testshire/strategy-meeting/E1/1") == 2
    assert result["actions"][2] == {
        "key": "testshire/strategy-meeting/E1/1",
        "rule": "strategy-meeting",
        "item": None,
        "protocol": "testshire",
        "edition": "third edition",
        "action": "strategy_meeting",
        "called": None,
        "topic": "strategy_meeting",
        "title": "Hold a strategy meeting",
        "effect": "require",
        "modality": "must",
        "about": None,
        "method": None,
        "subject": "E1",
        "episode": "E1",
        "occurrence": "1",
        "triggered_at": "2025-03-29T22:30:00+00:00",
        "due": "2025-03-31T23:30:00+01:00",
        "due_between": None,
        "aim": None,
        "earlier_if": None,
        "due_basis": "72 hours from started",
        "status": "due",
        "phase": "now",
        "by": {
            "undecided": [
                {
                    "role": "childrens_social_care",
                    "title": "Children's Social Care",
                    "grade": None,
                    "agency": "childrens_social_care",
                },
                {"role": "mash", "title": "Multi-Agency Safeguarding Hub", "grade": None, "agency": "partnership"},
            ]
        },
        "chair": {
            "undecided": [
                {
                    "role": "team_manager",
                    "title": "Team Manager",
                    "grade": "team_manager",
                    "agency": "childrens_social_care",
                },
                {
                    "role": "mash_decision_maker",
                    "title": "MASH Decision Maker",
                    "grade": "team_manager",
                    "agency": "partnership",
                },
            ]
        },
        "recipients": [],
        "attendees": [
            {"role": "police", "title": "Police", "grade": None, "agency": "police"},
            {"role": "parents", "title": "Parents", "grade": None, "agency": "family"},
        ],
        "with": [],
        "done_at": None,
        "done_by_records": [],
        "ended_at": None,
        "differences": [],
        "citations": [
            {
                "document": "testshire",
                "paragraph": "7.22 bullet 2",
                "heading": "Strategy meetings",
                "supports": supports,
            }
            for supports in ("duty", "deadline")
        ],
        "because": [{"fact": "episode.started", "value": "2025-03-28T22:30:00+00:00", "source": "E1"}],
        "readings": [{"id": "who-chairs", "option": "team-manager", "otherwise": "chaired by a practice manager"}],
        "conventions": [],
        "notes": [],
        "replaces": [],
    }


def test_what_the_area_calls_it_stands_beside_the_shared_word() -> None:
    named = protocol(called={"strategy_meeting": "Missing Children Meeting"})
    result = result_of(answer(part(obligation(), obligation(duty("call", action="notify")), protocol=named)))
    assert [(one.action, one.called) for one in result.actions] == [
        ("notify", None),
        ("strategy_meeting", "Missing Children Meeting"),
    ]


def test_the_head_by_hand() -> None:
    result = json.loads(to_json(result_of(full())))
    assert list(result) == [
        "format", "case", "as_of", "valid_until", "horizon_days", "protocols", "applies", "warnings", "library",
        "receipt", "actions", "together", "conclusions", "forbidden", "conflicts", "ambiguities", "questions", "next",
    ]  # fmt: skip
    assert result["as_of"] == "2025-03-31T12:00:00+01:00"
    assert result["valid_until"] == "2025-03-31T23:30:00+01:00"
    assert result["library"] == {"version": library_version(), "calendar": calendar_version()}
    assert result["protocols"] == [
        {
            "name": "testshire",
            "title": "Testshire Missing Children Protocol",
            "edition": "third edition",
            "in_force": None,
            "published": "2024-01",
            "checked": None,
            "fingerprint": "sha256:0000",
            "stands_on": [],
            "replaced": [],
        }
    ]
    assert [(one["if"], one["then"]) for one in result["next"]] == [
        ("one more episode by 2025-06-11", "Hold the return interview"),
        ("still missing on 2025-07-01", "Bring the plan up to date"),
    ]
    assert result["ambiguities"][0]["would_add"] == ["testshire/meeting/E0/1"]


def test_phases() -> None:
    phases = {one["rule"]: one["phase"] for one in json.loads(to_json(result_of(full())))["actions"]}
    assert (phases.pop("return-interview"), phases.pop("plan")) == ("on_return", "planning")
    assert set(phases.values()) == {"now"}


def test_an_edition_out_of_force() -> None:
    edition = Edition("third edition", in_force=(date(2025, 4, 1), None))
    warned = Warned("not_yet_in_force", "E1", "testshire", edition, date(2025, 3, 28))
    result = json.loads(to_json(result_of(answer(part(protocol=protocol(edition=edition)), warnings=(warned,)))))
    assert result["protocols"][0]["in_force"] == {"from": "2025-04-01", "to": None}
    assert result["warnings"] == [
        {
            "what": "not_yet_in_force",
            "episode": "E1",
            "protocol": "testshire",
            "edition": "third edition",
            "in_force": {"from": "2025-04-01", "to": None},
            "on": "2025-03-28",
        }
    ]


def test_people_in_every_shape() -> None:
    by_key = {one["rule"]: one for one in json.loads(to_json(result_of(full())))["actions"]}
    parents = {"role": "parents", "title": "Parents", "grade": None, "agency": "family"}
    assert by_key["tell-director"]["by"] == "not_stated"
    assert by_key["tell-director"]["chair"] is None
    assert by_key["tell-director"]["item"] == "call"
    assert [one["role"] for one in by_key["tell-director"]["recipients"]["any"]] == [
        "assistant_director",
        "team_manager",
    ]
    assert by_key["press"]["by"] == {"other_than": [parents]}
    assert [one["role"] for one in by_key["press"]["with"]] == ["police"]


def test_undecided_people_keep_who_belongs_together() -> None:
    both = obligation(by=Undecided((People("all", (SOCIAL_CARE, POLICE)), People("any", (MASH, POLICE))), silent=True))
    made = json.loads(to_json(result_of(answer(part(both)))))["actions"][0]["by"]["undecided"]
    assert [list(one) if isinstance(one, dict) else one for one in made] == [["all"], ["any"], "not_stated"]


def test_two_protocols_in_one_order() -> None:
    sooner, later = obligation(), obligation(key="other/strategy-meeting/E1/1", due=None)
    result = result_of(answer(part(later, protocol=protocol("other")), part(sooner)))
    assert [one.key for one in result.actions] == ["testshire/strategy-meeting/E1/1", "other/strategy-meeting/E1/1"]


def test_a_threshold_without_a_last_date() -> None:
    ahead = Ahead("episodes", 3, FOREVER, "child", duty(), ())
    (one,) = result_of(answer(part(ahead=(ahead,)))).next
    assert (one.if_, one.at) == ("3 more episodes", None)
    assert "  if        3 more episodes\n" in as_text(report(answer(part(ahead=(ahead,)))))
