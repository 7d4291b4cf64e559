"""Which papers are for a child, in words: one line for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from missingrules.domain.applies import LOCAL, MEANS, Relation
from missingrules.domain.diagnostics import did_you_mean
from missingrules.reports.prose import Teller
from missingrules.reports.together import paper
from missingrules.reports.wording import listed, references

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from missingrules.domain.answers import Applying
    from missingrules.domain.protocol import Protocol

NOT_SAID: Final = "the paper is for, its file does not say (applies:)"


def applies_lines(found: Sequence[Applying]) -> Iterator[str]:
    """Those that are for the child first, and at the end the authorities that are named and have no paper here."""
    for answer in ("yes", "not_stated", "not_known", "no"):
        for one in found:
            if one.answer == answer:
                yield f"{paper(one.protocol)}: {told(one)}"
    yield from not_at_hand(found)


def told(one: Applying) -> str:
    """Whether the paper is for the child, and where it says so."""
    who = MEANS[one.relation] if one.relation else ""
    cited = references(one.citations, one.protocol.own_documents)
    match one.answer:
        case "yes":
            also = f"; {listed([paper(name) for name in one.also], 'and')}'s holds as well" if one.also else ""
            return f"for {who} ({cited}){also}"
        case "not_stated":
            return f"the paper does not say whether it is for {who}" if one.relation else f"which children {NOT_SAID}"
        case "not_known":
            asked = listed([f"{one.protocol.words.facts[fact].ask} ({fact})" for fact in one.asks], "and")
            return f"not known, the case does not say: {asked}"
        case _:
            if one.relation is None:
                return "not for this child"
            return f"not for this child, who is outside its scope ({cited})"


def not_at_hand(found: Sequence[Applying]) -> Iterator[str]:
    """The authorities whose paper holds as well, and of which none is here."""
    areas = [area for one in found for area in one.protocol.areas]
    for name in dict.fromkeys(name for one in found for name in one.also if name not in areas):
        near = did_you_mean(name, areas)
        yield f"{name}: holds as well, and no protocol at hand is for this area{f' ({near})' if near else ''}"


def whom_lines(protocol: Protocol) -> Iterator[tuple[str, str]]:
    """For whom the paper is, as sentences with their paragraphs; the scope first."""
    own = protocol.own_documents
    scope = Teller(protocol).condition(protocol.scope)
    cited = references(protocol.scope_citations, own)
    yield f"The rules hold where {scope}." if scope else "The rules hold for every child.", cited
    if protocol.applies is None:
        yield f"Which children {NOT_SAID}.", ""
        return
    for reach in protocol.applies.reaches:
        also = {
            "host": "; the host's protocol holds as well",
            "placing": "; the protocol of who placed the child holds as well",
        }
        yield f"It is for {MEANS[reach.relation]}{also.get(reach.also or '', '')}.", references(reach.citations, own)
    said = {reach.relation for reach in protocol.applies.reaches}
    if Relation.ANYWHERE not in said:
        for relation in LOCAL:
            if relation not in said:
                yield f"Whether it is for {MEANS[Relation(relation)]}, the paper does not say.", ""


def whom_report(protocol: Protocol) -> RenderableType:
    """The same, as text."""
    lines = [f"{sentence} [{cited}]" if cited else sentence for sentence, cited in whom_lines(protocol)]
    return Group(Text("Whom it is for", style="bold"), *(Padding(Text(line), (0, 0, 0, 2)) for line in lines))
