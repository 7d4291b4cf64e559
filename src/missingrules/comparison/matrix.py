"""Several protocols side by side: what each answers to the questions that a partnership asks, and where it says so."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Final

from missingrules.comparison.align import acts
from missingrules.comparison.points import (
    EFFECTS,
    KEYS,
    PEOPLE,
    STRENGTH,
    deadline_rows,
    modality,
    people_rows,
)
from missingrules.comparison.questions import QUESTIONS
from missingrules.comparison.shared import Shared
from missingrules.comparison.standing import own_value, standing, timings
from missingrules.comparison.timing import IN_ORDER
from missingrules.domain.citations import NOT_STATED, NotStated
from missingrules.domain.comparisons import Act, Aspect, Cell, Entry, Matrix, Otherwise
from missingrules.domain.conditions import ALWAYS
from missingrules.domain.deadlines import DeadlineRows
from missingrules.domain.people import People, PeopleRows
from missingrules.domain.rules import Conclusion, Duty
from missingrules.domain.triggers import EpisodesReach, triggers_of
from missingrules.domain.vocabulary import LADDER, POLICE_LADDER, RISK

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from missingrules.comparison.picks import Pick, Question
    from missingrules.domain.citations import Citations
    from missingrules.domain.comparisons import Value
    from missingrules.domain.conditions import Condition
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import RuleFamily

_LATEST: Final = 10**12
_BY_WHEN: Final = Aspect.DEADLINE
# What can stand in a table of rows, of which the first that holds counts.
_IN_TABLES: Final = (Aspect.DEADLINE, *PEOPLE)


def matrix(
    protocols: Sequence[Protocol],
    against: Protocol | None = None,
    *,
    topics: Collection[str] = (),
    questions: Iterable[Question] = QUESTIONS,
) -> Matrix:
    """The answers of some protocols, each beside the framework `against`, which is one of them, if there is one.

    Readings are taken by default; what another would change stands in each cell.
    """
    shared = [Shared.of(protocol, against) if against else None for protocol in protocols]
    rows = []
    for question in questions:
        if topics and question.row.topic not in topics:
            continue
        cells = [_Answering(protocol, question).cell() for protocol in protocols]
        framework = next((cell for cell in cells if cell.protocol is against), None)
        if framework is not None:
            cells = [
                cell if cell is framework or words is None else standing(cell, framework, words)
                for cell, words in zip(cells, shared, strict=True)
            ]
        rows.append((question.row, tuple(cells)))
    return Matrix(tuple(protocols), against, tuple(rows))


class _Answering:
    """One protocol and one question."""

    def __init__(self, protocol: Protocol, question: Question) -> None:
        self.protocol, self.question = protocol, question
        self.words = Shared.of(protocol, protocol)

    def cell(self) -> Cell:
        said = self._entries(acts(self.protocol, {}))
        otherwise = tuple(self._otherwise(said))
        return Cell(self.protocol, tuple([self._as_read(each, otherwise) for each in said]), otherwise)

    def _as_read(self, entry: Entry, otherwise: Sequence[Otherwise]) -> Entry:
        """With the paragraphs by which a figure is read as it is."""
        cited = [
            one
            for reading, taken in dict.fromkeys(
                (each.reading, each.taken) for each in otherwise if _is_read(entry, each)
            )
            for option in self.protocol.readings[reading].options
            if option.name == taken
            for one in option.citations
        ]
        known = {(one.document, one.paragraph) for one in (*entry.citations, *entry.row_citations)}
        further = [one for one in dict.fromkeys(cited) if (one.document, one.paragraph) not in known]
        return replace(entry, read_with=tuple(further))

    def _entries(self, provisions: Iterable[Act]) -> tuple[Entry, ...]:
        """The answers, strictest first; those of one provision stay together, and what is said twice stands once."""
        blocks: dict[tuple[object, ...], list[Entry]] = {}
        for act in provisions:
            rows = tuple(self._rows(act))
            if rows:
                told = tuple([content(row) for row in rows])
                before = blocks.get(told)
                blocks[told] = [_joined(one, row) for one, row in zip(before, rows, strict=True)] if before else [*rows]
        ordered = sorted(blocks.values(), key=lambda rows: min(map(strictness, rows)))
        return tuple([row for rows in ordered for row in rows])

    def _otherwise(self, said: tuple[Entry, ...]) -> Iterator[Otherwise]:
        """What each reading would change, the others taken by default."""
        told, figures = {content(each) for each in said}, {_figure(each) for each in said}
        families = [each for each in self.protocol.families if self._may_answer(each)]
        for reading in dict.fromkeys(name for family in families for name in family.readings):
            taken = self.protocol.options({})[reading]
            for option in self.protocol.readings[reading].options:
                if option.name == taken:
                    continue
                then = self._entries(acts(self.protocol, {reading: option.name}))
                if {content(each) for each in then} != told:
                    others = {_figure(each) for each in then}
                    comes = tuple([each for each in then if _figure(each) not in figures])
                    goes = tuple([each for each in said if _figure(each) not in others])
                    stays = {(each.figure, each.beside) for each in then}
                    touches = tuple([each for each in said if (each.figure, each.beside) not in stays])
                    yield Otherwise(reading, taken, option.name, comes, goes, touches)

    def _may_answer(self, family: RuleFamily) -> bool:
        return any(
            pick.takes(provision)
            for variant in family.variants.values()
            for provision in variant
            for pick in self.question.picks
        )

    def _rows(self, act: Act) -> Iterator[Entry]:
        """What a provision answers, row by row of its tables."""
        provision = act.provision
        picks = [pick for pick in self.question.picks if pick.takes(provision)]
        if not picks:
            return
        figure, beside = self.question.figure, self.question.beside
        if not isinstance(provision, Duty):
            aspect = Aspect.LEVEL if isinstance(provision, Conclusion) else Aspect.EFFECT
            yield Entry((act,), ((aspect, own_value(provision)),), (), (), (), provision.citations, ())
            return
        # Several limits are told only where they are the figure.
        beside = tuple(
            [each for each in beside if each is not _BY_WHEN or not isinstance(provision.deadline, DeadlineRows)]
        )
        tables = [aspect for aspect in _IN_TABLES if aspect in (*figure, *beside)]
        if any(pick.whom for pick in picks) and Aspect.RECIPIENTS not in tables:
            tables.append(Aspect.RECIPIENTS)
        for values, when, not_when, cited in self._products(act, provision, tables):
            if any(_tells(pick, provision, values) for pick in picks):
                said, context = (
                    tuple(
                        [(aspect, value) for aspect in each if (value := _value(provision, aspect, values)) is not None]
                    )
                    for each in (figure, beside)
                )
                if said:
                    own = _cited(provision, (*figure, *beside))
                    yield Entry((act,), said, context, when, not_when, own, tuple(dict.fromkeys(cited)))

    def _products(
        self, act: Act, duty: Duty, tables: Sequence[Aspect]
    ) -> Iterator[tuple[Mapping[Aspect, Value], tuple[Condition, ...], tuple[Condition, ...], Citations]]:
        """The rows of several tables that can hold at once: their values, what holds, what does not, and where."""
        situation = self.words.situation(act)
        for rows in product(*[_table(duty, aspect) for aspect in tables]):
            when = tuple(dict.fromkeys(row[1] for row in rows if row[1] != ALWAYS))
            not_when = tuple(dict.fromkeys(each for row in rows for each in row[2]))
            shared = [self.words.condition(each, self.protocol) for each in when]
            against = [self.words.condition(each, self.protocol) for each in not_when]
            if not (when or not_when) or self.words.holds((*situation.true, *shared), against, situation.unless):
                values = {aspect: row[0] for aspect, row in zip(tables, rows, strict=True)}
                yield values, when, not_when, tuple([one for row in rows for one in row[3]])


def _table(duty: Duty, aspect: Aspect) -> list[tuple[Value, Condition, tuple[Condition, ...], Citations]]:
    """The rows of a table, each with those before it; what stands in no table has the paragraphs of the duty."""
    who = None if aspect is Aspect.DEADLINE else getattr(duty, PEOPLE[aspect])
    rows = deadline_rows(duty) if aspect is Aspect.DEADLINE else people_rows(who, ())
    is_table = isinstance(who, PeopleRows) or (aspect is Aspect.DEADLINE and isinstance(duty.deadline, DeadlineRows))
    return [
        (value, when, tuple([row[1] for row in rows[:at]]), cited if is_table else ())
        for at, (value, when, cited) in enumerate(rows)
    ]


def _value(duty: Duty, aspect: Aspect, values: Mapping[Aspect, Value]) -> Value:
    """What a duty says of an aspect, in these rows of its tables."""
    match aspect:
        case Aspect.TRIGGER:
            return duty.trigger
        case Aspect.SERIES:
            return duty.repeat
        case Aspect.EFFECT:
            return duty.action
        case Aspect.MODALITY:
            return duty.modality
    return values.get(aspect)


def _tells(pick: Pick, duty: Duty, values: Mapping[Aspect, Value]) -> bool:
    told = values.get(Aspect.RECIPIENTS)
    return pick.takes(duty) and pick.tells(told if isinstance(told, People) else None)


def _cited(duty: Duty, told: Sequence[Aspect]) -> Citations:
    """The paragraphs of the duty itself, and those that carry what is told of it."""
    parts = {"duty", "when", *(KEYS.get(aspect, aspect) for aspect in told)}
    own = [one for one in duty.citations if one.supports in parts]
    timed = (_BY_WHEN in told and not isinstance(duty.deadline, NotStated)) or (Aspect.SERIES in told and duty.repeat)
    sooner = duty.earlier_if.citations if duty.earlier_if and timed else ()
    return (*own, *[one for one in sooner if one not in own])


def content(entry: Entry) -> tuple[object, ...]:
    """What an entry says, wherever it says it, and whatever sets it off if that is not told: two of one are one."""
    provision = entry.acts[0].provision
    guard = provision.guard.when, tuple([each.condition for each in provision.guard.unless]), provision.guard.kinds
    if not isinstance(provision, Duty):
        return (type(provision), entry.figure, guard, getattr(provision, "method", None))
    told = entry.figure, entry.beside, entry.when, entry.not_when, provision.modality, provision.effect
    return (*told, provision.about, provision.method, guard)


def _is_read(entry: Entry, otherwise: Otherwise) -> bool:
    return entry in otherwise.goes or entry in otherwise.touches


def _figure(entry: Entry) -> tuple[object, ...]:
    """What is asked for and how strongly, whoever it is for."""
    provision = entry.acts[0].provision
    if isinstance(provision, Duty):
        return entry.figure, provision.modality, provision.effect
    return entry.figure, getattr(provision, "modality", None)


def _joined(one: Entry, other: Entry) -> Entry:
    cited, of_row = (
        tuple(dict.fromkeys((*mine, *theirs)))
        for mine, theirs in ((one.citations, other.citations), (one.row_citations, other.row_citations))
    )
    return replace(one, acts=(*one.acts, *other.acts), citations=cited, row_citations=of_row)


def strictness(entry: Entry) -> tuple[int, int, int, int, int]:
    """A key by which the strictest comes first: the highest level, the soonest, the highest grade, the strongest."""
    provision = entry.acts[0].provision
    values = dict(entry.figure)
    level = values.get(Aspect.LEVEL)
    high = RISK.index(level) if isinstance(level, str) and level in RISK else -1
    if isinstance(provision, Conclusion):
        return (-high, 0, 0, 0, 0)
    strong = -STRENGTH.index(modality(entry.acts[0]))
    if not isinstance(provision, Duty):
        return (0, 0, 0, 0, strong)
    unsaid = values.get(Aspect.DEADLINE) == NOT_STATED
    soon = [
        (_place(one.moment), _LATEST if one.low is None or (unsaid and not one.low) else one.low)
        for one in timings(provision, values)
    ]
    moment, low = min(soon, default=(len(IN_ORDER), _LATEST))
    counts = [each.at_least for each in triggers_of(provision.trigger) if isinstance(each, EpisodesReach)]
    grade = max((_grade(value) for aspect, value in entry.figure if aspect in PEOPLE), default=0)
    return (moment, low + min(counts, default=0), -grade, -EFFECTS[provision.effect], strong)


def _place(moment: str) -> int:
    return IN_ORDER.index(moment) if moment in IN_ORDER else len(IN_ORDER)


def _grade(value: Value) -> int:
    """The lowest of the grades of some people, from 1; 0 where not all have one."""
    roles = value.roles if isinstance(value, People) else ()
    found = [
        ladder.index(role.grade) + 1 for role in roles for ladder in (LADDER, POLICE_LADDER) if role.grade in ladder
    ]
    return min(found) if roles and len(found) == len(roles) else 0
