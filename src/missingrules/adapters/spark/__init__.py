"""Many children on Spark, an engine of others that shares out the work: beside the answers, and never in their way."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from missingrules.adapters.spark.frames import Answered as Answered
    from missingrules.adapters.spark.frames import answered as answered
else:
    # Who answers a partition needs no Spark.
    def __getattr__(name: str) -> object:
        if name not in ("Answered", "answered"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from missingrules.adapters.spark import frames

        return getattr(frames, name)
