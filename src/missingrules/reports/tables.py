"""An answer as tables: the duties, what is forbidden, what to ask, what lies ahead, and what the answer is of."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final

from missingrules.domain.clock import FOREVER, calendar_version
from missingrules.domain.protocol import bare, layer_of
from missingrules.formats.tables import Column, Table
from missingrules.interface.rows import Row, moment, paragraphs, rows_of
from missingrules.interface.shared import ahead_condition, iso, library_version
from missingrules.reports.sheet import Sheet
from missingrules.reports.together import conflicts
from missingrules.reports.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from missingrules.domain.answers import Answer, ProtocolAnswer
    from missingrules.formats.tables import Cell

# The names of a row are those of a result, which Python cannot always have.
DUTIES: Final = tuple(
    Column(each.name.rstrip("_"), "moment" if "datetime" in str(each.type) else "text") for each in fields(Row)
)
FORBIDDEN: Final = (
    *map(Column, ("case", "key", "protocol", "rule", "action", "called", "title", "topic", "modality", "episode")),
    Column("status"),
    Column("record"),
    Column("at", "moment"),
    Column("paragraphs"),
)
QUESTIONS: Final = (
    *map(Column, ("case", "protocol", "ask", "fact", "episode", "record")),
    Column("duties", "number"),
    Column("needed_by", "moment"),
    Column("keys"),
)
NEXT: Final = (
    *map(Column, ("case", "protocol", "if", "then", "kind")),
    Column("more_episodes", "number"),
    Column("at", "moment"),
    *map(Column, ("subject", "rule", "action", "called", "paragraphs")),
)
ABOUT: Final = (Column("what"), Column("value"))


def duties(answer: Answer) -> Table:
    """Each obligation in a row, as `interface.rows.Row` has it."""
    names = [each.name for each in fields(Row)]
    return Table("duties", DUTIES, tuple(tuple(getattr(row, name) for name in names) for row in rows_of(answer)))


def tables_of(answer: Answer) -> tuple[Table, ...]:
    """All tables, the duties first."""
    return (
        duties(answer),
        Table("forbidden", FORBIDDEN, tuple(row for part in answer.protocols for row in _forbidden(part, answer))),
        Table("questions", QUESTIONS, tuple(row for part in answer.protocols for row in _questions(part, answer))),
        Table("next", NEXT, tuple(row for part in answer.protocols for row in _next(part, answer))),
        Table("about", ABOUT, tuple(_about(answer))),
    )


def _forbidden(part: ProtocolAnswer, answer: Answer) -> Iterator[tuple[Cell, ...]]:
    for one in part.forbidden:
        what, protocol = one.prohibition, layer_of(one.key)
        called, at = part.protocol.called.get(what.action), moment(part.protocol.clock, one.at)
        yield (answer.case, one.key, protocol, bare(what.rule), what.action, called, what.title, what.topic,
               what.modality.value, one.episode, one.status, one.record, at, paragraphs(what.citations, protocol),
        )  # fmt: skip


def _questions(part: ProtocolAnswer, answer: Answer) -> Iterator[tuple[Cell, ...]]:
    for one in part.questions:
        keys = tuple(dict.fromkeys(one.affects))
        by = moment(part.protocol.clock, one.by)
        name = part.protocol.name
        yield answer.case, name, one.ask, one.fact, one.episode, one.record, len(keys), by, "; ".join(keys)


def _next(part: ProtocolAnswer, answer: Answer) -> Iterator[tuple[Cell, ...]]:
    clock = part.protocol.clock
    for one in part.ahead:
        protocol, duty = layer_of(part.protocol.key_of(one.duty.rule)), one.duty
        at = None if one.at >= FOREVER else moment(clock, one.at)
        yield (answer.case, protocol, ahead_condition(one, clock), duty.title, one.kind, one.count, at, one.subject,
               bare(duty.rule), duty.action, part.protocol.called.get(duty.action),
               paragraphs(one.citations, protocol),
        )  # fmt: skip


def _about(answer: Answer) -> Iterator[tuple[Cell, ...]]:
    """What was asked of which texts; and what belongs to no duty alone."""
    yield "case", answer.case
    yield "as of", iso(answer.clock, answer.as_of)
    if answer.valid_until is not None:
        yield "holds until, if nothing is added", iso(answer.clock, answer.valid_until)
    yield "days looked ahead", answer.horizon_days
    for part in answer.protocols:
        for number, layer in enumerate(part.protocol.layers):
            yield "stands on" if number else "protocol", layer.name
            yield "title", layer.title
            yield "edition", layer.edition.label
            yield "fingerprint", layer.fingerprint
    yield "library", f"missingrules {library_version()}"
    yield "working days", calendar_version()
    sheet = Sheet(answer)
    yield from (("warning", sheet.warning(one)) for one in answer.warnings)
    for block in conflicts(answer):
        yield "conflict", _joined(f"{line.label} {line.text}" for line in block[1:])
    for part in answer.protocols:
        for conflict in part.conflicts:
            cited = paragraphs(conflict.citations, part.protocol.name)
            yield "conflict", f"{conflict.what} cannot be {listed(conflict.values, 'and')} at once [{cited}]"
        for concluded in part.conclusions:
            of = f" in episode {concluded.episode}" if concluded.episode else ""
            cited = paragraphs(concluded.citations, part.protocol.name)
            yield "stands", f"{concluded.what}{of} counts as {concluded.effective} [{cited}]"
        for other in part.ambiguities:
            would = _joined(title for _, title in other.would_add)
            yield "another reading", f"{other.reading}: {other.option} would add {would}"


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(texts)
