"""NumPy by hand: whole columns, no search but in small tables, each rule one block of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.families.dates import Dates, birthdays
from benchmarks.families.words import CHAIRS, PARAGRAPHS, RULES, STATUSES, Rows
from benchmarks.histories import ACTIONS, FOREVER, HOUR, KINDS, PLACES, RISKS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from benchmarks.families.words import Calendar
    from benchmarks.histories import Caseload, Codes, Numbers, Seconds

    Truths = NDArray[np.bool_]

MET, LATE, DUE, OVERDUE, CEASED, MISSED, AVAILABLE, UPCOMING = range(len(STATUSES))
MISSING, SCHOOL = KINDS.index("missing"), PLACES.index("education")


def ready(calendar: Calendar) -> Callable[[Caseload], Rows]:
    return lambda caseload: answer(caseload, calendar)


class Block(NamedTuple):
    """The obligations of one rule."""

    episode: Numbers
    rule: int
    status: Codes
    triggered: Seconds
    due: Seconds
    chair: Codes
    paragraphs: Codes


class Columns:
    """A caseload with what several rules read of it."""

    def __init__(self, caseload: Caseload, calendar: Calendar) -> None:
        self.caseload, self.as_of = caseload, caseload.as_of
        self.dates = Dates(calendar, int(caseload.started.min()), caseload.as_of)
        child = caseload.child
        self.adult = self.dates.midnight(birthdays(caseload.born, 18))[child]
        self.care_from = self.dates.midnight(caseload.care_from)[child]
        self.care_to = self.dates.midnight(caseload.care_to)[child]
        self.missing = caseload.kind == MISSING
        self.counted = self.missing & (caseload.place != SCHOOL)
        self.day = self.dates.of(caseload.started)
        done = caseload.outcome == 0
        self._records: dict[str, tuple[Numbers, Seconds]] = {}
        for code, action in enumerate(ACTIONS):
            here = np.flatnonzero((caseload.action == code) & done)
            self._records[action] = caseload.episode[here], caseload.at[here]

    def in_care(self, episode: Numbers, instants: Seconds) -> Truths:
        return (self.care_from[episode] <= instants) & (instants < self.care_to[episode])

    def block(
        self, rule: str, action: str, episode: Numbers, triggered: Seconds, due: Seconds | None,
        paragraphs: str | Codes, *, chair: str = "", in_care: int = 0, ends: bool = False, since: Seconds | None = None,
        may: bool = False,
    ) -> Block:  # fmt: skip
        """How the duties of a rule stand that arise of these episodes. `in_care`: how far on its paragraphs are where
        a Service Manager is in the chair."""
        young = triggered < self.adult[episode]
        if not young.all():
            episode, triggered = episode[young], triggered[young]
            due = None if due is None else due[young]
            since = None if since is None else since[young]
            paragraphs = paragraphs if isinstance(paragraphs, str) else paragraphs[young]
        as_of = self.as_of
        over = self.caseload.returned[episode] if ends else None
        until = as_of if over is None else np.minimum(over, as_of)
        done = self._done(action, episode, triggered if since is None else since, until)
        limit = np.full(len(episode), FOREVER) if due is None else due
        if may:
            status = np.full(len(episode), AVAILABLE, np.int8)
        else:
            status = np.where(as_of > limit, np.int8(OVERDUE), np.int8(DUE))
        if over is not None:
            status = np.where(over == FOREVER, status, np.where(over <= limit, np.int8(CEASED), np.int8(MISSED)))
        status = np.where(done == FOREVER, status, np.where(done <= limit, np.int8(MET), np.int8(LATE)))
        ahead = triggered > as_of
        status[ahead] = UPCOMING
        chairs = np.full(len(episode), CHAIRS.index(chair), np.int8)
        cited = paragraphs
        if isinstance(cited, str):
            cited = np.full(len(episode), PARAGRAPHS.index(cited), np.int8)
        if in_care:
            cared_for = self.in_care(episode, np.where(ahead, triggered, np.minimum(done, until)))
            chairs[cared_for] = CHAIRS.index("service_manager")
            cited = cited + cared_for * np.int8(in_care)
        return Block(episode, RULES.index(rule), status, triggered, limit, chairs, cited)

    def _done(self, action: str, episode: Numbers, since: Seconds, until: Seconds | int) -> Seconds:
        """When each was first done from one instant to another; FOREVER where it was not."""
        of, at = self._records[action]
        begins = np.full(self.caseload.episodes, FOREVER)
        begins[episode] = since
        counts = at >= begins[of]
        of, at = of[counts], at[counts]
        first = np.ones(len(of), bool)
        np.not_equal(of[1:], of[:-1], out=first[1:])
        done = begins
        done.fill(FOREVER)
        done[of[first]] = at[first]
        found = done[episode]
        return np.where(found <= until, found, FOREVER)


def answer(caseload: Caseload, calendar: Calendar) -> Rows:
    """Every obligation and every floor of the caseload."""
    columns = Columns(caseload, calendar)
    blocks = [*_again(columns), *_for_long(columns), *_by_when(columns)]
    episode = np.concatenate([block.episode for block in blocks])
    floor_episode, floor_risk = _floors(columns)
    return Rows(
        child=caseload.child[episode],
        episode=episode,
        rule=np.repeat(np.array([b.rule for b in blocks], np.int8), [len(b.episode) for b in blocks]),
        occurrence=np.ones(len(episode), np.int8),
        status=np.concatenate([block.status for block in blocks]),
        triggered=np.concatenate([block.triggered for block in blocks]),
        due=np.concatenate([block.due for block in blocks]),
        chair=np.concatenate([block.chair for block in blocks]),
        paragraphs=np.concatenate([block.paragraphs for block in blocks]),
        floor_child=caseload.child[floor_episode],
        floor_episode=floor_episode,
        floor_risk=floor_risk,
    )


def _floors(columns: Columns) -> tuple[Numbers, Codes]:
    caseload, dates = columns.caseload, columns.dates
    today = int(dates.of(np.array([caseload.as_of]))[0])
    medium, high = RISKS.index("medium"), RISKS.index("high")
    recent = caseload.child[columns.counted & (columns.day > today - 90)]
    count = np.bincount(recent, minlength=caseload.children)
    in_care = (caseload.care_from <= today) & (today < caseload.care_to)
    # Floors of the child, then those of the episode.
    level = np.where(in_care | (today < birthdays(caseload.born, 13)) | (count >= 3), medium, -1)
    level = np.where(in_care & (count >= 5), high, level)
    floor = np.where(caseload.exploitation, high, level[caseload.child])
    found = np.flatnonzero((floor >= 0) & columns.missing & (caseload.as_of < columns.adult)).astype(np.int32)
    return found, np.maximum(floor[found], caseload.risk[found]).astype(np.int8)


def _again(columns: Columns) -> list[Block]:
    caseload, dates = columns.caseload, columns.dates
    counted = np.flatnonzero(columns.counted).astype(np.int32)
    day = columns.day[counted]
    # One number that grows from child to child by more than the window, and within a child by the day.
    spread = caseload.child[counted] * np.int64(dates.first_day + 4096) + day

    def reach(number: int) -> Numbers:
        """The episodes whose window holds exactly so many: the one so many before is outside, the next is in."""
        if len(spread) < number:
            return counted[:0]
        within = np.zeros(len(spread), bool)
        within[number - 1 :] = spread[: len(spread) - number + 1] > spread[number - 1 :] - 90
        more = np.zeros(len(spread), bool)
        more[number:] = spread[: len(spread) - number] > spread[number:] - 90
        return counted[within & ~more]

    third, fifth, ninth = reach(3), reach(5), reach(9)
    at = caseload.started
    week, two_days = (dates.working_days_after(columns.day[of], n) for of, n in ((third, 5), (ninth, 2)))
    return [
        columns.block("third-episode", "repeat_meeting", third, at[third], week, "2.2", chair="team_manager"),
        columns.block("fifth-episode", "strategy_meeting", fifth, at[fifth], at[fifth] + 72 * HOUR, "2.3",
                      chair="team_manager", in_care=1),
        columns.block("ninth-episode", "strategy_meeting", ninth, at[ninth], two_days, "2.5",
                      chair="assistant_director"),
    ]  # fmt: skip


def _for_long(columns: Columns) -> list[Block]:
    caseload, dates = columns.caseload, columns.dates
    # Whoever has not been missing for a day has not been for longer.
    long = np.flatnonzero(columns.missing & (caseload.started + 24 * HOUR <= caseload.returned)).astype(np.int32)
    started, returned = caseload.started[long], caseload.returned[long]
    week = dates.week_after(started)
    reached = {
        rule: (at <= returned) for rule, at in (("two", started + 48 * HOUR + 1), ("three", started + 72 * HOUR))
    }
    two, three = long[reached["two"]], long[reached["three"]]
    at_week = week <= returned
    day, after_two, after_three = started + 24 * HOUR, caseload.started[two] + 48 * HOUR + 1, caseload.started[three]
    after_three, after_week = after_three + 72 * HOUR, week[at_week]
    return [
        columns.block("missing-a-day", "strategy_meeting", long, day, day + 24 * HOUR, "3.1", chair="team_manager",
                      ends=True, since=started),
        columns.block("missing-two-days", "risk_assessment", two, after_two, None, "3.5", ends=True),
        columns.block("missing-three-days", "strategy_meeting", three, after_three, after_three + 24 * HOUR, "3.2",
                      chair="team_manager", in_care=1, ends=True),
        columns.block("missing-a-week", "strategy_meeting", long[at_week], after_week,
                      dates.working_days_after(dates.of(after_week), 2), "3.4", chair="assistant_director", ends=True),
    ]  # fmt: skip


def _by_when(columns: Columns) -> list[Block]:
    caseload, dates = columns.caseload, columns.dates
    missing = np.flatnonzero(columns.missing).astype(np.int32)
    reported, high = caseload.reported[missing], caseload.risk[missing] == RISKS.index("high")
    planned = reported + np.where(high, 24 * HOUR, 72 * HOUR)
    back = np.flatnonzero(caseload.returned != FOREVER).astype(np.int32)
    found = back[columns.missing[back]]
    at = caseload.returned[found]
    day = dates.of(at)
    reviewed = columns.in_care(found, at)
    return [
        columns.block("planning-meeting", "planning_meeting", missing, reported, planned,
                      high * np.int8(1) + np.int8(PARAGRAPHS.index("4.1")), chair="team_manager", in_care=2),
        columns.block("prevention-check", "prevention_interview", found, at, at + 24 * HOUR, "4.4"),
        columns.block("return-interview", "return_interview", back, caseload.returned[back],
                      caseload.returned[back] + 72 * HOUR, "4.5"),
        columns.block("placement-review", "review_placement", found[reviewed], at[reviewed],
                      dates.working_days_after(day[reviewed], 5), "4.6", chair="reviewing_officer"),
        columns.block("plan-update", "update_plan", found, at, dates.working_days_after(day, 10), "4.7", may=True),
    ]  # fmt: skip
