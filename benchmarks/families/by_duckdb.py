"""DuckDB by hand: columns registered as they are, temporary tables, windows and joins.

An ASOF join for the first record after an instant was tried: it took twice as long as a join and a minimum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import duckdb

from benchmarks.families.words import CHAIRS, FLOOR, OBLIGATION, PARAGRAPHS, RULES, STATUSES, Rows
from benchmarks.histories import ACTIONS, CHILDREN, DAY, EPISODES, FOREVER, HOUR, KINDS, NO_DAY, PLACES, RECORDS, RISKS

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.families.words import Calendar
    from benchmarks.histories import Caseload

CALLED: Final = {"at": "happened"}  # `at` is a word of SQL

# For each day the ends of the 2nd, 5th and 10th working day after it.
_DAYS: Final = """
    CREATE OR REPLACE TEMP TABLE days AS
    WITH every AS (
        SELECT day, isodow(DATE '1970-01-01' + day) < 6 AND day NOT IN (SELECT day FROM holidays) AS working
        FROM (SELECT unnest(range($first, $last))::INTEGER AS day)
    ), numbered AS (
        SELECT day, working, sum(working::INTEGER) OVER (ORDER BY day) AS so_far FROM every
    ), ends AS (
        SELECT so_far, epoch((DATE '1970-01-01' + day + 1)::TIMESTAMPTZ)::BIGINT - 1 AS ends FROM numbered WHERE working
    )
    SELECT day, two.ends AS in_2, five.ends AS in_5, ten.ends AS in_10
    FROM numbered
    JOIN ends two ON two.so_far = numbered.so_far + 2
    JOIN ends five ON five.so_far = numbered.so_far + 5
    JOIN ends ten ON ten.so_far = numbered.so_far + 10
"""

_CHILDREN: Final = f"""
    CREATE OR REPLACE TEMP TABLE people AS
    SELECT row_number() OVER () - 1 AS child, care_from, care_to,
        birthday(born, 18) AS adult, birthday(born, 13) AS thirteen,
        CASE WHEN care_from = {NO_DAY} THEN {FOREVER} ELSE midnight(care_from) END AS care_since,
        CASE WHEN care_to = {NO_DAY} THEN {FOREVER} ELSE midnight(care_to) END AS care_until
    FROM children
"""

_EPISODES: Final = f"""
    CREATE OR REPLACE TEMP TABLE histories AS
    SELECT (row_number() OVER () - 1)::INTEGER AS episode, *,
        kind = {KINDS.index("missing")} AS missing,
        kind = {KINDS.index("missing")} AND place <> {PLACES.index("education")} AS counted,
        local_day(started) AS day,
        CASE WHEN returned <> {FOREVER} THEN local_day(returned) END AS back_on,
        CASE WHEN returned - started >= {7 * DAY - HOUR} THEN week_after(started) ELSE {FOREVER} END AS week
    FROM episodes
