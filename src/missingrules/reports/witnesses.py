"""The case for which two protocols ask for different things, as a case file that says so, and what was gone through."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from missingrules.reports.cases import CaseWriter
from missingrules.reports.differences import Sides
from missingrules.reports.wording import moment, people, references

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from missingrules.domain.comparisons import Parted, Searched, Witness
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.protocol import Protocol
    from missingrules.reports.prose import Teller

WIDTH = 118


def witness_text(found: Witness, searched: Searched, first: Protocol, second: Protocol, named: Sequence[str]) -> str:
    """A case file; its comments say where the two part, by which paragraphs, and how to ask again."""
    sides = Sides(first, second)
    at = first.clock.local(found.as_of).isoformat()
    said = [
        f"{sides.names[0]} and {sides.names[1]} part here, as the case stands at {at}:",
        *(f"  {line}" for line in dict.fromkeys(_lines(found.parted, sides, first))),
        f"The smallest of its kind: {'1 case was' if searched.tried == 1 else f'{searched.tried} cases were'} tried, "
        "from the smallest up.",
        f"Ask again: missingrules evaluate FILE --protocol {named[0]} --protocol {named[1]} --as-of {at}",
    ]
    # The last is to be copied, and stays on one line.
    comments = [line for each in said[:-1] for line in _wrapped(each)] + [f"# {said[-1]}"]
    facts = {**second.words.facts, **first.words.facts}
    written = CaseWriter(facts, first.clock, None, found.as_of).lines(found.case)
    return "\n".join([*comments, "format: 1", f"case: {found.case.id}", *written]) + "\n"


def nothing_text(searched: Searched, first: Protocol, second: Protocol, *, only_weaker: bool) -> str:
    """That no such case was found, and within which bounds."""
    names = Sides(first, second).names
    what = (
        f"{names[0]} asks for no less than {names[1]}" if only_weaker else f"{names[0]} and {names[1]} ask for the same"
    )
    bound = (
        "every case that can be made of what their conditions read"
        if searched.is_whole
        else f"every case that says fewer than {searched.size} things beyond one episode of an ordinary child"
    )
    return "\n".join(textwrap.wrap(f"{what} in all {searched.tried} cases tried: {bound}.", WIDTH)) + "\n"


def _wrapped(line: str) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(
        line,
        WIDTH,
        initial_indent="# ",
        subsequent_indent=f"# {indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _lines(parted: Sequence[Parted], sides: Sides, protocol: Protocol) -> Iterator[str]:
    first, second = sides.names
    for each in parted:
        one, other = each.first, each.second
        if one is None or other is None:
            asks, silent = (first, second) if one is not None else (second, first)
            found = one or other
            assert found is not None
            teller = sides.first if one is not None else sides.second
            yield f"{asks} asks for it, {silent} does not: {_told(found, teller)}"
            continue
        yield f"{_beside(each, sides, protocol)}: {_told(one, sides.first)}; {_told(other, sides.second)}"


def _beside(each: Parted, sides: Sides, protocol: Protocol) -> str:
    first, second = sides.names
    one, other = each.first, each.second
    assert one is not None
    assert other is not None
    match each.kind:
        case "modality":
            return f"{first} {one.duty.modality}, {second} {other.duty.modality}"
        case "effect":
            return f"{first} {one.duty.effect}, {second} {other.duty.effect}"
        case "chair":
            return f"{first} with {people(one.chair)} in the chair, {second} with {people(other.chair)}"
    due = ["at no stated time" if at is None else f"by {moment(protocol.clock, at)}" for at in (one.due, other.due)]
    return f"{first} {due[0]}, {second} {due[1]}"


def _told(one: Obligation, teller: Teller) -> str:
    return f"{one.duty.title} [{references(one.citations, teller.own)}]"
