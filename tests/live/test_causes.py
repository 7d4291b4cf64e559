"""A cause that is named alone is one: with that entry put back, and all others as they are now, it is not so."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

import missingrules
from missingrules.domain.changes import Kind
from tests.live.keeping import LIVE
from tests.live.stream import START, one_child, text
from tests.live.test_stream import invented

if TYPE_CHECKING:
    from missingrules import Case, Change, Instant

Entries = dict[str, Any]
_PARTS = {"episode": "episodes", "event": "events", "record": "records"}


@settings(max_examples=12, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, 2**32))
def test_without_its_cause_it_would_not_be(seed: int) -> None:
    random = Random(seed)
    states = _states(random)
    now = missingrules.instant_of(text(START + timedelta(hours=random.randint(0, 200))))
    for _ in range(4 if len(states) > 1 else 0):
        first, second = (states[n] for n in sorted(random.sample(range(len(states)), 2)))
        cases = _case(first, now), _case(second, now)
        if cases[0] is None or cases[1] is None:
            continue
        before, after = (missingrules.evaluate([invented()], each, now) for each in cases if each)
        changes = missingrules.changes(before, after, (cases[0], cases[1])).changes
        differing = {place for place in (*first, *second) if first.get(place) != second.get(place)}
        for change in changes:
            blamed = {_place(cause.kind, cause.source) for cause in change.caused_by}
            assert blamed
            assert blamed <= differing
            if change.kind is Kind.WITHDRAWN or blamed == differing:
                # All of them; or, of what is withdrawn, one that is enough.
                continue
            put_back = _case(_put_back(second, first, blamed), now)
            if put_back is None:
                continue
            others = missingrules.changes(before, missingrules.evaluate([invented()], put_back, now)).changes
            assert not any(_is_same(change, other) for other in others), (seed, change)


def _states(random: Random) -> list[Entries]:
    """The entries of one child after each message that says something new."""
    messages = one_child(random, "C0")
    random.shuffle(messages)
    found: list[Entries] = []
    revisions: dict[str, int] = {}
    for message in messages:
        place = f"{message['part']}/{message['id']}"
        if message["revision"] > revisions.get(place, 0):
            revisions[place] = message["revision"]
            found.append({**(found[-1] if found else {}), place: message["entry"]})
    return found


def _case(entries: Entries, now: Instant) -> Case | None:
    revised = {place: {"revision": 1, "entry": entry} for place, entry in entries.items()}
    try:
        return missingrules.case_of(LIVE._case("C0", revised), [invented()], now)
    except missingrules.InvalidInput:
        return None


def _place(kind: str, source: str | None) -> str:
    return f"{_PARTS[kind]}/{source}" if kind in _PARTS else "child/"


def _put_back(now: Entries, before: Entries, places: set[str]) -> Entries:
    kept = {place: entry for place, entry in now.items() if place not in places}
    return kept | {place: before[place] for place in places if place in before}


def _is_same(change: Change, other: Change) -> bool:
    """Whether the same has happened to the same duty; of what is raised or renumbered, with all that it is."""
    keys = [(each.before and each.before.key, each.after and each.after.key) for each in (change, other)]
    if change.kind is not other.kind or keys[0] != keys[1] or change.after is None or other.after is None:
        return False
    names = change.names if change.kind is not Kind.RAISED else tuple(change.after.said)
    return all(change.after.said[name] == other.after.said[name] for name in names)
