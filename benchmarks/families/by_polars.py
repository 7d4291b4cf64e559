"""Polars by hand: one lazy query for the obligations, one for the floors."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from benchmarks.families.words import CHAIRS, FLOOR, OBLIGATION, PARAGRAPHS, RULES, STATUSES, Rows
from benchmarks.histories import ACTIONS, CHILDREN, DAY, EPISODES, FOREVER, HOUR, KINDS, NO_DAY, PLACES, RECORDS, RISKS

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.families.words import Calendar
    from benchmarks.histories import Caseload

LONDON = "Europe/London"
SERVICE_MANAGER = CHAIRS.index("service_manager")


def ready(calendar: Calendar) -> Callable[[Caseload], Rows]:
    holidays = [date(1970, 1, 1) + timedelta(days=day) for day in calendar.holidays.tolist()]
    return lambda caseload: answer(caseload, holidays)


def _frame(caseload: Caseload, names: tuple[str, ...], index: str = "") -> pl.LazyFrame:
    frame = pl.DataFrame({name: getattr(caseload, name) for name in names}).lazy()
    return frame.with_row_index(index).with_columns(pl.col(index).cast(pl.Int32)) if index else frame


def _date(instant: pl.Expr) -> pl.Expr:
    """The local date of an instant."""
    return pl.from_epoch(instant, "s").dt.replace_time_zone("UTC").dt.convert_time_zone(LONDON).dt.date()


def _localised(wall: pl.Expr) -> pl.Expr:
    """Seconds since 1970 UTC of what a clock in London shows; what none shows moves on by an hour."""
    shown = wall.dt.replace_time_zone(LONDON, ambiguous="earliest", non_existent="null")
    later = (wall + pl.duration(hours=1)).dt.replace_time_zone(LONDON, ambiguous="earliest", non_existent="null")
    return pl.coalesce(shown, later).dt.epoch("s")


def _midnight(day: pl.Expr) -> pl.Expr:
    return _localised(day.cast(pl.Date).cast(pl.Datetime("us")))


def _working_days(day: pl.Expr, count: int, holidays: list[date]) -> pl.Expr:
    """The end of the Nth working day after a date."""
    return _midnight(day.dt.add_business_days(count, holidays=holidays, roll="backward").dt.offset_by("1d")) - 1


def _birthday(born: pl.Expr, age: int) -> pl.Expr:
    """29 February is 1 March where there is none."""
    born = born.cast(pl.Date)
    return born.dt.month_start().dt.offset_by(f"{age}y") + pl.duration(days=born.dt.day() - 1)


def _ends(caseload: Caseload, holidays: list[date]) -> pl.LazyFrame:
    """For each day of the caseload the ends of the 2nd, 5th and 10th working day after it."""
    first, last = int(caseload.started.min()) // DAY, caseload.as_of // DAY
    day = pl.int_range(first, last + 32, dtype=pl.Int32)
    ends = {f"in_{count}": _working_days(pl.col("on").cast(pl.Date), count, holidays) for count in (2, 5, 10)}
    return pl.LazyFrame().select(on=day).with_columns(**ends)


def answer(caseload: Caseload, holidays: list[date]) -> Rows:
    """Every obligation and every floor of the caseload."""
    never = pl.lit(FOREVER)
    children = _frame(caseload, CHILDREN, "child").select(
        "child",
        adult=_midnight(_birthday(pl.col("born"), 18)),
        thirteen=_midnight(_birthday(pl.col("born"), 13)),
        # What comes only after `as_of` does not come into it, and has no date in Polars' calendar.
        care_from=pl.when(pl.col("care_from") != NO_DAY)
        .then(_midnight(pl.col("care_from") % 100_000))
        .otherwise(never),
        care_to=pl.when(pl.col("care_to") != NO_DAY).then(_midnight(pl.col("care_to") % 100_000)).otherwise(never),
    )
    episodes = (
        _frame(caseload, EPISODES, "episode")
        .join(children, on="child", maintain_order="left")
        .with_columns(
            day=_date(pl.col("started")).cast(pl.Int32),
            missing=pl.col("kind") == KINDS.index("missing"),
        )
        .with_columns(counted=pl.col("missing") & (pl.col("place") != PLACES.index("education")))
    )
    episodes = episodes.collect().lazy()
    owed = _standing(_owed(episodes, _ends(caseload, holidays)), caseload)
    made, floors = pl.collect_all([owed.select(OBLIGATION), _floors(episodes, caseload.as_of)])
    columns = ((made, OBLIGATION), (floors, FLOOR))
    return Rows(**{name: frame[name].to_numpy() for frame, names in columns for name in names})


def _floors(episodes: pl.LazyFrame, as_of: int) -> pl.LazyFrame:
    today = _date(pl.lit(as_of)).cast(pl.Int32)
    medium, high = RISKS.index("medium"), RISKS.index("high")
    in_care = (pl.col("care_from") <= as_of) & (as_of < pl.col("care_to"))
    counts = episodes.filter(pl.col("counted") & (pl.col("day") > today - 90)).group_by("child").agg(count=pl.len())
    floor = pl.max_horizontal(
        pl.when(in_care).then(medium),
        pl.when(as_of < pl.col("thirteen")).then(medium),
        pl.when(pl.col("count") >= 3).then(medium),
        pl.when("exploitation").then(high),
        pl.when((pl.col("count") >= 5) & in_care).then(high),
    )
    return (
        episodes.filter(pl.col("missing") & (as_of < pl.col("adult")))
        .join(counts, on="child", how="left")
        .with_columns(floor=floor)
        .filter(pl.col("floor").is_not_null())
        .select(
            floor_child="child",
            floor_episode="episode",
            floor_risk=pl.max_horizontal("floor", "risk").cast(pl.Int8),
        )
    )


def _owed(episodes: pl.LazyFrame, ends_of_days: pl.LazyFrame) -> pl.LazyFrame:
    """What arises of each episode, rule by rule, before it is asked whether the child is under 18."""
    never, started, returned = pl.lit(FOREVER), pl.col("started"), pl.col("returned")

    def rule(
        name: str, action: str, of: pl.LazyFrame, triggered: pl.Expr, due: pl.Expr, paragraphs: str | pl.Expr,
        *, chair: str = "", in_care: int = 0, ends: pl.Expr = never, since: pl.Expr | None = None, may: bool = False,
    ) -> pl.LazyFrame:  # fmt: skip
        cited = pl.lit(PARAGRAPHS.index(paragraphs)) if isinstance(paragraphs, str) else paragraphs
        of = of.filter(triggered < pl.col("adult"))
        return of.select(
            "child",
            "episode",
            "care_from",
            "care_to",
            rule=pl.lit(RULES.index(name), pl.Int8),
            action=pl.lit(ACTIONS.index(action), pl.Int8),
            triggered=triggered,
            since=triggered if since is None else since,
            due=due,
            ends=ends,
            may=pl.lit(may),
            chair=pl.lit(CHAIRS.index(chair), pl.Int8),
            paragraphs=cited.cast(pl.Int8),
            in_care=pl.lit(in_care, pl.Int8),
        )

    def reach(number: int) -> pl.LazyFrame:
        """Exactly so many in the window: the one so many before is outside, the next is in."""
        within, more = (
            # Cheaper than `.over("child")`, and the same: a child's episodes stand together.
            ((pl.col("child") == pl.col("child").shift(back)) & (pl.col("day") - pl.col("day").shift(back) < 90))
            .fill_null(False)
            for back in (number - 1, number)
        )  # fmt: skip
        return in_days(counted.filter(within & ~more), "day")

    def in_days(of: pl.LazyFrame, day: str) -> pl.LazyFrame:
        return of.join(ends_of_days, left_on=day, right_on="on")

    counted = episodes.filter("counted")
    missing = episodes.filter("missing")
    week = _localised(
        pl.from_epoch(started, "s").dt.replace_time_zone("UTC").dt.convert_time_zone(LONDON).dt.replace_time_zone(None)
        + pl.duration(days=7)
    )
    day, two, three = started + 24 * HOUR, started + 48 * HOUR + 1, started + 72 * HOUR
    after_a_week = missing.filter(three <= returned).with_columns(week=week).filter(pl.col("week") <= returned)
    after_a_week = in_days(after_a_week.with_columns(week_on=_date(pl.col("week")).cast(pl.Int32)), "week_on")
    high = pl.col("risk") == RISKS.index("high")
    back = episodes.filter(returned != FOREVER)
    found = in_days(back.filter("missing").with_columns(back_on=_date(returned).cast(pl.Int32)), "back_on")
    reviewed = found.filter((pl.col("care_from") <= returned) & (returned < pl.col("care_to")))
    in_2, in_5, in_10 = (pl.col(f"in_{count}") for count in (2, 5, 10))
    return pl.concat([
        rule("third-episode", "repeat_meeting", reach(3), started, in_5, "2.2",
             chair="team_manager"),
        rule("fifth-episode", "strategy_meeting", reach(5), started, started + 72 * HOUR, "2.3", chair="team_manager",
             in_care=1),
        rule("ninth-episode", "strategy_meeting", reach(9), started, in_2, "2.5",
             chair="assistant_director"),
        rule("missing-a-day", "strategy_meeting", missing.filter(day <= returned), day, day + 24 * HOUR, "3.1",
             chair="team_manager", ends=returned, since=started),
        rule("missing-two-days", "risk_assessment", missing.filter(two <= returned), two, never, "3.5", ends=returned),
        rule("missing-three-days", "strategy_meeting", missing.filter(three <= returned), three, three + 24 * HOUR,
             "3.2", chair="team_manager", in_care=1, ends=returned),
        rule("missing-a-week", "strategy_meeting", after_a_week, pl.col("week"),
             in_2, "3.4", chair="assistant_director", ends=returned),
        rule("planning-meeting", "planning_meeting", missing, pl.col("reported"),
             pl.col("reported") + pl.when(high).then(24 * HOUR).otherwise(72 * HOUR),
             PARAGRAPHS.index("4.1") + high.cast(pl.Int8), chair="team_manager", in_care=2),
        rule("prevention-check", "prevention_interview", found, returned, returned + 24 * HOUR, "4.4"),
        rule("return-interview", "return_interview", back, returned, returned + 72 * HOUR, "4.5"),
        rule("placement-review", "review_placement", reviewed, returned, in_5, "4.6",
             chair="reviewing_officer"),
        rule("plan-update", "update_plan", found, returned, in_10, "4.7", may=True),
    ])  # fmt: skip


def _standing(owed: pl.LazyFrame, caseload: Caseload) -> pl.LazyFrame:
    """How each stands, who chairs, and which paragraphs say so."""
    as_of, triggered, due, ends, done = caseload.as_of, *map(pl.col, ("triggered", "due", "ends", "done"))
    status = {name: pl.lit(at, pl.Int8) for at, name in enumerate(STATUSES)}
    records = _frame(caseload, RECORDS).filter(pl.col("outcome") == 0).select("episode", "action", "at")
    read_at = pl.col("read_at")
    in_care = (pl.col("care_from") <= read_at) & (read_at < pl.col("care_to"))
    # Nothing is sorted for it: of one episode and action the rules stand in order of their beginnings, and the records
    # in order of time.
    found = owed.join_asof(
        records, left_on="since", right_on="at", by=["episode", "action"], strategy="forward", coalesce=False,
        check_sortedness=False,
    )  # fmt: skip
    stands: dict[str, Any] = {
        "status": pl.when(triggered > as_of).then(status["upcoming"])
        .when((done != FOREVER) & (done <= due)).then(status["met"])
        .when(done != FOREVER).then(status["met_late"])
        .when((ends != FOREVER) & (ends <= due)).then(status["ceased"])
        .when(ends != FOREVER).then(status["missed"])
        .when("may").then(status["available"])
        .when(as_of > due).then(status["overdue"])
        .otherwise(status["due"]),
        "read_at": pl.when(triggered > as_of).then(triggered).otherwise(pl.min_horizontal(done, ends, as_of)),
    }  # fmt: skip
    return (
        found.with_columns(done=pl.when(pl.col("at") <= pl.min_horizontal(ends, as_of)).then("at").otherwise(FOREVER))
        .with_columns(**stands)
        .with_columns(cared_for=in_care)
        .with_columns(
            occurrence=pl.lit(1, pl.Int8),
            chair=pl.when((pl.col("in_care") > 0) & pl.col("cared_for"))
            .then(pl.lit(SERVICE_MANAGER, pl.Int8))
            .otherwise("chair"),
            paragraphs=pl.col("paragraphs") + pl.col("in_care") * pl.col("cared_for"),
        )
    )
