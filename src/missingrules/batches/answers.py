"""The seam: histories of a partition in, tables of their answers out.

Everything around it (inputs, processes, files, restart) knows these tables and nothing of how they were worked out:
in columns, and by the evaluator where columns do not express something.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from missingrules.batches.arrow import Rows, together
from missingrules.batches.beside import of_worlds, question_rows
from missingrules.batches.columns import Named, columns_of, conclusions, obligations
from missingrules.batches.single import Only, rows_of
from missingrules.batches.tables import ANSWERED, Answers
from missingrules.engine.columnar.answer import OPEN_TIMES, days_for
from missingrules.engine.columnar.answer import answered as in_columns
from missingrules.engine.columnar.asking import questions
from missingrules.engine.columnar.gather import graded_by, histories_of
from missingrules.engine.columnar.loose import across
from missingrules.engine.columnar.stood import Stood

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from missingrules.batches.tables import Question, Table
    from missingrules.domain.case import Case
    from missingrules.domain.protocol import Protocol
    from missingrules.engine.columnar.answer import Answered
    from missingrules.engine.columnar.arrays import Bools
    from missingrules.engine.columnar.histories import Histories

ORGANISATION: Final = "what the calendar asks of the organisation"
LAYERS: Final = "protocols that stand on one layer, asked together"
EDITIONS: Final = "several editions of one protocol"
ZONES: Final = "protocols of several zones"


def answered(protocols: Sequence[Protocol], cases: Sequence[Case], question: Question) -> Answers:
    """What the protocols ask for in each of the cases."""
    histories = histories_of(cases, protocols[0].clock, graded_by([each.words for each in protocols]))
    return of_histories(protocols, histories, cases.__getitem__, question)


def of_histories(
    protocols: Sequence[Protocol], histories: Histories, case_of: Callable[[int], Case], question: Question
) -> Answers:
    """What the protocols ask for of each child. `case_of` gives the case of one, by its row, to the evaluator."""
    # Several protocols may ask for the same child.
    case_of = cache(case_of)
    why = alone(protocols, question)
    tables: dict[str, list[Table]] = {name: [] for name in ANSWERED}
    rest = {name: Rows(columns) for name, columns in ANSWERED.items()}
    because: dict[str, str] = {}
    rules: dict[str, str] = {}
    if why is not None:
        for row, case in enumerate(histories.case):
            because[case] = why
            _add(rest, protocols, case_of(row), question, Only())
    else:
        stood = Stood(histories, question.as_of, days_for(histories, question.as_of, protocols[0]))
        named = Named(stood)
        owed, concluded = columns_of(named)
        for protocol in protocols:
            found = in_columns(
                protocol,
                histories,
                question.as_of,
                horizon_days=question.horizon_days,
                readings=question.readings,
                stood=stood,
            )
            obligations(owed, found, named)
            conclusions(concluded, found, named)
            rules |= {f"{protocol.name}/{rule}": why for rule, why in found.found.rules.items()}
            left = _worlds(found, case_of, question, rest)
            questions = _questions(found, question, rest)
            for row, only in _others(found, question, left, questions=questions):
                _add(rest, [protocol], case_of(row), question, only)
            for why, flags in left.items():
                for row in flags.nonzero()[0].tolist():
                    because.setdefault(histories.case[row], why)
        tables["obligations"].append(owed.table())
        tables["conclusions"].append(concluded.table())
    made = {name: together([*several, rest[name].table()]) for name, several in tables.items()}
    return Answers(**made, by_evaluator=because, rules_by_evaluator=rules)


def joined(parts: Sequence[Answers]) -> Answers:
    """The answers of several parts of a partition as one."""
    if len(parts) == 1:
        return parts[0]
    return Answers(
        **{name: together([part.tables()[name] for part in parts]) for name in ANSWERED},
        by_evaluator={case: why for part in parts for case, why in part.by_evaluator.items()},
        rules_by_evaluator={rule: why for part in parts for rule, why in part.rules_by_evaluator.items()},
    )


def alone(protocols: Sequence[Protocol], question: Question) -> str | None:
    """Why columns cannot be asked at all; None where they can."""
    if question.organisation:
        return ORGANISATION
    if len({each.name for each in protocols}) < len(protocols):
        return EDITIONS
    if len(protocols) > 1 and any(each.stands_on for each in protocols):
        return LAYERS
    return ZONES if len({each.clock for each in protocols}) > 1 else None


def _worlds(
    found: Answered, case_of: Callable[[int], Case], question: Question, rest: Mapping[str, Rows]
) -> dict[str, Bools]:
    """Answers the children whose times are not known across their worlds; who is left to the evaluator, and why."""
    children = dict(found.found.children)
    flags = children.pop(OPEN_TIMES, None)
    if flags is None:
        return children
    for others in children.values():
        flags = flags & ~others
    rows = flags.nonzero()[0].tolist()
    cases = [case_of(row) for row in rows]
    horizon, readings = question.horizon_days, question.readings
    told = across(found.protocol, cases, question.as_of, horizon_days=horizon, readings=readings)
    for why in told.rules.values():
        # Of a rule that columns do not express the evaluator is asked; across worlds it answers the whole child.
        children.setdefault(why, found.left & False)[rows] = True
    if told.rules:
        return children
    for name, row in of_worlds(told, [case.id for case in cases]):
        rest[name].add(row)
    for why, some in told.children.items():
        children.setdefault(why, found.left & False)[[rows[n] for n in some.nonzero()[0].tolist()]] = True
    return children


def _questions(found: Answered, question: Question, rest: Mapping[str, Rows]) -> bool:
    """Writes the questions that columns have; whether these are all."""
    if "questions" in question.without:
        return True
    asked = questions(found)
    if asked.left:
        return False
    for row in question_rows(found, asked):
        rest["questions"].add(row)
    return True


def _others(
    found: Answered, question: Question, left: Mapping[str, Bools], *, questions: bool
) -> Iterator[tuple[int, Only]]:
    """Of which children the evaluator is asked under one protocol, and what."""
    whole = found.left & False
    for flags in left.values():
        whole |= flags
    beside = {"readings"} if questions else {"readings", "questions"}
    of_rules = Only(frozenset(beside) - question.without, frozenset(found.found.rules))
    of_loose = Only(frozenset({"readings", "questions"}) - question.without)
    everything = Only(frozenset(ANSWERED) - question.without)
    wanted = whole.copy()
    if of_rules.tables or of_rules.rules:
        wanted |= ~found.left
    if of_loose.tables:
        wanted |= found.left
    for row in wanted.nonzero()[0].tolist():
        yield row, everything if whole[row] else of_loose if found.left[row] else of_rules


def _add(rest: Mapping[str, Rows], protocols: Sequence[Protocol], case: Case, question: Question, only: Only) -> None:
    for name, row in rows_of(protocols, case, question, only):
        rest[name].add(row)
