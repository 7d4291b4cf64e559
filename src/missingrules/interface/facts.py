"""Facts as a case writes them -> values and when they held."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from missingrules.domain.case import Held
from missingrules.domain.clock import BEFORE_ALL, FOREVER, Length
from missingrules.domain.diagnostics import did_you_mean
from missingrules.domain.vocabulary import FactKind, FactType
from missingrules.interface.case import DatedGrading, DatedStatus
from missingrules.interface.findings import NOT_THERE, shown
from missingrules.interface.leaves import is_nothing, read_date, read_stamp, read_text, to_domain, wrong

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from missingrules.domain.case import Facts, Stamp, Value
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.vocabulary import FactWord
    from missingrules.interface.findings import Findings, Path
    from missingrules.interface.words import CaseWords

_TRUTHS: Final = {"true": "true", "yes": "true", "false": "false", "no": "false"}
_OWNERS: Final = {"child": "the child", "plan": "the plan", "episode": "an episode"}
_NUMBER = re.compile(r"-?\d{1,9}")
# What to write instead of a fact that is worked out.
_INSTEAD: Final = {"child.age": "leave it out, and give date_of_birth", "episode.risk.recorded": "write risk"}
_FROM_TIMES: Final = "leave it out: it follows from the times of the episodes"


def first_of(stamp: Stamp, clock: Clock) -> Instant:
    """The first second that the stamp can stand for."""
    return stamp if isinstance(stamp, int) else clock.midnight(stamp)


def last_of(stamp: Stamp, clock: Clock) -> Instant:
    return stamp if isinstance(stamp, int) else clock.end_of(stamp)


def read_value(type_: FactType, values: tuple[str, ...], value: object) -> Value | Stamp:
    """One value of a type; raises what `leaves.wrong` raises."""
    match type_:
        case FactType.YES_NO:
            return _truth(value)
        case FactType.CHOICE | FactType.SCALE:
            return _choice(value, values)
        case FactType.NUMBER:
            return _number(value)
        case FactType.LENGTH:
            length = value if isinstance(value, Length) else Length.parse(value) if isinstance(value, str) else None
            if length is None:
                wrong("bad-value", "a length of time is wanted here", "write it as 24 hours, 5 working days or 1 month")
            return length
        case FactType.DATE:
            return read_date(value)
        case FactType.INSTANT:
            return to_domain(read_stamp(value))
        case FactType.TEXT:
            return read_text(value)


def _truth(value: object) -> str:
    word = ("true" if value else "false") if isinstance(value, bool) else value
    if not isinstance(word, str) or word not in _TRUTHS:
        wrong("bad-value", "true or false is wanted here", "write true or false; leave the key out if it is not known")
    return _TRUTHS[word]


def _choice(value: object, values: tuple[str, ...]) -> str:
    # YAML's bare `true` may be a value of a choice; a Python caller's True is not.
    if not isinstance(value, str) or (values and value not in values):
        hint = f"the values are {', '.join(values)}"
        near = did_you_mean(value, values) if isinstance(value, str) else None
        wrong("bad-value", "this is not one of the values of this fact", f"{near} {hint}" if near else hint)
    return value


def _number(value: object) -> int:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        wrong("bad-value", "a whole number is wanted here", "write it in figures")
    return value


class FactReader:
    """Reads the facts of one case. A fact given as null or nothing is one not given."""

    def __init__(self, words: CaseWords, clock: Clock, findings: Findings) -> None:
        self.words = words
        self.clock = clock
        self.findings = findings

    def read_all(self, prefix: str, raw: Mapping[str, object], names: Mapping[str, str], path: Path) -> Facts:
        """The facts among the keys of `raw`, by name without prefix.

        `names` has the keys whose fact is called otherwise, and with "" those that are no facts.
        """
        facts: dict[str, tuple[Held, ...]] = {}
        renamed = {name.partition(".")[2]: key for key, name in names.items() if name}
        for key, value in raw.items():
            name = names.get(key, f"{prefix}.{key}")
            if not name:
                continue
            here = (*path, key)
            word = self.words.facts.get(name) if renamed.get(key, key) == key else None
            if word is None:
                self._refuse_name(prefix, key, names, renamed, here)
            elif word.built_in:
                message = f"{shown(key)} is worked out from the rest of the case"
                self.findings.add("built-in-fact", message, here, _INSTEAD.get(name, _FROM_TIMES), key=True)
            elif name in self.words.clashing:
                message = f"two of the protocols mean different things by {shown(key)}"
                self.findings.add("clashing-fact", message, here, "evaluate the protocols one by one", key=True)
            elif held := self.read(word, value, here):
                facts[name.partition(".")[2]] = held
        return MappingProxyType(facts)

    def _refuse_name(
        self, prefix: str, key: str, names: Mapping[str, str], renamed: Mapping[str, str], path: Path
    ) -> None:
        start = f"{prefix}."
        known = {
            name.removeprefix(start)
            for name, word in self.words.facts.items()
            if name.startswith(start) and not word.built_in
        }
        options = sorted((known - renamed.keys()) | names.keys())
        hint = f"write {renamed[key]}" if key in renamed else NOT_THERE
        near = None if key in renamed else (key, options)
        self.findings.add(
            "unknown-fact",
            f"no fact or key of {_OWNERS[prefix]} is named {shown(key)}",
            path,
            hint,
            key=True,
            near=near,
        )

    def read(self, word: FactWord, value: object, path: Path) -> tuple[Held, ...]:
        """A bare value, or dated values in the order of their start."""
        if is_nothing(value):
            return ()
        if isinstance(value, dict):
            hint = "put square brackets around it, or a dash before it"
            self.findings.add("wrong-shape", "dated values stand in a list", path, hint)
            return ()
        if not isinstance(value, list | tuple):
            return tuple(self._held(word, value, path))
        if word.kind is FactKind.TIMELESS:
            message = "this fact holds always, so it has no dates"
            self.findings.add("timeless-fact", message, path, "write its value alone")
            return ()
        if word.kind is FactKind.STATUS:
            return self._spans(word, value, path)
        return self._gradings(word, value, path)

    def _held(
        self, word: FactWord, value: object, path: Path, start: Stamp | None = None, end: Stamp | None = None
    ) -> Iterable[Held]:
        if is_nothing(value):
            hint = "leave out the time for which it is not known"
            self.findings.add("bad-value", "a dated value cannot be empty", path, hint)
            return
        read = self.findings.leaf(lambda raw: read_value(word.type, word.values, raw), value, path)
        if read is not None:
            yield Held(read, start, end)

    def _spans(self, word: FactWord, items: Iterable[object], path: Path) -> tuple[Held, ...]:
        spans: list[tuple[Held, Path]] = []
        for index, item in enumerate(items):
            here = (*path, index)
            dated = self.findings.model(DatedStatus, item, here)
            if dated is None:
                continue
            start = None if dated.from_ is None else to_domain(dated.from_)
            end = None if dated.to is None else to_domain(dated.to)
            if start is not None and end is not None and self._first(end) <= self._first(start):
                hint = "`to` is the first day, or the instant, at which it no longer held"
                message = "this span ends no later than it begins"
                self.findings.add("span-ends-before-start", message, (*here, "to"), hint)
                continue
            spans += [(held, here) for held in self._held(word, dated.value, (*here, "value"), start, end)]
        spans.sort(key=lambda span: (*self._ends(span[0]), str(span[0].value)))
        self._refuse_overlaps(spans)
        return tuple(held for held, _ in spans)

    def _first(self, stamp: Stamp) -> Instant:
        return first_of(stamp, self.clock)

    def _ends(self, held: Held) -> tuple[Instant, Instant]:
        return (
            BEFORE_ALL if held.start is None else self._first(held.start),
            FOREVER if held.end is None else self._first(held.end),
        )

    def _refuse_overlaps(self, spans: Iterable[tuple[Held, Path]]) -> None:
        """Two spans that differ and share a second, in the order of their start.

        The latest end so far, and the latest of any other value, are all that has to be remembered.
        """
        latest: tuple[Instant, Value | None] = (BEFORE_ALL, None)
        other = latest
        for held, path in spans:
            start, end = self._ends(held)
            rival = other if held.value == latest[1] else latest
            if rival[1] is not None and rival[0] > start:
                hint = "let the earlier span end (`to`) where this one begins (`from`)"
                self.findings.add("spans-overlap", "another value of this fact holds at the same time", path, hint)
            if held.value == latest[1]:
                latest = (max(latest[0], end), held.value)
            elif end > latest[0]:
                latest, other = (end, held.value), latest
            elif end > other[0]:
                other = (end, held.value)

    def _gradings(self, word: FactWord, items: Iterable[object], path: Path) -> tuple[Held, ...]:
        graded: list[tuple[Instant, Instant, Held]] = []
        seen: set[Stamp] = set()
        for index, item in enumerate(items):
            here = (*path, index)
            dated = self.findings.model(DatedGrading, item, here)
            if dated is None:
                continue
            at = to_domain(dated.at)
            if at in seen:
                hint = "keep the grading that held, or give each its own second"
                self.findings.add("gradings-at-once", "this fact is graded twice at one instant", (*here, "at"), hint)
            seen.add(at)
            bounds = self._first(at), last_of(at, self.clock)
            graded += [(*bounds, held) for held in self._held(word, dated.value, (*here, "value"), at)]
        graded.sort(key=lambda one: one[:2])
        return tuple(held for *_, held in graded)
