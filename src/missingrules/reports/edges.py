"""Edges of numbers as a scenario file: a text that `missingrules test` reads."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Final

from missingrules.domain.case import NOT_KNOWN
from missingrules.domain.clock import Instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from missingrules.analysis.edges import Edge, Edges
    from missingrules.domain.case import Case, Episode, Event, Facts, Held, NotKnown, Record, Stamp, Value
    from missingrules.domain.clock import Clock
    from missingrules.domain.protocol import Protocol

PROPOSED: Final = "proposed; accept or correct"
# What needs no quotes in YAML, wherever it stands.
_PLAIN: Final = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*(?: \d\d:\d\d(?::\d\d)?(?: [+-]\d\d:\d\d)?)?"
)
_NAMES: Final = {"from": "missing_from"}
_GRADED: Final = ("grading", "judgement")
WIDTH: Final = 120


def edges_text(edges: Edges, protocol: Protocol) -> str:
    """The whole file."""
    lines = [
        "# Proposed by `missingrules test --boundaries`: what the rules say now at the edges of their numbers.",
        "# Work each out from the paper, then accept it (write why) or correct it (and mend the rule).",
        "format: 1",
        f"protocol: {protocol.name}",
        "scenarios:",
    ]
    names: dict[str, int] = {}
    for edge in edges.made:
        name = f"{edge.rule}, {edge.number.text}: {edge.where}"
        names[name] = names.get(name, 0) + 1
        unique = name if names[name] == 1 else f"{name} ({names[name]})"
        lines += _Written(protocol, edge).lines(unique)
    for number in edges.left:
        lines.append(f"# not made, for want of a scenario to start from: {', '.join(number.rules[:3])}: {number.text}")
    return "\n".join(lines) + "\n"


class _Written:
    """One edge, its times in days from the anchor of the scenario that it is made from."""

    def __init__(self, protocol: Protocol, edge: Edge) -> None:
        self.protocol = protocol
        self.clock: Clock = protocol.clock
        self.edge = edge
        self.anchor = edge.base.anchor or self.clock.date_of(edge.as_of)

    def lines(self, name: str) -> Iterator[str]:
        edge = self.edge
        paragraphs = ", ".join(dict.fromkeys(each.paragraph for each in edge.number.citations))
        yield f"  - name: {_quoted(name)}"
        yield f"    why: {PROPOSED}"
        yield f"    # {paragraphs}; made from {_comment(edge.base.name)}"
        yield f"    anchor: {self.anchor.isoformat()}"
        yield f"    as_of: {self._stamp(edge.as_of)}"
        if edge.base.readings:
            yield f"    readings: {_map({key: _quoted(value) for key, value in edge.base.readings.items()})}"
        if edge.base.organisation:
            yield "    organisation: true"
        yield "    case:"
        yield from (f"      {line}" for line in self._case(edge.case))
        if not edge.found:
            yield f"    absent: [{edge.rule}/{edge.subject}]"
            return
        yield "    expect:"
        for one in edge.found:
            said = {"key": _quoted(one.key.partition("/")[2]), "status": str(one.status)}
            if one.due is not None:
                said["due"] = self._stamp(one.due)
            yield f"      - {_map(said)}"

    # --- the case -----------------------------------------------------------------------------------------------------

    def _case(self, case: Case) -> Iterator[str]:
        if case.history_from is not None:
            yield f"history_from: {self._stamp(case.history_from)}"
        for name in ("child", "plan"):
            facts: Facts = getattr(case, name)
            if facts:
                yield from self._facts(name, facts)
        for name, entries in (
            ("episodes", [self._episode(each) for each in case.episodes]),
            ("events", [self._event(each) for each in case.events]),
            ("records", [self._record(each) for each in case.records]),
        ):
            if entries:
                yield f"{name}:"
                for entry in entries:
                    yield from _folded(entry)
        if case.meetings:
            held = {name: f"[{', '.join(map(self._stamp, stamps))}]" for name, stamps in case.meetings.items()}
            yield f"meetings: {_map(held)}"

    def _facts(self, name: str, facts: Facts) -> Iterator[str]:
        yield f"{name}:"
        for fact, held in facts.items():
            yield f"  {fact}: {self._held(f'{name}.{fact}', held)}"

    def _held(self, fact: str, held: tuple[Held, ...]) -> str:
        if fact == "child.date_of_birth" and isinstance(held[0].value, date):
            return self._birthday(held[0].value)
        if len(held) == 1 and held[0].start is None and held[0].end is None:
            return self._value(held[0].value)
        word = self.protocol.words.facts.get("protocol.area" if fact == "child.area" else fact)
        graded = word is not None and word.kind.value in _GRADED
        spans = []
        for each in held:
            said = {"value": self._value(each.value)}
            if each.start is not None:
                said["at" if graded else "from"] = self._stamp(each.start)
            if each.end is not None:
                said["to"] = self._stamp(each.end)
            spans.append(_map(said))
        return f"[{', '.join(spans)}]"

    def _birthday(self, born: date) -> str:
        """By the birthday nearest to the instant asked about."""
        day = self.clock.date_of(self.edge.as_of)
        if (born.month, born.day) == (2, 29):
            return born.isoformat()
        birthdays = [born.replace(year=day.year + by) for by in (-1, 0, 1)]
        nearest = min(birthdays, key=lambda each: abs((each - day).days))
        return f"turns {nearest.year - born.year} on day {(nearest - self.anchor).days}"

    def _episode(self, episode: Episode) -> dict[str, str]:
        said = {"id": _quoted(episode.id)}
        said |= {_NAMES.get(name, name): self._held(f"episode.{name}", held) for name, held in episode.facts.items()}
        for name in ("started", "last_seen", "reported", "located", "returned"):
            at: Stamp | NotKnown | None = getattr(episode, name)
            if at is not NOT_KNOWN:
                said[f"{name}_at"] = self._stamp(at)
        return said

    def _event(self, event: Event) -> dict[str, str]:
        said = {} if event.id is None else {"id": _quoted(event.id)}
        said |= {"event": event.event, "at": self._stamp(event.at)}
        if event.episode is not None:
            said["episode"] = _quoted(event.episode)
        return said | self._fields("event", event.fields)

    def _record(self, record: Record) -> dict[str, str]:
        said = {"id": _quoted(record.id), "action": record.action, "at": self._stamp(record.at)}
        for name in ("episode", "outcome", "about", "method", "answers"):
            if (value := getattr(record, name)) is not None:
                said[name] = _quoted(value)
        if record.episode is not None and record.also_of:
            said["episode"] = f"[{', '.join(map(_quoted, (record.episode, *record.also_of)))}]"
        for name in ("by", "chair", "attended", "to", "with_", "included"):
            if several := getattr(record, name):
                said[name.rstrip("_")] = f"[{', '.join(map(_quoted, several))}]"
        return said | self._fields("record", record.fields)

    def _fields(self, owner: str, fields: Mapping[str, Value | Stamp]) -> dict[str, str]:
        return {name: self._field(owner, name, value) for name, value in fields.items()}

    def _field(self, owner: str, name: str, value: Value | Stamp) -> str:
        if not isinstance(value, int):
            return self._value(value)
        word = self.protocol.words.facts.get(f"{owner}.{name}")
        # A number that large is an instant: no count of anything in a case comes near it.
        is_number = (word is not None and word.type.value == "number") or abs(value) < 1 << 20
        return str(value) if is_number else self._stamp(Instant(value))

    def _value(self, value: object) -> str:
        return self._stamp(value) if isinstance(value, date) else _quoted(str(value))

    def _stamp(self, at: object) -> str:
        """A time in days from the anchor; a date alone as a whole day."""
        if at is None:
            return "null"
        if isinstance(at, date):
            days = (at - self.anchor).days
            return f"day {days}" if abs(days) < 2000 else at.isoformat()
        assert isinstance(at, int)
        local = self.clock.local(Instant(at))
        if abs((local.date() - self.anchor).days) > 2000:
            return local.isoformat()
        day = f"day {(local.date() - self.anchor).days}"
        ending = f"{local:%H:%M:%S}".removesuffix(":00")
        if ending == "23:59:59":
            return f"end of {day}"
        twice = len(self.clock.instants(local.date(), local.time())) > 1
        return f"{day} {ending}" + (f" {local.isoformat()[19:]}" if twice else "")


def _folded(entry: Mapping[str, str]) -> Iterator[str]:
    """One entry of a list, on one line if that is short."""
    line = f"  - {_map(entry)}"
    if len(line) < WIDTH - 6:
        yield line
        return
    for number, (key, value) in enumerate(entry.items()):
        yield f"  {'-' if number == 0 else ' '} {key}: {value}"


def _map(said: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in said.items()) + "}"


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _comment(text: str) -> str:
    return " ".join(text.split())
