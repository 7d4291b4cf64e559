"""What an audit finds: how each obligation of many cases stands, added up; and which rows could not be used."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from missingrules.domain.clock import FOREVER
from missingrules.domain.obligations import Status
from missingrules.domain.rules import Modality

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.case import Stamp
    from missingrules.domain.citations import Citations, NotStated
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.diagnostics import Diagnostic
    from missingrules.domain.obligations import Undecided
    from missingrules.domain.people import People


class Outcome(StrEnum):
    """What an obligation is counted as: its status, with a `may` and a limit still to come told apart."""

    IN_TIME = "in_time"
    LATE = "late"
    MISSED = "missed"
    OVERDUE = "overdue"
    NOT_DECIDABLE = "not_decidable"
    DONE_AHEAD = "done_ahead"
    DONE_NO_LIMIT = "done_no_limit"
    OPEN = "open"
    CEASED = "ceased"
    UPCOMING = "upcoming"
    PERMITTED = "permitted"


# Of these a rate is taken: those of which the limit has passed and that are decided.
RATED: Final = (Outcome.IN_TIME, Outcome.LATE, Outcome.MISSED, Outcome.OVERDUE)
_OF_STATUS: Final = {
    Status.NOT_DECIDABLE: Outcome.NOT_DECIDABLE,
    Status.UPCOMING: Outcome.UPCOMING,
    Status.MET_LATE: Outcome.LATE,
    Status.CEASED: Outcome.CEASED,
    Status.MISSED: Outcome.MISSED,
    Status.DUE: Outcome.OPEN,
    Status.OVERDUE: Outcome.OVERDUE,
}


def outcome_of(status: Status, modality: Modality, due: Instant | None, as_of: Instant) -> Outcome:
    """`due`: the due instant, or the latest possible; None where there is none."""
    if modality is Modality.MAY:
        return Outcome.PERMITTED
    if status is Status.MET:
        return Outcome.DONE_NO_LIMIT if due is None else Outcome.IN_TIME if due <= as_of else Outcome.DONE_AHEAD
    return _OF_STATUS[status]


class Finding(NamedTuple):
    """How one obligation of one case stands. Instants are seconds since 1970 UTC; `clock` has the zone.

    `late_by`, in seconds: of one done late from the due instant to the act, of one overdue from it to `as_of`.
    `late_recording`: the act was in time, and its entry came after the due instant (None: not known, or not asked).
    `lacking` are the facts for lack of which it cannot be decided.
    """

    case: str
    key: str
    protocol: str
    edition: str
    rule: str  # or the act of one, as in keys
    title: str
    action: str
    called: str | None
    topic: str
    effect: str
    modality: Modality
    by: People | NotStated | Undecided | None
    subject: str
    episode: str | None
    area: str | None
    clock: Clock
    triggered: Instant | None
    due: Instant | None
    due_between: tuple[Instant, Instant] | None
    status: Status
    outcome: Outcome
    done_at: Instant | None
    done_by: tuple[str, ...]
    recorded: Stamp | None
    late_by: int | None
    late_recording: bool | None
    lacking: tuple[str, ...]
    citations: Citations


class Breach(NamedTuple):
    """A record of one case that did what was forbidden then; with status `not_decidable` one that may have.

    `at` is the record's instant; `lacking` are the facts for lack of which it cannot be decided.
    """

    case: str
    key: str
    protocol: str
    edition: str
    rule: str
    title: str
    action: str
    called: str | None
    topic: str
    modality: Modality
    episode: str | None
    area: str | None
    clock: Clock
    at: Instant | None
    record: str
    status: Literal["breached", "not_decidable"]
    lacking: tuple[str, ...]
    citations: Citations


class By(StrEnum):
    """What totals are grouped by."""

    MODALITY = "modality"
    DUTY = "duty"
    ROLE = "role"
    AGENCY = "agency"
    MONTH = "month"
    AREA = "area"


# Words that stand where there is no month.
NO_MONTH: Final = "no limit"
MONTH_OPEN: Final = "not known"


class Count(NamedTuple):
    """How many obligations of a group there are of each outcome; and of those done late and in time a little more.

    `late_day`, `late_week`, `late_longer`: done late by up to a day, up to a week, by more; `latest` in seconds.
    `recorded`: of those in time (also ahead) how many say when they were written down, `recorded_late` after the limit.
    """

    in_time: int = 0
    late: int = 0
    missed: int = 0
    overdue: int = 0
    not_decidable: int = 0
    done_ahead: int = 0
    done_no_limit: int = 0
    open: int = 0
    ceased: int = 0
    upcoming: int = 0
    permitted: int = 0
    late_day: int = 0
    late_week: int = 0
    late_longer: int = 0
    recorded: int = 0
    recorded_late: int = 0
    latest: int = 0

    @property
    def all(self) -> int:
        return sum(self[: len(Outcome)])

    @property
    def rated(self) -> int:
        """Those of which the limit has passed and that are decided: what a rate is of."""
        return self.in_time + self.late + self.missed + self.overdue

    @property
    def tenths(self) -> int | None:
        """Done in time, in tenths of a percent of `rated`, never rounded up; None of none."""
        return self.in_time * 1000 // self.rated if self.rated else None


# In which numbers of a `Count` those done late are counted, and up to how many seconds after the limit.
LATE_BY: Final = (("late_day", 86400), ("late_week", 7 * 86400), ("late_longer", FOREVER))


class Subtotal(NamedTuple):
    """What the obligations of one duty come to that are of the same people, month and area. `month` is a group's."""

    protocol: str
    rule: str
    title: str
    modality: Modality
    by: People | NotStated | Undecided | None
    month: str
    area: str | None
    counts: Count


