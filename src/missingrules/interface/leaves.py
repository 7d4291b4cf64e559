"""The leaves of a case: times, words, ids and texts, each with the codes of what can be wrong with it.

YAML gives every scalar as text; JSON and Python also give numbers, truths, dates and times. Both are taken.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, WithJsonSchema, WrapValidator
from pydantic_core import PydanticCustomError

from missingrules.domain.clock import Instant, instant_of

if TYPE_CHECKING:
    from typing import NoReturn

    from missingrules.domain.case import Stamp

# Outside these years calendars, bank holidays and zones say nothing that a case could mean.
EARLIEST_YEAR: Final = 1850
LATEST_YEAR: Final = 2200
LONGEST_TEXT: Final = 200

NOTHING: Final = ("", "~", "null", "Null", "NULL")

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?(Z|z|[+-]\d{2}:?\d{2})?")
_EXACT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
_WORD = re.compile(r"[a-z][a-z0-9_]{0,99}")
# They name subjects in the keys of obligations.
_SUBJECTS = ("child", "organisation")


def wrong(code: str, message: str, hint: str | None = None) -> NoReturn:
    """Refuse a leaf; pydantic adds the place, `Findings` turns it into a diagnostic."""
    raise PydanticCustomError(code, "{message}", {"message": message, "hint": hint})


def is_nothing(value: object) -> bool:
    return value is None or (isinstance(value, str) and value in NOTHING)


def read_stamp(value: object) -> datetime | date:
    """An aware time of whole seconds, or a date alone."""
    if isinstance(value, str) and not is_nothing(value):
        value = _stamp_of(value)
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            _refuse_naive()
        if value.microsecond:
            _refuse_fraction()
    elif is_nothing(value):
        wrong("bad-timestamp", "a time is wanted here, and there is none", "write the time, or a date alone")
    elif not isinstance(value, date):
        wrong("bad-timestamp", "a time is wanted here", "write it as 2025-03-28T22:30:00+00:00, or a date alone")
    if not EARLIEST_YEAR <= value.year < LATEST_YEAR:
        wrong("bad-timestamp", f"the year is not between {EARLIEST_YEAR} and {LATEST_YEAR}", "check the year")
    return value


def _stamp_of(text: str) -> datetime | date:
    if _DATE.fullmatch(text):
        return _calendar(text, date)
    shape = _TIME.fullmatch(text)
    if not shape:
        wrong("bad-timestamp", "this is no time", "write it as 2025-03-28T22:30:00+00:00, or a date alone")
    if not shape[3]:
        _refuse_naive(text)
    if shape[2]:
        _refuse_fraction()
    if not _EXACT.fullmatch(text):
        wrong(
            "bad-timestamp",
            "this time is not written in full",
            "write date, T, hours, minutes and seconds, and the offset: 2025-03-28T22:30:00+00:00",
        )
    return _calendar(text, datetime)


def _calendar(text: str, kind: type[date]) -> date:
    try:
        return kind.fromisoformat(text)
    except ValueError:
        wrong("bad-timestamp", "there is no such date or time", "check the day, the hour and the offset")


def _refuse_naive(text: str = "2025-03-28T22:30:00") -> NoReturn:
    full = f"{text[:10]}T{text[11:16]}:{text[17:19] or '00'}"
    wrong(
        "naive-timestamp",
        "this time has no offset, so it could be one of two hours",
        f"write {full}+00:00 in winter (Greenwich Mean Time), {full}+01:00 in summer (British Summer Time)",
    )


def _refuse_fraction() -> NoReturn:
    wrong("bad-timestamp", "times are kept in whole seconds", "leave out the fraction of a second")


def read_date(value: object) -> date:
    """A date alone."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        value = _calendar(value, date)
    if isinstance(value, datetime) or (isinstance(value, str) and _TIME.fullmatch(value)):
        wrong("bad-date", "a date alone is wanted here, without a time", f"write {str(value)[:10]}")
    if not isinstance(value, date):
        wrong("bad-date", "this is not written as a date", "write year, month and day: 2025-03-28 is 28 March 2025")
    if not EARLIEST_YEAR <= value.year < LATEST_YEAR:
        wrong("bad-date", f"the year is not between {EARLIEST_YEAR} and {LATEST_YEAR}", "check the year")
    return value


