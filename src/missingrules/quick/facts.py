"""Facts, from the columns of children and episodes and from a table of their own. The rules are those of
interface/facts.py; spans of one fact that share a second are left to it, whatever their values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from missingrules.domain.clock import BEFORE_ALL, FOREVER
from missingrules.domain.vocabulary import FactKind
from missingrules.engine.columnar.gather import Words
from missingrules.engine.columnar.histories import NO_DAY, NONE, Said, Spans
from missingrules.interface.facts import read_value
from missingrules.interface.leaves import is_nothing
from missingrules.quick.acts import cell_value
from missingrules.quick.columns import BAD, said, through
from missingrules.quick.stamps import ABSENT, DATE, WRONG
from missingrules.tables.cells import value_of
from missingrules.tables.layout import CHILD, fact_word

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from missingrules.domain.clock import Clock
    from missingrules.domain.vocabulary import FactWord
    from missingrules.engine.columnar.arrays import I64, Bools
    from missingrules.interface.words import CaseWords
    from missingrules.quick.episodes import EpisodeRows
    from missingrules.quick.sheets import Children, Sheet
    from missingrules.quick.stamps import Stamps

_PLAN: Final = "plan."
# Keys of an episode that are no facts.
_KEYS: Final = frozenset({"id", "started_at", "returned_at", "located_at", "reported_at", "last_seen_at"})
_NAMED: Final = MappingProxyType({"child.area": "protocol.area", "episode.missing_from": "episode.from"})
_BORN: Final = "date_of_birth"


class Slot(NamedTuple):
    """Whose fact it is (`child`, `plan`, `episode`), and under which key it is given."""

    owner: str
    key: str

    @property
    def full(self) -> str:
        """As the vocabulary calls it."""
        name = f"{self.owner}.{self.key}"
        return _NAMED.get(name, name)

    @property
    def stored(self) -> str:
        """As a case has it."""
        return self.full.partition(".")[2]


class Piece(NamedTuple):
    """Values of one fact: of which child, or row of episodes, from when until when."""

    of: I64
    start: I64
    end: I64
    value: Said


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """All facts that were read. `given` says of which owners a column has a cell that is not empty."""

    words: CaseWords
    clock: Clock
    children: Children
    graded: Callable[[str], bool]
    pieces: dict[Slot, list[Piece]] = field(default_factory=dict)
    given: dict[Slot, Bools] = field(default_factory=dict)

    def columns(self, sheet: Sheet, owner: str) -> None:
        """The facts of a table of children or episodes, a value each, which holds always."""
        of = np.arange(len(sheet)) if owner == "episode" else sheet.child
        owners = len(sheet) if owner == "episode" else len(self.children.ids)
        for column in sheet.values:
            is_plan = owner == CHILD and column.name.startswith(_PLAN)
            slot = Slot("plan", column.name.removeprefix(_PLAN)) if is_plan else Slot(owner, column.name)
            told = sheet.texts(column.name)
            filled = told.filled()
            word = self.words.facts.get(slot.full)
            if word is None or slot.full in self.words.clashing:
                self.children.refuse(sheet.child, filled)
                continue
            type_, values = word.type, word.values
            value = told.read(lambda text: cell_value(text, column, type_, values, self.clock))  # noqa: B023 - read now
            self.children.refuse(sheet.child, value.value == BAD)
            rows = np.flatnonzero(value.value >= 0)
            always = np.full(len(rows), BEFORE_ALL, np.int64), np.full(len(rows), FOREVER, np.int64)
            self.pieces.setdefault(slot, []).append(Piece(of[rows], *always, said(value, rows)))
            self.given[slot] = np.zeros(owners, np.bool_)
            self.given[slot][of[filled]] = True

    def table(self, sheet: Sheet, episodes: EpisodeRows) -> None:
        """The rows of the table of facts."""
        _Table(self, sheet, episodes).read()

    def born(self) -> I64:
        """Of each child the date of birth, as `date.toordinal` gives it, or NO_DAY."""
        found = np.full(len(self.children.ids), NO_DAY, np.int64)
        for piece in self.pieces.get(Slot(CHILD, _BORN), ()):
            days = [value.toordinal() if isinstance(value, date) else NO_DAY for value in piece.value.values]
            found[piece.of] = np.array([*days, NO_DAY], np.int64)[piece.value.value]
        return found

    def spans(self, owner: str, number: I64) -> Mapping[str, Spans]:
        """The facts of all owners that have a number, in its order."""
        found: dict[str, Spans] = {}
        for slot, pieces in self.pieces.items():
            if slot.owner == owner and slot != Slot(CHILD, _BORN):
                spans = _joined(pieces, number)
                if len(spans.of):
                    found[slot.stored] = spans
        return MappingProxyType(found)


def _joined(pieces: list[Piece], number: I64) -> Spans:
    words = Words()
    values = []
    for piece in pieces:
        codes = [words.number(value) for value in piece.value.values]
        values.append(through(codes, piece.value.value))
    of = number[np.concatenate([piece.of for piece in pieces])]
    # Of one owner all stand in one piece, and in their order.
    order = np.argsort(of, kind="stable")
    order = order[of[order] >= 0]
    value = said(Said(np.concatenate(values), tuple(words.values)), order)
    start, end = (np.concatenate([piece[at] for piece in pieces])[order] for at in (1, 2))
    return Spans(of[order], start, end, value.value, value.values)


class _Table:
    """The table of facts on its way; one use."""

    def __init__(self, into: Facts, sheet: Sheet, episodes: EpisodeRows) -> None:
        self.into = into
        self.sheet = sheet
        self.episodes = episodes
        self.child = sheet.child
        self.slots: dict[Slot, int] = {}

    def _refuse(self, wrong: Bools) -> None:
        self.into.children.refuse(self.child, wrong)

    def read(self) -> None:
        sheet = self.sheet
        name, episode, told = sheet.texts("fact"), sheet.texts("episode"), sheet.texts("value")
        of_episode = self.episodes.named.find(self.child, episode)
        self._refuse((name.code < 0) | (told.code < 0) | (of_episode == BAD))
        self.of = np.where(of_episode >= 0, of_episode, self.child)
        plain, owned = (
            through([self._slot(text, of_an_episode=each) for text in name.texts], name.code) for each in (False, True)
        )
        self.slot = np.where(of_episode == NONE, plain, np.where(of_episode == BAD, NONE, owned))
        names = tuple(self.slots)
        words = [self._word(slot) for slot in names]
        known = np.array([*(word is not None for word in words), False, False], np.bool_)
        self._refuse(~known[self.slot])
        dates = {key: sheet.stamps(key) for key in ("from", "to", "at")}
        for stamps in dates.values():
            self._refuse(stamps.state == WRONG)
        value, values = self._values(words, told.code, told.texts)
        self._refuse(value == BAD)
        for number, slot in enumerate(names):
            given = self.into.given.get(slot)
            if given is not None:
                here = self.slot == number
                self.into.children.refuse(self.child[here], given[self.of[here]])
        start, end, last = self._bounds(words, dates, value)
        order = np.lexsort((last, start, self.of, self.slot))
        self._check_apart(order, start, end, words)
        graded = np.array([*(self.into.graded(f"{slot.owner}.{slot.stored}") for slot in names), False, False])
        on_day = np.where(self._graded(words), dates["at"].state, dates["from"].state) == DATE
        self.into.children.loose[self.child[on_day & graded[self.slot]]] = True
        for number, slot in enumerate(names):
            rows = order[(self.slot[order] == number) & (value[order] >= 0)]
            piece = Piece(self.of[rows], start[rows], end[rows], said(Said(value, values), rows))
            self.into.pieces.setdefault(slot, []).append(piece)

    def _slot(self, name: str, *, of_an_episode: bool) -> int:
        owner = "episode" if of_an_episode else "plan" if name.startswith(_PLAN) else CHILD
        return self.slots.setdefault(Slot(owner, name.removeprefix(_PLAN)), len(self.slots))

    def _word(self, slot: Slot) -> FactWord | None:
        """What a fact of the table means; None where it cannot be given, or the two mean different things by it."""
        word = fact_word(self.into.words, slot.owner, slot.key)
        is_key = slot.owner == "episode" and slot.key in _KEYS
        return None if is_key or slot.full in self.into.words.clashing else word

    def _values(self, words: list[FactWord | None], code: Any, texts: tuple[str, ...]) -> tuple[Any, tuple[Any, ...]]:
        """The number of each row's value: a text means what the type of its fact says."""
        rows = np.flatnonzero((self.slot >= 0) & (code >= 0))
        pairs, back = np.unique(self.slot[rows].astype(np.int64) * len(texts) + code[rows], return_inverse=True)
        found, numbers = Words(), []
        for pair in pairs.tolist():
            word, text = words[pair // len(texts)], texts[pair % len(texts)]
            try:
                value = None if word is None else _read(word, text)
            except ValueError:
                numbers.append(BAD)
            else:
                numbers.append(NONE if value is None else found.number(value))
        each = np.full(len(self.slot), BAD, np.int32)
        each[rows] = np.array(numbers, np.int32)[back]
        return each, tuple(found.values)

    def _of_kind(self, words: list[FactWord | None], *kinds: FactKind) -> Bools:
        each = [word is not None and word.kind in kinds for word in words]
        found: Bools = np.array([*each, False, False], np.bool_)[self.slot]
        return found

    def _graded(self, words: list[FactWord | None]) -> Bools:
        return self._of_kind(words, FactKind.GRADING, FactKind.JUDGEMENT)

    def _bounds(self, words: list[FactWord | None], dates: Mapping[str, Stamps], value: Any) -> tuple[I64, I64, I64]:
        """From when until when each value holds, and the last second of its start."""
        begins, ends, at = dates["from"], dates["to"], dates["at"]
        bare = (begins.state == ABSENT) & (ends.state == ABSENT) & (at.state == ABSENT) & self._alone()
        status, graded = self._of_kind(words, FactKind.STATUS), self._graded(words)
        self._refuse(~bare & (value == NONE))
        self._refuse(~bare & ~status & ~graded)
        self._refuse(~bare & status & (at.state != ABSENT))
        self._refuse(~bare & graded & ((begins.state != ABSENT) | (ends.state != ABSENT) | ~at.known()))
        start = np.where(status & begins.known(), begins.first, BEFORE_ALL)
        start = np.where(graded & at.known(), at.first, start)
        end = np.where(status & ends.known(), ends.first, FOREVER)
        self._refuse(end <= start)
        return start, end, np.where(graded, at.last, end)

    def _alone(self) -> Bools:
        """Which rows are the only one of their owner and fact."""
        order = np.lexsort((self.of, self.slot))
        same = (self.of[order[1:]] == self.of[order[:-1]]) & (self.slot[order[1:]] == self.slot[order[:-1]])
        found = np.ones(len(order), np.bool_)
        found[order[1:][same]] = False
        found[order[:-1][same]] = False
        return found

    def _check_apart(self, order: I64, start: I64, end: I64, words: list[FactWord | None]) -> None:
        """Spans of one owner and fact share no second, and gradings none of their beginnings."""
        one, next_ = order[:-1], order[1:]
        same = (self.of[one] == self.of[next_]) & (self.slot[one] == self.slot[next_])
        graded = self._graded(words)[next_]
        together = np.where(graded, start[next_] == start[one], start[next_] < end[one])
        self.into.children.refuse(self.child[next_], same & together)


def _read(word: FactWord, text: str) -> Any:
    told = value_of(text, word.type)
    return None if is_nothing(told) else read_value(word.type, word.values, told)
