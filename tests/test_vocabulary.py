"""The shared words of the five protocols: nothing under two names, and a page that says what areas call them.

`python -m tests.test_vocabulary` writes the tables of docs/vocabulary.md anew.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from missingrules.domain.rules import Duty, Prohibition
from missingrules.domain.triggers import FirstOf, OnRecord
from missingrules.domain.vocabulary import ACTIONS, ACTIONS_BY_TOPIC, AGENCIES, EVENTS, FACTS, TOPICS
from missingrules.reading.protocols import read_protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from missingrules.domain.protocol import Protocol, Words

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "vocabulary.md"
FILES: Final = sorted((ROOT / "protocols").glob("*.yaml"))
SHARED: Final[Mapping[str, Mapping[str, object]]] = {"facts": FACTS, "actions": ACTIONS, "events": EVENTS}


@cache
def protocols() -> tuple[Protocol, ...]:
    return tuple(read_protocol(path) for path in FILES)


def own(words: Words, section: str) -> set[str]:
    """The names that a protocol adds to the shared ones."""
    return set(getattr(words, section)) - set(SHARED[section])


def used(protocol: Protocol) -> Iterator[str]:
    """The actions that its rules ask for, forbid or wait for, under any reading."""
    for family in protocol.families:
        for provision in (each for variant in family.variants.values() for each in variant):
            if isinstance(provision, Prohibition):
                yield provision.action
            elif isinstance(provision, Duty):
                yield provision.action
                triggers = (
                    provision.trigger.triggers if isinstance(provision.trigger, FirstOf) else (provision.trigger,)
                )
                yield from (part.action for part in (*triggers, *provision.until) if isinstance(part, OnRecord))


@pytest.mark.parametrize("section", SHARED)
def test_no_word_is_defined_by_two_protocols(section: str) -> None:
    counted = Counter(name for protocol in protocols() for name in own(protocol.words, section))
    assert [name for name, times in counted.items() if times > 1] == []


def test_no_two_words_mean_the_same() -> None:
    """As far as their one line of meaning tells."""
    for section, text in (("facts", "ask"), ("actions", "meaning"), ("events", "meaning")):
        said: dict[str, set[str]] = {}
        for protocol in protocols():
            for name, word in getattr(protocol.words, section).items():
                meant = re.sub(r"\W+", " ", getattr(word, text).lower()).strip()
                said.setdefault(meant, set()).add(name)
        # The age is asked for by the date of birth, and what is recorded of the risk is worked out.
        twice = [names for names in said.values() if len(names) > 1 and names != {"child.date_of_birth", "child.age"}]
        assert twice == []


def test_no_act_of_one_area_goes_by_a_name_that_is_all_but_a_shared_one() -> None:
    for protocol in protocols():
        for name in own(protocol.words, "actions"):
            near = difflib.get_close_matches(name, ACTIONS, n=3, cutoff=0.9)
            same = [other for other in ACTIONS if sorted(other.split("_")) == sorted(name.split("_"))]
            assert [*near, *same] == [], f"{protocol.name}: {name}"


def test_every_role_has_an_agency_and_the_same_one_wherever_it_acts() -> None:
    found: dict[str, set[str | None]] = {}
    for protocol in protocols():
        for role in protocol.roles.values():
            found.setdefault(role.name, set()).add(role.agency)
    assert {agency for each in found.values() for agency in each} <= set(AGENCIES)
    assert {name: each for name, each in found.items() if len(each) > 1} == {}


def test_a_role_stands_on_one_rung() -> None:
    found: dict[str, set[str]] = {}
    for protocol in protocols():
        for role in protocol.roles.values():
            if role.grade is not None:
                found.setdefault(role.name, set()).add(role.grade)
    assert {name: grades for name, grades in found.items() if len(grades) > 1} == {}


def test_what_an_area_calls_an_act_is_of_a_shared_act_that_it_asks_for() -> None:
    for protocol in protocols():
        assert set(protocol.called) - set(ACTIONS) == set(), protocol.name
        assert set(protocol.called) - set(used(protocol)) == set(), protocol.name


def test_every_shared_act_stands_once_under_a_shared_topic() -> None:
    assert set(ACTIONS_BY_TOPIC) <= set(TOPICS)
    assert len(ACTIONS) == sum(map(len, ACTIONS_BY_TOPIC.values()))


def tables() -> str:
    """Of each topic the shared acts and what each area calls them, as Markdown."""
    asked = {protocol.name: set(used(protocol)) for protocol in protocols()}
    titles = [protocol.authority.partition(" ")[0] for protocol in protocols()]
    head = f"| | {' | '.join(titles)} |\n|---|{'---|' * len(titles)}\n"
    out = []
    for topic, acts in ACTIONS_BY_TOPIC.items():
        rows = []
        for act in acts:
            cells = [
                protocol.called.get(act.name, "yes") if act.name in asked[protocol.name] else ""
                for protocol in protocols()
            ]
            rows.append(f"| `{act.name}`: {act.meaning} | {' | '.join(cells)} |\n")
        out.append(f"### {topic}\n\n{TOPICS[topic]}\n\n{head}{''.join(rows)}")
    agencies = "".join(f"| `{name}` | {meaning} |\n" for name, meaning in AGENCIES.items())
    out.append(f"### agencies\n\n| | |\n|---|---|\n{agencies}")
    topics = "".join(f"| `{name}` | {meaning} |\n" for name, meaning in TOPICS.items())
    out.append(f"### topics\n\n| | |\n|---|---|\n{topics}")
    fields = {
        name: ", ".join(f"`{field}` ({type_})" for field, type_ in e.fields.items()) for name, e in EVENTS.items()
    }
    events = "".join(f"| `{name}` | {each.meaning} | {fields[name]} |\n" for name, each in EVENTS.items())
    out.append(f"### events\n\n| | | fields |\n|---|---|---|\n{events}")
    facts = "".join(
        f"| `{each.name}` | {', '.join(each.values) or str(each.type)} | {each.ask} |\n" for each in FACTS.values()
    )
    return "\n".join([*out, f"### facts\n\n| | | what is asked |\n|---|---|---|\n{facts}"])


MARK: Final = "<!-- made by python -m tests.test_vocabulary -->\n\n"


def test_the_page_shows_every_shared_act_and_what_areas_call_it() -> None:
    assert PAGE.read_text(encoding="utf-8").partition(MARK)[2] == tables()


if __name__ == "__main__":
    PAGE.write_text(PAGE.read_text(encoding="utf-8").partition(MARK)[0] + MARK + tables(), encoding="utf-8")
