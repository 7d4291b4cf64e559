"""What is read of many rows at once, each at an instant of its own, as engine/facts.py reads it of one case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from missingrules.domain import conditions
from missingrules.domain.clock import BEFORE_ALL, FOREVER
from missingrules.domain.conditions import CountTest, FactTest, HoursTest, Not
from missingrules.engine.columnar.arrays import FALSE, TRUE, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from missingrules.domain.conditions import Condition
    from missingrules.domain.rules import Guard
    from missingrules.engine.columnar.arrays import I8, I64, Numbers
    from missingrules.engine.columnar.ground import Ground

Truth = int | Any  # one for all rows, or one of each (an array)


class Unspoken(Exception):
    """A shape that columns do not express, in words."""


class Coded(NamedTuple):
    """A fact as the numbers of its values, -1 where it is unknown: one for all rows, or one of each."""

    codes: int | Numbers
    values: tuple[Any, ...]

    def each(self, rows: int) -> Numbers:
        """One of each row."""
        return np.broadcast_to(np.asarray(self.codes, np.int32), rows)


def all_of(parts: Iterable[Truth]) -> Truth:
    """Kleene's and. What comes after something that is false of all rows is not asked for."""
    return _joined(parts, TRUE, FALSE, np.minimum)


def any_of(parts: Iterable[Truth]) -> Truth:
    """Kleene's or. What comes after something that is true of all rows is not asked for."""
    return _joined(parts, FALSE, TRUE, np.maximum)


def _joined(parts: Iterable[Truth], idle: int, decides: int, join: Callable[..., Any]) -> Truth:
    found: Truth = idle
    for part in parts:
        if isinstance(part, int) or isinstance(found, int):
            found = _one_alike(found, part, idle, decides, join)
        else:
            found = join(found, part)
        if found == decides if isinstance(found, int) else (found == decides).all():
            return decides
    return found


def _one_alike(one: Truth, other: Truth, idle: int, decides: int, join: Callable[..., Any]) -> Truth:
    """The same of two of which at least one is alike for all rows."""
    if not isinstance(one, int):
        one, other = other, one
    if one == idle:
        return other
    if one == decides:
        return decides
    return int(join(one, other)) if isinstance(other, int) else join(other, np.int8(one))


def negated(truth: Truth) -> Truth:
    return 2 - truth


def looked_up(codes: int | Numbers, table: Numbers) -> Any:
    """What a table says of each value; unknown, -1, is its last entry."""
    return int(table[codes]) if isinstance(codes, int) else table.take(codes)


def known_true(truth: Truth) -> Truth:
    """True where it is known to hold, and false elsewhere."""
    if isinstance(truth, int):
        return TRUE if truth == TRUE else FALSE
    return np.where(truth == TRUE, np.int8(TRUE), np.int8(FALSE))


class Rows(Protocol):
    """What can be read of some rows at instants: a `reading.Reader`."""

    world: Ground
    of_episodes: bool

    def at(self, rows: I64, when: I64) -> Points: ...
    def tested(self, points: Points, test: FactTest) -> Truth: ...
    def counted(self, points: Points, test: CountTest) -> Truth: ...
    def kinds(self, points: Points, kinds: tuple[str, ...]) -> Truth: ...
    def coded(self, points: Points, name: str) -> Coded: ...