"""

_MACROS: Final = (
    """CREATE OR REPLACE TEMP MACRO local_day(instant) AS
        ((to_timestamp(instant)::TIMESTAMP)::DATE - DATE '1970-01-01')::INTEGER""",
    "CREATE OR REPLACE TEMP MACRO midnight(day) AS epoch((DATE '1970-01-01' + day)::TIMESTAMP::TIMESTAMPTZ)::BIGINT",
    # 29 February is 1 March where there is none.
    """CREATE OR REPLACE TEMP MACRO birthday(born, age) AS epoch(
        (date_trunc('month', DATE '1970-01-01' + born) + to_years(age)
            + to_days(day(DATE '1970-01-01' + born)::INTEGER - 1))::TIMESTAMP::TIMESTAMPTZ)::BIGINT""",
    # A time that clocks skip moves on; of one that they show twice it is the first: an hour earlier, if it shows that.
    """CREATE OR REPLACE TEMP MACRO week_after(instant) AS CASE
        WHEN to_timestamp(epoch((to_timestamp(instant)::TIMESTAMP + INTERVAL 7 DAY)::TIMESTAMPTZ) - 3600)::TIMESTAMP
            = to_timestamp(instant)::TIMESTAMP + INTERVAL 7 DAY
        THEN epoch((to_timestamp(instant)::TIMESTAMP + INTERVAL 7 DAY)::TIMESTAMPTZ)::BIGINT - 3600
        ELSE epoch((to_timestamp(instant)::TIMESTAMP + INTERVAL 7 DAY)::TIMESTAMPTZ)::BIGINT END""",
)


def _rule(
    name: str, action: str, source: str, triggered: str, due: str, paragraphs: str,
    *, chair: str = "", in_care: int = 0, ends: str = str(FOREVER), since: str = "", may: bool = False,
) -> str:  # fmt: skip
    cited = PARAGRAPHS.index(paragraphs) if paragraphs in PARAGRAPHS else paragraphs
    return f"""
        SELECT child, episode, {RULES.index(name)}::TINYINT AS rule, {ACTIONS.index(action)}::TINYINT AS action,
            {triggered} AS triggered, {since or triggered} AS since, {due} AS due, {ends} AS ends, {may} AS may,
            {CHAIRS.index(chair)}::TINYINT AS chair, ({cited})::TINYINT AS paragraphs, {in_care}::TINYINT AS in_care,
            care_since, care_until
        FROM {source} AND {triggered} < adult"""


def _owed() -> str:
    """What arises of each episode, rule by rule."""
    never = f"{FOREVER}::BIGINT"
    of = "histories JOIN people USING (child)"
    missing = f"{of} WHERE missing"
    back = f"{of} JOIN days ON days.day = back_on WHERE TRUE"
    found = f"{back} AND missing"
    in_care = "returned >= care_since AND returned < care_until"
    counted = "counted JOIN people USING (child) JOIN days USING (day) WHERE"
    day, two, three = (f"started + {seconds}" for seconds in (24 * HOUR, 48 * HOUR + 1, 72 * HOUR))
    weeks = f"{of} JOIN days ON days.day = local_day(week) WHERE missing AND week <= returned"
    high = f"risk = {RISKS.index('high')}"
    rules = (
        _rule("third-episode", "repeat_meeting", f"{counted} is_3", "started", "in_5", "2.2", chair="team_manager"),
        _rule("fifth-episode", "strategy_meeting", f"{counted} is_5", "started", f"started + {72 * HOUR}", "2.3",
              chair="team_manager", in_care=1),
        _rule("ninth-episode", "strategy_meeting", f"{counted} is_9", "started", "in_2", "2.5",
              chair="assistant_director"),
        _rule("missing-a-day", "strategy_meeting", f"{missing} AND {day} <= returned", day, f"{day} + {24 * HOUR}",
              "3.1", chair="team_manager", ends="returned", since="started"),
        _rule("missing-two-days", "risk_assessment", f"{missing} AND {two} <= returned", two, never, "3.5",
              ends="returned"),
        _rule("missing-three-days", "strategy_meeting", f"{missing} AND {three} <= returned", three,
              f"{three} + {24 * HOUR}", "3.2", chair="team_manager", in_care=1, ends="returned"),
        _rule("missing-a-week", "strategy_meeting", weeks, "week", "in_2", "3.4", chair="assistant_director",
              ends="returned"),
        _rule("planning-meeting", "planning_meeting", missing, "reported",
              f"reported + CASE WHEN {high} THEN {24 * HOUR} ELSE {72 * HOUR} END",
              f"{PARAGRAPHS.index('4.1')} + ({high})::TINYINT", chair="team_manager", in_care=2),
        _rule("prevention-check", "prevention_interview", found, "returned", f"returned + {24 * HOUR}", "4.4"),
        _rule("return-interview", "return_interview", back, "returned", f"returned + {72 * HOUR}", "4.5"),
        _rule("placement-review", "review_placement", f"{found} AND {in_care}", "returned", "in_5", "4.6",
              chair="reviewing_officer"),
        _rule("plan-update", "update_plan", found, "returned", "in_10", "4.7", may=True),
    )  # fmt: skip
    # Exactly so many in the window: the one so many before is outside, the next is in.
    lags = ", ".join(
        f"coalesce(day - lag(day, {n - 1}) OVER w < 90, FALSE) AND NOT coalesce(day - lag(day, {n}) OVER w < 90, FALSE)"
        f" AS is_{n}"
        for n in (3, 5, 9)
    )
    counts = f"SELECT *, {lags} FROM histories WHERE counted WINDOW w AS (PARTITION BY child ORDER BY started)"
    return f"WITH counted AS ({counts}) {' UNION ALL '.join(rules)}"


def _standing() -> str:
    """How each stands, who chairs, and which paragraphs say so."""
    status = {name: f"{at}::TINYINT" for at, name in enumerate(STATUSES)}
    return f"""
        WITH first AS (
            SELECT owed.rowid AS row, min(happened) AS at_first
            FROM owed JOIN done ON owed.episode = done.episode AND owed.action = done.action AND happened >= since
            GROUP BY ALL
        ), found AS (
            SELECT owed.*, CASE WHEN at_first <= least(ends, $as_of) THEN at_first ELSE {FOREVER} END AS done
            FROM owed LEFT JOIN first ON owed.rowid = first.row
        ), stood AS (
            SELECT *,
                CASE WHEN triggered > $as_of THEN {status["upcoming"]}
                    WHEN done <> {FOREVER} AND done <= due THEN {status["met"]}
                    WHEN done <> {FOREVER} THEN {status["met_late"]}
                    WHEN ends <> {FOREVER} AND ends <= due THEN {status["ceased"]}
                    WHEN ends <> {FOREVER} THEN {status["missed"]}
                    WHEN may THEN {status["available"]}
                    WHEN $as_of > due THEN {status["overdue"]}
                    ELSE {status["due"]} END AS status,
                CASE WHEN triggered > $as_of THEN triggered ELSE least(done, ends, $as_of) END AS read_at
            FROM found
        ), cared AS (
            SELECT *, in_care > 0 AND care_since <= read_at AND read_at < care_until AS cared_for FROM stood
        )
        SELECT child, episode, rule, 1::TINYINT AS occurrence, status, triggered, due,
            CASE WHEN cared_for THEN {CHAIRS.index("service_manager")}::TINYINT ELSE chair END AS chair,
            (paragraphs + CASE WHEN cared_for THEN in_care ELSE 0 END)::TINYINT AS paragraphs
        FROM cared
    """


_MEDIUM, _HIGH = RISKS.index("medium"), RISKS.index("high")
_FLOORS: Final = f"""
    WITH counts AS (
        SELECT child, count(*) AS many FROM histories WHERE counted AND day > local_day($as_of) - 90 GROUP BY child
    ), asked AS (
        SELECT histories.child, episode, risk, exploitation, coalesce(many, 0) AS many, $as_of < thirteen AS young,
            care_since <= $as_of AND $as_of < care_until AS in_care
        FROM histories JOIN people USING (child) LEFT JOIN counts ON counts.child = histories.child
        WHERE missing AND $as_of < adult
    ), floors AS (
        SELECT *, CASE WHEN exploitation OR (many >= 5 AND in_care) THEN {_HIGH}
            WHEN in_care OR young OR many >= 3 THEN {_MEDIUM} END AS floor
        FROM asked
    )
    SELECT child AS floor_child, episode AS floor_episode, greatest(floor, risk)::TINYINT AS floor_risk
    FROM floors WHERE floor IS NOT NULL
