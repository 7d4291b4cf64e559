"""Which papers are for a child, in words: one line for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from missingrules.domain.applies import MEANS
from missingrules.domain.diagnostics import did_you_mean
from missingrules.reports.together import paper
from missingrules.reports.wording import listed, references

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from missingrules.domain.answers import Applying

NOT_SAID: Final = "its file does not say for which children the paper is (applies:)"


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
            return f"the paper does not say whether it is for {who}" if one.relation else NOT_SAID
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
