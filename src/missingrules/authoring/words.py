"""The words of the language for an editor: what may stand in one place, and what each word means, as JSON Schema.

An editor reads YAML by its own rules and sees `7.10` as a number and `true` as a truth, where our reader sees texts;
a word that looks like one of these is let through as both. `anyOf: [WORDS, {}]` beside a check offers words and checks
nothing: language servers look for words to offer in `anyOf`, and not in `then` and `else`.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from missingrules.authoring.meanings import (
    DEADLINE_EXAMPLES,
    DEADLINE_MEANS,
    FATE_MEANS,
    KIND_MEANS,
    MOMENT_MEANS,
    PLACE_MEANS,
)
from missingrules.domain.clock import PERIODS as CALENDAR
from missingrules.domain.clock import WEEKDAYS
from missingrules.domain.vocabulary import (
    ACTIONS,
    AGENCIES,
    DONE,
    EVENTS,
    FACTS,
    LADDER,
    NOT_DONE,
    POLICE_LADDER,
    TOPICS,
    FactType,
)
from missingrules.reading.conditions import PERIODS
from missingrules.reading.deadlines import INSTANTS, OF_TRIGGERS
from missingrules.reading.ledgers import FATES
from missingrules.reading.names import short
from missingrules.reading.triggers import MOMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from missingrules.authoring.names import FileNames

Schema: TypeAlias = dict[str, Any]

SCALAR: Final = ["string", "number", "boolean"]
# Any text: said without "boolean" among its types, or editors would offer true and false as titles.
TEXT: Final[Schema] = {"if": {"type": "boolean"}, "else": {"type": ["string", "number"]}}
YES_NO: Final[Schema] = {
    "type": ["boolean", "string"],
    "pattern": "^(true|false)$",
    "patternErrorMessage": "write true or false",
}
_NUMBER: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
# A longer one an editor would round, and is nobody's name.
LONGEST_NUMBER: Final = 15
_TRUTHS: Final = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}

READING: Final[Schema] = {
    "if": {"type": "object", "required": ["reading"], "maxProperties": 1},
    "then": {"$ref": "#/definitions/taken"},
}
LENGTH: Final = "(?!0+ )[0-9]{1,5} (minute|hour|day|working day|week|month|year)s?"
_DATE: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"


def ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def alike(words: Iterable[str]) -> list[bool | int | float]:
    """What an editor sees in the place of words that look like numbers or truths."""
    found: dict[tuple[type, float], bool | int | float] = {}
    for word in words:
        seen: list[bool | int | float] = []
        if word.lower() in _TRUTHS:
            seen.append(_TRUTHS[word.lower()])
        elif _NUMBER.fullmatch(word) and len(word) <= LONGEST_NUMBER and math.isfinite(float(word)):
            seen.append(int(word) if word.isdecimal() else float(word))
            if re.fullmatch("0[0-7]+", word):
                # YAML 1.1 takes it for octal.
                seen.append(int(word, 8))
        for each in seen:
            found.setdefault((type(each), each), each)
    return list(found.values())


def enum(words: Mapping[str, str]) -> Schema:
    return {"enum": list(words), "enumDescriptions": list(words.values())} if words else {"not": {}}


def one_of(words: Mapping[str, str], hint: str = "") -> Schema:
    """One of these words and no other."""
    said: Schema = {"errorMessage": hint} if hint else {}
    look_alikes = alike(words)
    if not look_alikes:
        return enum(words) | said
    others: Schema = {"if": {"type": ["number", "boolean"]}, "then": {"enum": look_alikes} | said, "else": False}
    return {"anyOf": [enum(words), others]}


def one_of_or(words: Mapping[str, str], other: Schema) -> Schema:
    """One of these words, or whatever else may stand there."""
    return {"anyOf": [enum(words), other]} if words else other


def written(pattern: str, hint: str, *, number: bool = False) -> Schema:
    """A text in this form; `number`: editors may see a number in its place."""
    form = {"pattern": f"^({pattern})$", "patternErrorMessage": hint}
    if not number:
        return {"type": "string"} | form
    return {"if": {"type": "number"}, "else": {"type": "string"} | form}


def offer(*words: Schema) -> Schema:
    """Offers words in an editor, and refuses nothing."""
    return {"anyOf": [{}, *words]} if words else {}


def hints(schema: Schema) -> list[Schema]:
    """The words of a schema that editors are to offer."""
    if "$ref" in schema:
        return [schema]
    if "enum" in schema:
        return [{key: schema[key] for key in ("enum", "enumDescriptions") if key in schema}]
    return [each for each in schema.get("anyOf", ()) if "enum" in each or "$ref" in each]


def scalar_or_list(item: Schema) -> Schema:
    """One, or a list of them."""
    return {**offer(*hints(item)), "if": {"type": "array"}, "then": {"type": "array", "items": item}, "else": item}


def taken(schema: Schema) -> Schema:
    """What stands here, or a reading in its place; the words and keys to offer stay where editors look for them."""
    offered = {key: schema[key] for key in ("description", "properties") if key in schema and "else" in schema}
    return offered | offer(*hints(schema)) | READING | {"else": schema}


NAME: Final[Schema] = {
    "if": {"type": "string"},
    "then": {
        "pattern": "^[a-z0-9]+([-_][a-z0-9]+)*$",
        "patternErrorMessage": "a name has small letters, digits, hyphens and underscores",
    },
    "else": {"type": ["number", "boolean"]},
}
FACT_NAME: Final = r"((child|episode|plan|record)\.)?[a-z][a-z0-9_]*"


class Kinds:
    """What may stand in each kind of place. With the names of a file they alone are let through; without, any name."""

    def __init__(self, file: FileNames | None) -> None:
        self.file = file
        self.definitions: dict[str, Schema] = {}
        self._closed()
        self._names()
        self._times()

    def _closed(self) -> None:
        """The shared words, which no file can add to."""
        ladder = dict.fromkeys(LADDER, "of the council, lowest first")
        police = dict.fromkeys(POLICE_LADDER, "of the police, lowest first")
        self.definitions |= {
            "text": TEXT,
            "name": NAME,
            "yes_no": YES_NO,
            "any_test": scalar_or_list({"type": SCALAR}),
            "topic": one_of(TOPICS),
            "agency": one_of(AGENCIES),
            "grade": one_of(ladder | police),
            "fate": one_of(dict(zip(FATES, FATE_MEANS, strict=True))),
            "kind_of_episode": one_of(KIND_MEANS),
            "place": one_of(PLACE_MEANS),
            "period": one_of({word: _calendar(word) for word in CALENDAR}),
            "format": {"anyOf": [{"const": 1}, {"type": "string", "pattern": "^1$"}]},
        }

    def _names(self) -> None:
        """Names that a file may give; shared ones come first."""
        file = self.file
        own = [*file.outcomes] if file else []
        outcomes = dict.fromkeys((word for each in ACTIONS.values() for word in each.done), "done, of some actions")
        outcomes |= dict.fromkeys(own, "of an action of this file's own")
        outcomes |= dict.fromkeys(DONE, "counts as done") | dict.fromkeys(NOT_DONE, "does not count as done")
        shared_words: dict[str, dict[str, str]] = {
            "action": {name: word.meaning for name, word in ACTIONS.items()},
            "event": {name: word.meaning for name, word in EVENTS.items()},
            "outcome": outcomes,
            "role": {},
            "who": {"record.by": "whoever made the record that sets the rule off"},
            "rule": {},
            "reading": {},
            "table": {},
            "hours": {},
            "meeting": {},
        }
        of_file: dict[str, dict[str, str]] = {}
        if file:
            of_file = {
                "action": file.actions,
                "event": file.events,
                "role": file.roles,
                "who": file.roles,
                "rule": file.rules,
                "reading": file.readings,
                "table": file.tables,
                "hours": file.hours,
                "meeting": file.meetings,
            }
        for kind, words in shared_words.items():
            known = words | of_file.get(kind, {})
            self.definitions[kind] = one_of(known) if file else one_of_or(known, ref("name"))
        if file is None:
            self.definitions["reference"] = TEXT
            self.definitions["document"] = {"type": "object", "minProperties": 1, "additionalProperties": ref("text")}
            self.definitions["options"] = {"type": "object", "minProperties": 1, "additionalProperties": _SOME}
            return
        # Of a ledger that cannot be read yet anything can be cited.
        citable = {label: TEXT if found is None else one_of(found) for label, found in file.paragraphs.items()}
        self.definitions["reference"] = next(iter(citable.values()), TEXT)
        self.definitions["document"] = {
            "type": "object",
            "minProperties": 1,
            "properties": {
                label: {"description": f"A paragraph of this document: {label}"} | each
                for label, each in citable.items()
            },
            "additionalProperties": False,
        }
        self.definitions["options"] = {
            "type": "object",
            "minProperties": 1,
            "properties": {
                name: {"description": file.readings[name], **scalar_or_list(one_of(options))}
                for name, options in file.options.items()
            },
            "additionalProperties": False,
        }

    def _times(self) -> None:
        """Times, lengths, deadlines in one line."""
        file = self.file
        anchors = {word: MOMENT_MEANS[word] for word in (*INSTANTS, "trigger", *OF_TRIGGERS)}
        dated = [word for word in FACTS.values() if word.type in (FactType.DATE, FactType.INSTANT)]
        lengths = [word for word in FACTS.values() if word.type is FactType.LENGTH and not word.built_in]
        if file:
            dated += [word for word in file.facts.values() if word.type in (FactType.DATE, FactType.INSTANT)]
            lengths += [word for word in file.facts.values() if word.type is FactType.LENGTH]
        facts = {each: word.ask for word in dated for each in _spellings(word.name)}
        fields = {f"event.{field}": "a field of the event" for field, type_ in self.fields.items() if type_ in _TIMED}
        all_lengths = {each: word.ask for word in lengths for each in _spellings(word.name)}
        any_field = r"(event|record|child|episode|plan)\.[a-z0-9_]+"
        own = "" if file else "|[a-z0-9_]+"
        anchor = "|".join([*map(re.escape, [*anchors, *facts, *fields]), r"record\.[a-z0-9_]+"]) + own
        if not file:
            anchor += f"|{any_field}"
        meeting = "|".join(map(re.escape, file.meetings)) or "(?!)" if file else "[a-z0-9]+([-_][a-z0-9]+)*"
        words = DEADLINE_MEANS
        line = (
            f"{'|'.join(words)}|within {LENGTH} of ({anchor})|on day [0-9]{{1,5}} of ({anchor})|before ({anchor})"
            f"|at next ({meeting})"
        )
        hint = (
            "write within 72 hours of started, on day 7 of started, before event.starts_at, at next MEETING, or a word"
        )
        window = f"(?!0+ )[0-9]{{1,5}} (day|week|month|year)s?|{'|'.join(PERIODS)}|not_stated"
        day = "|".join(WEEKDAYS)
        self.definitions |= {
            "length": written(LENGTH, "a length is a number and minutes, hours, days, working days, weeks and so on"),
            "anchor": one_of_or(
                anchors | facts | fields, written(anchor, "write what the time runs from, such as started or event")
            ),
            "field": one_of_or(
                fields | all_lengths | facts,
                written(f"{any_field}" + ("" if file else "|[a-z0-9_]+"), "name a field such as record.call_back_at"),
            ),
            "length_fact": one_of_or(
                all_lengths, written("[a-z0-9_.]+", "name a fact of type length, such as plan.report_after")
            )
            if not file
            else one_of(all_lengths),
            "deadline_words": enum(words | DEADLINE_EXAMPLES),
            "deadline_line": written(line, hint),
            "trigger_word": one_of({word: MOMENT_MEANS[word] for word in (*MOMENTS, "missing")}),
            "until_word": one_of({word: MOMENT_MEANS[word] for word in ("returned", "located")}),
            "days": one_of_or(
                {"monday to friday": "the working week"} | dict.fromkeys(WEEKDAYS, "a day of the week"),
                written(f"({day})( to ({day}))?", "write monday, or monday to friday"),
            ),
            "time": written("([01][0-9]|2[0-3]):[0-5][0-9]", 'write hours and minutes, as "09:00"', number=True),
            "date": written(_DATE, "write year-month-day, as 2025-04-01"),
            "day_number": written("[0-9]{1,5}", "write a number, such as 7", number=True),
            "age": written("[1-9][0-9]?", "write an age in years, such as 18", number=True),
            "count": written("[0-9]+", "write a number", number=True),
            "window": one_of_or(
                {"90 days": "a window of so long", **_WINDOWS},
                written(window, "write a length such as 90 days, a calendar period, or not_stated"),
            ),
            "stretch": one_of_or(
                {"at least 24 hours": "from 24 hours on", "more than 48 hours": "once over 48 hours"},
                written(
                    "(at least|more than) (?!0+ )[0-9]{1,5} (minute|hour|day|week|month|year)s?",
                    "write at least or more than a length, such as at least 24 hours",
                ),
            ),
            "reach": one_of_or(
                {"at least 3": "the third and each after it", "more than 3": "the fourth and each after it"},
                written("at least (?!0+$)[0-9]{1,6}|more than [0-9]{1,6}", "write at least 3, or more than 3"),
            ),
        }

    @property
    def fields(self) -> dict[str, str]:
        """The fields of events, with their types."""
        shared = {field: str(type_) for word in EVENTS.values() for field, type_ in word.fields.items()}
        return shared | (self.file.fields if self.file else {})


_SOME: Final[Schema] = scalar_or_list({"type": SCALAR})
_TIMED: Final = (FactType.DATE, FactType.INSTANT)
_WINDOWS: Final = {
    "calendar month": "the month of the calendar",
    "calendar quarter": "the quarter of the calendar",
    "calendar year": "the year of the calendar",
    "not_stated": "the source names no window",
}


def _calendar(word: str) -> str:
    return {
        "weekday": "each day from Monday to Friday",
        "working_day": "each working day",
        "half_month": "from the 1st, and from the 16th",
        "two_months": "January and February, March and April, and so on",
    }.get(word, f"each {word.replace('_', ' ')}")


def _spellings(name: str) -> list[str]:
    """A fact as it may be written: with its prefix and, of the episode, without."""
    return list(dict.fromkeys((short(name), name)))
