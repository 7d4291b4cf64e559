"""What columns answered -> Arrow tables: numbers of texts as the engine has them, and each text once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from missingrules.batches.arrow import table_of
from missingrules.batches.tables import CONCLUSIONS, OBLIGATIONS
from missingrules.domain.clock import FOREVER
from missingrules.domain.protocol import bare
from missingrules.engine.columnar.status import STATUSES
from missingrules.interface.rows import paragraphs, titles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from missingrules.batches.tables import Table
    from missingrules.domain.citations import Citations
    from missingrules.domain.rules import Duty
    from missingrules.engine.columnar.answer import Answered
    from missingrules.engine.columnar.arrays import I64, Numbers
    from missingrules.engine.columnar.conclusions import Concluded
    from missingrules.engine.columnar.solve import Options, Owed
    from missingrules.engine.columnar.stood import Stood
    from missingrules.engine.people import Settled

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


class Texts:
    """Texts by the numbers that stand for them; -1 is none."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self._numbers = {text: number for number, text in enumerate(texts)}

    def number(self, text: str | None) -> int:
        return -1 if text is None else self._numbers.setdefault(text, len(self._numbers))

    def all(self) -> list[str]:
        return list(self._numbers)


class Named:
    """How the cases, episodes and occurrences of some children are called."""

    def __init__(self, stood: Stood) -> None:
        h = stood.histories
        self.cases = h.case
        self.episodes, self.occurrences = Texts(), Texts()
        ids = h.episodes.id
        self.episode = _i32([self.episodes.number(ids[row]) for row in stood.rows.tolist()])
        self._records = _i32([self.occurrences.number(id_) for id_ in h.records.id])
        self._events = _i32([self.occurrences.number(id_) for id_ in h.events.id])
        self.stood = stood

    def occurrence(self, owed: Owed) -> Numbers:
        """The number of the name of each occurrence."""
        firings, stood = owed.firings, self.stood
        if not firings.named or firings.happened is None or firings.acts is None:
            most = int(firings.number.max(initial=0))
            return _i32([self.occurrences.number(str(number)) for number in range(most + 1)])[firings.number]
        found = np.zeros(len(owed), np.int32)
        acts = firings.acts.astype(np.bool_)
        found[acts] = self._records[stood.acts.source[firings.happened[acts]]]
        found[~acts] = self._events[stood.events.source[firings.happened[~acts]]]
        return found


class Columns:
    """One table on its way: of each part its columns, or the one number that stands in all of its rows."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.parts: dict[str, list[Numbers | int]] = {}
        self.texts: dict[str, Texts] = {}

    def add(self, size: int, columns: Mapping[str, Numbers | int]) -> None:
        self.sizes.append(size)
        for name, column in columns.items():
            self.parts.setdefault(name, []).append(column)

    def text(self, column: str, text: str | None) -> int:
        """The number of a text of a column."""
        return self.texts.setdefault(column, Texts()).number(text)

    def column(self, name: str) -> Numbers:
        """All its rows; parts that have one number are spread at once."""
        parts, sizes = self.parts.get(name, []), self.sizes
        if parts and all(isinstance(part, int) for part in parts):
            return np.repeat(_i32(parts), sizes)
        whole = [
            np.full(n, part, np.int32) if isinstance(part, int) else part for n, part in zip(sizes, parts, strict=True)
        ]
        return np.concatenate(whole) if whole else np.zeros(0, np.int32)


def obligations(answered: Answered, named: Named) -> Table:
    """The obligations of one protocol, without those of children who are left to the evaluator."""
    made = Columns()
    made.texts = {"case": Texts(named.cases), "episode": named.episodes, "occurrence": named.occurrences}
    made.texts["status"] = Texts(tuple(str(status) for status in STATUSES))
    protocol, stood = answered.protocol, answered.stood
    editions = {layer.name: layer.edition.label for layer in protocol.layers}
    for owed in answered.found.owed:
        layer = owed.prefix.partition("/")[0]
        child = stood.child[owed.subjects] if owed.of_episodes else owed.subjects
        columns: dict[str, Numbers | int] = {
            "case": child.astype(np.int32),
            "protocol": made.text("protocol", layer),
            "edition": made.text("edition", editions[layer]),
            "episode": named.episode[owed.subjects] if owed.of_episodes else -1,
            "occurrence": named.occurrence(owed),
            "status": owed.status.astype(np.int32),
            "triggered": owed.triggered,
            "due": owed.due,
            "done_at": owed.done_at,
            "paragraphs": _coded(owed.citations, partial(_paragraphs, made, layer)),
        }
        columns |= {name: made.text(name, text(owed.duty)) for name, text in STATED.items()}
        for name, part in PEOPLE.items():
            columns[name] = _coded(owed.who[part], partial(_people, made, name))
        between = (owed.due != owed.due_latest) & (owed.due_latest < FOREVER)
        columns["due_earliest"] = np.where(between, owed.due, FOREVER)
        columns["due_latest"] = np.where(between, owed.due_latest, FOREVER)
        made.add(len(owed), columns)
    return _table(made, OBLIGATIONS, answered)


def conclusions(answered: Answered, named: Named) -> Table:
    """What is concluded under one protocol, of the same children."""
    made = Columns()
    made.texts = {"case": Texts(named.cases), "episode": named.episodes}
    name = answered.protocol.name
    for one in answered.found.concluded:
        made.add(len(one.subjects), _concluded(one, made, named, answered, name))
    return _table(made, CONCLUSIONS, answered)


def _concluded(one: Concluded, made: Columns, named: Named, answered: Answered, name: str) -> dict[str, Any]:
    stood = answered.stood
    child = stood.child[one.subjects] if one.of_episodes else one.subjects
    recorded = _i32([*(made.text("recorded", str(value)) for value in one.recorded_as), -1])
    values = _i32([made.text("value", text) for text in one.value_as])
    cited = {bits: made.text("paragraphs", paragraphs(cited, name)) for bits, cited in one.citations.items()}
    return {
        "case": child.astype(np.int32),
        "protocol": made.text("protocol", name),
        "episode": named.episode[one.subjects] if one.of_episodes else -1,
        "what": made.text("what", one.what),
        "recorded": recorded[one.recorded],
        "value": values[one.value],
        "paragraphs": _looked_up(one.holding, cited),
    }


def _paragraphs(made: Columns, layer: str, cited: Citations) -> int:
    return made.text("paragraphs", paragraphs(cited, layer))


def _people(made: Columns, column: str, who: Settled) -> int:
    return made.text(column, titles(who))


def _coded(options: Options, number: Callable[[Any], int]) -> Numbers | int:
    """The number of the text of each row; of all where it is the same."""
    if options.numbers is None:
        return number(options.of[0])
    return _looked_up(options.numbers, {one: number(value) for one, value in options.of.items()})


def _looked_up(numbers: I64, texts: Mapping[int, int]) -> Numbers:
    """What stands for each number, which is small, -1 at the least."""
    table = np.full(max(texts, default=0) + 2, -1, np.int32)
    table[[number + 1 for number in texts]] = list(texts.values())
    found: Numbers = table[numbers + 1]
    return found


def _table(made: Columns, columns: Any, answered: Answered) -> Table:
    kept = None
    if answered.left.any():
        kept = ~answered.left[made.column("case")]
    found = {one.name: made.column(one.name) for one in columns}
    if kept is not None:
        found = {name: column[kept] for name, column in found.items()}
    return table_of(columns, found, {name: texts.all() for name, texts in made.texts.items()})


def _i32(values: Any) -> Numbers:
    found: Numbers = np.array(list(values), np.int32)
    return found
