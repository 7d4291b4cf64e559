"""What columns answered, as rows: of children whose times are not known, and what is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.domain.clock import FOREVER
from missingrules.domain.protocol import bare
from missingrules.engine.columnar.names import episode_ids
from missingrules.engine.columnar.status import STATUSES
from missingrules.engine.evaluate import wording
from missingrules.interface.rows import paragraphs, titles

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from missingrules.batches.single import Cells
    from missingrules.engine.columnar.agreed import Agreed
    from missingrules.engine.columnar.answer import Answered
    from missingrules.engine.columnar.hung import Questions
    from missingrules.engine.columnar.loose import Across


def of_worlds(across: Across, cases: Sequence[str]) -> Iterator[tuple[str, Cells]]:
    """The obligations and conclusions of children whose times are not known, each with the name of its table."""
    ids = across.histories.episodes.id
    editions = {layer.name: layer.edition.label for layer in across.protocol.layers}
    for one in across.agreed:
        for row in range(len(one)):
            yield "obligations", _obligation(one, row, cases, ids, editions[one.prefix.partition("/")[0]])
    name = across.protocol.name
    for each in across.concluded:
        episode = None if each.episode < 0 else ids[each.episode]
        cited = paragraphs(each.citations, name)
        yield "conclusions", (cases[each.child], name, episode, each.what, each.recorded, each.value, cited)


def _obligation(one: Agreed, row: int, cases: Sequence[str], ids: Sequence[str], edition: str) -> Cells:
    duty, layer = one.duty, one.prefix.partition("/")[0]
    first, last = int(one.due_from[row]), int(one.due_latest[row])
    between = (first, last) if first != last else (FOREVER, FOREVER)
    who = {name: titles(options.at(row)) for name, options in one.who.items()}  # type: ignore[arg-type]
    episode = int(one.episodes[row])
    return (
        cases[int(one.children[row])],
        layer,
        bare(duty.rule),
        duty.id.removeprefix(duty.rule).removeprefix(".") or None,
        None if episode < 0 else ids[episode],
        one.occurrences[row],
        edition,
        duty.action,
        duty.title,
        duty.topic,
        duty.effect.value,
        duty.modality.value,
        *(who[name] for name in ("by", "chair", "to", "attend", "with_")),
        str(STATUSES[one.status[row]]),
        _instant(one.triggered[row]),
        _instant(one.due[row]),
        *map(_instant, between),
        _instant(one.done_at[row]),
        paragraphs(one.citations.at(row), layer),  # type: ignore[arg-type]
    )


def _instant(when: object) -> int | None:
    instant = int(when)  # type: ignore[call-overload]
    return None if instant >= FOREVER else instant


def question_rows(found: Answered, asked: Questions) -> Iterator[Cells]:
    """Each question with the keys of what hangs on it."""
    stood, protocol = found.stood, found.protocol
    ids, records, cases = episode_ids(stood), stood.histories.records.id, stood.histories.case
    known = [dict[int, str]() for _ in asked.hung]
    for number, hung in enumerate(asked.hung):
        rows = asked.row[asked.of == number]
        known[number] = dict(zip(rows.tolist(), hung.keys(stood, rows), strict=True))
    of, row = asked.of.tolist(), asked.row.tolist()
    for n in range(len(asked)):
        spots = range(int(asked.begins[n]), int(asked.begins[n + 1]))
        keys = sorted({known[of[spot]][row[spot]] for spot in spots})
        fact, episode, record = asked.facts[asked.fact[n]], int(asked.episode[n]), int(asked.record[n])
        yield (
            cases[int(asked.child[n])],
            protocol.name,
            fact,
            wording(protocol, fact),
            None if episode < 0 else ids[episode],
            None if record < 0 else records[record],
            "; ".join(keys),
            _instant(asked.by[n]),
        )
