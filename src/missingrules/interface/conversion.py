"""A case as it was written -> `domain.case.Case`, with every mistake found on the way."""

from __future__ import annotations

import difflib
import functools
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeVar

from missingrules.domain.case import NOT_KNOWN, Case, Episode, Event, Record, no_facts
from missingrules.domain.clock import Clock
from missingrules.domain.diagnostics import InvalidInput
from missingrules.domain.logs import timed
from missingrules.domain.vocabulary import FactType
from missingrules.interface.case import CaseFile, EpisodeEntry, EventEntry, RecordEntry, is_format_one
from missingrules.interface.facts import FactReader, read_value
from missingrules.interface.findings import (
    HOW_LIST,
    HOW_NAMES,
    IN_BRACKETS,
    NOT_THERE,
    WANTS_LIST,
    WANTS_NAMES,
    Findings,
    nowhere,
    shown,
)
from missingrules.interface.leaves import is_nothing, to_domain
from missingrules.interface.order import check_birth, check_order
from missingrules.interface.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from missingrules.domain.case import NotKnown, Stamp, Value
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.vocabulary import FactWord
    from missingrules.interface.findings import Path, Place
    from missingrules.interface.words import CaseWords

E = TypeVar("E", EpisodeEntry, EventEntry, RecordEntry)

# Nearer than this to a role of the protocols, a word is taken for a slip; other agencies' roles are free.
_SLIP: Final = 0.9

_EPISODE_KEYS: Final = ("id", "started_at", "returned_at", "located_at", "reported_at", "last_seen_at")
HOW_EPISODE: Final = "name the id of an episode of this case"
_PARTS: Final = ("child", "plan", "episodes", "events", "records")
_NO_NAMES: Final[MappingProxyType[str, str]] = MappingProxyType({})
_CHILD_NAMES: Final = MappingProxyType({"area": "protocol.area"})
_EPISODE_NAMES: Final = MappingProxyType({**dict.fromkeys(_EPISODE_KEYS, ""), "missing_from": "episode.from"})


def case_of(
    data: object,
    protocols: Sequence[Protocol] = (),
    as_of: Instant | None = None,
) -> Case:
    """The case in `data`: a `CaseFile`, or plain data (str, int, bool, list, dict, dates) of its shape.

    Names are checked against the words of `protocols`, or the shared vocabulary if there are none. Times have whole
    seconds and an offset, or are dates alone. With `as_of`, in seconds since 1970 UTC, a date of birth after it is
    refused.

    Raises `InvalidInput` with every mistake (the first 100) and its path in the data: what a case can have wrong
    (docs/codes.md, Cases).
    Source: docs/case-and-result.md, Case; schemas/case.schema.json.
    """
    with timed("case taken") as said:
        case = converted(data, protocols, as_of)
        said(episodes=len(case.episodes), events=len(case.events), records=len(case.records))
    return case


def converted(
    data: object,
    protocols: Sequence[Protocol],
    as_of: Instant | None,
    *,
    place: Place = nowhere,
    words: CaseWords | None = None,
) -> Case:
    """As `case_of`; mistakes are placed by `place`. `words` are `words_of(protocols)`, for who reads many cases."""
    raw: object = data
    if isinstance(data, CaseFile):
        # Facts are kept as they were given, of whatever type: no need to warn of that.
        raw = data.model_dump(by_alias=True, exclude_unset=True, warnings=False)
    clock = protocols[0].clock if protocols else Clock()
    return _Conversion(words or words_of(protocols), clock, Findings(place)).case(raw, as_of)


