"""Bars and columns in numbers worked out by hand."""

from __future__ import annotations

from missingrules.pages.charts import HEIGHT, MOST_MONTHS, Block, Due, Month, Part, Segment, Tick, columns, segments

PARTS = (Part("in_time", 3), Part("late", 1), Part("not_done", 2), Part("undecided", 2))


def test_a_bar_is_full_and_cut_down_to_tenths_of_a_percent() -> None:
    # Of eight: 3 end at 37.5 %, 4 at 50 %, 6 at 75 %, 8 at 100 %.
    assert segments(PARTS, 8) == (
        Segment("in_time", 3, 0, 375),
        Segment("late", 1, 375, 125),
        Segment("not_done", 2, 500, 250),
        Segment("undecided", 2, 750, 250),
    )
    # Of three: a third is 33.3 %, two are 66.6 %, and the last ends where the bar does.
    assert segments((Part("a", 1), Part("b", 1), Part("c", 1)), 3) == (
        Segment("a", 1, 0, 333),
        Segment("b", 1, 333, 333),
        Segment("c", 1, 666, 334),
    )


def test_of_none_nothing_is_drawn() -> None:
    assert segments((Part("a", 0), Part("b", 4)), 4) == (Segment("b", 4, 0, 1000),)
    assert segments((Part("a", 0),), 0) == ()


def test_a_bar_may_be_a_part_of_the_scale() -> None:
    assert segments((Part("late", 2),), 5) == (Segment("late", 2, 0, 400),)


def test_a_number_stands_where_it_has_room() -> None:
    # 25 tenths of a percent a digit.
    assert Segment("a", 9, 0, 25).has_room
    assert not Segment("a", 10, 0, 49).has_room
    assert Segment("a", 10, 0, 50).has_room
    assert Segment("a", 10, 100, 51).middle == 125


def test_months_stand_side_by_side_and_one_without_any_keeps_its_place() -> None:
    found = columns([
        Due(Month(2026, 1), (Part("in_time", 4),), "100.0 %"),
        Due(Month(2025, 11), (Part("in_time", 1), Part("late", 2), Part("no", 0), Part("undecided", 5)), "33.3 %"),
        Due(Month(2025, 3), (Part("in_time", 0),), ""),
    ])  # fmt: skip
    assert found is not None
    # March has nothing to draw, and December lies between. Eight at most: steps of two, up to eight.
    assert [str(one.month) for one in found.columns] == ["Nov 2025", "Dec 2025", "Jan 2026"]
    assert [one.note for one in found.columns] == ["33.3 %", "", "100.0 %"]
    assert [one.says_year for one in found.columns] == [True, False, True]
    assert HEIGHT == 160
    base = found.base
    assert base == 184
    # 20 pixels each.
    assert found.ticks == tuple(Tick(number, base - 20 * number) for number in (0, 2, 4, 6, 8))
    november, december, january = found.columns
    assert november.blocks == (
        Block("in_time", 1, base - 20, 20),
        Block("late", 2, base - 60, 40),
        Block("undecided", 5, base - 160, 100),
    )
    assert (december.blocks, december.top) == ((), base)
    assert (january.blocks, january.top) == ((Block("in_time", 4, base - 80, 80),), base - 80)
    # Three share 860 pixels, and none is wider than 64.
    assert [one.x for one in found.columns] == [48, 112, 176]
    assert (found.step, found.width, found.left_out) == (64, 48 + 3 * 64 + 8, 0)


def test_of_many_months_the_last_are_drawn() -> None:
    months = [
        Due(Month(2015 + number // 12, number % 12 + 1), (Part("late", 1),), "") for number in range(MOST_MONTHS + 2)
    ]
    found = columns(months)
    assert found is not None
    assert (len(found.columns), found.left_out, found.step) == (60, 2, 30)
    # Two of January and February 2015 are left out.
    assert str(found.columns[0].month) == "Mar 2015"
    assert columns(months[:1]) is not None


def test_a_month_far_before_the_others_makes_no_columns() -> None:
    found = columns([Due(Month(1, 1), (Part("late", 1),), ""), Due(Month(9999, 12), (Part("late", 1),), "")])
    assert found is not None
    assert (len(found.columns), found.left_out) == (60, 1)


def test_without_months_there_are_no_columns() -> None:
    assert columns([]) is None
    assert columns([Due(Month(2025, 1), (Part("late", 0),), "")]) is None


def test_the_scale_goes_by_ones_twos_and_fives() -> None:
    def scale(most: int) -> list[int]:
        found = columns([Due(Month(2025, 1), (Part("late", most),), "")])
        assert found is not None
        return [tick.number for tick in found.ticks]

    assert scale(1) == [0, 1]
    assert scale(5) == [0, 1, 2, 3, 4, 5]
    assert scale(6) == [0, 2, 4, 6]
    assert scale(11) == [0, 5, 10, 15]
    assert scale(26) == [0, 10, 20, 30]
    assert scale(336) == [0, 100, 200, 300, 400]
