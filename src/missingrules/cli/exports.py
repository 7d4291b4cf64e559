"""How a command is told which export a file is: options that `import` and `audit` share."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.adapters.given import Asked


class Encoding(StrEnum):
    UTF_8 = "utf-8"
    WINDOWS = "windows-1252"


From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="ssda903|ssd_missing|MAPPING",
        help="What export the file is: a known one, or the path of a column mapping (.yaml).",
        show_default=False,
    ),
]
Year = Annotated[
    int | None,
    typer.Option(metavar="YYYY", help="Of ssda903: the year in which the return's 31 March lies.", show_default=False),
]
HistoryFrom = Annotated[
    str | None,
    typer.Option(metavar="DAY", help="The first day from which the export lists episodes.", show_default=False),
]
CompleteTo = Annotated[
    str | None,
    typer.Option(metavar="DAY", help="The last day of which the export tells everything.", show_default=False),
]
FoundIsReturn = Annotated[
    bool, typer.Option("--found-is-return", help="Take the day a missing child was found for that of the return.")
]
EncodedAs = Annotated[
    Encoding | None, typer.Option("--encoding", help="What a CSV file is written in.", show_default=False)
]


def asked(
    kind: str | None,
    year: int | None,
    history_from: str | None,
    complete_to: str | None,
    encoding: Encoding | None,
    *,
    found_is_return: bool,
) -> Asked | None:
    """What was asked for; None without `--from`. InvalidInput for what says nothing, or is no day."""
    from missingrules.adapters.given import Asked
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput

    if kind is None:
        given = {
            "--year": year is not None,
            "--history-from": history_from is not None,
            "--complete-to": complete_to is not None,
            "--found-is-return": found_is_return,
            "--encoding": encoding is not None,
        }
        if any(given.values()):
            named = " and ".join(name for name, is_given in given.items() if is_given)
            message = f"{named}: only with --from"
            raise InvalidInput([Diagnostic("option-alone", message, hint="say which export it is, or leave it out")])
        return None
    days = _days({"--history-from": history_from, "--complete-to": complete_to})
    return Asked(
        kind=kind,
        year=year,
        history_from=days["--history-from"],
        complete_to=days["--complete-to"],
        encoding=None if encoding is None else encoding.value,
        found_is_return=found_is_return,
    )


def _days(texts: Mapping[str, str | None]) -> dict[str, date | None]:
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput

    days: dict[str, date | None] = {}
    problems = []
    for name, text in texts.items():
        days[name] = None
        try:
            # Other forms of ISO 8601 (20250328) are not what is written in cases.
            if text is not None and len(text) != len("2025-03-28"):
                raise ValueError
            days[name] = None if text is None else date.fromisoformat(text)
        except ValueError:
            hint = "write year, month and day: 2025-03-28 is 28 March 2025"
            problems.append(Diagnostic("bad-date", f"{name}: this is not written as a date", hint=hint))
    if problems:
        raise InvalidInput(problems)
    return days
