"""How firings stand: status and due instants, worked out once for all duties that fire and fall due together."""

from __future__ import annotations

from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain.citations import NOT_STATED
from missingrules.domain.clock import FOREVER, Instant
from missingrules.domain.deadlines import Word
from missingrules.domain.obligations import Obligation, Stand
from missingrules.engine.deadlines import NONE, Due, due_at
from missingrules.engine.firing import make
from missingrules.engine.owed import End, Instance, single
from missingrules.engine.status import (
    AVAILABLE,
    DUE,
    MAY,
    NOT_DECIDABLE,
    UPCOMING,
    ended_status,
    open_status,
    read_at,
    status_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from missingrules.domain.obligations import Status
    from missingrules.domain.rules import Duty
    from missingrules.engine.facts import Reader
    from missingrules.engine.firing import Firing


class Courses(NamedTuple):
    """How the firings of a bundle stand, in columns, in the order of their keys; what fires too late stands apart."""

    endings: Sequence[str]  # how the keys end: subject and occurrence
    stands: Sequence[Stand]
    whens: Sequence[Instant]  # by what they are ordered
    dues: Sequence[Due]
    firings: Sequence[Firing]
    instances: Sequence[Instance] | None  # of plain bundles they are made when somebody asks
    beyond: Sequence[Firing]

    def made(self, duty: Duty) -> Sequence[Instance]:
        """The instances behind them."""
        if self.instances is not None:
            return self.instances
        return [single(duty, firing, End(firing.until, firing.until_maybe, False)) for firing in self.firings]


NOTHING: Final = Courses((), (), (), (), (), (), ())
ENDING: Final = attrgetter("ending")


def stand_plainly(reader: Reader, duty: Duty, firings: list[Firing], horizon: Instant) -> Courses:
    """How firings stand that nothing but their `until` ends and no act discharges."""
    as_of, deadline, may = reader.seen.as_of, duty.deadline, duty.modality is MAY
    silent, at_once, open_ = deadline is NOT_STATED, deadline is Word.IMMEDIATELY, AVAILABLE if may else DUE
    timeless = silent or (isinstance(deadline, Word))
    said = NONE if silent or not firings else due_at(reader, deadline, firings[0], as_of)
    ordered = sorted(firings, key=ENDING)
    if timeless and all(f.state == "fired" and f.until_maybe == FOREVER and f.trigger <= as_of for f in ordered):
        return _standing_open(ordered, open_, said, at_once=at_once)
    endings, stands, whens, dues, kept, beyond = [], [], [], [], [], []
    for firing in ordered:
        _, subject, episode, occurrence, ending, state, _, trigger, _, closes, maybe = firing
        if trigger > as_of:
            if trigger > closes:
                continue
            if trigger > horizon:
                beyond.append(firing)
                continue
        ended = None
        if timeless:
            due, low, status = said, FOREVER, open_
        else:
            due = due_at(reader, deadline, firing, trigger if trigger > as_of else closes if closes < as_of else as_of)
            low = due.low
            status = open_ if as_of <= low else open_status(due, FOREVER, as_of, may=may)
        if state == "undecided":
            status = NOT_DECIDABLE
        elif trigger > as_of and state == "future":
            status = UPCOMING
        elif closes <= as_of:
            status = ended_status(due, closes, maybe)
        elif maybe <= as_of:
            status = NOT_DECIDABLE
        # When it ended is open where it may have ended before.
        if closes <= as_of and maybe >= closes:
            ended = closes
        if low == FOREVER:
            at = trigger if at_once else None
            stands.append(make(Stand, (subject, episode, occurrence, status, trigger, None, None, None, ended, at)))
            whens.append(trigger if at_once else FOREVER)
        else:
            between = (low, due.high) if low != due.high != FOREVER else None
            stands.append(make(Stand, (subject, episode, occurrence, status, trigger, low, between, None, ended, None)))
            whens.append(low)
        endings.append(ending)
        dues.append(due)
        kept.append(firing)
    return Courses(endings, stands, whens, dues, kept, None, beyond) if kept or beyond else NOTHING


def _standing_open(firings: list[Firing], status: Status, due: Due, *, at_once: bool) -> Courses:
    """The commonest: all fired, none ended, and no due instant."""
    stands = [
        make(Stand, (f[1], f[2], f[3], status, f[7], None, None, None, None, f[7] if at_once else None))
        for f in firings
    ]
    whens = [f[7] for f in firings] if at_once else [FOREVER] * len(firings)
    return Courses([f[4] for f in firings], stands, whens, [due] * len(firings), firings, None, ())


def stand(reader: Reader, duty: Duty, instances: list[Instance], horizon: Instant) -> Courses:
    """How instances of any kind stand."""
    as_of, at_once = reader.seen.as_of, duty.deadline is Word.IMMEDIATELY
    made: list[tuple[str, Stand, Instant, Due, Firing, Instance]] = []
    beyond: list[Firing] = []
    for instance in instances:
        firing, closes = instance.firing, instance.closes
        trigger, discharged = firing.trigger, instance.discharged
        if trigger > as_of:
            if trigger > closes:
                continue
            if trigger > horizon:
                beyond.append(firing)
                continue
        due = instance.due(reader, duty, read_at(instance, as_of))
        low, high = due.low, due.high
        none = low == FOREVER
        stand = Stand(
            firing.subject,
            firing.episode,
            instance.occurrence,
            status_of(duty, instance, due, as_of),
            trigger,
            None if none else low,
            (low, high) if low != high and high != FOREVER else None,
            discharged if instance.open_act is None else None,
            closes if discharged is None and closes <= as_of and instance.closes_maybe >= closes else None,
            trigger if none and at_once else None,
        )
        when = low if not none else trigger if at_once else FOREVER
        made.append((f"{firing.subject}/{instance.occurrence}", stand, when, due, firing, instance))
    if not made:
        return NOTHING._replace(beyond=beyond) if beyond else NOTHING
    made.sort(key=itemgetter(0))
    endings, stands, whens, dues, firings, kept = zip(*made, strict=True)
    return Courses(endings, stands, whens, dues, firings, kept, beyond)


def each_once(made: list[tuple[Obligation, Instant]]) -> list[tuple[Obligation, Instant]]:
    """Of several obligations of one key the first that is decided; in the order of their keys."""
    chosen: dict[str, tuple[Obligation, Instant]] = {}
    for one in made:
        other = chosen.setdefault(one[0].key, one)
        if other[0].status is NOT_DECIDABLE and one[0].status is not NOT_DECIDABLE:
            chosen[one[0].key] = one
    return [chosen[key] for key in sorted(chosen)]
