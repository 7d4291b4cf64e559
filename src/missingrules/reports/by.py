"""What the duties of a report are grouped by."""

from __future__ import annotations

from enum import StrEnum


class By(StrEnum):
    PHASE = "phase"
    ROLE = "role"
    STATUS = "status"