class _Conversion:
    """One case on its way; one use each."""

    def __init__(self, words: CaseWords, clock: Clock, findings: Findings) -> None:
        self.words = words
        self.clock = clock
        self.findings = findings
        self.facts = FactReader(words, clock, findings)

    def case(self, raw: object, as_of: Instant | None) -> Case:
        findings = self.findings
        if not isinstance(raw, dict):
            findings.add("wrong-shape", "a case is made of names with values", (), "begin with the line `format: 1`")
            raise InvalidInput(findings.found)
        self._format(raw)
        head = {key: value for key, value in raw.items() if key not in _PARTS}
        file = findings.model(CaseFile, head | {"format": 1}, ())
        child = self.facts.read_all("child", self._map(raw, "child"), _CHILD_NAMES, ("child",))
        plan = self.facts.read_all("plan", self._map(raw, "plan"), _NO_NAMES, ("plan",))
        lists = {key: self._list(raw, key) for key in ("episodes", "events", "records")}
        episodes = self._episodes(lists["episodes"])
        # Also ids of episodes with mistakes: a reference to one of them is no mistake of its own.
        known = _ids(raw.get("episodes"))
        events = [self._event(*entry, known) for entry in self._entries(EventEntry, lists["events"], "events")]
        records = [self._record(*entry, known) for entry in self._entries(RecordEntry, lists["records"], "records")]
        check_order(episodes, self.clock, findings)
        acts = [event.at for event in events] + [record.at for record in records]
        check_birth(child.get("date_of_birth"), episodes, acts, as_of, self.clock, findings)
        if file is None or findings.found:
            raise InvalidInput(findings.found)
        meetings = {name: tuple(to_domain(stamp) for stamp in stamps) for name, stamps in file.meetings.items()}
        return Case(
            id=file.case,
            child=child,
            plan=plan,
            episodes=tuple(episode for episode, _ in episodes),
            events=tuple(events),
            records=tuple(records),
            history_from=file.history_from,
            meetings=MappingProxyType(meetings),
        )

    def _format(self, raw: Mapping[str, object]) -> None:
        """Another version's shape is unknown: nothing else is said of it."""
        if "format" not in raw:
            self.findings.add("missing-key", "format is missing here", (), "add the line `format: 1`")
        elif not is_format_one(raw["format"]):
            message = "only cases of format 1 can be read"
            self.findings.add("unknown-format", message, ("format",), "write `format: 1` if the case has that shape")
            raise InvalidInput(self.findings.found)

    def _map(self, raw: Mapping[str, object], key: str) -> Mapping[str, object]:
        value = raw.get(key)
        if isinstance(value, dict):
            return value
        if not is_nothing(value):
            self.findings.add("wrong-shape", WANTS_NAMES, (key,), HOW_NAMES)
        return {}

    def _list(self, raw: Mapping[str, object], key: str) -> Sequence[object]:
        value = raw.get(key)
        if isinstance(value, list | tuple):
            return value
        if not is_nothing(value):
            self.findings.add("wrong-shape", WANTS_LIST, (key,), HOW_LIST)
        return ()

    def _entries(self, model: type[E], items: Sequence[object], key: str) -> Iterator[tuple[int, E]]:
        """The readable entries of a list with their numbers; ids that come twice are reported."""
        seen: set[str] = set()
        for index, item in enumerate(items):
            path: Path = (key, index)
            entry = self.findings.model(model, item, path)
            if entry is None:
                continue
            if entry.id is not None and entry.id in seen:
                self.findings.add("duplicate-id", f"two of the {key} have this id", (*path, "id"), "give each its own")
            seen.add(entry.id or "")
            yield index, entry

    def _episodes(self, items: Sequence[object]) -> list[tuple[Episode, Path]]:
        # Facts are read even where the rest of an episode cannot be: their mistakes are wanted too.
        facts = [
            self.facts.read_all("episode", item, _EPISODE_NAMES, ("episodes", index))
            if isinstance(item, dict)
            else no_facts()
            for index, item in enumerate(items)
        ]
        read: list[tuple[Episode, Path]] = []
        for index, entry in self._entries(EpisodeEntry, items, "episodes"):
            episode = Episode(
                id=entry.id,
                started=to_domain(entry.started_at),
                returned=_instant(entry, "returned_at", entry.returned_at),
                located=_instant(entry, "located_at", entry.located_at),
                reported=_instant(entry, "reported_at", entry.reported_at),
                last_seen=_instant(entry, "last_seen_at", entry.last_seen_at),
                facts=facts[index],
            )
            read.append((episode, ("episodes", index)))
        return read

    def _event(self, index: int, entry: EventEntry, known: frozenset[str] | None) -> Event:
        path = ("events", index)
        self._belongs(entry.episode, path, known)
        word = self.words.events.get(entry.event)
        if word is None:
            message = f"no event is named {shown(entry.event)}"
            self.findings.add(
                "unknown-event", message, (*path, "event"), NOT_THERE, near=(entry.event, self.words.events)
            )
        # Of an unknown event the fields are unknown too: one finding is enough.
        types = None if word is None else self._field_types("event", word.fields)
        keys = EventEntry.model_fields
        fields = self._fields(entry.model_extra or {}, types, keys, path)
        return Event(event=entry.event, at=to_domain(entry.at), id=entry.id, episode=entry.episode, fields=fields)

    def _record(self, index: int, entry: RecordEntry, known: frozenset[str] | None) -> Record:
        path = ("records", index)
        for number, one in enumerate(entry.episode):
            self._belongs(one, path, known, number)
        self._action(entry.action, (*path, "action"))
        for number, action in enumerate(entry.included):
            self._action(action, (*path, "included", number))
        if entry.outcome is not None and entry.action in self.words.actions:
            outcomes = sorted(self.words.outcomes_of(entry.action))
            if entry.outcome not in outcomes:
                message = f"{entry.action} has no outcome {shown(entry.outcome)}"
                hint = f"the outcomes are {', '.join(outcomes)}"
                self.findings.add("unknown-outcome", message, (*path, "outcome"), hint, near=(entry.outcome, outcomes))
        for key in ("by", "chair", "attended", "to", "with_"):
            for number, role in enumerate(getattr(entry, key)):
                self._slip("unknown-role", "role", role, self.words.roles, (*path, key.rstrip("_"), number))
        self._slip("unknown-word", "subject of a record", entry.about, self.words.about, (*path, "about"))
        self._slip("unknown-word", "method", entry.method, self.words.methods, (*path, "method"))
        types = self._field_types("record", {})
        return Record(
            id=entry.id,
            action=entry.action,
            at=to_domain(entry.at),
            episode=entry.episode[0] if entry.episode else None,
            also_of=tuple(dict.fromkeys(entry.episode))[1:],
            outcome=entry.outcome,
            about=entry.about,
            method=entry.method,
            by=entry.by,
            chair=entry.chair,
            attended=entry.attended,
            to=entry.to,
            with_=entry.with_,
            included=entry.included,
            answers=entry.answers,
            recorded=None if entry.recorded_at is None else to_domain(entry.recorded_at),
            fields=self._fields(entry.model_extra or {}, types, RecordEntry.model_fields, path),
        )

    def _belongs(self, episode: str | None, path: Path, known: frozenset[str] | None, *number: int) -> None:
        if episode is not None and known is not None and episode not in known:
            message = f"there is no episode {shown(episode)} in this case"
            self.findings.add("unknown-episode", message, (*path, "episode", *number), HOW_EPISODE)

    def _action(self, action: str, path: Path) -> None:
        if action not in self.words.actions:
            message = f"no action is named {shown(action)}"
            self.findings.add("unknown-action", message, path, NOT_THERE, near=(action, self.words.actions))

    def _slip(self, code: str, what: str, word: str | None, known: frozenset[str], path: Path) -> None:
        """Words of other agencies are free; one that is all but a known one is a slip."""
        near = None if word is None else slip_of(word, known)
        if word is not None and near is not None:
            message = f"no {what} is named {shown(word)}, but one is very like it"
            self.findings.add(code, message, path, f"did you mean '{near}'?")

    def _field_types(self, prefix: str, fields: Mapping[str, FactType]) -> dict[str, FactWord | FactType]:
        """What may stand in an event or record: its own fields, and facts that protocols declare for all of them."""
        start = f"{prefix}."
        declared = {name.removeprefix(start): word for name, word in self.words.facts.items() if name.startswith(start)}
        return {**declared, **fields}

    def _fields(
        self,
        extra: Mapping[str, object],
        types: Mapping[str, FactWord | FactType] | None,
        keys: Iterable[str],
        path: Path,
    ) -> Mapping[str, Value | Stamp]:
        fields: dict[str, Value | Stamp] = {}
        for key, raw in extra.items():
            if types is None:
                continue
            kind = types.get(key)
            if kind is None:
                options = [name.rstrip("_") for name in keys] + list(types)
                message = f"no key or field is named {shown(key)} here"
                hint = IN_BRACKETS if is_nothing(raw) else f"the keys are {', '.join(options)}"
                self.findings.add("unknown-field", message, (*path, key), hint, key=True, near=(key, options))
            elif not is_nothing(raw):
                type_, values = (kind, ()) if isinstance(kind, FactType) else (kind.type, kind.values)
                value = self.findings.leaf(functools.partial(read_value, type_, values), raw, (*path, key))
                if value is not None:
                    fields[key] = value
        return MappingProxyType(fields)


def slip_of(word: str, known: frozenset[str]) -> str | None:
    """The known word for which this one is taken to be a slip; None where it is known itself, or like none."""
    if word in known:
        return None
    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=_SLIP)
    return near[0] if near else None


def _ids(episodes: object) -> frozenset[str] | None:
    """The ids of the episodes; None where one has none that can be read, so that any id might be its."""
    if is_nothing(episodes):
        return frozenset()
    items = episodes if isinstance(episodes, list | tuple) else (None,)
    ids = [item.get("id") if isinstance(item, dict) else None for item in items]
    return None if any(is_nothing(each) for each in ids) else frozenset(map(str, ids))


def _instant(entry: EpisodeEntry, key: str, value: datetime | date | None) -> Stamp | NotKnown | None:
    """Null has not happened; a key left out is not known."""
    if key not in entry.model_fields_set:
        return NOT_KNOWN
    return None if value is None else to_domain(value)
