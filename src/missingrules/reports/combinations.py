"""What differs under every combination of the readings that a case touches, as text."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.text import Text

from missingrules.domain.combinations import COMPARED
from missingrules.reports.layout import Line, indented
from missingrules.reports.together import paper
from missingrules.reports.wording import moment, people

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from missingrules.domain.answers import Forbidden
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.combinations import Change, Combination, Differences
    from missingrules.domain.obligations import Obligation

_PEOPLE: Final = ("by", "chair", "recipients", "attendees", "with")
_WORDS: Final = MappingProxyType({"by": "who", "recipients": "tell", "attendees": "attend"})


def combinations_report(case: str, as_of: Instant, found: Sequence[Sequence[Combination]]) -> RenderableType:
    """For each protocol the readings that the case touches, then what each combination changes."""
    clock = found[0][0].protocol.clock
    parts: list[RenderableType] = [Text(f"Case {case}, as of {moment(clock, as_of)}", "bold")]
    several = Counter(of_protocol[0].protocol.name for of_protocol in found)
    for of_protocol in found:
        protocol = of_protocol[0].protocol
        edition = f", {protocol.edition.label}" if several[protocol.name] > 1 else ""
        parts += _of_protocol(of_protocol, paper(protocol) + edition)
    return Group(*parts)


def _of_protocol(found: Sequence[Combination], name: str) -> Iterator[RenderableType]:
    """Each combination in full, save where smaller ones shown before it say the same."""
    asked, *others = found
    protocol = asked.protocol
    if not others:
        yield Text(f"\n{name}: no reading changes anything in this case", "bold")
        return
    readings = "1 reading" if len(asked.readings) == 1 else f"{len(asked.readings)} readings"
    yield Text(f"\n{name}: {readings}, {len(found)} combinations", "bold")
    for id_, taken in asked.readings.items():
        reading = protocol.readings[id_]
        options = [taken, *(option.name for option in reading.options if option.name != taken)]
        rows = [
            Line("reading", f"{id_}: {reading.question}"),
            Line("as asked", taken),
            Line("or", " or ".join(options[1:])),
        ]
        yield indented(rows)
    changing = {frozenset(one.otherwise.items()): changes(one.differences, protocol.clock) for one in others}
    for one in others:
        read = frozenset(one.otherwise.items())
        parts = _parts(read, changing)
        lines = [Line("READ AS", _read(one.otherwise.items()), "bold")]
        if len(parts) == 1:
            lines += changing[read] or [Line("", "changes nothing")]
        elif all(len(part) == 1 for part in parts):
            lines.append(Line("", "changes what each of these changes alone, and no more"))
        else:
            lines.append(Line("", "changes what these change, and no more:"))
            lines += [Line("", f"- {_read(sorted(part))}") for part in sorted(parts, key=sorted)]
        yield Text("")
        yield indented(lines)


Taken = frozenset[tuple[str, str]]


def _parts(read: Taken, changes: Mapping[Taken, list[Line]]) -> list[Taken]:
    """The smallest combinations that together change just what this one does; itself where there are none."""
    first, *rest = sorted(read)
    for size in range(len(rest)):
        for some in combinations(rest, size):
            part = frozenset((first, *some))
            if set(changes[part]) | set(changes[read - part]) == set(changes[read]):
                return [part, *_parts(read - part, changes)]
    return [read]


def _read(taken: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f"{id_}: {option}" for id_, option in taken)


def changes(found: Differences, clock: Clock) -> list[Line]:
    """What one answer has otherwise than another, one line each."""
    rows = [Line("adds", f"{_title(each)}: {_stands(each, clock)}") for each in found.added]
    rows += [Line("drops", _title(each)) for each in found.gone]
    rows += [Line("changes", _changed(each, clock)) for each in found.changed]
    rows += [Line("forbids", _forbidden(each)) for each in found.forbidden]
    rows += [Line("allows", _forbidden(each)) for each in found.allowed]
    for each in found.concluded:
        of = f" of episode {each.episode}" if each.episode else ""
        # What nobody concludes stays as the case gives it.
        now = each.after.effective if each.after else "recorded"
        was = each.before.effective if each.before else "recorded"
        rows.append(Line("counts", f"{each.what.removeprefix('episode.')}{of} as {now} (was {was})"))
    return rows


def _title(one: Obligation) -> str:
    act = f", {one.duty.action.replace('_', ' ')}" if one.duty.id != one.duty.rule else ""
    number = f", number {one.occurrence}" if one.duty.repeat and one.occurrence.isdigit() else ""
    subject = f"episode {one.episode}" if one.episode else one.subject
    return f"{one.duty.title} ({subject}{number}{act})"


def _forbidden(one: Forbidden) -> str:
    record = f", record {one.record}" if one.record else ""
    return f"{one.prohibition.title} ({one.status.replace('_', ' ')}{record})"


def _stands(one: Obligation, clock: Clock) -> str:
    due = "" if one.due is None else f", due {moment(clock, one.due)}"
    return one.status.replace("_", " ") + due


def _changed(one: Change, clock: Clock) -> str:
    parts = [
        f"{_name(field)}{_value(one.after, field, clock)} (was {_value(one.before, field, clock)})"
        for field in one.fields
    ]
    return f"{_title(one.before)}: {'; '.join(parts)}"


def _name(field: str) -> str:
    return "" if field == "status" else f"{_WORDS.get(field, field.replace('_', ' '))} "


def _value(one: Obligation, field: str, clock: Clock) -> str:
    if field in _PEOPLE:
        return people(COMPARED[field](one)) or "nobody"  # type: ignore[arg-type]
    if field == "due":
        return "at no stated time" if one.due is None else moment(clock, one.due)
    if field == "due_between":
        return " to ".join(moment(clock, at) for at in one.due_between) if one.due_between else "settled"
    return str(COMPARED[field](one)).replace("_", " ")