# What a group is called: words, and for people the people themselves.
Group = tuple["str | People | NotStated | Undecided | None", ...]


class Lacking(NamedTuple):
    """A fact that cases do not give: how many obligations hang on it that cannot be decided, and in how many cases."""

    obligations: int
    cases: int


class Broken(NamedTuple):
    """How often prohibitions were broken, by so many records; of how many more that cannot be decided; `cases`: in how
    many cases they were broken."""

    breached: int = 0
    not_decidable: int = 0
    cases: int = 0


@dataclass(frozen=True, slots=True)
class Totals:
    """What many findings come to. `broken` are prohibitions, by protocol, rule and title. `lacking` and `asks` go by
    protocol and fact, `not_in_force` by protocol and edition: how often it was applied on a date on which it does not
    hold."""

    cases: int
    episodes: int
    whole: Count
    groups: Mapping[By, Mapping[Group, Count]]
    lacking: Mapping[tuple[str, str], Lacking]
    asks: Mapping[tuple[str, str], str]
    not_in_force: Mapping[tuple[str, str], int]
    broken: Mapping[tuple[str, str, str], Broken]
    all_broken: Broken
    with_organisation: int = 0  # cases in which the organisation's own duties were asked


@dataclass(frozen=True, slots=True)
class Counted:
    """What many cases come to that were answered together. `singly`: the places of those of which nothing is counted
    here, since each has to be answered by itself. `lacking` and `asks` go by protocol and fact, `not_in_force` by
    protocol and edition. `findings` are those of each case, where they are wanted; breaches none of them has."""

    singly: tuple[int, ...]
    cases: int
    episodes: int
    subtotals: tuple[Subtotal, ...]
    lacking: Mapping[tuple[str, str], Lacking]
    asks: Mapping[tuple[str, str], str]
    not_in_force: Mapping[tuple[str, str], int]
    findings: tuple[tuple[Finding, ...], ...] = ()


class Rejection(NamedTuple):
    """A row, or a file, that could not be used, or a column that nobody reads: where, and why. Holds nothing personal:
    of what stands in the row only its place."""

    file: str
    row: int | None
    column: str | None
    code: str
    reason: str
    hint: str | None = None

    def render(self) -> str:
        """`file, row 17, column at: [code] reason`, the hint under it."""
        row = f", row {self.row}" if self.row is not None else ""
        column = f", column {self.column}" if self.column is not None else ""
        text = f"{self.file}{row}{column}: [{self.code}] {self.reason}"
        return f"{text}\n  = {self.hint}" if self.hint else text


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit of a caseload came to. Rows in are rows used and rows told: `rows_read` are all of them.

    `findings` and `breaches` are empty unless they were asked for; `not_used` has at least one entry for each row, or
    file, that could not be used, `columns_not_read` the columns of tables that nobody reads.
    """

    as_of: Instant
    totals: Totals
    findings: tuple[Finding, ...]
    breaches: tuple[Breach, ...]
    not_used: tuple[Rejection, ...]
    columns_not_read: tuple[Rejection, ...]
    rows_read: int
    rows_used: int


class Rejected(Exception):
    """A case that cannot be used, with what is wrong: at least one rejection for each of its rows."""

    def __init__(self, rejections: tuple[Rejection, ...]) -> None:
        self.rejections = rejections
        super().__init__(rejections)


_QUOTED = re.compile("'.*'", re.DOTALL)
# Their hints write out what stands there.
_OWN_HINTS: Final = {
    "bad-date": "write year, month and day: 2025-03-28 is 28 March 2025",
    "bad-word": "write it as it is spelt in the vocabulary: small letters, digits and _",
    "naive-timestamp": "write it with its offset: 2025-03-28T22:30:00+00:00",
}


def unspoken(found: Diagnostic, told: tuple[str, ...] = ()) -> tuple[str, str | None]:
    """Message and hint without what the author wrote; `told` are texts that must not stand in either."""
    message = _QUOTED.sub("'…'", found.message)
    hint = _OWN_HINTS.get(found.code, found.hint)
    if _says(message, told):
        message = "what stands here cannot be used"
    return message, None if hint and _says(hint, told) else hint


def _says(text: str, told: tuple[str, ...]) -> bool:
    return any(len(each) > 2 and re.search(rf"(?<!\w){re.escape(each)}(?!\w)", text) for each in told)
