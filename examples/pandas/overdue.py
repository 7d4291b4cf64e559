"""A caseload in CSV tables to a DataFrame with a row for each duty, and what is overdue, by whose duty it is.

python overdue.py ../caseload --protocol ../wexcombe/wexcombe.yaml --as-of 2025-06-30T12:00:00+01:00
"""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

import missingrules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from missingrules import Instant, Protocol

COLUMNS = [each.name for each in fields(missingrules.Row)]
MOMENTS = ["triggered", "due", "due_earliest", "due_latest", "done_at", "as_of"]
WORDS = ["protocol", "edition", "effect", "modality", "status", "phase", "topic", "action"]


def cases(folder: Path) -> Iterator[dict[str, Any]]:
    """Each child as plain data, in the shape of docs/case-and-result.md."""
    # Everything is read as text: what a date or a number is, the library knows better than a guess of pandas.
    children, episodes, facts, records = (
        pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
        for name in ("children", "episodes", "facts", "records")
    )
    for child in children.to_dict("records"):
        name = child.pop("child")
        found = [said(row) for row in of(name, episodes)]
        for fact in of(name, facts):
            episode = next(each for each in found if each["id"] == fact["episode"])
            episode.setdefault(fact["fact"], []).append({"value": fact["value"], "at": fact["at"]})
        done = [said(row) for row in of(name, records)]
        yield {"format": 1, "case": name, "child": said(child), "episodes": found, "records": done}


def of(child: str, table: pd.DataFrame) -> list[dict[str, str]]:
    return table[table["child"] == child].drop(columns="child").to_dict("records")


def said(row: dict[str, str]) -> dict[str, Any]:
    """Without empty cells, which are not known; `null` is what has not happened."""
    return {name: None if cell == "null" else cell for name, cell in row.items() if cell}


def duties(folder: Path, protocols: Sequence[Protocol], as_of: Instant) -> pd.DataFrame:
    """A row for each duty of each child, with types: instants in UTC, words as categories, the rest text."""
    rows = []
    for data in cases(folder):
        case = missingrules.case_of(data, protocols, as_of)
        rows += missingrules.rows_of(missingrules.evaluate(protocols, case, as_of))
    frame = pd.DataFrame([[getattr(row, name) for name in COLUMNS] for row in rows], columns=COLUMNS)
    frame = frame.rename(columns={"with_": "with"})
    for name in MOMENTS:
        frame[name] = pd.to_datetime(frame[name], utc=True)
    frame["hours_late"] = (
        (frame["as_of"] - frame["due"]).dt.total_seconds().div(3600).where(frame["status"] == "overdue")
    )
    texts = {name: "string" for name in frame.columns if frame[name].dtype == object}
    return frame.astype(texts | dict.fromkeys(WORDS, "category"))


def overdue_by_role(frame: pd.DataFrame) -> pd.DataFrame:
    """How many duties are overdue, of how many children, by how many hours at most; `not stated` is a role too."""
    late = frame[frame["status"] == "overdue"]
    counted = late.groupby("by", dropna=False).agg(
        duties=("key", "count"), children=("case", "nunique"), hours_late=("hours_late", "max")
    )
    return counted.sort_values(["duties", "hours_late"], ascending=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--protocol", action="append", required=True, help="a protocol file")
    parser.add_argument("--as-of", required=True, type=missingrules.instant_of)
    given = parser.parse_args()
    try:
        frame = duties(given.folder, missingrules.load_protocols(*given.protocol), given.as_of)
    except missingrules.InvalidInput as error:
        # The place and the code alone: a message may show what stands in the case.
        raise SystemExit("\n".join(f"{each.span or given.folder}: {each.code}" for each in error.diagnostics)) from None
    print(overdue_by_role(frame).to_string())


if __name__ == "__main__":
    main()
