"""A case written out as YAML that `evaluate` and `test` read."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Final

from missingrules.domain.case import NOT_KNOWN
from missingrules.domain.clock import Instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from missingrules.domain.case import Case, Episode, Event, Facts, Held, NotKnown, Record, Stamp, Value
    from missingrules.domain.clock import Clock
    from missingrules.domain.vocabulary import FactWord

# What needs no quotes in YAML, wherever it stands.
_PLAIN: Final = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*(?: \d\d:\d\d(?::\d\d)?(?: [+-]\d\d:\d\d)?)?"
)
_NAMES: Final = {"from": "missing_from"}
_GRADED: Final = ("grading", "judgement")
WIDTH: Final = 120


class CaseWriter:
    """Writes cases, their times in days from an anchor, or written out where there is none.

    `near`: a date of birth is told by the birthday nearest to this instant.
    """

    def __init__(self, facts: Mapping[str, FactWord], clock: Clock, anchor: date | None, near: Instant) -> None:
        self.facts = facts
        self.clock = clock
        self.anchor = anchor
        self.near = near

    def lines(self, case: Case) -> Iterator[str]:
        if case.history_from is not None:
            yield f"history_from: {self.stamp(case.history_from)}"
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
            held = {name: f"[{', '.join(map(self.stamp, stamps))}]" for name, stamps in case.meetings.items()}
            yield f"meetings: {in_braces(held)}"

    def _facts(self, name: str, facts: Facts) -> Iterator[str]:
        yield f"{name}:"
        for fact, held in facts.items():
            yield f"  {fact}: {self._held(f'{name}.{fact}', held)}"

    def _held(self, fact: str, held: tuple[Held, ...]) -> str:
        if fact == "child.date_of_birth" and isinstance(held[0].value, date):
            return self._birthday(held[0].value)
        if len(held) == 1 and held[0].start is None and held[0].end is None:
            return self._value(held[0].value)
        word = self.facts.get("protocol.area" if fact == "child.area" else fact)
        graded = word is not None and word.kind.value in _GRADED
        spans = []
        for each in held:
            said = {"value": self._value(each.value)}
            if each.start is not None:
                said["at" if graded else "from"] = self.stamp(each.start)
            if each.end is not None:
                said["to"] = self.stamp(each.end)
            spans.append(in_braces(said))
        return f"[{', '.join(spans)}]"

    def _birthday(self, born: date) -> str:
        """By the birthday nearest to the instant asked about."""
        if self.anchor is None:
            return born.isoformat()
        day = self.clock.date_of(self.near)
        if (born.month, born.day) == (2, 29):
            return born.isoformat()
        birthdays = [born.replace(year=day.year + by) for by in (-1, 0, 1)]
        nearest = min(birthdays, key=lambda each: abs((each - day).days))
        return f"turns {nearest.year - born.year} on day {(nearest - self.anchor).days}"

    def _episode(self, episode: Episode) -> dict[str, str]:
        said = {"id": quoted(episode.id)}
        said |= {_NAMES.get(name, name): self._held(f"episode.{name}", held) for name, held in episode.facts.items()}
        for name in ("started", "last_seen", "reported", "located", "returned"):
            at: Stamp | NotKnown | None = getattr(episode, name)
            if at is not NOT_KNOWN:
                said[f"{name}_at"] = self.stamp(at)
        return said

    def _event(self, event: Event) -> dict[str, str]:
        said = {} if event.id is None else {"id": quoted(event.id)}
        said |= {"event": event.event, "at": self.stamp(event.at)}
        if event.episode is not None:
            said["episode"] = quoted(event.episode)
        return said | self._fields("event", event.fields)

    def _record(self, record: Record) -> dict[str, str]:
        said = {"id": quoted(record.id), "action": record.action, "at": self.stamp(record.at)}
        for name in ("episode", "outcome", "about", "method", "answers"):
            if (value := getattr(record, name)) is not None:
                said[name] = quoted(value)
        if record.episode is not None and record.also_of:
            said["episode"] = f"[{', '.join(map(quoted, (record.episode, *record.also_of)))}]"
        for name in ("by", "chair", "attended", "to", "with_", "included"):
            if several := getattr(record, name):
                said[name.rstrip("_")] = f"[{', '.join(map(quoted, several))}]"
        return said | self._fields("record", record.fields)

    def _fields(self, owner: str, fields: Mapping[str, Value | Stamp]) -> dict[str, str]:
        return {name: self._field(owner, name, value) for name, value in fields.items()}

    def _field(self, owner: str, name: str, value: Value | Stamp) -> str:
        if not isinstance(value, int):
            return self._value(value)
        word = self.facts.get(f"{owner}.{name}")
        # A number that large is an instant: no count of anything in a case comes near it.
        is_number = (word is not None and word.type.value == "number") or abs(value) < 1 << 20
        return str(value) if is_number else self.stamp(Instant(value))

    def _value(self, value: object) -> str:
        return self.stamp(value) if isinstance(value, date) else quoted(str(value))

    def stamp(self, at: object) -> str:
        """A time in days from the anchor; a date alone as a whole day."""
        if at is None:
            return "null"
        if self.anchor is None:
            return at.isoformat() if isinstance(at, date) else self.clock.local(Instant(int(str(at)))).isoformat()
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
    line = f"  - {in_braces(entry)}"
    if len(line) < WIDTH - 6:
        yield line
        return
    for number, (key, value) in enumerate(entry.items()):
        yield f"  {'-' if number == 0 else ' '} {key}: {value}"


def in_braces(said: Mapping[str, str]) -> str:
    """A map on one line."""
    return "{" + ", ".join(f"{key}: {value}" for key, value in said.items()) + "}"


def quoted(text: str) -> str:
    """The text in quotes where YAML would take it for something else."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