"""


def ready(calendar: Calendar) -> Callable[[Caseload], Rows]:
    """A connection in memory, whose macros are made once; what a caseload needs is made anew for each."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'Europe/London'")
    for macro in _MACROS:
        connection.execute(macro)
    return lambda caseload: answer(connection, caseload, calendar)


def answer(connection: duckdb.DuckDBPyConnection, caseload: Caseload, calendar: Calendar) -> Rows:
    """Every obligation and every floor of the caseload."""
    for table, names in (("children", CHILDREN), ("episodes", EPISODES), ("records", RECORDS)):
        connection.register(table, {CALLED.get(name, name): getattr(caseload, name) for name in names})
    connection.register("holidays", {"day": calendar.holidays})
    span = {"first": int(caseload.started.min()) // DAY - 1, "last": caseload.as_of // DAY + 60}
    connection.execute(_DAYS, span)
    connection.execute(_CHILDREN)
    connection.execute(_EPISODES)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE done AS SELECT episode, action, happened FROM records WHERE outcome = 0"
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE owed AS {_owed()}")
    made = connection.execute(_standing(), {"as_of": caseload.as_of}).fetchnumpy()
    floors = connection.execute(_FLOORS, {"as_of": caseload.as_of}).fetchnumpy()
    return Rows(**{name: made[name] for name in OBLIGATION}, **{name: floors[name] for name in FLOOR})
