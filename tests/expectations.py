"""Checks an answer against expectations written in YAML, as in docs/meaning.md and tests/scenarios.

Every scalar is text, as `load` reads it. An entry has one or several of

- `expect`: obligations, each with its `key` (without the protocol's name, where only one protocol answers) and the
  fields that matter (`FIELDS`). Instants in ISO form, `null` for none; people as `[role]` (all), `{any: [...]}`,
  `{other_than: [...]}`, `{record_by: true}`, `not_stated`, `{undecided: [[role], [role]]}`; `readings` as
  `{ID: option}`, each of which must be among the obligation's; `cite` a paragraph, or several, among its citations;
- `absent`: `rule`, `rule.item`, `rule/SUBJECT` or a whole key, of which nothing may be there;
- `questions`: a fact, or a map of `fact`, `episode`, `record`, `by` and `affects` (keys that must be among those);
- `conclusions`: maps of `what` and, where it is an episode's, `episode`, with the fields that matter;
- `forbidden`: maps of `key` with `status`, `record`, `at`;
- `ambiguities`: maps of `reading`, `option` and `would_add` (keys that must be among those);
- `conflicts`: maps of `what`, `episode` and `values`;
- `warnings`: maps of `what`, `episode`, `protocol`, `edition` (its label) and `on`; every one of them;
- `next`: maps of `rule` (or rule.item) with `kind`, `count`, `at`, `subject`;
- `valid_until`.

Of the lists from `questions` on, each named thing must be there and others may be; an empty list says that there is
none at all. What cannot be checked is a failure: unknown words, rules that the protocol does not have, no expectation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

import yaml

from missingrules.domain.clock import Clock, Instant, instant_of
from missingrules.domain.obligations import (
    Ahead,
    Ambiguity,
    Answer,
    Concluded,
    Conflict,
    Forbidden,
    Obligation,
    ProtocolAnswer,
    Question,
    Undecided,
    Warned,
)
from missingrules.domain.rules import Duty, NotStated, People, Protocol

if TYPE_CHECKING:
    from missingrules.domain.case import Case

Entry = Mapping[str, Any]
T = TypeVar("T")

CHECKS: Final = (
    "expect", "absent", "questions", "conclusions", "forbidden", "ambiguities", "conflicts", "warnings", "next",
    "valid_until",
)  # fmt: skip
# A number, a UTC instant, a calendar period.
_OCCURRENCE: Final = re.compile(
    r"[1-9]\d*|\d{4}(-\d\d){2}T\d\d(:\d\d){2}Z|\d{4}(-W?\d\d){0,2}|\d{4}-(Q[1-4]|\d\d-H[12]|M\d\d-\d\d)"
)
_CHECK_NOTHING_IF_EMPTY: Final = ("expect", "absent")


class NotAnExpectation(ValueError):
    """An entry that says nothing, or says it in words that nobody checks."""


def load(text: str) -> Any:
    """YAML with every scalar as text, so that `no`, dates and times stay as they are written."""
    return yaml.load(text, Loader=yaml.BaseLoader)


def instant(text: str) -> Instant:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise NotAnExpectation(f"{text!r} has no offset")
    return instant_of(found)


def rules_of(protocol: Protocol) -> dict[str, tuple[str, ...]]:
    """Every rule of the protocol, under any reading, with the ids of its acts (its own id where it has no items)."""
    found: dict[str, dict[str, None]] = {}
    for family in protocol.families:
        ids = found.setdefault(family.id, {})
        for provisions in family.variants.values():
            for provision in provisions:
                ids[provision.id if isinstance(provision, Duty) else provision.rule] = None
    return {rule: tuple(ids) for rule, ids in found.items()}


def assert_answer(answer: Answer | ProtocolAnswer, case: Case, wanted: Entry, where: str) -> None:
    """Fails with all differences at once, what was expected beside what came out."""
    __tracebackhide__ = True
    problems = differences(answer, case, wanted)
    if problems:
        raise AssertionError(f"{where}\n" + "\n".join(problems))


def differences(answer: Answer | ProtocolAnswer, case: Case, wanted: Entry) -> list[str]:
    """What the answer about a case does not keep of an entry, one text each; none if it keeps all."""
    return _Check(answer, case).entry(wanted)


class _Check:
    def __init__(self, answer: Answer | ProtocolAnswer, case: Case) -> None:
        self.subjects = {"child", "organisation", *(episode.id for episode in case.episodes)}
        self.ids = {event.id for event in case.events} | {record.id for record in case.records}
        self.parts = answer.protocols if isinstance(answer, Answer) else (answer,)
        self.warnings = answer.warnings if isinstance(answer, Answer) else ()
        self.phases = {key: phase for part in self.parts for key, phase in part.phases.get().items()}
        self.clock: Clock = self.parts[0].protocol.clock
        self.rules: dict[str, tuple[str, ...]] = {}
        for part in self.parts:
            for rule, ids in rules_of(part.protocol).items():
                for id_ in (rule, *ids):
                    self.rules[self._prefix(part) + id_] = ids
        self.actions = {self._short(part, o.key): o for part in self.parts for o in part.actions}
        self.forbidden = [(self._short(part, one.key), one) for part in self.parts for one in part.forbidden]
        self.problems: list[str] = []

    def _prefix(self, part: ProtocolAnswer) -> str:
        return f"{part.protocol.name}/" if len(self.parts) > 1 else ""

    def _short(self, part: ProtocolAnswer, key: str) -> str:
        name = f"{part.protocol.name}/"
        return key.removeprefix(name) if len(self.parts) == 1 else key

    # --- the entry ----------------------------------------------------------------------------------------------------

    def entry(self, wanted: Entry) -> list[str]:
        _only(wanted, CHECKS, "an entry")
        if not any(value or name not in _CHECK_NOTHING_IF_EMPTY for name, value in wanted.items()):
            raise NotAnExpectation("an entry that expects nothing passes whatever comes out")
        for name, value in wanted.items():
            getattr(self, f"_{name}")(value)
        return self.problems

    def _differs(self, what: str, wanted: object, found: object) -> None:
        self.problems.append(f"  {what}\n    expected {wanted}\n    found    {found}")

    # --- obligations --------------------------------------------------------------------------------------------------

    def _expect(self, entries: Iterable[Entry]) -> None:
        seen = Counter(str(entry.get("key")) for entry in entries)
        for key, times in seen.items():
            if times > 1:
                raise NotAnExpectation(f"{key} is expected {times} times")
        for entry in entries:
            if "key" not in entry or len(entry) < 2:
                raise NotAnExpectation(f"an expected obligation has its key and more: {dict(entry)}")
            _only(entry, ("key", *FIELDS), entry["key"])
            key = entry["key"]
            self._known(key)
            found = self.actions.get(key)
            if found is None:
                self._differs(key, _flow(entry), f"no such obligation; of this rule: {self._of_rule(key) or 'none'}")
                continue
            for name, value in entry.items():
                if name == "key":
                    continue
                read, show = FIELDS[name]
                is_ = show(self, found)
                if not _agrees(name, want := read(self, value), is_):
                    self._differs(f"{key}: {name}", self._told(want), self._told(is_))

    def _of_rule(self, key: str) -> str:
        rule = self._rule_of(key)
        return ", ".join(f"{k} ({o.status})" for k, o in self.actions.items() if self._is_of(k, rule))

    def _absent(self, names: Iterable[str]) -> None:
        for name in names:
            self._known(name)
            found = [f"{k} ({o.status})" for k, o in self.actions.items() if self._is_of(k, name)]
            found += [f"{k} ({one.status})" for k, one in self.forbidden if self._is_of(k, name)]
            if "/" not in name.removeprefix(self._owner(name)):
                found += [f"{c.what} = {c.effective}" for c in self._all("conclusions") if name in c.rules]
            if found:
                self._differs(f"absent: {name}", "nothing", ", ".join(found))

    def _known(self, key: str) -> None:
        if self._rule_of(key) not in self.rules:
            raise NotAnExpectation(f"{key}: the protocol has no such rule; it has {', '.join(sorted(self.rules))}")
        _, _, rest = key.removeprefix(self._owner(key)).partition("/")
        subject, _, occurrence = rest.partition("/")
        if subject and subject not in self.subjects:
            raise NotAnExpectation(f"{key}: the case has no {subject}; it has {', '.join(sorted(self.subjects))}")
        if occurrence and occurrence not in self.ids and not _OCCURRENCE.fullmatch(occurrence):
            raise NotAnExpectation(f"{key}: no occurrence can be called {occurrence}")

    def _owner(self, key: str) -> str:
        return next((p for part in self.parts if (p := self._prefix(part)) and key.startswith(p)), "")

    def _rule_of(self, key: str) -> str:
        owner = self._owner(key)
        return owner + key.removeprefix(owner).partition("/")[0]

    def _is_of(self, key: str, name: str) -> bool:
        """Whether a key lies under `rule`, `rule.item`, `rule/SUBJECT` or is the name itself."""
        return key == name or key.startswith(f"{name}/") or (
            name == self._rule_of(name) and key.startswith(f"{name}.")
        )  # fmt: skip

    # --- the rest of an answer ----------------------------------------------------------------------------------------

    def _all(self, name: str) -> list[Any]:
        return [one for part in self.parts for one in getattr(part, name)]

    def _each(
        self,
        what: str,
        entries: Iterable[Entry],
        found: list[T],
        shown: Callable[[T], str],
        reads: Mapping[str, Callable[[T, Any], bool]],
    ) -> None:
        """Each entry is matched by one of those found, in everything that it says."""
        entries = list(entries)
        told = "; ".join(map(shown, found)) or "none"
        if not entries and found:
            self._differs(what, "none", told)
        for entry in entries:
            _only(entry, tuple(reads), what)
            if not entry:
                raise NotAnExpectation(f"an empty entry under {what}")
            if not any(all(reads[name](one, value) for name, value in entry.items()) for one in found):
                self._differs(what, _flow(entry), told)

    def _questions(self, entries: Iterable[Entry | str]) -> None:
        def shown(one: Question) -> str:
            ends = [f"{name} {value}" for name, value in (("episode", one.episode), ("record", one.record)) if value]
            by = [f"by {self._time(one.by)}"] if one.by is not None else []
            return f"{one.fact} ({', '.join([*ends, *by, *map(self._key_of, one.affects)])})"

        wanted: list[Entry] = [{"fact": e} if isinstance(e, str) else e for e in entries]
        for entry in wanted:
            for key in entry.get("affects", ()):
                self._known(key)
        reads: dict[str, Callable[[Question, Any], bool]] = {
            "fact": lambda one, value: _fact(one.fact) == _fact(value),
            "episode": lambda one, value: _text(one.episode) == value,
            "record": lambda one, value: _text(one.record) == value,
            "by": lambda one, value: one.by == _moment(value),
            "affects": lambda one, value: set(value) <= set(map(self._key_of, one.affects)),
        }
        self._each("questions", wanted, self._all("questions"), shown, reads)

    def _key_of(self, key: str) -> str:
        return self._short(self.parts[0], key)

    def _conclusions(self, entries: Iterable[Entry]) -> None:
        def shown(one: Concluded) -> str:
            return (
                f"{one.what} of {one.episode or 'the child'}: recorded {one.recorded}, floor {one.floor}, "
                f"effective {one.effective} ({', '.join(one.rules)})"
            )

        for entry in entries:
            for rule in entry.get("rules", ()):
                self._known(rule)
        reads: dict[str, Callable[[Concluded, Any], bool]] = {
            "what": lambda one, value: _fact(one.what) == _fact(value),
            "episode": lambda one, value: _text(one.episode) == value,
            "recorded": lambda one, value: _text(one.recorded) == value,
            "floor": lambda one, value: _text(one.floor) == value,
            "effective": lambda one, value: _text(one.effective) == value,
            "rules": lambda one, value: set(value) <= set(one.rules),
        }
        self._each("conclusions", entries, self._all("conclusions"), shown, reads)

    def _forbidden(self, entries: Iterable[Entry]) -> None:
        def shown(pair: tuple[str, Forbidden]) -> str:
            key, one = pair
            return f"{key} {one.status} (record {one.record}, at {self._time(one.at)})"

        for entry in entries:
            if "key" not in entry or len(entry) < 2:
                raise NotAnExpectation(f"a prohibition has its key and more: {dict(entry)}")
            self._known(entry["key"])
        reads: dict[str, Callable[[tuple[str, Forbidden], Any], bool]] = {
            "key": lambda pair, value: self._is_of(pair[0], value),
            "status": lambda pair, value: pair[1].status == value,
            "record": lambda pair, value: _text(pair[1].record) == value,
            "at": lambda pair, value: pair[1].at == _moment(value),
        }
        self._each("forbidden", entries, self.forbidden, shown, reads)

    def _ambiguities(self, entries: Iterable[Entry]) -> None:
        def added(one: Ambiguity) -> set[str]:
            return {self._key_of(key) for key, _ in one.would_add}

        def shown(one: Ambiguity) -> str:
            return f"{one.reading} read as {one.option}: {', '.join(sorted(added(one)))}"

        for entry in entries:
            for key in entry.get("would_add", ()):
                self._known(key)
        reads: dict[str, Callable[[Ambiguity, Any], bool]] = {
            "reading": lambda one, value: one.reading == value,
            "option": lambda one, value: one.option == value,
            "would_add": lambda one, value: set(value) <= added(one),
        }
        self._each("ambiguities", entries, self._all("ambiguities"), shown, reads)

    def _conflicts(self, entries: Iterable[Entry]) -> None:
        def shown(one: Conflict) -> str:
            return f"{one.what} of {one.episode or 'the child'}: {' / '.join(one.values)}"

        reads: dict[str, Callable[[Conflict, Any], bool]] = {
            "what": lambda one, value: _fact(one.what) == _fact(value),
            "episode": lambda one, value: _text(one.episode) == value,
            "values": lambda one, value: sorted(one.values) == sorted(value),
        }
        self._each("conflicts", entries, self._all("conflicts"), shown, reads)

    def _warnings(self, entries: Iterable[Entry]) -> None:
        def shown(one: Warned) -> str:
            return f"{one.what} on {one.on}: {one.protocol}, {one.edition.label}, for {one.episode or 'the child'}"

        reads: dict[str, Callable[[Warned, Any], bool]] = {
            "what": lambda one, value: one.what == value,
            "episode": lambda one, value: _text(one.episode) == value,
            "protocol": lambda one, value: one.protocol == value,
            "edition": lambda one, value: one.edition.label == value,
            "on": lambda one, value: one.on.isoformat() == value,
        }
        entries = list(entries)
        self._each("warnings", entries, list(self.warnings), shown, reads)
        if len(entries) != len(self.warnings):
            self._differs("warnings", len(entries), "; ".join(map(shown, self.warnings)) or "none")

    def _next(self, entries: Iterable[Entry]) -> None:
        def shown(one: Ahead) -> str:
            return f"{one.duty.id} ({one.kind}, {one.count} more, {self._time(one.at)}, {one.subject})"

        for entry in entries:
            if "rule" in entry:
                self._known(entry["rule"])
        reads: dict[str, Callable[[Ahead, Any], bool]] = {
            "rule": lambda one, value: value in (one.duty.id, one.duty.rule),
            "kind": lambda one, value: one.kind == value,
            "count": lambda one, value: str(one.count) == value,
            "at": lambda one, value: one.at == _moment(value),
            "subject": lambda one, value: one.subject == value,
        }
        self._each("next", entries, self._all("ahead"), shown, reads)

    def _valid_until(self, value: str) -> None:
        found = min((p.valid_until for p in self.parts if p.valid_until is not None), default=None)
        if found != _moment(value):
            self._differs("valid_until", self._time(_moment(value)), self._time(found))

    # --- how values are told ------------------------------------------------------------------------------------------

    def _time(self, at: int | None) -> str:
        return "none" if at is None else self.clock.local(Instant(at)).isoformat()

    def _told(self, value: object) -> str:
        if isinstance(value, _At):
            return self._time(value.at)
        if isinstance(value, tuple):
            return " to ".join(map(self._told, value)) if value and isinstance(value[0], _At) else ", ".join(value)
        return str(value)


class _At:
    """An instant that is shown in local time."""

    def __init__(self, at: int | None) -> None:
        self.at = at

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _At) and self.at == other.at

    def __hash__(self) -> int:
        return hash(self.at)


# --- fields of an obligation: how an expectation is read, and how the obligation shows it -----------------------------


def _moment(text: str) -> Instant | None:
    return None if text == "null" else instant(text)


def _read_at(_: _Check, value: str) -> object:
    return _At(_moment(value))


def _show_at(name: str) -> Callable[[_Check, Obligation], object]:
    return lambda _, o: _At(getattr(o, name))


def _read_between(_: _Check, value: list[str] | str) -> object:
    return _At(None) if value == "null" else tuple(_At(instant(each)) for each in value)


def _show_between(_: _Check, o: Obligation) -> object:
    return _At(None) if o.due_between is None else tuple(_At(each) for each in o.due_between)


def _read_people(_: _Check, value: object) -> object:
    if value == "null":
        return "none"
    if value == "not_stated":
        return "not stated"
    if isinstance(value, dict) and set(value) == {"undecided"}:
        return "undecided: " + " | ".join(sorted(str(_read_people(_, each)) for each in value["undecided"]))
    if isinstance(value, list):
        return _people("all", value)
    if isinstance(value, dict) and len(value) == 1:
        mode, roles = next(iter(value.items()))
        if mode == "record_by":
            return mode
        if mode in ("all", "any", "other_than") and isinstance(roles, list):
            return _people(mode, roles)
    raise NotAnExpectation(f"{value!r} is no way to write people")


def _show_people(name: str) -> Callable[[_Check, Obligation], object]:
    return lambda _, o: _people_text(getattr(o, name))


def _people_text(people: People | NotStated | Undecided | None) -> str:
    if people is None:
        return "none"
    if isinstance(people, NotStated):
        return "not stated"
    if isinstance(people, Undecided):
        parts = [_people_text(each) for each in people.people] + (["not stated"] if people.silent else [])
        return "undecided: " + " | ".join(sorted(parts))
    if people.mode == "record_by":
        return people.mode
    return _people(people.mode, [role.name for role in people.roles])


def _people(mode: str, roles: Iterable[str]) -> str:
    return f"{mode} of {', '.join(sorted(roles))}"


def _read_texts(_: _Check, value: object) -> object:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list) or not value:
        raise NotAnExpectation(f"a list with something in it is wanted, found {value!r}")
    return tuple(sorted(map(str, value)))


def _read_readings(_: _Check, value: object) -> object:
    if not isinstance(value, dict) or not value:
        raise NotAnExpectation(f"readings are written {{ID: option}}, found {value!r}")
    return tuple(sorted(f"{reading}: {option}" for reading, option in value.items()))


def _agrees(name: str, wanted: object, found: object) -> bool:
    if name in _AMONG:
        assert isinstance(wanted, tuple)
        assert isinstance(found, tuple)
        return set(wanted) <= set(found)
    return wanted == found


_AMONG: Final = ("readings", "cite")

FIELDS: Final[Mapping[str, tuple[Callable[[_Check, Any], object], Callable[[_Check, Obligation], object]]]] = {
    "status": (lambda _, v: v, lambda _, o: str(o.status)),
    "phase": (lambda _, v: v, lambda check, o: str(check.phases[o.key])),
    "modality": (lambda _, v: v, lambda _, o: str(o.duty.modality)),
    "action": (lambda _, v: v, lambda _, o: o.duty.action),
    "episode": (lambda _, v: v, lambda _, o: _text(o.episode)),
    "due": (_read_at, _show_at("due")),
    "due_between": (_read_between, _show_between),
    "triggered_at": (_read_at, _show_at("triggered_at")),
    "discharged_at": (_read_at, _show_at("discharged_at")),
    "ended_at": (_read_at, _show_at("ended_at")),
    "discharged_by": (_read_texts, lambda _, o: tuple(sorted(o.discharged_by))),
    "by": (_read_people, _show_people("by")),
    "chair": (_read_people, _show_people("chair")),
    "recipients": (_read_people, _show_people("recipients")),
    "attendees": (_read_people, _show_people("attendees")),
    "with": (_read_people, _show_people("with_")),
    "differences": (
        _read_texts,
        lambda _, o: tuple(sorted(f"{d.record} {d.part}" for d in o.differences)),
    ),
    "readings": (_read_readings, lambda _, o: tuple(sorted(f"{r.reading}: {r.option}" for r in o.readings))),
    "cite": (_read_texts, lambda _, o: tuple(sorted({c.paragraph for c in o.citations}))),
}


# --- small things -----------------------------------------------------------------------------------------------------


def _only(entry: object, known: Iterable[str], where: str) -> None:
    if not isinstance(entry, Mapping):
        raise NotAnExpectation(f"{where}: a map is wanted, found {entry!r}")
    unknown = set(entry) - set(known)
    if unknown:
        raise NotAnExpectation(
            f"{where}: nobody checks {', '.join(sorted(map(str, unknown)))}; known are {', '.join(known)}"
        )


def _fact(name: str) -> str:
    return name.removeprefix("episode.")


def _text(value: object) -> str:
    return "null" if value is None else str(value)


def _flow(entry: Entry) -> str:
    return ", ".join(f"{name}: {_plain(value)}" for name, value in entry.items())


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + _flow(value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_plain, value)) + "]"
    return value.isoformat() if isinstance(value, date) else str(value)
