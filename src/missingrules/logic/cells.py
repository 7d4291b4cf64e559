"""Facts cut into cells: stretches of values that all tests of a fact treat alike, each in the author's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain.clock import Length
from missingrules.domain.conditions import AtLeast, CountTest, FactTest, HoursTest, Is, Known, Range
from missingrules.domain.vocabulary import FactType
from missingrules.logic.said import LENGTHS, counted_said, fact_said

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from missingrules.domain.conditions import Counted, Test
    from missingrules.domain.vocabulary import FactWord

Leaf = FactTest | CountTest | HoursTest
# Where a value lies on a line: how far, and whether on the spot (0) or right behind it (1).
Spot = tuple[int, int]
END: Final[Spot] = (1 << 62, 0)
START: Final[Spot] = (0, 0)
RISK: Final = {"episode.risk", "episode.risk.recorded"}
# Above this many numbers in a row, a stretch is told by its ends.
FEW: Final = 3


class Cell(NamedTuple):
    """Values that every test treats alike. `said`: in the author's words; of numbers, from where to before where."""

    said: str
    first: Spot = START
    last: Spot = END
    values: tuple[str, ...] = ()


class Cut(NamedTuple):
    """What one key can be: its cells, for each of its tests which of them pass, and how it is said to be unknown."""

    cells: tuple[Cell, ...]
    passing: Mapping[Leaf, tuple[bool | None, ...]]
    # Whether a test asks if it is known; the last cell is then, and for exceptions, that nobody knows.
    asks_known: bool


def key_of(leaf: Leaf) -> str | Counted:
    if isinstance(leaf, FactTest):
        return leaf.fact
    return leaf.counted if isinstance(leaf, CountTest) else f"hours {leaf.hours}"


def are_bound(one: str | Counted, other: str | Counted) -> bool:
    """Whether what the one is says something of the other: counts of episodes, and the two levels of risk."""
    if isinstance(one, str) and isinstance(other, str):
        return one == other or {one, other} == RISK
    return not isinstance(one, str) and not isinstance(other, str)


def cut(key: str | Counted, tests: Iterable[Leaf], facts: Mapping[str, FactWord]) -> Cut:
    """The cells of one fact, count or set of hours, as the tests cut it; the last is that it is not known."""
    leaves = tuple(dict.fromkeys(tests))
    asks_known = any(isinstance(leaf, FactTest) and isinstance(leaf.test, Known) for leaf in leaves)
    if not isinstance(key, str):
        cells = _stretches(counted_said(key), [leaf.test for leaf in leaves if isinstance(leaf, CountTest)], "episodes")
    elif isinstance(leaves[0], HoursTest):
        name = leaves[0].hours
        cells = [Cell(f"hours: {{{side}: {name}}}", values=(side,)) for side in ("inside", "outside")]
    else:
        tested = [leaf.test for leaf in leaves if isinstance(leaf, FactTest)]
        ranges = [test for test in tested if isinstance(test, Range)]
        cells = _stretches(fact_said(key), ranges, "") if ranges else _values(key, tested, facts.get(key))
    cells.append(Cell(f"{fact_said(key) if isinstance(key, str) else counted_said(key)}: not known"))
    passing = {leaf: tuple([_passes(leaf, cell) for cell in cells[:-1]] + [_unknown(leaf)]) for leaf in leaves}
    return Cut(tuple(cells), passing, asks_known)


def _unknown(leaf: Leaf) -> bool | None:
    return False if isinstance(leaf, FactTest) and isinstance(leaf.test, Known) else None


def _passes(leaf: Leaf, cell: Cell) -> bool:
    if isinstance(leaf, HoursTest):
        return cell.values[0] == ("outside" if leaf.outside else "inside")
    match leaf.test:
        case Is(values):
            return cell.values[0] in values
        case AtLeast(_, levels):
            return cell.values[0] in levels
        case Range() as test:
            first, last = ends(test)
            return first <= cell.first and cell.last <= last
    return True


# --- values -----------------------------------------------------------------------------------------------------------


def _values(key: str, tests: Sequence[Test], word: FactWord | None) -> list[Cell]:
    """The values, those that all tests treat alike in one cell; of an open fact also any other."""
    named: dict[str, None] = {}
    for test in tests:
        if isinstance(test, Is | AtLeast):
            named.update(dict.fromkeys(test.values if isinstance(test, Is) else test.levels))
    closed: tuple[str, ...] = ()
    if word is not None:
        closed = ("true", "false") if word.type is FactType.YES_NO else word.values
    alike: dict[tuple[bool, ...], list[str]] = {}
    for value in closed or named:
        passing = tuple(
            value in (test.values if isinstance(test, Is) else test.levels)
            for test in tests
            if isinstance(test, Is | AtLeast)
        )
        alike.setdefault(passing, []).append(value)
    said = fact_said(key)
    cells = [
        Cell(f"{said}: {values[0] if len(values) == 1 else '[' + ', '.join(values) + ']'}", values=tuple(values))
        for values in alike.values()
    ]
    if not closed:
        rest = f"{said}: anything but {', '.join(named)}" if named else f"{said}: known"
        cells.append(Cell(rest, values=("",)))
    return cells


# --- numbers ----------------------------------------------------------------------------------------------------------


def ends(test: Range) -> tuple[Spot, Spot]:
    """From where to before where a number or length passes; of numbers whole ones alone."""
    first, last = START, END
    if test.low is not None:
        first = _spot(test.low, behind=not test.low_inside)
    if test.high is not None:
        last = _spot(test.high, behind=test.high_inside)
    return first, last


def _spot(end: int | Length, *, behind: bool) -> Spot:
    if isinstance(end, Length):
        return end.count * LENGTHS[end.unit], int(behind)
    return end + behind, 0


def _stretches(said: str, tests: list[Range], noun: str) -> list[Cell]:
    """The stretches between the ends of all tests."""
    spots: dict[Spot, Length | int] = {}
    for test in tests:
        for spot, end in zip(ends(test), (test.low, test.high), strict=True):
            if end is not None and spot > START:
                spots.setdefault(spot, end)
    order = sorted(spots)
    cells = []
    for first, last in zip([START, *order], [*order, END], strict=True):
        cells.append(Cell(f"{said}: {_stretch(first, last, spots)}", first, last))
    return cells


def _stretch(first: Spot, last: Spot, spots: Mapping[Spot, Length | int]) -> str:
    """`at least 14 and under 16`; a few whole numbers one by one."""
    low, high = spots.get(first), spots.get(last)
    if not isinstance(low, Length) and not isinstance(high, Length):
        if last == END:
            return f"at least {first[0]}"
        if last[0] - first[0] <= FEW:
            numbers = [str(each) for each in range(first[0], last[0])]
            return numbers[0] if len(numbers) == 1 else f"[{', '.join(numbers)}]"
        return f"under {last[0]}" if first == START else f"at least {first[0]} and under {last[0]}"
    if first[0] == last[0]:
        return f"exactly {low}"
    lower = f"{'more than' if first[1] else 'at least'} {low}" if low is not None else ""
    upper = f"{'up to' if last[1] else 'under'} {high}" if high is not None else ""
    return " and ".join(each for each in (lower, upper) if each)
