"""Records and events: their words, whose they are, and their fields. The rules are those of interface/conversion.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from missingrules.domain.clock import Clock, Instant
from missingrules.domain.vocabulary import FactType
from missingrules.engine.columnar.gather import Words
from missingrules.engine.columnar.histories import NONE, Events, Records, Said
from missingrules.engine.seen import clock_key
from missingrules.interface.conversion import slip_of
from missingrules.interface.facts import read_value
from missingrules.interface.leaves import is_nothing, read_id, read_text, read_word
from missingrules.quick.columns import BAD, Texts, said, through
from missingrules.quick.episodes import Named, bad_ids, ids_of, in_order
from missingrules.quick.stamps import DATE, WRONG
from missingrules.tables.cells import Unreadable, read
from missingrules.tables.layout import Column, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from missingrules.domain.vocabulary import FactWord
    from missingrules.engine.columnar.arrays import I64
    from missingrules.interface.words import CaseWords
    from missingrules.quick.episodes import EpisodeRows
    from missingrules.quick.sheets import Children, Sheet
    from missingrules.quick.stamps import Stamps

_ROLES: Final = ("by", "chair", "attended", "to", "with")
# As `engine.columnar.histories.Records` calls them.
_KEPT: Final = MappingProxyType(
    {"included": "included", "outcome": "outcome", "about": "about", "method": "method"}
    | {"by": "by", "to": "to", "with": "with_"}
)
_LISTED: Final = Column("", Kind.LIST)
_ANY_CLOCK: Final = Clock()  # lists hold no times


@dataclass(frozen=True, slots=True, eq=False)
class ActRows:
    """Records or events as their table has them. `episode` is the row of the first that is named in the table of
    episodes, NONE where none is; `also` the rows of the others."""

    child: I64
    id: Texts
    name: Said
    at: Stamps
    recorded: Stamps
    episode: I64
    also: Mapping[int, tuple[int, ...]]
    said: Mapping[str, Said]
    fields: Mapping[str, Said]


class Reader:
    """What the cells of a table mean by the words at hand; children are refused who have others."""

    def __init__(self, words: CaseWords, clock: Clock, children: Children) -> None:
        self.words = words
        self.clock = clock
        self.children = children

    def records(self, sheet: Sheet, episodes: EpisodeRows) -> ActRows:
        words = self.words
        id_ = sheet.texts("id")
        self.children.refuse(sheet.child, bad_ids(id_))
        self._once(sheet, id_)
        action = self._wanted(sheet, "action", lambda text: _known(read_word(text), words.actions))
        found = {"included": self._may(sheet, "included", lambda text: _all(text, self._action))}
        for name in _ROLES:
            found[name] = self._may(sheet, name, lambda text: _all(text, self._role))
        found["about"] = self._may(sheet, "about", _optional(lambda text: _no_slip(read_word(text), words.about)))
        found["method"] = self._may(sheet, "method", _optional(lambda text: _no_slip(read_word(text), words.methods)))
        found["outcome"] = self._may(sheet, "outcome", _optional(read_word))
        self._outcomes(sheet, action, found["outcome"])
        found["answers"] = self._may(sheet, "answers", _optional(read_text))
        episode, also = self._episodes(sheet, episodes)
        declared = self._declared("record.")
        fields = {
            column.name: self._may(sheet, column.name, self._field(column, declared[column.name]))
            for column in sheet.values
        }
        return ActRows(sheet.child, id_, action, *self._times(sheet), episode, also, found, fields)

    def events(self, sheet: Sheet, episodes: EpisodeRows) -> ActRows:
        id_ = sheet.texts("id")
        given = self._may(sheet, "id", _optional(read_id))
        # An id that says null is none.
        id_ = Texts(np.where(given.value == NONE, NONE, id_.code), id_.texts)
        self._once(sheet, id_)
        event = self._wanted(sheet, "event", lambda text: _known(read_word(text), self.words.events))
        owner = sheet.texts("episode").read(_optional(read_id))
        self.children.refuse(sheet.child, owner.value == BAD)
        episode = episodes.named.find(sheet.child, Texts(owner.value, owner.values))
        self.children.refuse(sheet.child, episode == BAD)
        declared = self._declared("event.")
        fields = {column.name: self._of_event(sheet, column, event, declared) for column in sheet.values}
        for told in fields.values():
            # Of a field that is an instant it leaves the time open.
            dates = [isinstance(value, date) for value in told.values]
            self.children.loose[sheet.child[through(dates, np.maximum(told.value, NONE)) == 1]] = True
        return ActRows(sheet.child, id_, event, *self._times(sheet), episode, {}, {}, fields)

    # --- cells --------------------------------------------------------------------------------------------------------

    def _may(self, sheet: Sheet, name: str, how: Callable[[str], Any]) -> Said:
        found = sheet.texts(name).read(how)
        self.children.refuse(sheet.child, found.value == BAD)
        return found

    def _wanted(self, sheet: Sheet, name: str, how: Callable[[str], Any]) -> Said:
        found = self._may(sheet, name, how)
        self.children.refuse(sheet.child, found.value == NONE)
        return found

    def _once(self, sheet: Sheet, id_: Texts) -> None:
        rows = np.flatnonzero(id_.code >= 0)
        of = sheet.child[rows]
        self.children.refused[of[Named(of, Texts(id_.code[rows], id_.texts)).twice()]] = True

    def _times(self, sheet: Sheet) -> tuple[Stamps, Stamps]:
        """When each was, and when it was written down."""
        at, recorded = sheet.stamps("at"), sheet.stamps("recorded_at")
        self.children.loose[sheet.child[at.state == DATE]] = True
        self.children.refuse(sheet.child, ~at.known())
        self.children.refuse(sheet.child, recorded.state == WRONG)
        return at, recorded

    def _action(self, word: str) -> str:
        return _known(word, self.words.actions)

    def _role(self, word: str) -> str:
        return _no_slip(word, self.words.roles)

    def _outcomes(self, sheet: Sheet, action: Said, outcome: Said) -> None:
        """An act has outcomes of its own."""
        rows = np.flatnonzero((action.value >= 0) & (outcome.value >= 0))
        pairs, back = np.unique(
            action.value[rows].astype(np.int64) * len(outcome.values) + outcome.value[rows], return_inverse=True
        )
        wrong = [
            outcome.values[pair % len(outcome.values)]
            not in self.words.outcomes_of(action.values[pair // len(outcome.values)])
            for pair in pairs.tolist()
        ]
        self.children.refuse(sheet.child[rows], np.array(wrong, np.bool_)[back])

    def _episodes(self, sheet: Sheet, episodes: EpisodeRows) -> tuple[I64, dict[int, tuple[int, ...]]]:
        """The row of the first episode of each record, and of the others."""
        told = self._may(sheet, "episode", lambda text: tuple(map(read_id, _parts(text))))
        episode = episodes.named.find(sheet.child, Texts(told.value, tuple(one[0] for one in told.values)))
        self.children.refuse(sheet.child, episode == BAD)
        others = [tuple(dict.fromkeys(one))[1:] for one in told.values]
        several = np.array([*(bool(each) for each in others), False, False], np.bool_)[told.value]
        rows = np.flatnonzero(several)
        also: dict[int, tuple[int, ...]] = {}
        if len(rows):
            names = [(row, name) for row in rows.tolist() for name in others[told.value[row]]]
            each = np.array([row for row, _ in names], np.int64)
            ids = dict.fromkeys(name for _, name in names)
            numbers = {name: number for number, name in enumerate(ids)}
            code = np.array([numbers[name] for _, name in names], np.int32)
            found = episodes.named.find(sheet.child[each], Texts(code, tuple(ids)))
            self.children.refuse(sheet.child[each], found == BAD)
            for (row, _), one in zip(names, found.tolist(), strict=True):
                also[row] = (*also.get(row, ()), one)
        return episode, also

    # --- fields -------------------------------------------------------------------------------------------------------

    def _declared(self, start: str) -> dict[str, FactWord | FactType]:
        facts = self.words.facts
        return {name.removeprefix(start): word for name, word in facts.items() if name.startswith(start)}

    def _field(self, column: Column, kind: FactWord | FactType) -> Callable[[str], Any]:
        type_, values = (kind, ()) if isinstance(kind, FactType) else (kind.type, kind.values)
        return lambda text: cell_value(text, column, type_, values, self.clock)

    def _of_event(self, sheet: Sheet, column: Column, event: Said, declared: Mapping[str, FactWord | FactType]) -> Said:
        """What stands under a key depends on the event: it may have none of that name, or one of another type."""
        told = sheet.texts(column.name)
        rows = np.flatnonzero((event.value >= 0) & (told.code >= 0))
        pairs, back = np.unique(
            event.value[rows].astype(np.int64) * len(told.texts) + told.code[rows], return_inverse=True
        )
        words, numbers = Words(), []
        for pair in pairs.tolist():
            named, text = event.values[pair // len(told.texts)], told.texts[pair % len(told.texts)]
            kind = {**declared, **self.words.events[named].fields}.get(column.name)
            try:
                value = None if kind is None else self._field(column, kind)(text)
            except ValueError:
                kind = value = None
            numbers.append(BAD if kind is None else NONE if value is None else words.number(value))
        found = np.full(len(sheet), NONE, np.int32)
        found[rows] = np.array(numbers, np.int32)[back]
        self.children.refuse(sheet.child, (found == BAD) | (told.code == BAD))
        return Said(found, tuple(words.values))


def cell_value(text: str, column: Column, type_: FactType, values: tuple[str, ...], clock: Clock) -> Any:
    """A cell's value by its type, or None where it says null; ValueError where it is none."""
    found = read(text, column, clock)
    if isinstance(found, Unreadable):
        raise ValueError(found.code)
    return None if is_nothing(found) else read_value(type_, values, found)


