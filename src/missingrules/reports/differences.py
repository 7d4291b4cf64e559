"""How two protocols differ, in words: in short first, then topic by topic with both paragraphs."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from missingrules.domain.citations import NotStated
from missingrules.domain.comparisons import Aspect, Ends, Relation
from missingrules.domain.deadlines import Repeat
from missingrules.domain.people import People
from missingrules.domain.rules import Conclusion, Duty
from missingrules.domain.vocabulary import TOPICS
from missingrules.logic.situations import identity
from missingrules.reports.combinations import changes
from missingrules.reports.layout import indented
from missingrules.reports.prose import Teller
from missingrules.reports.wording import people, references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import RenderableType

    from missingrules.domain.citations import Citations
    from missingrules.domain.clock import Clock
    from missingrules.domain.combinations import CaseDiff
    from missingrules.domain.comparisons import Act, Diff, Pair, Point, Said
    from missingrules.domain.protocol import Protocol

ASPECTS: Final = {
    Aspect.APPLIES: "applies to",
    Aspect.TRIGGER: "set off",
    Aspect.DEADLINE: "by when",
    Aspect.SERIES: "how often",
    Aspect.UNTIL: "until when",
    Aspect.MODALITY: "how strongly",
    Aspect.EFFECT: "what",
    Aspect.LEVEL: "level",
    Aspect.BY: "who",
    Aspect.CHAIR: "chair",
    Aspect.RECIPIENTS: "who is told",
    Aspect.ATTENDEES: "who attends",
    Aspect.WITH: "with whom",
}
# What is told first, and of it the aspects in which a manager would look for a difference.
_SUMMED: Final = (
    "risk_floor", "reporting", "risk_assessment", "senior_notification", "notification", "strategy_meeting",
    "intervention_meeting", "return_interview", "prevention_interview", "police_review", "long_missing_review",
    "repeat_review", "plan_update", "placing_authority",
)  # fmt: skip
_TELLING: Final = (Aspect.LEVEL, Aspect.TRIGGER, Aspect.DEADLINE, Aspect.SERIES, Aspect.CHAIR, Aspect.MODALITY)
_MOST: Final = 12


class Line(NamedTuple):
    """One aspect in words: how the two stand, and what each says with its paragraphs."""

    aspect: str
    relation: str
    first: str
    second: str


class Sides:
    """Two protocols, each in its own words."""

    def __init__(self, first: Protocol, second: Protocol) -> None:
        self.first, self.second = Teller(first), Teller(second)
        self.names = _names(first, second)

    def line(self, pair: Pair, point: Point) -> Line:
        first = self.said(self.first, pair.first, point.aspect, point.first)
        second = self.said(self.second, pair.second, point.aspect, point.second)
        return Line(ASPECTS[point.aspect], self.relation(point.relation), first, second)

    def relation(self, relation: Relation) -> str:
        """Which of the two asks for more, in words."""
        first, second = self.names
        return {
            Relation.SAME: "the same",
            Relation.STRICTER: f"{first} stricter",
            Relation.LOOSER: f"{first} looser",
            Relation.DIFFERENT: "different",
            Relation.SILENT_FIRST: f"{first} silent",
            Relation.SILENT_SECOND: f"{second} silent",
        }[relation]

    def said(self, teller: Teller, act: Act, aspect: Aspect, said: Said) -> str:
        """What one side says of an aspect, under which condition, and where."""
        when = teller.condition(said.when)
        where = f"[{references(said.citations, teller.own)}]"
        text = self.value(teller, act, aspect, said)
        return f"{text}{f', where {when}' if when else ''} {where}"

    def value(self, teller: Teller, act: Act, aspect: Aspect, said: Said) -> str:
        value = said.value
        if aspect is Aspect.APPLIES:
            return f"also where {value}" if value else "nobody else"
        if aspect is Aspect.UNTIL:
            return teller.ends(value) if isinstance(value, Ends) else "not stated" if value else "it is done"
        if value is None:
            return "nothing of the kind"
        if isinstance(value, NotStated):
            return "not stated"
        if isinstance(value, People):
            return people(value) or ""
        if isinstance(value, Repeat):
            assert isinstance(act.provision, Duty)
            return teller.repeat(act.provision).strip()
        if isinstance(value, str) and aspect is not Aspect.DEADLINE:
            return value.replace("_", " ")
        if aspect is Aspect.TRIGGER:
            return teller.trigger(value)  # type: ignore[arg-type]
        return teller.deadline(value).lstrip(" ;,")  # type: ignore[arg-type]


def _names(first: Protocol, second: Protocol) -> tuple[str, str]:
    if first.name == second.name:
        return first.edition.label, second.edition.label
    return _spelt(first), _spelt(second)


def _spelt(protocol: Protocol) -> str:
    return protocol.name.replace("_", " ").capitalize()


def diff_report(found: Diff) -> RenderableType:
    """The differences: in short, then by topic; what is the same is counted alone."""
    sides = Sides(found.first, found.second)
    parts: list[RenderableType] = [Text(f"{sides.names[0]} beside {sides.names[1]}", "bold"), *_head(found, sides)]
    summary = list(in_short(found, sides))
    if summary:
        parts += [Text("\nIn short", "bold"), *(Padding(Text(each), (0, 0, 0, 2)) for each in summary)]
    for topic in TOPICS:
        parts += _topic(found, sides, topic)
    return Group(*parts)


def _head(found: Diff, sides: Sides) -> Iterator[RenderableType]:
    same = sum(pair.relation is Relation.SAME for pair in found.pairs)
    yield Text(
        f"{len(found.pairs)} provisions about the same, {same} of them alike; "
        f"{len(found.only_first)} only in {sides.names[0]}, {len(found.only_second)} only in {sides.names[1]}"
    )
    for name, teller, said in zip(
        sides.names, (sides.first, sides.second), (found.scope.first, found.scope.second), strict=True
    ):
        if said.value:
            yield Text(f"Only {name} is about a child with {said.value} [{references(said.citations, teller.own)}]")


def in_short(found: Diff, sides: Sides) -> Iterator[str]:
    """The differences that a manager would ask for first, one sentence each."""
    told = 0
    seen: set[tuple[str, str, Aspect]] = set()
    for topic in _SUMMED:
        for pair in found.pairs:
            if pair.first.provision.topic != topic:
                continue
            for point in pair.points:
                key = topic, what(pair.first), point.aspect
                ranked = point.relation in (Relation.STRICTER, Relation.LOOSER)
                if point.aspect in _TELLING and ranked and key not in seen and told < _MOST:
                    told += 1
                    seen.add(key)
                    line = sides.line(pair, point)
                    first, second = sides.names
                    yield f"{pair.first.provision.title} ({line.aspect}): {first} {line.first}; {second} {line.second}"


def _topic(found: Diff, sides: Sides, topic: str) -> Iterator[RenderableType]:
    pairs = [pair for pair in found.pairs if pair.first.provision.topic == topic and pair.relation is not Relation.SAME]
    alike = sum(pair.first.provision.topic == topic for pair in found.pairs) - len(pairs)
    alone = [
        (name, teller, [act for act in acts if act.provision.topic == topic])
        for name, teller, acts in (
            (sides.names[0], sides.first, found.only_first),
            (sides.names[1], sides.second, found.only_second),
        )
    ]
    if not pairs and not alike and not any(acts for _, _, acts in alone):
        return
    yield Text(f"\n{topic.replace('_', ' ').capitalize()}: {TOPICS[topic]}", "bold")
    silent = [name for name, _, acts in alone if not acts]
    if not pairs and not alike and len(silent) == 1:
        yield Padding(Text(f"{silent[0]} says nothing of it"), (0, 0, 0, 2))
    if alike:
        yield Padding(Text(f"{alike} alike"), (0, 0, 0, 2))
    for pair in pairs:
        yield Padding(Group(*_pair(pair, sides)), (0, 0, 0, 2))
    for name, teller, acts in alone:
        if acts:
            yield Padding(Text(f"only in {name}", "dim"), (0, 0, 0, 2))
            lines = [f"{act.provision.title} [{references(act.provision.citations, teller.own)}]" for act in acts]
            yield Padding(Group(*(Text(f"- {line}") for line in lines)), (0, 0, 0, 4))


def _pair(pair: Pair, sides: Sides) -> Iterator[RenderableType]:
    first, second = pair.first.provision, pair.second.provision
    yield Text(f"{sides.names[0]}: {first.title}", "bold")
    yield Text(f"{sides.names[1]}: {second.title}", "bold")
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=12)
    table.add_column(ratio=1)
    lines = [sides.line(pair, point) for point in unlike(pair.points)]
    for (aspect, relation), several in groupby(lines, key=lambda line: (line.aspect, line.relation)):
        table.add_row(Text(aspect, "dim"), Text(relation))
        told: list[str] = []
        for line in several:
            told += [f"{sides.names[0]}: {line.first}", f"{sides.names[1]}: {line.second}"]
        # Of rows beside one thing, that is told once.
        for text in dict.fromkeys(told):
            table.add_row("", Text(text))
    yield Padding(table, (0, 0, 0, 2))


def editions_report(found: Sequence[CaseDiff], clock: Clock) -> RenderableType:
    """Case by case which duties another edition changes; of cases in which nothing does, only how many they are."""
    parts: list[RenderableType] = []
    changing = [(one.case, one.differences) for one in found if changes(one.differences, clock)]
    for case, differences in changing:
        parts += [Text(f"\nCase {case}", "bold"), indented(changes(differences, clock))]
    cases = "1 case" if len(found) == 1 else f"{len(found)} cases"
    return Group(*parts, Text(f"\n{cases}: {len(changing) or 'none'} with duties that change"))


def diff_json(found: Diff) -> str:
    """The differences as data: every pair with all its aspects, and what only one of the two has."""
    sides = Sides(found.first, found.second)
    said = {
        "format": 1,
        "first": _named(found.first),
        "second": _named(found.second),
        "scope": [found.scope.first.value, found.scope.second.value],
        "in_short": list(in_short(found, sides)),
        "pairs": [
            {
                "topic": pair.first.provision.topic,
                "what": what(pair.first),
                "relation": pair.relation,
                "first": _provision(pair.first),
                "second": _provision(pair.second),
                "aspects": [
                    {
                        "aspect": point.aspect,
                        "relation": point.relation,
                        "first": _told(sides.first, pair.first, point.aspect, point.first, sides),
                        "second": _told(sides.second, pair.second, point.aspect, point.second, sides),
                    }
                    for point in pair.points
                ],
            }
            for pair in found.pairs
        ],
        "only_first": [_provision(act) for act in found.only_first],
        "only_second": [_provision(act) for act in found.only_second],
    }
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def _named(protocol: Protocol) -> dict[str, str]:
    return {
        "name": protocol.name,
        "title": protocol.title,
        "edition": protocol.edition.label,
        "fingerprint": protocol.fingerprint,
    }


def _provision(act: Act) -> dict[str, object]:
    provision = act.provision
    return {
        "rule": identity(provision),
        "topic": provision.topic,
        "what": what(act),
        "title": provision.title,
        "citations": _cited(provision.citations),
    }


def _told(teller: Teller, act: Act, aspect: Aspect, said: Said, sides: Sides) -> dict[str, object]:
    return {
        "says": sides.value(teller, act, aspect, said),
        "where": teller.condition(said.when) or None,
        "citations": _cited(said.citations),
    }


def _cited(citations: Citations) -> list[dict[str, str]]:
    once = dict.fromkeys((one.document, one.paragraph, one.heading) for one in citations)
    return [{"document": document, "paragraph": paragraph, "heading": heading} for document, paragraph, heading in once]


def unlike(points: Sequence[Point]) -> Iterable[Point]:
    return [point for point in points if point.relation is not Relation.SAME]


def what(act: Act) -> str:
    """The act, or the fact that is concluded, by its shared name."""
    provision = act.provision
    return provision.fact if isinstance(provision, Conclusion) else provision.action