def read_text(value: object) -> str:
    """A printable text of at most `LONGEST_TEXT` characters; numbers count as text, since ids often are numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if is_nothing(value):
        wrong("bad-text", "a text is wanted here, and there is none", "write it")
    if not isinstance(value, str):
        wrong("wrong-shape", "a text is wanted here", "write it alone, without names or brackets")
    if not value.isprintable():
        wrong("bad-text", "a text stands on one line, with visible characters alone", "leave out tabs and line breaks")
    if len(value) > LONGEST_TEXT:
        wrong("bad-text", f"a text has at most {LONGEST_TEXT} characters", "shorten it")
    return value


def read_id(value: object) -> str:
    text = read_text(value)
    if not _ID.fullmatch(text):
        wrong("bad-id", "an id has only letters, digits and . _ : - in it", "write it like E1 or 2025-0042")
    if text in _SUBJECTS:
        wrong("bad-id", f"no id can be {text}: keys use that word for their subject", "choose another id")
    return text


def read_word(value: object) -> str:
    text = read_text(value)
    if not _WORD.fullmatch(text):
        word = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
        hint = f"write {word}" if _WORD.fullmatch(word) else "write it like team_manager"
        wrong("bad-word", "a word here has small letters, digits and _ only", hint)
    return text


def to_domain(value: datetime | date) -> Stamp:
    """A stamp as the engine has it: seconds since 1970, or the date."""
    return instant_of(value) if isinstance(value, datetime) else value


def read_instant(text: str) -> Instant:
    """An instant from a text such as a command line has; ValueError with what to write instead for anything else."""
    try:
        stamp = read_stamp(text)
    except PydanticCustomError as error:
        context = error.context or {}
        raise ValueError(f"{context['message']}: {context['hint']}") from None
    if not isinstance(stamp, datetime):
        raise ValueError("a date alone is no instant: add the time and its offset, as in 2025-03-28T22:30:00+00:00")
    return instant_of(stamp)


def _optional(read: Any) -> BeforeValidator:
    return BeforeValidator(lambda value: None if is_nothing(value) else read(value))


def _words(value: object) -> object:
    return () if is_nothing(value) else value if isinstance(value, list | tuple) else (value,)


def _list(value: object) -> object:
    return () if is_nothing(value) else value


# --- how each is described to editors and other systems ---------------------------------------------------------------

# A number counts as text: an editor sees `case: 1042` as one.
_TEXT_SCHEMA: Final = {"type": ["string", "number"], "minLength": 1, "maxLength": LONGEST_TEXT}
_ID_SCHEMA: Final = {
    "type": ["string", "number"],
    "pattern": f"^(?!(?:{'|'.join(_SUBJECTS)})$){_ID.pattern}$",
    "minimum": 0,
}
_WORD_SCHEMA: Final = {"type": "string", "pattern": f"^{_WORD.pattern}$"}
_DAY_SCHEMA: Final = {"type": "string", "format": "date", "pattern": f"^{_DATE.pattern}$"}
_INSTANT_SCHEMA: Final = {"type": "string", "format": "date-time", "pattern": f"^{_EXACT.pattern}$"}
_NOTHING_SCHEMA: Final = {"enum": [None, *NOTHING]}


def _either(*schemas: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [dict(each) for each in schemas]})


def _some(schema: dict[str, Any]) -> WithJsonSchema:
    """One alone, a list, or nothing."""
    return _either(schema, {"type": "array", "items": dict(schema)}, _NOTHING_SCHEMA)


class OrNothing:
    """In the schema, null beside what an annotation says."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [handler(core), dict(_NOTHING_SCHEMA)]}


# The validators give exactly the annotated types; pydantic's own parsing of them would accept more.
Time = Annotated[
    datetime | date, WrapValidator(lambda value, _: read_stamp(value)), _either(_INSTANT_SCHEMA, _DAY_SCHEMA)
]
# Left out is not the same as null, so the published schema names no default.
OptionalTime = Annotated[
    datetime | date | None,
    WrapValidator(lambda value, _: None if is_nothing(value) else read_stamp(value)),
    _either(_INSTANT_SCHEMA, _DAY_SCHEMA, _NOTHING_SCHEMA),
    Field(json_schema_extra=lambda schema: schema.pop("default", None)),
]
Day = Annotated[date, WrapValidator(lambda value, _: read_date(value)), WithJsonSchema(dict(_DAY_SCHEMA))]
OptionalDay = Annotated[
    date | None,
    WrapValidator(lambda value, _: None if is_nothing(value) else read_date(value)),
    _either(_DAY_SCHEMA, _NOTHING_SCHEMA),
]
Id = Annotated[str, BeforeValidator(read_id), WithJsonSchema(dict(_ID_SCHEMA))]
OptionalId = Annotated[str | None, _optional(read_id), _either(_ID_SCHEMA, _NOTHING_SCHEMA)]
Word = Annotated[str, BeforeValidator(read_word), WithJsonSchema(dict(_WORD_SCHEMA))]
OptionalWord = Annotated[str | None, _optional(read_word), _either(_WORD_SCHEMA, _NOTHING_SCHEMA)]
Text = Annotated[str, BeforeValidator(read_text), WithJsonSchema(dict(_TEXT_SCHEMA))]
OptionalText = Annotated[str | None, _optional(read_text), _either(_TEXT_SCHEMA, _NOTHING_SCHEMA)]
Words = Annotated[tuple[Word, ...], BeforeValidator(_words), _some(_WORD_SCHEMA)]
Ids = Annotated[tuple[Id, ...], BeforeValidator(_words), _some(_ID_SCHEMA)]
Times = Annotated[tuple[Time, ...], BeforeValidator(_list), OrNothing()]
