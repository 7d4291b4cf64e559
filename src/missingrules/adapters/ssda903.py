"""The table Missing of the SSDA903 return on children looked after; why it means what it does: docs/import.md."""

from __future__ import annotations

from datetime import date
from typing import Final

from missingrules.adapters.layout import BORN, CHILD, ENDED, Column, Empty, How, Layout
from missingrules.adapters.stamps import DateForm

NAME: Final = "ssda903"
CODES: Final = (("m", "missing"), ("a", "absent"))
HEAD: Final = ("CHILD", "DOB", "MISSING", "MIS_START", "MIS_END")


def layout(year: int, *, found_is_return: bool) -> Layout:
    """What the return of the year to 31 March `year` holds."""
    return Layout(
        name=NAME,
        columns=(
            Column("CHILD", CHILD, empty=Empty.REFUSED),
            Column("DOB", BORN, How.DATE),
            Column("MISSING", "kind", How.CODE, Empty.REFUSED, CODES),
            Column("MIS_START", "started_at", How.STAMP, Empty.REFUSED),
            Column("MIS_END", ENDED, How.STAMP, Empty.NOT_YET),
        ),
        wanted=("CHILD", "MISSING", "MIS_START", "MIS_END"),
        dates=(DateForm.DAY_FIRST, DateForm.YEAR_FIRST),
        child=(("looked_after", True),),
        episode=(("missing_from", "care"),),
        complete_from=date(year - 1, 4, 1),
        complete_to=date(year, 3, 31),
        closed=True,
        found_is_return=found_is_return,
    )
