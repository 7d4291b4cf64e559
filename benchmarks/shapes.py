"""A caseload of `histories` in other shapes: cases, and the tables of docs/audit.md as text, CSV and Parquet."""

from __future__ import annotations

import csv
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.histories import ACTIONS, FOREVER, KINDS, NO_DAY, OUTCOMES, PLACES, RISKS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from benchmarks.histories import Caseload

Texts = dict[str, "NDArray[np.str_]"]


def cases(caseload: Caseload) -> Iterator[dict[str, Any]]:
    """Each child as plain data of docs/case-and-result.md; episodes are E and their place in the columns."""
    heads = np.searchsorted(caseload.child, np.arange(caseload.children + 1)).tolist()
    first = np.searchsorted(caseload.episode, np.arange(caseload.episodes + 1)).tolist()
    born, care_from, care_to = (_days(days) for days in (caseload.born, caseload.care_from, caseload.care_to))
    for number, (head, tail) in enumerate(pairwise(heads)):
        span = {"value": True, "from": care_from[number], "to": care_to[number]}
        care: Any = [{key: value for key, value in span.items() if value is not None}] if care_from[number] else False
        yield {
            "format": 1,
            "case": f"C-{number}",
            "child": {"date_of_birth": born[number], "looked_after": care},
            "episodes": [_episode(caseload, each) for each in range(head, tail)],
            "records": [_record(caseload, each) for each in range(first[head], first[tail])],
        }


def _episode(caseload: Caseload, at: int) -> dict[str, Any]:
    returned = None if caseload.returned[at] == FOREVER else _instant(caseload.returned[at])
    reported = _instant(caseload.reported[at])
    return {
        "id": f"E{at}",
        "kind": KINDS[caseload.kind[at]],
        "missing_from": PLACES[caseload.place[at]],
        "started_at": _instant(caseload.started[at]),
        "reported_at": reported,
        "located_at": returned,
        "returned_at": returned,
        "risk": [{"value": RISKS[caseload.risk[at]], "at": reported}],
        "exploitation_suspected": bool(caseload.exploitation[at]),
    }


def _record(caseload: Caseload, at: int) -> dict[str, Any]:
    found = {
        "id": f"R{at}",
        "action": ACTIONS[caseload.action[at]],
        "episode": f"E{caseload.episode[at]}",
        "at": _instant(caseload.at[at]),
    }
    if caseload.outcome[at]:
        found["outcome"] = OUTCOMES[caseload.outcome[at]]
    return found


def _instant(seconds: int | np.int64) -> str:
    return str(np.datetime64(int(seconds), "s")) + "Z"


def _days(days: NDArray[np.int32]) -> list[str | None]:
    return [None if text == "NaT" else text for text in _dates(days).tolist()]


def _dates(days: NDArray[np.int32]) -> NDArray[np.str_]:
    known = np.where(days == NO_DAY, np.datetime64("NaT", "D"), days.astype("datetime64[D]"))
    return np.datetime_as_string(known)


def tables(caseload: Caseload) -> dict[str, Texts]:
    """The tables of docs/audit.md, by name, each column as text; an empty text is an empty cell."""
    children = _called("C-", np.arange(caseload.children))
    ids = _called("E", np.arange(caseload.episodes))
    of, reported, returned = children[caseload.child], _instants(caseload.reported), _instants(caseload.returned)
    return {
        "children": {"child": children, "date_of_birth": _dates(caseload.born)},
        "episodes": {
            "child": of,
            "id": ids,
            "kind": np.array(KINDS)[caseload.kind],
            "missing_from": np.array(PLACES)[caseload.place],
            "started_at": _instants(caseload.started),
            "reported_at": reported,
            "located_at": returned,
            "returned_at": returned,
            "exploitation_suspected": np.where(caseload.exploitation, "true", "false"),
        },
        "records": {
            "child": of[caseload.episode],
            "id": _called("R", np.arange(len(caseload.episode))),
            "action": np.array(ACTIONS)[caseload.action],
            "episode": ids[caseload.episode],
            "at": _instants(caseload.at),
            "outcome": np.array(OUTCOMES)[caseload.outcome],
        },
        "facts": _facts(caseload, children, ids),
    }


def _facts(caseload: Caseload, children: NDArray[np.str_], ids: NDArray[np.str_]) -> Texts:
    """Whether each child is looked after, then the risk of its episodes."""
    of_child, of_episode = np.full(caseload.children, ""), np.full(caseload.episodes, "")
    since, until = _dates(caseload.care_from), _dates(caseload.care_to)
    columns = {
        "child": (children, children[caseload.child]),
        "episode": (of_child, ids),
        "fact": (np.full(caseload.children, "looked_after"), np.full(caseload.episodes, "risk")),
        "value": (np.where(since == "NaT", "false", "true"), np.array(RISKS)[caseload.risk]),
        "from": (np.where(since == "NaT", "", since), of_episode),
        "to": (np.where(until == "NaT", "", until), of_episode),
        "at": (of_child, _instants(caseload.reported)),
    }
    order = np.argsort(np.concatenate([np.arange(caseload.children), caseload.child]), kind="stable")
    return {name: np.concatenate(parts)[order] for name, parts in columns.items()}


def _called(letter: str, numbers: NDArray[np.int64]) -> NDArray[np.str_]:
    return np.strings.add(letter, numbers.astype(np.str_))


def _instants(seconds: NDArray[np.int64]) -> NDArray[np.str_]:
    """As tables have them; `null` where it has not happened."""
    here = seconds != FOREVER
    known = np.datetime_as_string(np.where(here, seconds, 0).astype("datetime64[s]"))
    return np.where(here, np.strings.add(known, "Z"), "null")


def write_csv(caseload: Caseload, folder: Path) -> None:
    """The tables as CSV files in a folder."""
    for name, columns in tables(caseload).items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(zip(*(column.tolist() for column in columns.values()), strict=True))


def arrow(caseload: Caseload) -> dict[str, Any]:
    """The tables as pyarrow tables of text. It needs pyarrow."""
    import pyarrow

    return {
        name: pyarrow.table({key: pyarrow.array(column) for key, column in columns.items()})
        for name, columns in tables(caseload).items()
    }


def write_parquet(caseload: Caseload, folder: Path) -> None:
    """The tables as Parquet files in a folder. It needs pyarrow."""
    from pyarrow import parquet

    for name, table in arrow(caseload).items():
        parquet.write_table(table, folder / f"{name}.parquet")
