"""What columns answered -> Arrow tables: numbers of texts as the engine has them, and each text once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from missingrules.batches.arrow import numbers_of, table_of
from missingrules.batches.tables import CONCLUSIONS, OBLIGATIONS
from missingrules.domain.clock import FOREVER
from missingrules.domain.protocol import bare
from missingrules.engine.columnar.called import Texts
from missingrules.engine.columnar.names import numbered
from missingrules.engine.columnar.status import STATUSES
from missingrules.interface.rows import paragraphs, titles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from missingrules.batches.tables import Table
    from missingrules.domain.citations import Citations
    from missingrules.domain.rules import Duty
    from missingrules.engine.columnar.answer import Answered
    from missingrules.engine.columnar.arrays import I64, Bools, Numbers
    from missingrules.engine.columnar.conclusions import Concluded
    from missingrules.engine.columnar.solve import Options, Owed
    from missingrules.engine.columnar.stood import Stood
    from missingrules.engine.people import Settled
    from missingrules.formats.tables import Column

PEOPLE: Final = {"by": "by", "chair": "chair", "recipients": "to", "attendees": "attend", "with": "with_"}
STATED: Final[Mapping[str, Callable[[Duty], str | None]]] = {
    "rule": lambda duty: bare(duty.rule),
    "item": lambda duty: duty.id.removeprefix(duty.rule).removeprefix(".") or None,
    "action": lambda duty: duty.action,
    "title": lambda duty: duty.title,
    "topic": lambda duty: duty.topic,
    "effect": lambda duty: duty.effect.value,
    "modality": lambda duty: duty.modality.value,
}


class Named:
    """How the cases, episodes and occurrences of some children are called."""

    def __init__(self, stood: Stood) -> None:
        self.stood = stood
        self.child = stood.child.astype(np.int32)
        episodes = Texts()
        self.episode: Numbers = episodes.numbers(stood.histories.episodes.id)[stood.rows]
        self.texts = {
            "case": Texts(stood.histories.case),
            "episode": episodes,
            "status": Texts(tuple(map(str, STATUSES))),
        }

    def occurrence(self, owed: Owed) -> Part:
        """The number of the name of each occurrence."""
        table, places = numbered(self.stood, owed.firings)
        return int(table[places[0]]) if _is_one(places) else Looked(table, places)


class Looked(NamedTuple):
    """Of each row what a table says of its number; -1 is the last entry."""

    table: Numbers
    numbers: Numbers


Part = int | Looked | Any  # the one number of all rows, or one of each (an array)


class Columns:
    """One table on its way, chunk by chunk; `texts` are shared by the chunks."""

    def __init__(self, columns: tuple[Column, ...], texts: Mapping[str, Texts]) -> None:
        self.columns = columns
        self.texts = dict(texts)
        self._sizes: list[int] = []
        self._parts: dict[str, list[Part]] = {one.name: [] for one in columns}
        self._chunks: list[dict[str, Any]] = []

    def add(self, size: int, parts: Mapping[str, Part]) -> None:
        """Some rows."""
        self._sizes.append(size)
        for name, part in self._parts.items():
            part.append(parts[name])

    def text(self, column: str, text: str | None) -> int:
        """The number of a text of a column."""
        texts = self.texts.get(column)
        if texts is None:
            texts = self.texts[column] = Texts()
        return texts.number(text)

    def close(self) -> None:
        """Ends a chunk: what its rows were made of is no longer needed."""
        self._chunks.append({one.name: numbers_of(one, self._sizes, self._parts[one.name]) for one in self.columns})
        self._sizes = []
        self._parts = {name: [] for name in self._parts}

    def table(self) -> Table:
        """All chunks, each text once."""
        return table_of(self.columns, self._chunks, {name: texts.all() for name, texts in self.texts.items()})


def obligations(made: Columns, answered: Answered, named: Named) -> None:
    """The obligations of one protocol, without those of children who are left to the evaluator."""
    editions = {layer.name: layer.edition.label for layer in answered.protocol.layers}
    for owed in answered.found.owed:
        kept = _kept(answered, owed.subjects, of_episodes=owed.of_episodes)
        made.add(*_some(len(owed), _obligations(made, owed, named, editions), kept))
    made.close()


def _obligations(made: Columns, owed: Owed, named: Named, editions: Mapping[str, str]) -> dict[str, Part]:
    layer = owed.prefix.partition("/")[0]
    found: dict[str, Part] = {
        "case": Looked(named.child, owed.subjects) if owed.of_episodes else owed.subjects,
        "protocol": made.text("protocol", layer),
        "edition": made.text("edition", editions[layer]),
        "episode": Looked(named.episode, owed.subjects) if owed.of_episodes else -1,
        "occurrence": named.occurrence(owed),
        "status": owed.status,
        "triggered": owed.triggered,
        "due": _moments(owed.due),
        "due_earliest": FOREVER,
        "due_latest": FOREVER,
        "done_at": _moments(owed.done_at),
        "paragraphs": _coded(owed.citations, partial(_paragraphs, made, layer)),
    }
    found |= {name: made.text(name, text(owed.duty)) for name, text in STATED.items()}
    for name, part in PEOPLE.items():
        found[name] = _coded(owed.who[part], partial(_people, made, name))
    if owed.due is not owed.due_latest:
        between = owed.between()
        if between.any():
            found["due_earliest"] = np.where(between, owed.due, FOREVER)
            found["due_latest"] = np.where(between, owed.due_latest, FOREVER)
    return found


def conclusions(made: Columns, answered: Answered, named: Named) -> None:
    """What is concluded under one protocol, of the same children."""
    for one in answered.found.concluded:
        kept = _kept(answered, one.subjects, of_episodes=one.of_episodes)
        made.add(*_some(len(one.subjects), _concluded(one, made, named, answered.protocol.name), kept))
    made.close()


def _concluded(one: Concluded, made: Columns, named: Named, protocol: str) -> dict[str, Part]:
    recorded = np.array([*(made.text("recorded", str(value)) for value in one.recorded_as), -1])
    values = np.array([made.text("value", text) for text in one.value_as])
    return {
        "case": Looked(named.child, one.subjects) if one.of_episodes else one.subjects,
        "protocol": made.text("protocol", protocol),
        "episode": Looked(named.episode, one.subjects) if one.of_episodes else -1,
        "what": made.text("what", one.what),
        "recorded": Looked(recorded, one.recorded),
        "value": Looked(values, one.value),
        "paragraphs": _looked_up(one.holding, one.citations, partial(_paragraphs, made, protocol)),
    }


def columns_of(named: Named) -> tuple[Columns, Columns]:
    """The tables of obligations and of conclusions, empty."""
    obligations_ = Columns(OBLIGATIONS, {**named.texts, "occurrence": named.stood.called})
    return obligations_, Columns(CONCLUSIONS, named.texts)


def _kept(answered: Answered, subjects: I64, *, of_episodes: bool) -> Bools | None:
    """Which rows are of children who are not left to the evaluator; None: all."""
    if not answered.left.any():
        return None
    kept: Bools = ~answered.left[answered.stood.child[subjects] if of_episodes else subjects]
    return None if kept.all() else kept


def _some(size: int, parts: Mapping[str, Part], kept: Bools | None) -> tuple[int, Mapping[str, Part]]:
    if kept is None:
        return size, parts
    rows = np.flatnonzero(kept)
    return len(rows), {name: _taken(part, rows) for name, part in parts.items()}


def _taken(part: Part, rows: I64) -> Part:
    if isinstance(part, int):
        return part
    return Looked(part.table, part.numbers[rows]) if isinstance(part, Looked) else part[rows]


def _is_one(column: Numbers) -> bool:
    """Whether one value was spread over all rows."""
    return len(column) > 0 and column.strides == (0,)


def _moments(column: I64) -> Part:
    return int(column[0]) if _is_one(column) else column


def _paragraphs(made: Columns, layer: str, cited: Citations) -> int:
    return made.text("paragraphs", paragraphs(cited, layer))


def _people(made: Columns, column: str, who: Settled) -> int:
    return made.text(column, titles(who))


def _coded(options: Options, number: Callable[[Any], int]) -> Part:
    """The number of the text of each row; of all where it is the same."""
    if options.numbers is None:
        return number(options.of[0])
    return _looked_up(options.numbers, options.of, number)


def _looked_up(numbers: I64, options: Mapping[int, Any], number: Callable[[Any], int]) -> Looked:
    """What stands for each option, whose numbers are small, -1 at the least: that is the last entry."""
    table = np.full(max(options, default=0) + 2, -1, np.int32)
    table[list(options)] = [number(value) for value in options.values()]
    return Looked(table, numbers)
