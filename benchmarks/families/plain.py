"""The reference: the invented paper as loops, one child after the other. Nothing here is clever."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from benchmarks.families.words import CHAIRS, PARAGRAPHS, RULES, STATUSES, Rows
from benchmarks.histories import ACTIONS, EPISODES, FOREVER, KINDS, NO_DAY, OUTCOMES, PLACES, RECORDS, RISKS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.families.words import Calendar
    from benchmarks.histories import Caseload

LONDON = ZoneInfo("Europe/London")
HOUR = 3600


class Child(NamedTuple):
    born: date
    care_from: date | None
    care_to: date | None


class Record(NamedTuple):
    action: str
    outcome: str
    at: int


class Episode(NamedTuple):
    number: int
    kind: str
    place: str
    started: int
    reported: int
    returned: int | None
    risk: str
    exploitation: bool
    records: list[Record]


class Obligation(NamedTuple):
    rule: str
    status: str
    triggered: int
    due: int | None
    chair: str
    paragraphs: str


def ready(calendar: Calendar) -> Callable[[Caseload], Rows]:
    return lambda caseload: answer(caseload, calendar)


def answer(caseload: Caseload, calendar: Calendar) -> Rows:
    """Every obligation and every floor of the caseload."""
    holidays = {date(1970, 1, 1) + timedelta(days=day) for day in calendar.holidays.tolist()}
    obligations: list[tuple[int, ...]] = []
    floors: list[tuple[int, int, int]] = []
    for number, (child, episodes) in enumerate(objects(caseload)):
        for episode in episodes:
            for one in obligations_of(child, episode, episodes, caseload.as_of, holidays):
                due = FOREVER if one.due is None else one.due
                codes = (RULES.index(one.rule), 1, STATUSES.index(one.status), one.triggered, due)
                people = (CHAIRS.index(one.chair), PARAGRAPHS.index(one.paragraphs))
                obligations.append((number, episode.number, *codes, *people))
            risk = effective_risk(child, episode, episodes, caseload.as_of)
            if risk is not None:
                floors.append((number, episode.number, RISKS.index(risk)))
    return Rows.of(obligations, floors)


def objects(caseload: Caseload) -> list[tuple[Child, list[Episode]]]:
    """The columns as children with their episodes, and these with their records."""
    people = zip(caseload.born.tolist(), caseload.care_from.tolist(), caseload.care_to.tolist(), strict=True)
    found: list[tuple[Child, list[Episode]]] = [(Child(*map(_day, row)), []) for row in people]  # type: ignore[arg-type]
    every: list[Episode] = []
    for number, row in enumerate(zip(*(getattr(caseload, name).tolist() for name in EPISODES), strict=True)):
        child, kind, place, started, reported, returned, risk, exploitation = row
        back = None if returned == FOREVER else returned
        words = (KINDS[kind], PLACES[place], started, reported, back, RISKS[risk], exploitation)
        every.append(Episode(number, *words, []))
        found[child][1].append(every[-1])
    for episode, action, outcome, at in zip(*(getattr(caseload, name).tolist() for name in RECORDS), strict=True):
        every[episode].records.append(Record(ACTIONS[action], OUTCOMES[outcome], at))
    return found


def _day(number: int) -> date | None:
    return None if number == NO_DAY else date(1970, 1, 1) + timedelta(days=number)


# --- the calendar -----------------------------------------------------------------------------------------------------


def date_of(instant: int) -> date:
    return datetime.fromtimestamp(instant, LONDON).date()


def end_of(day: date) -> int:
    return int(datetime.combine(day, time(23, 59, 59), LONDON).timestamp())


def working_days_after(instant: int, count: int, holidays: set[date]) -> int:
    """The end of the Nth working day after the date of an instant."""
    day = date_of(instant)
    while count:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in holidays:
            count -= 1
    return end_of(day)


def days_after(instant: int, days: int) -> int:
    """The same time of day so many dates later; one that clocks skip moves on, of one shown twice it is the first."""
    local = datetime.fromtimestamp(instant, LONDON)
    # fold=0 is the first of two; of a skipped hour it has the offset before the gap, which moves it on by the gap.
    moved = (local + timedelta(days=days)).replace(fold=0)
    return int(moved.astimezone(UTC).timestamp())


# --- what is asked of child and episode -------------------------------------------------------------------------------


def younger_than(child: Child, age: int, instant: int) -> bool:
    year = child.born.year + age
    try:
        birthday = child.born.replace(year=year)
    except ValueError:  # 29 February
        birthday = date(year, 3, 1)
    return date_of(instant) < birthday


def looked_after(child: Child, instant: int) -> bool:
    day = date_of(instant)
    return child.care_from is not None and child.care_from <= day and (child.care_to is None or day < child.care_to)


def is_counted(episode: Episode) -> bool:
    """2.1, and 1.1 on absences."""
    return episode.kind == "missing" and episode.place in ("home", "care")


def count_by(episode: Episode, episodes: Sequence[Episode]) -> int:
    """How many there are in the 90 days that end with this one, itself included."""
    first = date_of(episode.started) - timedelta(days=90)
    return sum(is_counted(one) and one.started <= episode.started and date_of(one.started) > first for one in episodes)


def count_at(instant: int, episodes: Sequence[Episode]) -> int:
    first = date_of(instant) - timedelta(days=90)
    return sum(is_counted(one) and date_of(one.started) > first for one in episodes)


# --- 1: how high the risk is ------------------------------------------------------------------------------------------


def effective_risk(child: Child, episode: Episode, episodes: Sequence[Episode], as_of: int) -> str | None:
    """The recorded level or the highest floor, whichever is higher; None where there is no floor."""
    if episode.kind != "missing" or not younger_than(child, 18, as_of):
        return None
    count, in_care = count_at(as_of, episodes), looked_after(child, as_of)
    floors = []
    if in_care:
        floors.append("medium")
    if younger_than(child, 13, as_of):
        floors.append("medium")
    if count >= 3:
        floors.append("medium")
    if episode.exploitation:
        floors.append("high")
    if count >= 5 and in_care:
        floors.append("high")
    return max((episode.risk, *floors), key=RISKS.index) if floors else None


# --- 2 to 4: what must be done ----------------------------------------------------------------------------------------


def obligations_of(
    child: Child, episode: Episode, episodes: Sequence[Episode], as_of: int, holidays: set[date]
) -> list[Obligation]:
    """Every obligation of one episode."""
    found: list[Obligation] = []
    started, reported, returned = episode.started, episode.reported, episode.returned

    def owed(
        rule: str, action: str, triggered: int, due: int | None, chair: str, paragraphs: str,
        *, ends: int | None = None, since: int | None = None, may: bool = False,
        in_care: tuple[str, str] | None = None,
    ) -> None:  # fmt: skip
        """An obligation, where the child is under 18 when it arises. `in_care`: chair and paragraphs instead."""
        if not younger_than(child, 18, triggered):
            return
        status, closed = standing(episode, action, triggered, due, ends, since, as_of, may=may)
        if in_care and looked_after(child, closed):
            chair, paragraphs = in_care
        found.append(Obligation(rule, status, triggered, due, chair, paragraphs))

    if is_counted(episode):
        count = count_by(episode, episodes)
        if count == 3:
            due = working_days_after(started, 5, holidays)
            owed("third-episode", "repeat_meeting", started, due, "team_manager", "2.2")
        if count == 5:
            chairs = ("service_manager", "2.3; 2.4")
            owed("fifth-episode", "strategy_meeting", started, started + 72 * HOUR, "team_manager", "2.3",
                 in_care=chairs)  # fmt: skip
        if count == 9:
            due = working_days_after(started, 2, holidays)
            owed("ninth-episode", "strategy_meeting", started, due, "assistant_director", "2.5")

    if episode.kind == "missing":
        # Who is missing is taken to stay so: what has not come yet is coming up.
        last = FOREVER if returned is None else returned
        day, two_days, three_days = started + 24 * HOUR, started + 48 * HOUR + 1, started + 72 * HOUR
        week = days_after(started, 7)
        if day <= last:
            owed("missing-a-day", "strategy_meeting", day, day + 24 * HOUR, "team_manager", "3.1", ends=returned,
                 since=started)  # fmt: skip
        if two_days <= last:
            owed("missing-two-days", "risk_assessment", two_days, None, "", "3.5", ends=returned)
        if three_days <= last:
            chairs = ("service_manager", "3.2; 3.3")
            owed("missing-three-days", "strategy_meeting", three_days, three_days + 24 * HOUR, "team_manager", "3.2",
                 ends=returned, in_care=chairs)  # fmt: skip
        if week <= last:
            due = working_days_after(week, 2, holidays)
            owed("missing-a-week", "strategy_meeting", week, due, "assistant_director", "3.4", ends=returned)
        hours, cited = (24, "4.1; 4.2") if episode.risk == "high" else (72, "4.1")
        chairs = ("service_manager", f"{cited}; 4.3")
        owed("planning-meeting", "planning_meeting", reported, reported + hours * HOUR, "team_manager", cited,
             in_care=chairs)  # fmt: skip

    if returned is not None:
        if episode.kind == "missing":
            owed("prevention-check", "prevention_interview", returned, returned + 24 * HOUR, "", "4.4")
            if looked_after(child, returned):
                due = working_days_after(returned, 5, holidays)
                owed("placement-review", "review_placement", returned, due, "reviewing_officer", "4.6")
            due = working_days_after(returned, 10, holidays)
            owed("plan-update", "update_plan", returned, due, "", "4.7", may=True)
        owed("return-interview", "return_interview", returned, returned + 72 * HOUR, "", "4.5")
    return found


def standing(
    episode: Episode, action: str, triggered: int, due: int | None, ends: int | None, since: int | None, as_of: int,
    *, may: bool,
) -> tuple[str, int]:  # fmt: skip
    """How a duty stands, and the instant at which people are read."""
    if triggered > as_of:
        return "upcoming", triggered
    begins = triggered if since is None else since
    last = as_of if ends is None else min(ends, as_of)
    for record in episode.records:
        if record.action == action and record.outcome == "" and begins <= record.at <= last:
            return ("met" if due is None or record.at <= due else "met_late"), record.at
    if ends is not None:
        return ("ceased" if due is None or ends <= due else "missed"), ends
    if may:
        return "available", as_of
    return ("overdue" if due is not None and as_of > due else "due"), as_of
