"""What was asked to be imported: a file, and which export it is -> the file looked through once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from missingrules.adapters import safeguarding, ssda903
from missingrules.adapters.rows import intake
from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean

if TYPE_CHECKING:
    from datetime import date

    from missingrules.adapters.layout import Layout
    from missingrules.adapters.rows import Intake, Source
    from missingrules.interface.words import CaseWords

EXPORTS: Final = (ssda903.NAME, safeguarding.NAME)
MAPPINGS: Final = (".yaml", ".yml")
BOOKS: Final = (".xlsx", ".xlsm")
XML: Final = ".xml"
# A return of another century is a slip.
_YEARS: Final = range(1990, 2100)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which export a file is, and what the file does not say of itself.

    `kind`: `ssda903`, `ssd_missing` or the path of a mapping. `year`: of a return, that of its last 31 March.
    `history_from`, `complete_to`: the first and the last day of which an export tells everything. `found_is_return`:
    the day on which a missing child was found is taken for that of the return.
    """

    kind: str
    year: int | None = None
    history_from: date | None = None
    complete_to: date | None = None
    encoding: str | None = None
    found_is_return: bool = False


def opened(path: Path, asked: Asked, words: CaseWords) -> Intake:
    """The file, looked through once; nothing else is opened but the mapping. InvalidInput where it cannot be used."""
    layout = layout_of(asked, words)
    if not path.exists():
        message = f"there is no file {path}"
        raise InvalidInput([Diagnostic("file-unreadable", message, hint="check the spelling of its name and folder")])
    if not path.is_file():
        message = f"{path} is no file"
        hint = "name one file: it is read twice, so that neither a folder nor a pipe will do"
        raise InvalidInput([Diagnostic("file-unreadable", message, hint=hint)])
    return intake(_source(path, layout), layout)


def _source(path: Path, layout: Layout) -> Source:
    from missingrules.adapters.sheets import comma_source, sheet_source

    ending = path.suffix.lower()
    if ending == XML and layout.name == ssda903.NAME and layout.closed:
        from missingrules.adapters.xml import xml_return

        return xml_return(path)
    if ending in BOOKS:
        return sheet_source(path, layout.sheet)
    if ending in (".csv", ".txt", ".tsv"):
        return comma_source(path, layout.encoding)
    kinds = ".csv, .tsv, .txt, .xlsx, .xlsm" + (", .xml" if layout.name == ssda903.NAME else "")
    message = f"{path} is of no kind that is read as {layout.name}"
    raise InvalidInput([Diagnostic("file-unknown", message, hint=f"its name ends with one of {kinds}")])


def layout_of(asked: Asked, words: CaseWords) -> Layout:
    """What its columns mean. InvalidInput where something is not said that the file cannot say, or said in vain."""
    if asked.kind == ssda903.NAME:
        _refuse_beside(asked, history_from=True, complete_to=True)
        if asked.year is None or asked.year not in _YEARS:
            hint = "write --year 2025 for the return of the year to 31 March 2025"
            wrong = (
                "which year's return it is, the file does not say" if asked.year is None else "there is no such year"
            )
            raise InvalidInput([Diagnostic("year-wanted", wrong, hint=hint)])
        layout = ssda903.layout(asked.year, found_is_return=asked.found_is_return)
    elif asked.kind == safeguarding.NAME:
        _refuse_beside(asked, year=True)
        if asked.history_from is None:
            message = "from when on it lists episodes, the file does not say"
            hint = "write --history-from 2019-07-01, the first day that was extracted"
            raise InvalidInput([Diagnostic("history-wanted", message, hint=hint)])
        layout = safeguarding.layout(asked.history_from, asked.complete_to, found_is_return=asked.found_is_return)
    elif Path(asked.kind).suffix.lower() in MAPPINGS:
        from missingrules.adapters.mapping import read_mapping

        _refuse_beside(asked, year=True)
        layout = read_mapping(Path(asked.kind), words)
        layout = replace(
            layout,
            complete_from=asked.history_from or layout.complete_from,
            complete_to=asked.complete_to,
            found_is_return=asked.found_is_return,
        )
    else:
        hint = did_you_mean(asked.kind, EXPORTS) or f"write {', '.join(EXPORTS)}, or the path of a mapping (.yaml)"
        raise InvalidInput([Diagnostic("unknown-export", f"--from {asked.kind}: no such export is known", hint=hint)])
    return layout if asked.encoding is None else replace(layout, encoding=asked.encoding)


def _refuse_beside(asked: Asked, *, year: bool = False, history_from: bool = False, complete_to: bool = False) -> None:
    """Options that say nothing with this export."""
    given = {
        "--year": year and asked.year is not None,
        "--history-from": history_from and asked.history_from is not None,
        "--complete-to": complete_to and asked.complete_to is not None,
    }
    found = [
        Diagnostic("option-alone", f"{name} says nothing with --from {asked.kind}", hint="leave it out")
        for name, is_given in given.items()
        if is_given
    ]
    if found:
        raise InvalidInput(found)
