"""The case for which two protocols ask for different things, as a case file that says so, and what was gone through."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from missingrules.domain.answers import Forbidden
from missingrules.domain.comparisons import TIMES
from missingrules.domain.obligations import OVER, Obligation
from missingrules.domain.people import People
from missingrules.reports.cases import CaseWriter
from missingrules.reports.differences import Sides
from missingrules.reports.wording import moment, people, references

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from missingrules.domain.citations import NotStated
    from missingrules.domain.comparisons import Parted, ReadOtherwise, Searched, Unseen, Witness
    from missingrules.domain.obligations import Undecided
    from missingrules.domain.protocol import Protocol
    from missingrules.reports.prose import Teller

WIDTH: Final = 118
_UNSEEN: Final = {
    "called for": "Called for in none of them, so that nothing is said of it:",
    "decided": "Open wherever it might be called for, so that nothing is said of it:",
    "by when": "By when was open in all of them:",
    "who": "Who acts was open in all of them:",
    "chair": "Who takes the chair was open in all of them:",
}


def witness_text(found: Witness, searched: Searched, first: Protocol, second: Protocol, named: Sequence[str]) -> str:
    """A case file; its comments say where the two part, by which paragraphs, and how to ask again."""
    sides = Sides(first, second)
    at = first.clock.local(found.as_of).isoformat()
    more = "".join(f" --reading {reading}={option}" for reading, option in found.readings)
    more += " --organisation" if found.organisation else ""
    said = [
        f"{sides.names[0]} and {sides.names[1]} part here, as the case stands at {at}:",
        *(f"  {line}" for line in dict.fromkeys(_lines(found.parted, sides, first))),
        f"The smallest of its kind: {'1 case was' if searched.tried == 1 else f'{searched.tried} cases were'} tried, "
        "from the smallest up.",
        f"Ask again: missingrules evaluate FILE --protocol {named[0]} --protocol {named[1]} --as-of {at}{more}",
    ]
    # The last is to be copied, and stays on one line.
    comments = [line for each in said[:-1] for line in _wrapped(each)] + [f"# {said[-1]}"]
    facts = {**second.words.facts, **first.words.facts}
    written = CaseWriter(facts, first.clock, None, found.as_of).lines(found.case)
    return "\n".join([*comments, "format: 1", f"case: {found.case.id}", *written]) + "\n"


def nothing_text(searched: Searched, first: Protocol, second: Protocol, *, only_weaker: bool) -> str:
    """That no such case was found, within which bounds, and of which rules no case told anything."""
    sides = Sides(first, second)
    names = sides.names
    what = (
        f"{names[0]} asks for no less than {names[1]}" if only_weaker else f"{names[0]} and {names[1]} ask for the same"
    )
    bound = (
        "every case that can be made of what their conditions read"
        if searched.is_whole
        else f"every case that says fewer than {searched.size} things beyond one episode of an ordinary child"
    )
    cases = "in the one case tried" if searched.tried == 1 else f"in all {searched.tried} cases tried"
    said = [
        f"{what} {cases}: {bound}. In each of them facts stay as they are, and nothing happens more than {TIMES} times."
    ]
    for kind, heading in _UNSEEN.items():
        told = [_of_unseen(each, sides) for each in searched.unseen if each.what == kind]
        if told:
            said += ["", heading, *(f"- {one}" for one in dict.fromkeys(told))]
    if searched.otherwise is not None:
        said += ["", _read_otherwise(searched.otherwise)]
    return (
        "\n".join(line for each in said for line in textwrap.wrap(each, WIDTH, subsequent_indent=_hang(each)) or [""])
        + "\n"
    )


def _hang(line: str) -> str:
    return "  " if line.startswith("- ") else ""


def _of_unseen(each: Unseen, sides: Sides) -> str:
    name, teller = (sides.names[0], sides.first) if each.of_first else (sides.names[1], sides.second)
    return f"{name}: {each.provision.title} [{references(each.provision.citations, teller.own)}]"


def _read_otherwise(found: ReadOtherwise) -> str:
    """What other options of readings came to."""
    if found.parts is not None:
        reading, option = found.parts
        return f"Read otherwise they part: ask again with --reading {reading}={option}."
    options = (
        "The one other option of a reading parts" if found.tried == 1 else f"Of {found.tried} other options none parts"
    )
    told = f"{options} them, each by itself, in up to {found.cases} cases." if found.tried else ""
    left = f"{found.left} options of readings were not tried." if found.left else ""
    return " ".join(each for each in (told, left) if each)


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
        verb = "forbids it" if each.kind == "forbidden" else "asks for it"
        if one is None or other is None:
            asks, silent = (first, second) if one is not None else (second, first)
            found = one or other
            assert found is not None
            teller = sides.first if one is not None else sides.second
            yield f"{asks} {verb}, {silent} does not: {_told(found, teller)}"
            continue
        yield f"{_beside(each, sides, protocol)}: {_told(one, sides.first)}; {_told(other, sides.second)}"


def _beside(each: Parted, sides: Sides, protocol: Protocol) -> str:
    first, second = sides.names
    one, other = each.first, each.second
    if isinstance(one, Forbidden) and isinstance(other, Forbidden):
        return f"{first} {one.prohibition.modality} not, {second} {other.prohibition.modality} not"
    assert isinstance(one, Obligation)
    assert isinstance(other, Obligation)
    match each.kind:
        case "modality":
            return f"{first} {one.duty.modality}, {second} {other.duty.modality}"
        case "effect":
            return f"{first} {one.duty.effect}, {second} {other.duty.effect}"
        case "by":
            return f"{first} by {_who(one.by)}, {second} by {_who(other.by)}"
        case "chair":
            return f"{first} with {_who(one.chair)} in the chair, {second} with {_who(other.chair)}"
        case "attend":
            return f"{first} with {_who(one.attendees)} there, {second} with {_who(other.attendees)}"
        case "with":
            return f"{first} with {_who(one.with_)}, {second} with {_who(other.with_)}"
        case "over":
            over = ["over" if each.status in OVER else "still to be done" for each in (one, other)]
            return f"{first} {over[0]}, {second} {over[1]}"
    due = ["at no stated time" if at is None else f"by {moment(protocol.clock, at)}" for at in (one.due, other.due)]
    return f"{first} {due[0]}, {second} {due[1]}"


def _who(who: People | NotStated | Undecided | None) -> str:
    return (people(who) if isinstance(who, People) else None) or "nobody named"


def _told(one: Obligation | Forbidden, teller: Teller) -> str:
    if isinstance(one, Forbidden):
        return f"{one.prohibition.title} [{references(one.prohibition.citations, teller.own)}]"
    return f"{one.duty.title} [{references(one.citations, teller.own)}]"