def _known(word: str, words: Iterable[str]) -> str:
    if word not in words:
        raise ValueError("unknown word")
    return word


def _no_slip(word: str, known: frozenset[str]) -> str:
    if slip_of(word, known):
        raise ValueError("slip of the pen")
    return word


def _optional(how: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda text: None if is_nothing(text) else how(text)


def _parts(text: str) -> tuple[str, ...]:
    """The texts of a cell in which several may stand."""
    found = read(text, _LISTED, _ANY_CLOCK)
    return () if is_nothing(found) else tuple(found) if isinstance(found, list) else (str(found),)


def _all(text: str, how: Callable[[str], str]) -> tuple[str, ...]:
    return tuple(how(read_word(part)) for part in _parts(text))


# --- as columns of histories ------------------------------------------------------------------------------------------


def records_order(rows: ActRows, number: I64) -> I64:
    """The rows of the children with a number, in the order of `Records`."""
    order = in_order(rows.child, rows.at.first, lambda some: list(ids_of(rows.id, np.array(some, np.int64))))
    return order[number[rows.child[order]] >= 0]


def records_in(rows: ActRows, order: I64, number: I64, place: I64) -> Records:
    """The records of these rows, `place` being that of each row of episodes."""
    action = said(rows.name, order)
    words, others = Words(), np.full(len(order), NONE, np.int32)
    for at in np.flatnonzero(np.isin(order, list(rows.also))).tolist() if rows.also else ():
        others[at] = words.number(tuple(int(place[one]) for one in rows.also[int(order[at])]))
    return Records(
        child=number[rows.child[order]],
        action=action.value,
        actions=action.values,
        at=rows.at.first[order],
        id=ids_of(rows.id, order),
        episode=_placed(rows.episode[order], place),
        also_of=Said(others, tuple(words.values)),
        answers=rows.said["answers"].value[order] != NONE,
        fields=_fields(rows, order),
        **{kept: said(rows.said[name], order) for name, kept in _KEPT.items()},
    )


def events_in(rows: ActRows, number: I64, place: I64, clock: Clock) -> Events:
    """The events of the children with a number."""

    def ids(some: Sequence[int]) -> list[str]:
        return [_event_id(rows, row, clock) for row in some]

    order = in_order(rows.child, rows.at.first, ids)
    order = order[number[rows.child[order]] >= 0]
    event = said(rows.name, order)
    return Events(
        child=number[rows.child[order]],
        name=event.value,
        names=event.values,
        at=rows.at.first[order],
        id=tuple(ids(order.tolist())),
        episode=_placed(rows.episode[order], place),
        fields=_fields(rows, order),
    )


def _event_id(rows: ActRows, row: int, clock: Clock) -> str:
    code = int(rows.id.code[row])
    if code >= 0:
        return rows.id.texts[code]
    at = Instant(int(rows.at.first[row]))
    return clock_key(clock.date_of(at) if rows.at.state[row] == DATE else at)


def _placed(episode: I64, place: I64) -> I64:
    found = np.full(len(episode), NONE, np.int64)
    found[episode >= 0] = place[episode[episode >= 0]]
    return found


def _fields(rows: ActRows, order: I64) -> Mapping[str, Said]:
    found = {name: said(told, order) for name, told in rows.fields.items()}
    return MappingProxyType({name: told for name, told in found.items() if told.values})
