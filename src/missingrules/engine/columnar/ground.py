"""What is known of the children under one protocol before anything is read of them as rules do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from missingrules.engine.columnar.arrays import FALSE, TRUE, UNKNOWN
from missingrules.engine.columnar.counting import Tally, Truths, both, tally
from missingrules.engine.columnar.needs import needs_of
from missingrules.engine.columnar.stood import tidied
from missingrules.engine.plan import plan_of
from missingrules.engine.seen import CASE_NAMES

if TYPE_CHECKING:
    from missingrules.domain.conditions import Counted
    from missingrules.domain.protocol import Hours, Protocol
    from missingrules.domain.rules import Conclusion
    from missingrules.engine.columnar.arrays import I64, Bools
    from missingrules.engine.columnar.days import Days
    from missingrules.engine.columnar.stood import Steps, Stood
    from missingrules.engine.plan import Provisions


class Ground:
    """One protocol and some children: the facts that their cases give, birthdays, counts, the hours of offices."""

    def __init__(self, protocol: Protocol, provisions: Provisions, stood: Stood, horizon: int) -> None:
        self.protocol = protocol
        self.provisions = provisions
        self.stood = stood
        self.horizon = horizon
        self.plan = plan_of(protocol)
        self.needs = needs_of(protocol, provisions)
        self.conclusions: dict[str, list[Conclusion]] = {}
        for one in provisions.conclusions:
            self.conclusions.setdefault(one.fact, []).append(one)
        self._born: dict[int, I64] = {}
        self._tallies: dict[Counted, Tally] = {}

    def number(self, part: object) -> int:
        """One number for all parts of the protocol that are equal."""
        return self.plan.same[id(part)]

    def born(self, age: int) -> I64:
        """When each child turns so old; FOREVER where that is not known."""
        found = self._born.get(age)
        if found is None:
            found = self._born[age] = self.stood.born(age)
        return found

    def tally(self, counted: Counted) -> Tally:
        """The episodes that may be counted, and how many there are over time."""
        found = self._tallies.get(counted)
        if found is None:
            found = self._tallies[counted] = tally(self.stood, counted, self.counts(counted))
        return found

    def recorded(self, owner: str, name: str) -> Steps | None:
        """A fact as the case gives it, by its name there; None where nobody has it, or no protocol the word."""
        full = f"{owner}.{name}"
        word = self.protocol.words.facts.get(CASE_NAMES.get(full, full))
        return None if word is None else self.stood.steps(owner, name, word)

    def open_days(self, hours: str) -> Bools:
        """Of each date of the table whether these hours of an office are open on it."""
        return _open_days(self.stood.days, self.protocol.hours[hours])

    def next_open(self, hours: str) -> I64:
        """Of each date of the table the next on which these hours are open."""
        days = np.flatnonzero(self.open_days(hours))
        count = len(self.stood.days.midnights) - 1
        spots = np.searchsorted(days, np.arange(count), "right")
        return days[np.minimum(spots, len(days) - 1)]

    def counts(self, counted: Counted) -> Truths:
        """Of each episode whether it is of those that count, over time."""
        found = Truths(np.full(len(self.stood.child), TRUE, np.int8), *(np.zeros(0, np.int64) for _ in range(3)))
        for name, wanted in (("kind", counted.kinds), ("from", counted.missing_from)):
            steps = self.recorded("episode", name) if wanted else None
            if steps is not None:
                table = np.array([*(TRUE if v in wanted else FALSE for v in steps.values), UNKNOWN], np.int8)
                first = table[steps.first]
                one = Truths(first, *tidied(first, steps.of, steps.time, table[steps.value]))
                found = one if found.certain else both(found, one)
            elif wanted:
                found = both(found, replace(found, first=np.full(len(self.stood.child), UNKNOWN, np.int8)))
        return found


# Holds only what follows from its arguments: dates are the same table for all children of some years.
@lru_cache(maxsize=64)
def _open_days(days: Days, hours: Hours) -> Bools:
    every = [days.first + timedelta(n) for n in range(len(days.midnights) - 1)]
    shut = hours.closed_on_holidays
    return np.array([day.weekday() in hours.days and not (shut and days.clock.is_holiday(day)) for day in every])
