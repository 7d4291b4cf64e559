"""Why a rule fired, or the first condition that kept it silent, as text."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from missingrules.domain.clock import Instant
from missingrules.domain.protocol import layer_of
from missingrules.reports.wording import moment, paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from missingrules.domain.answers import Explanation, Step
    from missingrules.domain.clock import Clock
    from missingrules.domain.obligations import Evidence, Obligation
    from missingrules.domain.protocol import Protocol

_HOLDS: Final = {True: ("yes", "green"), False: ("NO", "bold red"), None: ("unknown", "bold magenta")}
_ANSWERS: Final = {
    "fired": "it has fired.",
    "upcoming": "it has not fired, and will if only time passes.",
    "open": "it cannot be decided whether it fires.",
    "silent": "it has not fired.",
}


def explanation_report(protocol: Protocol, explanations: Sequence[Explanation], as_of: Instant) -> RenderableType:
    """All explanations of one rule, act by act and subject by subject."""
    return Group(*_parts(protocol, explanations, as_of))


def _parts(protocol: Protocol, explanations: Sequence[Explanation], as_of: Instant) -> Iterator[RenderableType]:
    clock = protocol.clock
    for number, (_, found) in enumerate(groupby(explanations, key=lambda one: one.duty)):
        same = list(found)
        if number:
            yield Text("")
        yield Text(f"{same[0].duty}: {same[0].title}", "bold")
        layer = next(one for one in protocol.layers if one.name == layer_of(protocol.key_of(same[0].duty)))
        yield Text(f"{layer.title}, {paragraphs(same[0].citations, [layer.name])}")
        yield Text(f"as of {moment(clock, as_of)}")
        for one in same:
            yield Text("")
            yield from looked_at(one, protocol)
    if not explanations:
        yield Text("This rule asks for no act: it classifies or forbids, or no reading that was chosen has it.")


def looked_at(one: Explanation, protocol: Protocol) -> Iterator[RenderableType]:
    """What a rule looked at for one subject, in its order, and how what it asks for stands."""
    clock = protocol.clock
    subject = one.subject if one.subject in ("child", "organisation") else f"episode {one.subject}"
    yield Text(f"{subject[0].upper()}{subject[1:]}: {_ANSWERS[one.outcome]}", "bold")
    yield Padding(_steps(one.steps, clock), (0, 0, 0, 2))
    if one.outcome in ("silent", "open") and one.failed:
        word = "is not known" if one.failed.holds is None else "does not hold"
        yield Padding(Text(f"The first condition that {word}: {one.failed.wants}"), (0, 0, 0, 2))
    if one.would:
        yield Padding(Text(f"It would fire if {'; and '.join(one.would)}."), (0, 0, 0, 2))
    for obligation in one.obligations:
        yield Padding(Text(_standing(obligation, clock)), (0, 0, 0, 2))


def _steps(steps: Sequence[Step], clock: Clock) -> Table:
    grid = Table.grid(padding=(0, 0))
    grid.add_column(width=9, no_wrap=True)
    grid.add_column(ratio=1)
    for step in steps:
        word, style = _HOLDS[step.holds]
        grid.add_row(Text(word, style), Text(step.wants))
        for read in step.read:
            grid.add_row("", Text(f"  {_read(read, clock)}", "dim"))
    return grid


def _read(evidence: Evidence, clock: Clock) -> str:
    value = evidence.value
    if evidence.is_instant and isinstance(value, int):
        value = moment(clock, Instant(value))
    return f"{evidence.fact}: {value} ({evidence.source})"


def _standing(one: Obligation, clock: Clock) -> str:
    due = f", due {moment(clock, one.due)}" if one.due is not None else ""
    return f"{one.key}: {one.status.replace('_', ' ')}{due}"
