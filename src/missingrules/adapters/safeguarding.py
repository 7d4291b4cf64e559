"""The table ssd_missing of the sector's Standard Safeguarding Dataset; why it means what it does: docs/import.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from missingrules.adapters.layout import CHILD, ENDED, Column, Empty, How, Layout
from missingrules.adapters.stamps import DateForm

if TYPE_CHECKING:
    from datetime import date

NAME: Final = "ssd_missing"
# The codes of the specification, and the words that systems write in their place.
_KINDS: Final = (
    *((word, "missing") for word in ("m", "missing", "missing from care")),
    *((word, "absent") for word in ("a", "absent", "away", "away from placement without authorisation")),
)
_NO_DATE: Final = "it says whether and not when, and a record of an act needs its date"


def layout(complete_from: date, complete_to: date | None, *, found_is_return: bool) -> Layout:
    """What an extract holds that lists episodes from one day on, and was made on another."""
    return Layout(
        name=NAME,
        columns=(
            Column("miss_table_id", "id", empty=Empty.REFUSED),
            Column("miss_person_id", CHILD, empty=Empty.REFUSED),
            Column("miss_missing_episode_start_date", "started_at", How.STAMP, Empty.REFUSED),
            Column("miss_missing_episode_type", "kind", How.CODE, Empty.REFUSED, _KINDS),
            Column("miss_missing_episode_end_date", ENDED, How.STAMP, Empty.NOT_YET),
        ),
        wanted=(
            "miss_table_id",
            "miss_person_id",
            "miss_missing_episode_start_date",
            "miss_missing_episode_type",
            "miss_missing_episode_end_date",
        ),
        dates=(DateForm.YEAR_FIRST, DateForm.DAY_FIRST),
        unusable=tuple((name, _NO_DATE) for name in ("miss_missing_rhi_offered", "miss_missing_rhi_accepted")),
        complete_from=complete_from,
        complete_to=complete_to,
        found_is_return=found_is_return,
    )
