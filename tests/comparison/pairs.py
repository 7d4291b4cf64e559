"""Generated rules beside the same with one small step in them: `python -m tests.comparison.pairs 300` counts them."""

from __future__ import annotations

import random
import sys
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from missingrules.analysis.mutants import mutants_of
from missingrules.analysis.same import is_same
from missingrules.analysis.sites import changed
from missingrules.comparison.drafts import OTHERS, USUAL, Draft, made
from missingrules.comparison.witness import Search, searching, witness
from missingrules.domain.comparisons import TIMES
from missingrules.reports.witnesses import nothing_text, witness_text
from tests.comparison.shown import is_shown_in
from tests.meaning.calendars import calendar_protocols
from tests.meaning.strategies import protocols, protocols_read_two_ways
from tests.meaning.test_properties import read_at_all

if TYPE_CHECKING:
    from missingrules.analysis.mutants import Mutant
    from missingrules.comparison.edges import Edges
    from missingrules.domain.protocol import Protocol

# So many cases are drawn at random where the search has found none.
DRAWN = 40


class Paired(NamedTuple):
    """A protocol, one small step in it, and where the search and the draws begin."""

    protocol: Protocol
    mutant: Mutant
    seed: int


@st.composite
def pairs(draw: st.DrawFn) -> Paired:
    kinds = (protocols(3), protocols(3), protocols_read_two_ways(2), calendar_protocols())
    protocol = draw(draw(st.sampled_from(kinds)))
    assume(read_at_all(protocol))
    mutants = mutants_of(protocol)
    assume(mutants)
    return Paired(protocol, draw(st.sampled_from(mutants)), draw(st.integers(0, 1 << 30)))


def held(pair: Paired, most: int) -> str:
    """What came of a pair, in a word; AssertionError where what the search says does not hold."""
    first, second = pair.protocol, changed(pair.protocol, pair.mutant.places)
    search = Search(most=most)
    searched = witness(first, second, search)
    proved = is_same(first, pair.mutant)
    if searched.witness is not None:
        assert not proved, "what is the same in every case parts in none"
        text = witness_text(searched.witness, searched, first, second, ("one", "other"))
        assert is_shown_in(text, searched.witness, first, second), text
        return "found, and replays"
    told = nothing_text(searched, first, second, only_weaker=False)
    assert f" {searched.tried} case" in told or searched.tried == 1
    _draw_none(pair, search, searched.size, is_whole=searched.is_whole)
    if proved:
        return "none, and proved the same"
    return f"none in {'every case that can be made' if searched.is_whole else 'so many cases'}, nor at random"


def _draw_none(pair: Paired, search: Search, size: int, *, is_whole: bool) -> None:
    """Cases within the bounds that were named, drawn at random: none may part the two."""
    begun = searching(pair.protocol, changed(pair.protocol, pair.mutant.places), search)
    rng = random.Random(pair.seed)
    most = 6 if is_whole else size - 1
    for _ in range(DRAWN if most > 0 else 0):
        draft = drawn(begun.edges, rng, rng.randint(1, most))
        case, as_of = made(draft, begun.edges, begun.first)
        found = begun.parted(begun.ask(case, as_of))
        assert not found, (draft, found)


def drawn(edges: Edges, rng: random.Random, things: int) -> Draft:
    """A draft that says about so many things, whatever anybody asks for."""
    draft = Draft()
    for _ in range(20):
        more = _with_one(draft, edges, rng)
        if more.size[0] <= things:
            draft = more
    return draft


def _with_one(draft: Draft, edges: Edges, rng: random.Random) -> Draft:
    how = rng.randrange(9)
    if how <= 2 and edges.values:
        fact = rng.choice(sorted(edges.values))
        value = rng.choice(edges.values[fact])
        if USUAL.get(fact) != value and fact not in {name for name, _ in draft.facts}:
            return draft._replace(facts=draft.facts | {(fact, value)})
    if how == 3:
        ends = ["returned", *(["located", "both"] if "located" in edges.reads else [])]
        return draft._replace(ended=rng.choice(ends))
    if how == 4 and draft.ended:
        return draft._replace(stay=rng.choice(edges.stays))
    if how in (5, 6) and edges.happenings:
        number = rng.randrange(len(edges.happenings))
        times = sum(each == number for each, _ in draft.happened)
        if times < TIMES:
            return draft._replace(happened=draft.happened | {(number, times)})
    if how == 7 and edges.earlier:
        return draft._replace(earlier=rng.choice(edges.earlier), others=rng.choice([(), *((each,) for each in OTHERS)]))
    return _with_less_usual(draft, edges, rng)


def _with_less_usual(draft: Draft, edges: Edges, rng: random.Random) -> Draft:
    how = rng.randrange(4)
    if how == 0 and edges.meetings:
        return draft._replace(meets=True)
    if how == 1 and edges.since:
        return draft._replace(since=rng.choice(edges.since))
    if how == 2 and edges.by_hours:
        return draft._replace(at_night=True)
    return draft._replace(unreported=True) if how == 3 and "reported" in edges.reads else draft


def some(many: int) -> settings:
    """The same pairs on every machine, shown as they were found."""
    return settings(
        max_examples=many,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate),
    )


def counts(many: int, most: int) -> Counter[str]:
    """What came of so many pairs."""
    found: Counter[str] = Counter()
    known: set[str] = set()

    # Of what is generated much comes again, so that more is drawn than is counted.
    @some(20 * many)
    @given(pairs())
    def run(pair: Paired) -> None:
        told = repr((pair.protocol.families, pair.protocol.scope, pair.mutant.change))
        if told not in known and len(known) < many:
            known.add(told)
            try:
                found[held(pair, most)] += 1
            except Exception as error:
                found["FAILED"] += 1
                print(pair.mutant.change, pair.protocol.families, pair.seed, repr(error)[:2000])

    run()
    return found


if __name__ == "__main__":
    for said, times in counts(int(sys.argv[1]), 120).most_common():
        print(f"{times:5} {said}")
