"""What a scenario expects -> nouns, every name held against the protocol and the case.

What nobody could check is a mistake, and never an expectation that holds whatever comes out.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Final

from pydantic_core import PydanticCustomError

from missingrules.domain.citations import Citation
from missingrules.domain.clock import instant_of, utc_text
from missingrules.domain.parts import acts_of, parts_of
from missingrules.domain.scenarios import PARTS, Absent, Between, Detail, Expected, Moment, Part, Texts, Wanted, Who
from missingrules.interface.leaves import read_stamp
from missingrules.reading.located import place
from missingrules.reading.places import Text
from missingrules.reading.scenario_forms import ConflictForm, QuestionForm
from missingrules.reading.shapes import shown, where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.scenarios import Value
    from missingrules.domain.source import Span
    from missingrules.reading import nodes
    from missingrules.reading.days import Days
    from missingrules.reading.report import Report
    from missingrules.reading.scenario_forms import ExpectedForm
    from missingrules.reading.shapes import Closed

NULL: Final = "null"
# A number, a UTC instant, a calendar period.
_OCCURRENCE: Final = re.compile(
    r"[1-9]\d*|\d{4}(-\d\d){2}T\d\d(:\d\d){2}Z|\d{4}(-W?\d\d){0,2}|\d{4}-(Q[1-4]|\d\d-H[12]|M\d\d-\d\d)"
)
# A field that matters, by the form of the entry.
_SUCH_AS: Final = {
    "QuestionForm": "fact: child.looked_after",
    "ConclusionForm": "effective: medium",
    "AmbiguityForm": "option: OPTION",
    "ConflictForm": "what: FACT",
    "NextForm": "rule: RULE",
}
_HOW_INSTANT: Final = "write a time with its offset, day 3 22:30 or end of day 3"
_HOW_PEOPLE: Final = (
    "write [role] or [role, role] for all of them, {any: [..]}, {other_than: [..]}, {undecided: [[role], [role]]}, "
    "{record_by: true}, not_stated, or null for none"
)


class Expecting:
    """Reads what is expected of one protocol; of each case the subjects and ids that keys may have."""

    def __init__(self, protocol: Protocol, report: Report) -> None:
        self.protocol = protocol
        self.report = report
        self.names = {id_ for rule, ids in acts_of(protocol).items() for id_ in (rule, *ids)}
        self.cited = _cited(protocol)

    def read(self, form: ExpectedForm, node: nodes.Mapping, case: Case | None, days: Days) -> Expected:
        """The expectations of one scenario; `case` is None where it could not be read."""
        return _Of(self, case, days).expected(form, node)

    def moment(self, word: Text, days: Days, *, or_none: bool = True) -> Instant | None:
        """The instant that a word is, or None with its mistake reported; `or_none`: null could stand there too."""
        how = f"{_HOW_INSTANT}; null for none" if or_none else _HOW_INSTANT
        before = self.report.times
        word = days.text(word)
        if self.report.times > before:
            return None
        try:
            stamp = read_stamp(str(word))
        except PydanticCustomError as error:
            context = error.context or {}
            # What no case says differently is told as of a case; that a date alone would do is true there alone.
            hint = how if "or a date alone" in str(context["hint"]) else context["hint"]
            self.report.error(error.type, str(context["message"]), word.span, hint)
            return None
        if isinstance(stamp, datetime):
            return instant_of(stamp)
        self.report.error("not-an-instant", "a date alone is no instant", word.span, how)
        return None


class _Of:
    """The expectations about one case."""

    def __init__(self, of: Expecting, case: Case | None, days: Days) -> None:
        self.protocol, self.report, self.names, self.cited = of.protocol, of.report, of.names, of.cited
        self.moment = of.moment
        self.days = days
        self.case = case
        self.subjects: set[str] = set()
        self.ids: set[str] = set()
        self.records: set[str] = set()
        if case is not None:
            self.subjects = {"child", "organisation", *(each.id for each in case.episodes)}
            self.records = {each.id for each in case.records if each.id is not None}
            self.ids = self.records | {each.id for each in case.events if each.id is not None}
        self.reads: dict[str, Callable[[Text], Value]] = {
            **dict.fromkeys(("due", "triggered_at", "discharged_at", "ended_at", "at"), self._moment),
            **dict.fromkeys(("recorded", "floor"), self._text),
            "action": self._action,
            "episode": self._episode,
            "record": self._record,
        }

    def expected(self, form: ExpectedForm, node: nodes.Mapping) -> Expected:
        said = form.model_fields_set
        obligations = self._all(form.expect or (), node)
        absent = tuple(found for word in form.absent or () if (found := self._absent(word)))
        parts = []
        for name in PARTS:
            if name in said:
                span = node.key_span(name) or node.span
                parts.append(Part(name, self._all(getattr(form, name) or (), node, name), span))
        until = form.valid_until
        valid = None if until is None else Detail("valid_until", self._moment(until), until.span)
        if not (form.expect or form.absent or parts or valid):
            message = "nothing is expected here, which would hold whatever comes out"
            hint = "write expect: with obligations that must be there, or absent: with rules that must not fire"
            self.report.error("nothing-expected", message, where(form), hint)
        return Expected(obligations, absent, tuple(parts), valid)

    def _all(self, forms: Iterable[Closed | Text], node: nodes.Mapping, name: str = "expect") -> tuple[Wanted, ...]:
        found: list[Wanted] = []
        seen: dict[str, Span] = {}
        for form in forms:
            said = QuestionForm(fact=form) if isinstance(form, Text) else form
            wanted = self._wanted(said, where(said) or node.key_span(name) or node.span)
            if wanted is None:
                continue
            if name == "expect" and seen.setdefault(wanted.key, wanted.span) is not wanted.span:
                message = f"'{wanted.key}' is already expected on line {seen[wanted.key].line}"
                self.report.error("expected-twice", message, wanted.span, "keep one of the two")
            found.append(wanted)
        return tuple(found)

    def _wanted(self, form: Closed, span: Span) -> Wanted | None:
        key, rules, details = "", list[str](), list[Detail]()
        times = self.report.times
        for field, info in type(form).model_fields.items():
            if field not in form.model_fields_set:
                continue
            value, name = getattr(form, field), info.alias or field
            if name == "key":
                key, rule = self._key(value)
                rules.append(rule)
                span = value.span
                continue
            read = self._value(form, name, value)
            details.append(Detail(name, read, where(value) or place(value) or span))
            if name in ("rule", "rules", "affects", "would_add") and isinstance(read, str | Texts):
                words = (read,) if isinstance(read, str) else read.words
                rules += [self.protocol.split(word)[0] for word in words]
        if not details:
            what = f"'{key}'" if key else "this entry"
            message = f"{what} says nothing that could be checked"
            such = _SUCH_AS.get(type(form).__name__, "status: due")
            self.report.error("nothing-expected", message, span, f"write a field that matters, such as {such}")
        return None if self.report.times > times else Wanted(key, tuple(dict.fromkeys(rules)), tuple(details), span)

    # --- values -------------------------------------------------------------------------------------------------------

    def _value(self, form: Closed, name: str, value: object) -> Value:
        if isinstance(value, Text):
            if name == "by" and isinstance(form, QuestionForm):
                return self._moment(value)
            if name == "rule":
                return self._key(value)[1]
            if name in self.reads:
                return self.reads[name](value)
        if name == "due_between":
            return self._between(value)
        if name in ("by", "chair", "recipients", "attendees", "with"):
            return self._people(value)
        if isinstance(value, list):
            return self._texts(form, name, value)
        if isinstance(value, dict):
            return self._readings(value, where(form))
        return str(value)

    def _texts(self, form: Closed, name: str, words: list[Text]) -> Texts:
        if not words and not isinstance(form, ConflictForm):
            message = f"{name} is an empty list"
            self.report.error(
                "nothing-expected", message, where(form), "leave the key out, or write what must be there"
            )
        if name in ("affects", "would_add", "rules"):
            return Texts(frozenset(self._key(word)[0] for word in words))
        for word in words:
            if name == "cite" and word not in self.cited:
                otherwise = "no rule cites it; look at the paragraphs with `missingrules show`"
                self.report.unknown("unknown-paragraph", "cited paragraph", word, self.cited, otherwise)
            elif name == "discharged_by":
                self._record(word)
        return Texts(frozenset(map(str, words)))

    def _readings(self, chosen: Mapping[Text, Text], span: Span | None) -> Texts:
        if not chosen:
            self.report.error("nothing-expected", "no reading is named here", span, "write {READING: option}")
        check_readings(chosen, self.protocol, self.report)
        return Texts(frozenset(f"{reading}: {option}" for reading, option in chosen.items()))

    def _text(self, word: Text) -> Value:
        return None if word == NULL else str(word)

    def _moment(self, word: Text) -> Moment:
        return Moment(None if word == NULL else self.moment(word, self.days))

    def _between(self, value: object) -> Between:
        if isinstance(value, Text) and value == NULL:
            return Between(None)
        if isinstance(value, list) and len(value) == 2 and all(isinstance(each, Text) for each in value):
            ends = [self.moment(each, self.days) for each in value]
            return Between(None if None in ends else (ends[0], ends[1]))  # type: ignore[arg-type]
        message = "the earliest and the latest instant are wanted here"
        self.report.error("wrong-shape", message, _place(value), "write [FIRST, LAST], or null for none")
        return Between(None)

    def _people(self, value: object) -> Who:
        if isinstance(value, Text) and value in (NULL, "not_stated"):
            return Who("none" if value == NULL else "not_stated")
        if isinstance(value, list) and value and all(isinstance(each, Text) for each in value):
            return Who("all", self._roles(value))
        if isinstance(value, dict) and len(value) == 1:
            ((mode, rest),) = value.items()
            if mode == "record_by" and rest == "true":
                return Who("record_by")
            if mode == "undecided" and isinstance(rest, list) and rest:
                return Who("undecided", options=frozenset(map(self._people, rest)))
            for known in ("all", "any", "other_than"):
                if mode == known and isinstance(rest, list) and rest:
                    return Who(known, self._roles(rest))
        found = shown(value)
        self.report.error("not-people", f"{found} is no way to write people", _place(value), _HOW_PEOPLE)
        return Who("none")

    def _roles(self, words: list[object]) -> frozenset[str]:
        for word in words:
            if not isinstance(word, Text):
                self.report.error("not-people", f"{shown(word)} is no role", _place(word), _HOW_PEOPLE)
            elif word not in self.protocol.roles:
                self.report.unknown("unknown-role", "role", word, self.protocol.roles)
        return frozenset(map(str, words))

    # --- names --------------------------------------------------------------------------------------------------------

    def _absent(self, word: Text) -> Absent | None:
        before = self.report.times
        key, rule = self._key(word)
        return None if self.report.times > before else Absent(key, rule, word.span)

    def _key(self, word: Text) -> tuple[str, str]:
        """A key, or its beginning, with its last part as keys have it; and the rule, or act of a rule."""
        rule, _ = self.protocol.split(word)
        rest = word[len(rule) + 1 :].split("/", 1) if len(word) > len(rule) else []
        if rule not in self.names:
            self.report.unknown("unknown-rule", "rule", word.part(rule, 0), self.names)
            return str(word), rule
        if rest and self.case is not None and rest[0] not in self.subjects:
            subject = word.part(rest[0], len(rule) + 1)
            self.report.unknown("unknown-subject", "episode of this case", subject, self.subjects)
        if len(rest) == 2:
            rest[1] = self._occurrence(word.part(rest[1], len(rule) + len(rest[0]) + 2))
        return "/".join((rule, *rest)), rule

    def _occurrence(self, word: Text) -> str:
        dated = self.days.text(word)
        if dated is not word:
            # `day 3 22:30` counts an instant, which keys have in UTC; `day 3` a period of one day.
            return utc_text(instant_of(datetime.fromisoformat(dated))) if "T" in dated else str(dated)
        if self.case is not None and word not in self.ids and not _OCCURRENCE.fullmatch(word):
            message = f"no occurrence can be called '{word}'"
            hint = "write a number, the id of an event or record of this case, or the period, such as 2025-W14 or day 3"
            self.report.error("not-an-occurrence", message, word.span, hint)
        return str(word)

    def _action(self, word: Text) -> str:
        if word not in self.protocol.words.actions:
            self.report.unknown("unknown-action", "action", word, self.protocol.words.actions)
        return str(word)

    def _episode(self, word: Text) -> str | None:
        if word == NULL:
            return None
        episodes = self.subjects - {"child", "organisation"}
        if self.case is not None and word not in episodes:
            self.report.unknown("unknown-subject", "episode of this case", word, episodes)
        return str(word)

    def _record(self, word: Text) -> str | None:
        if word == NULL:
            return None
        if self.case is not None and word not in self.records:
            self.report.unknown("unknown-record", "record of this case", word, self.records)
        return str(word)


def check_readings(chosen: Mapping[Text, Text], protocol: Protocol, report: Report) -> None:
    """Reports readings that the protocol does not have, and options that they do not have."""
    for reading, option in chosen.items():
        known = protocol.readings.get(reading)
        if known is None:
            report.unknown("unknown-reading", "reading", reading, protocol.readings, "this protocol has no readings")
        elif option not in (options := [each.name for each in known.options]):
            report.unknown("unknown-option", f"option of '{reading}'", option, options)


def _place(value: object) -> Span | None:
    return place(value)  # type: ignore[arg-type]


def _cited(protocol: Protocol) -> frozenset[str]:
    """Every paragraph that an obligation can cite."""
    provisions = (p for family in protocol.families for variant in family.variants.values() for p in variant)
    return frozenset(part.paragraph for p in provisions for part in parts_of(p) if isinstance(part, Citation))
