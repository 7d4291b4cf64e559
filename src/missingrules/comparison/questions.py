"""The rows of the matrix: what a safeguarding partnership asks every area, and which provisions answer."""

from __future__ import annotations

from typing import Final

from missingrules.comparison.rows_meetings import MEETINGS
from missingrules.comparison.rows_response import RESPONSE
from missingrules.comparison.rows_return import RETURN

QUESTIONS: Final = (*RESPONSE, *MEETINGS, *RETURN)
