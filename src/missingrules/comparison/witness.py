"""The smallest case for which two protocols ask for different things, searched for from the smallest up.

A draft is asked of both. Where they do not part, it grows by one thing at a time: by an answer to what either still has
to ask, by something that has happened, by an end, by earlier episodes. So what comes first is the smallest of its kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Final

from missingrules.comparison.asked import Asked, parted
from missingrules.comparison.drafts import OTHERS, USUAL, Draft, edges_of, made
from missingrules.comparison.part import part_of
from missingrules.domain.comparisons import Searched, Witness
from missingrules.domain.rules import Conclusion
from missingrules.engine.evaluate import evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from missingrules.comparison.drafts import Edges
    from missingrules.domain.answers import ProtocolAnswer
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.comparisons import Parted
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Provision

MOST_CASES: Final = 5_000


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: in which topics, and whether the first has to ask for less."""

    topics: Collection[str] = ()
    actions: Collection[str] = ()
    only_weaker: bool = False
    readings: Mapping[str, str] | None = None
    most: int = MOST_CASES

    def is_about(self, provision: Provision) -> bool:
        if isinstance(provision, Conclusion):
            return False
        in_topic = not self.topics or provision.topic in self.topics
        return in_topic and (not self.actions or provision.action in self.actions)


def witness(
    first: Protocol, second: Protocol, search: Search, tell: Callable[[int], None] = lambda tried: None
) -> Searched:
    """Looks for the smallest case in which the two part. `tell` is called with how many cases were tried."""
    both = tuple(part_of(each, search.is_about, search.readings or {}) for each in (first, second))
    return _Searching(both[0], both[1], search).run(tell)


class _Searching:
    """One search; one use each."""

    def __init__(self, first: Protocol, second: Protocol, search: Search) -> None:
        self.first, self.second, self.search = first, second, search
        self.edges: Edges = edges_of((first, second))
        self.number = count()

    def run(self, tell: Callable[[int], None]) -> Searched:
        waiting: list[tuple[tuple[int, int], int, Draft]] = [((0, 0), next(self.number), Draft())]
        known = {Draft()}
        tried = 0
        size = 0
        while waiting and tried < self.search.most:
            _, _, draft = heappop(waiting)
            size = draft.size[0]
            tried += 1
            tell(tried)
            case, as_of = made(draft, self.edges, self.first)
            answers = self._ask(case, as_of)
            found = self._parted(answers)
            if found:
                return Searched(self._first(case, as_of, found), tried, size, is_whole=True)
            for grown in self._grown(draft, answers):
                if grown not in known:
                    known.add(grown)
                    heappush(waiting, (grown.size, next(self.number), grown))
        # Of the size that was under way, something may be left untried.
        return Searched(None, tried, size, is_whole=not waiting)

    def _ask(self, case: Case, as_of: Instant) -> tuple[ProtocolAnswer, ProtocolAnswer]:
        first, second = (
            evaluate([each], case, as_of, horizon_days=0).protocols[0] for each in (self.first, self.second)
        )
        return first, second

    def _parted(self, answers: tuple[ProtocolAnswer, ProtocolAnswer]) -> list[Parted]:
        mine, theirs = (Asked(each, self._is_wanted) for each in answers)
        return parted(mine, theirs, only_weaker=self.search.only_weaker)

    def _is_wanted(self, one: Obligation) -> bool:
        return self.search.is_about(one.duty)

    def _first(self, case: Case, as_of: Instant, found: list[Parted]) -> Witness:
        """The earliest instant at which the two are seen to part."""
        moments = {
            at
            for each in found
            for one in (each.first, each.second)
            if one is not None and (at := one.triggered_at) is not None and at < as_of
        }
        for at in sorted(moments):
            early = self._parted(self._ask(case, at))
            if early:
                return Witness(case, at, tuple(early))
        return Witness(case, as_of, tuple(found))

    # --- what could make them part ------------------------------------------------------------------------------------

    def _grown(self, draft: Draft, answers: tuple[ProtocolAnswer, ProtocolAnswer]) -> Iterator[Draft]:
        """The draft with one thing more."""
        edges = self.edges
        said = {fact for fact, _ in draft.facts}
        asked = dict.fromkeys(question.fact for answer in answers for question in answer.questions)
        for fact in dict.fromkeys((*asked, *edges.always)):
            if fact not in said:
                for value in edges.values.get(fact, ()):
                    if USUAL.get(fact) != value:
                        yield draft._replace(facts=draft.facts | {(fact, value)})
        if not draft.ended:
            yield draft._replace(ended="returned")
            if "located" in edges.reads:
                yield draft._replace(ended="located")
                yield draft._replace(ended="both")
        elif not draft.late:
            yield draft._replace(late=True)
        if not draft.unreported and "reported" in edges.reads:
            yield draft._replace(unreported=True)
        if not draft.at_night and edges.by_hours:
            yield draft._replace(at_night=True)
        for number in range(len(edges.happenings)):
            if number not in draft.happened:
                yield draft._replace(happened=draft.happened | {number})
        if not draft.earlier:
            for earlier in edges.earlier:
                yield draft._replace(earlier=earlier)
        elif not draft.others:
            for other in OTHERS:
                yield draft._replace(others=(other,))
