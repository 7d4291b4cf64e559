"""The due instants of an answer as calendar entries. Calendars are shared: a case is named only where that is asked."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from missingrules.domain.citations import NotStated
from missingrules.domain.obligations import OVER, Status
from missingrules.formats.calendar import Entry, calendar_bytes
from missingrules.interface.rows import paragraphs
from missingrules.interface.shared import library_version
from missingrules.reports.wording import moment, people

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.domain.answers import Answer, ProtocolAnswer
    from missingrules.domain.obligations import Obligation

_OPEN_WORDS = {Status.NOT_DECIDABLE: "cannot be decided yet", Status.AVAILABLE: "may be done"}


def undated(answer: Answer) -> int:
    """How many duties that are not over no calendar can hold, since they have no instant."""
    return sum(one.due is None and one.status not in OVER for part in answer.protocols for one in part.actions)


def entries(answer: Answer, *, name_case: bool = False) -> tuple[Entry, ...]:
    """One for each duty that is not over and has a due instant, in the order of time."""
    found = [
        _entry(one, part, answer, name_case)
        for part in answer.protocols
        for one in part.actions
        if one.due is not None and one.status not in OVER
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.uid)))


def calendar(answer: Answer, *, name_case: bool = False) -> bytes:
    """The calendar file. Raises `InvalidInput` where icalendar is not installed."""
    as_of = answer.clock.local(answer.as_of)
    return calendar_bytes(entries(answer, name_case=name_case), as_of, library_version())


def _entry(one: Obligation, part: ProtocolAnswer, answer: Answer, name_case: bool) -> Entry:
    assert one.due is not None
    duty = one.duty
    unsure = one.status in (Status.NOT_DECIDABLE, Status.UPCOMING)
    of = f" (case {answer.case}{f', episode {one.episode}' if one.episode else ''})" if name_case else ""
    summary = f"{'POSSIBLY ' if unsure else ''}{duty.modality.upper()}: {duty.title}{of}"
    return Entry(
        _uid(one, part, answer),
        part.protocol.clock.local(one.due),
        summary,
        "\n".join(_description(one, part, answer)),
        sure=not unsure,
        private=name_case,
    )


def _uid(one: Obligation, part: ProtocolAnswer, answer: Answer) -> str:
    """The same for the same duty of the same case by the same text, so that a calendar knows it again.

    The case is in it, since keys of two children can be alike, and is not legible.
    """
    whole = "\0".join((answer.case, one.key, part.protocol.fingerprint))
    return f"{sha256(whole.encode()).hexdigest()[:40]}@missingrules"


def _description(one: Obligation, part: ProtocolAnswer, answer: Answer) -> Iterator[str]:
    named = (("Who", one.by), ("Chaired by", one.chair), ("To", one.recipients), ("With", one.with_))
    for label, who in named:
        named_here = None if isinstance(who, NotStated) else people(who)
        if who_does := named_here or ("nobody is named" if label == "Who" else None):
            yield f"{label}: {who_does}"
    protocol = part.protocol
    layer = next(each for each in protocol.layers if each.name == one.protocol)
    yield f"Paragraph: {paragraphs(one.citations, one.protocol)}"
    yield f"{layer.title}, {layer.edition.label}"
    status = _OPEN_WORDS.get(one.status, "if nothing changes" if one.status is Status.UPCOMING else one.status.value)
    yield f"As of {moment(answer.clock, answer.as_of)}: {status}"
