"""The smallest case for which two protocols ask for different things, searched for from the smallest up.

A draft is asked of both. Where they do not part, it grows by one thing at a time: by an answer to what either still has
to ask, by something that has happened, by an end, by earlier episodes. So what comes first is the smallest of its kind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Final

from missingrules.comparison.asked import Asked, parted
from missingrules.comparison.drafts import USUAL, Draft, grown, made
from missingrules.comparison.edges import edges_of
from missingrules.comparison.part import part_of
from missingrules.comparison.told import Told
from missingrules.domain.clock import Instant
from missingrules.domain.comparisons import ReadOtherwise, Searched, Witness
from missingrules.domain.obligations import Obligation
from missingrules.domain.rules import Conclusion
from missingrules.engine.evaluate import evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from missingrules.comparison.edges import Edges
    from missingrules.domain.answers import ProtocolAnswer
    from missingrules.domain.case import Case
    from missingrules.domain.comparisons import Parted
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Provision

MOST_CASES: Final = 5_000
# In so many cases at most each other option of a reading is tried, so that a hint costs no more than the search.
HINTED: Final = 100


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
    found = searching(first, second, search).run(tell)
    if found.witness is not None:
        return found
    return replace(found, otherwise=_otherwise(first, second, search))


def searching(first: Protocol, second: Protocol, search: Search) -> Searching:
    """A search in the rules that it is about, and in those of any topic that have to do with the same acts."""
    actions = {
        provision.action
        for protocol in (first, second)
        for family in protocol.families
        for variant in family.variants.values()
        for provision in variant
        if not isinstance(provision, Conclusion) and search.is_about(provision)
    }
    for protocol in (first, second):
        words = protocol.words.actions
        actions |= {other for name in actions if name in words for other in words[name].also}

    def is_near(provision: Provision) -> bool:
        return not isinstance(provision, Conclusion) and provision.action in actions

    both = [part_of(each, is_near, search.readings or {}) for each in (first, second)]
    return Searching(both[0], both[1], search)


def _otherwise(first: Protocol, second: Protocol, search: Search) -> ReadOtherwise | None:
    """Whether another option of one reading parts the two; None where no reading bears on what was looked for."""
    options = list(_options(first, second, search))
    tried, left = 0, search.most
    each = min(HINTED, search.most)
    for reading, option in options:
        if left < each:
            break
        again = replace(search, readings={**(search.readings or {}), reading: option}, most=each)
        found = searching(first, second, again).run()
        tried, left = tried + 1, left - found.tried
        if found.witness is not None:
            return ReadOtherwise(tried, len(options) - tried, each, (reading, option))
    return ReadOtherwise(tried, len(options) - tried, each, None) if options else None


def _options(first: Protocol, second: Protocol, search: Search) -> Iterator[tuple[str, str]]:
    """Options that were not taken, of readings that nobody chose, with which other rules are asked."""
    chosen = search.readings or {}
    told: set[tuple[str, str]] = set()
    for protocol in (first, second):
        plain = part_of(protocol, search.is_about, chosen).families
        for reading in protocol.readings.values():
            for option in reading.options:
                if reading.id in chosen or (reading.id, option.name) in told:
                    continue
                if part_of(protocol, search.is_about, {**chosen, reading.id: option.name}).families != plain:
                    told.add((reading.id, option.name))
                    yield reading.id, option.name


class Searching:
    """One search in two protocols that are read in one way; one use each."""

    def __init__(self, first: Protocol, second: Protocol, search: Search) -> None:
        self.first, self.second, self.search = first, second, search
        self.edges: Edges = edges_of((first, second), USUAL)
        self.told = Told(first, second, search.is_about)
        self.number = count()

    def run(self, tell: Callable[[int], None] = lambda tried: None) -> Searched:
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
            answers = self.ask(case, as_of)
            found = self.parted(answers)
            if found:
                return Searched(self._first(case, as_of, found), tried, size, is_whole=True)
            self.told.hear(answers)
            asked = dict.fromkeys(question.fact for answer in answers for question in answer.questions)
            for more in grown(draft, self.edges, asked):
                if more not in known:
                    known.add(more)
                    heappush(waiting, (more.size, next(self.number), more))
        # Of the size that was under way, something may be left untried.
        return Searched(None, tried, size, is_whole=not waiting, unseen=tuple(self.told.unseen()))

    def ask(self, case: Case, as_of: Instant) -> tuple[ProtocolAnswer, ProtocolAnswer]:
        organisation = bool(self.edges.since)
        first, second = (
            evaluate([each], case, as_of, horizon_days=0, organisation=organisation).protocols[0]
            for each in (self.first, self.second)
        )
        return first, second

    def parted(self, answers: tuple[ProtocolAnswer, ProtocolAnswer]) -> list[Parted]:
        mine, theirs = (Asked(each, self.search.is_about) for each in answers)
        return parted(mine, theirs, only_weaker=self.search.only_weaker)

    def _first(self, case: Case, as_of: Instant, found: list[Parted]) -> Witness:
        """The earliest instant at which the two are seen to part."""
        both = [one for each in found for one in (each.first, each.second) if one is not None]
        moments = {one.triggered_at for one in both if isinstance(one, Obligation)}
        if any(not isinstance(one, Obligation) for one in both):
            moments |= set(_instants(case))
        for at in sorted(each for each in moments if each is not None and each < as_of):
            early = self.parted(self.ask(case, at))
            if early:
                return self._witness(case, at, early)
        return self._witness(case, as_of, found)

    def _witness(self, case: Case, at: Instant, found: list[Parted]) -> Witness:
        chosen = tuple(sorted((self.search.readings or {}).items()))
        return Witness(case, at, tuple(found), bool(self.edges.since), chosen)


def _instants(case: Case) -> Iterator[Instant]:
    """When something happened: from then on something may be forbidden."""
    stamps: list[object] = [each.at for each in case.events]
    stamps += [each.at for each in case.records]
    stamps += [at for each in case.episodes for at in (each.started, each.reported, each.located, each.returned)]
    yield from (Instant(at) for at in stamps if isinstance(at, int))
