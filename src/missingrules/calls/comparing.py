"""Two protocols, or two editions of one, held against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.calls.asking import refuse_unknown_actions, refuse_unknown_topics
from missingrules.comparison.diff import diff as compared
from missingrules.comparison.witness import Search
from missingrules.comparison.witness import witness as searched
from missingrules.domain.choices import readings_of
from missingrules.domain.combinations import CaseDiff
from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.domain.logs import timed
from missingrules.domain.obligations import Later
from missingrules.engine.evaluate import evaluate
from missingrules.engine.readings import changed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from missingrules.domain.answers import ProtocolAnswer
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.comparisons import Diff, Searched
    from missingrules.domain.obligations import Phase
    from missingrules.domain.protocol import Protocol

# So many cases are tried before a search is given up, if nothing else is said.
MOST = 2_000


def diff(
    first: Protocol, second: Protocol, *, topics: Collection[str] = (), readings: Mapping[str, str] | None = None
) -> Diff:
    """How the first differs from the second by meaning: provision beside provision, aspect by aspect, with paragraphs.

    `topics`: of these alone, by their shared names; none: of all. `readings` by id are taken as said, the others by
    default. A provision stands in one of `pairs`, in `only_first` or in `only_second`.

    Raises `InvalidInput`: `unknown-topic`, `bad-reading`.
    Source: docs/compare.md.
    """
    refuse_unknown_topics(topics)
    chosen = readings_of(readings, (first, second))
    with timed("protocols compared") as said:
        found = compared(first, second, topics=topics, readings=chosen)
        said(pairs=len(found.pairs))
    return found


def witness(
    first: Protocol,
    second: Protocol,
    *,
    topics: Collection[str] = (),
    actions: Collection[str] = (),
    readings: Mapping[str, str] | None = None,
    only_weaker: bool = False,
    most: int = MOST,
    tell: Callable[[int], None] = lambda tried: None,
) -> Searched:
    """The smallest case for which the two ask for different things, or that none was found, and within which bounds.

    `topics` and `actions`: of these alone. `only_weaker`: only a case in which the first asks for less. `most`: how
    many cases are tried before the search is given up; `tell` is called with how many were, after each.

    Raises `InvalidInput`: `unknown-topic`, `unknown-action`, `bad-reading`.
    Source: docs/compare.md.
    """
    both = (first, second)
    refuse_unknown_topics(topics)
    refuse_unknown_actions(actions, both)
    search = Search(topics, actions, only_weaker=only_weaker, readings=readings_of(readings, both), most=most)
    with timed("case searched for") as said:
        found = searched(first, second, search, tell)
        said(tried=found.tried)
    return found


def diff_cases(
    before: Protocol,
    after: Protocol,
    cases: Iterable[Case],
    as_of: Instant,
    *,
    readings: Mapping[str, str] | None = None,
) -> Iterator[CaseDiff]:
    """What a new edition of a protocol changes for each of the cases at `as_of`, one by one as they are taken.

    The cases may be a stream: one is in memory at a time. Duties are the same by their keys; a case for which nothing
    changes has no differences.

    Raises `InvalidInput` when it is called: `two-areas` for two protocols that are not editions of one, `bad-reading`.
    Source: docs/compare.md.
    """
    refuse_two_areas(before, after)
    chosen = readings_of(readings, (before, after))

    def each() -> Iterator[CaseDiff]:
        for case in cases:
            answers = (evaluate([edition], case, as_of, readings=_of(edition, chosen)) for edition in (before, after))
            was, now = (answer.protocols[0] for answer in answers)
            yield CaseDiff(case.id, changed(was, now), _phases(was, now))

    return each()


def _phases(was: ProtocolAnswer, now: ProtocolAnswer) -> Later[Mapping[str, Phase]]:
    return Later(lambda: {**was.phases.get(), **now.phases.get()})


def refuse_two_areas(first: Protocol, second: Protocol, option: str = "") -> None:
    """InvalidInput for two protocols that are no editions of one; `option` is where that was asked for."""
    if first.name != second.name:
        message = f"{option}{first.name} and {second.name} are two areas, whose duties have no keys in common"
        hint = "name two editions of one protocol, by their files"
        raise InvalidInput([Diagnostic("two-areas", message, hint=hint)])


def _of(protocol: Protocol, readings: Mapping[str, str]) -> dict[str, str]:
    """Those of the readings that this edition has, with an option that it has."""
    return {
        name: taken
        for name, taken in readings.items()
        if name in protocol.readings and taken in {option.name for option in protocol.readings[name].options}
    }
