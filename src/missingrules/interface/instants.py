"""An instant from whatever a caller has."""

from __future__ import annotations

from datetime import datetime

from pydantic_core import PydanticCustomError

from missingrules.domain.clock import Instant
from missingrules.domain.clock import instant_of as _instant_of
from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.interface.leaves import read_stamp


def instant_of(when: datetime | str) -> Instant:
    """The instant of an aware `datetime`, or of a text such as `2025-03-28T22:30:00+00:00`: whole seconds since 1970
    UTC.

    Of a `datetime` a fraction of a second is cut off; a text must have none. Years go from 1850 to 2199.

    Raises `InvalidInput`: `naive-timestamp` for a time without an offset, `bad-timestamp` for what is no time, and for
    a date alone, which is no instant.
    Source: docs/case-and-result.md, Times.
    """
    try:
        stamp = read_stamp(when.replace(microsecond=0) if isinstance(when, datetime) else when)
    except PydanticCustomError as error:
        context = error.context or {}
        raise InvalidInput([Diagnostic(error.type, str(context.get("message")), hint=context.get("hint"))]) from None
    if not isinstance(stamp, datetime):
        hint = "add the time and its offset, as in 2025-03-28T22:30:00+00:00"
        raise InvalidInput([Diagnostic("bad-timestamp", "a date alone is no instant", hint=hint)])
    return _instant_of(stamp)