class Points:
    """Rows of a reader, each at an instant. Everything that is read of them is worked out once."""

    def __init__(self, reader: Rows, rows: I64, at: I64) -> None:
        self.reader = reader
        self.rows = rows
        self.at = at
        # Nothing turns after the horizon.
        self.when = np.minimum(at, reader.world.horizon)
        self._found: dict[Any, Any] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def taken(self, which: Numbers) -> Points:
        """Some of them."""
        return self.reader.at(self.rows[which], self.at[which])

    def once(self, name: Any, made: Callable[[], Any]) -> Any:
        """What was made under a name, or is now."""
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = made()
        return found

    def each(self, truth: Truth) -> I8:
        """One of each row."""
        return spread(np.int8(truth), len(self)) if isinstance(truth, int) else truth

    # --- conditions ---------------------------------------------------------------------------------------------------

    def truth(self, condition: Condition) -> Truth:
        """Whether the condition is known to hold."""
        number = self.reader.world.number(condition)
        found = self._found.get(number)
        if found is None:
            found = self._found[number] = self._read(condition)
        return found

    def _read(self, condition: Condition) -> Truth:
        match condition:
            case FactTest():
                return self.reader.tested(self, condition)
            case CountTest():
                return self.reader.counted(self, condition)
            case HoursTest():
                raise Unspoken("hours of an office in a condition that is read over time")
            case conditions.All(parts):
                return all_of(map(self.truth, parts))
            case conditions.Any(parts):
                return any_of(map(self.truth, parts))
            case Not(part):
                return negated(self.truth(part))

    def kinds(self, kinds: tuple[str, ...]) -> Truth:
        """Whether the episode is of one of these kinds."""
        return self.once(("kinds", kinds), lambda: self.reader.kinds(self, kinds))

    def coded(self, name: str) -> Coded:
        """A fact, with what is concluded of it."""
        found: Coded = self.once(("coded", name), lambda: self.reader.coded(self, name))
        return found

    # --- guards -------------------------------------------------------------------------------------------------------

    def guard(self, guard: Guard, *, but_hours: bool = False) -> Truth:
        """Whether a rule may fire; with `but_hours` apart from the hours of an office that it asks for."""
        name = self.reader.world.number(guard), "but hours" if but_hours else "guard"
        return self.once(name, lambda: all_of(self._of_guard(guard, but_hours=but_hours)))

    def _of_guard(self, guard: Guard, *, but_hours: bool) -> Iterator[Truth]:
        yield self._in_force(guard)
        if guard.in_scope:
            yield self.truth(self.reader.world.protocol.scope)
        yield from self._around(guard)
        if but_hours:
            asked = guard.when.parts if isinstance(guard.when, conditions.All) else (guard.when,)
            yield from (self.truth(part) for part in asked if not isinstance(part, HoursTest))
        else:
            yield self.truth(guard.when)
        yield from self._not_excepted(guard)

    def opening(self, guard: Guard) -> Truth:
        """The guard as each occurrence of a series reads it."""

        def parts() -> Iterator[Truth]:
            yield from self._around(guard)
            yield self.truth(guard.when)
            yield from self._not_excepted(guard)

        return self.once((self.reader.world.number(guard), "opening"), lambda: all_of(parts()))

    def _around(self, guard: Guard) -> Iterator[Truth]:
        if guard.kinds and self.reader.of_episodes:
            yield self.kinds(guard.kinds)

    def _not_excepted(self, guard: Guard) -> Iterator[Truth]:
        return (negated(known_true(self.truth(exception.condition))) for exception in guard.unless)

    def excepted(self, guard: Guard) -> Truth:
        """Whether an exception is known to hold."""
        name = self.reader.world.number(guard), "excepted"
        return self.once(name, lambda: any_of(self.truth(u.condition) for u in guard.unless))

    def _in_force(self, guard: Guard) -> Truth:
        start, end = guard.in_force
        if start is None and end is None:
            return TRUE
        return self.between(self._midnight(start, BEFORE_ALL), self._midnight(end, FOREVER))

    def _midnight(self, day: date | None, otherwise: int) -> int:
        return otherwise if day is None else self.reader.world.protocol.clock.midnight(day)

    def between(self, start: I64 | int, end: I64 | int) -> I8:
        """True from `start` until `end`, the end outside."""
        inside = self.when >= start
        inside &= self.when < end
        # Of the two truths the one is 0 and the other 2.
        return np.left_shift(inside.view(np.int8), 1)
