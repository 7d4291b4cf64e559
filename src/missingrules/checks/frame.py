"""What every check is given, and what it gives: the frame that adds code and severity."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.checks.sites import Site, answered
from missingrules.checks.where import Where
from missingrules.domain.diagnostics import Diagnostic, Severity
from missingrules.logic.situations import Variant, in_order_of, variants_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from missingrules.domain.protocol import Protocol
    from missingrules.domain.source import Span
    from missingrules.reading import nodes
    from missingrules.reading.ledgers import Ledger

# The code of what a check had to leave open.
UNANSWERED: Final = "too-many-combinations"


class Finding(NamedTuple):
    """What a check says of one place; `hint`: what to write instead. `unanswered`: it could not be found out."""

    message: str
    span: Span
    hint: str
    unanswered: bool = False


def unanswered(question: str, span: Span) -> Finding:
    """Told in the place of an answer that would take too long to find."""
    message = f"the facts tested here combine in too many ways to tell {question}"
    return Finding(message, span, "make several rules or tables of it, each testing fewer facts", True)


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its stable code, how sure it is, what it finds in one line, and the function that finds it."""

    code: str
    severity: Severity
    about: str
    run: Callable[[Subject], Iterator[Finding]]
    # It holds rules against the words of the papers, and can say nothing without them.
    of_texts: bool = False

    def diagnostics(self, subject: Subject) -> Iterator[Diagnostic]:
        """Each finding once, however many readings it has been found under."""
        seen = set()
        for message, span, hint, is_open in self.run(subject):
            if (message, str(span)) not in seen:
                seen.add((message, str(span)))
                code, severity = (UNANSWERED, Severity.WARNING) if is_open else (self.code, self.severity)
                yield Diagnostic(code, message, span, hint, severity)


@dataclass(frozen=True)
class Subject:
    """A protocol that reads without a mistake, the file it stands in, and its ledgers, its own first.

    `texts`: of documents whose paper is at hand, the words of each paragraph by its reference.
    """

    protocol: Protocol
    root: nodes.Mapping
    ledgers: Mapping[str, Ledger]
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))

    @cached_property
    def where(self) -> Where:
        return Where(self.root)

    @cached_property
    def variants(self) -> tuple[Variant, ...]:
        """Every rule of the file, in its order, under every choice of its readings, where it stands."""
        families = in_order_of(self.where.rules, self.protocol.families)
        return tuple([each for family in families for each in variants_of(family, self.protocol) if each.provisions])

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """Every use of rows, with what was found out about it."""
        return answered(self.variants, self.protocol, self.where)
