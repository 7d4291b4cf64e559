"""What is known of the children under one protocol before anything is read of them as rules do."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from missingrules.engine.columnar.arrays import TRUE, UNKNOWN, among
from missingrules.engine.columnar.counting import Tally, both, tally
from missingrules.engine.columnar.over import Moments, Over, lasting
from missingrules.engine.plan import plan_of
from missingrules.engine.seen import CASE_NAMES

if TYPE_CHECKING:
    from missingrules.domain.conditions import Counted, CountTest
    from missingrules.domain.protocol import Hours, Protocol
    from missingrules.domain.rules import Conclusion
    from missingrules.engine.columnar.arrays import I64, Bools
    from missingrules.engine.columnar.days import Days
    from missingrules.engine.columnar.over import Times
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
        self.conclusions: dict[str, list[Conclusion]] = {}
        for one in provisions.conclusions:
            self.conclusions.setdefault(one.fact, []).append(one)
        self._born: dict[int, I64] = {}
        self._birthdays: dict[int, Times] = {}
        self._tallies: dict[Counted, Tally] = {}
        self._counted: dict[CountTest, Over] = {}

    def number(self, part: object) -> int:
        """One number for all parts of the protocol that are equal."""
        return self.plan.same[id(part)]

    def born(self, age: int) -> I64:
        """When each child turns so old; FOREVER where that is not known."""
        found = self._born.get(age)
        if found is None:
            found = self._born[age] = self.stood.born(age)
        return found

    @cached_property
    def known_birth(self) -> Bools | None:
        """Of which children the date of birth is known; None: of all."""
        known = self.stood.histories.born > 0
        return None if known.all() else known

    def birthdays(self, age: int) -> Times:
        """The same as instants of children."""
        found = self._birthdays.get(age)
        if found is None:
            found = self._birthdays[age] = self.moments(self.born(age))
        return found

    def moments(self, at: I64) -> Times:
        """An instant of each owner, as far as it is not after the horizon."""
        return Moments(at, self.horizon)

    def counted(self, test: CountTest) -> Over:
        """Of each child whether a count passes a test, over time."""
        found = self._counted.get(test)
        if found is None:
            found = self._counted[test] = self.tally(test.counted).tested(test.test)
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

    def counts(self, counted: Counted) -> Over:
        """Of each episode whether it is of those that count, over time."""
        everyone = len(self.stood.child)
        found = lasting(np.full(everyone, TRUE, np.int8))
        for name, wanted in (("kind", counted.kinds), ("from", counted.missing_from)):
            if not wanted:
                continue
            steps = self.recorded("episode", name)
            if steps is None:
                one = lasting(np.full(everyone, UNKNOWN, np.int8))
            else:
                one = steps.looked_up(among(steps.values, wanted))
            found = one if found.constant == TRUE else both(found, one)
        return found


# Holds only what follows from its arguments: dates are the same table for all children of some years.
@lru_cache(maxsize=64)
def _open_days(days: Days, hours: Hours) -> Bools:
    every = [days.first + timedelta(n) for n in range(len(days.midnights) - 1)]
    shut = hours.closed_on_holidays
    return np.array([day.weekday() in hours.days and not (shut and days.clock.is_holiday(day)) for day in every])
