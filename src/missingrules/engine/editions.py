"""Several editions of one protocol: the one in force at the start of an episode speaks for it, the others are silent.

Every edition is asked of the whole case, so that counts see all episodes; here it is settled which of what they say
stands, and where an edition speaks that is not in force.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from missingrules.domain.answers import Warned
from missingrules.domain.clock import FOREVER
from missingrules.domain.obligations import Later

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from missingrules.domain.answers import Ahead, Answer, EpisodeState, Explanation, Outlook, ProtocolAnswer, Question
    from missingrules.domain.case import Case
    from missingrules.domain.citations import Edition
    from missingrules.domain.clock import Instant
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.protocol import Protocol


def spoken(answer: Answer) -> Answer:
    """The answer with each edition silent where another speaks, and with a warning where none that speaks is in force.

    ValueError for two editions that begin on the same date, or of which neither says when it begins.
    """
    by_name: dict[str, list[ProtocolAnswer]] = {}
    for part in answer.protocols:
        by_name.setdefault(part.protocol.name, []).append(part)
    kept: dict[int, ProtocolAnswer] = {}
    warnings: list[Warned] = []
    for name, parts in by_name.items():
        editions = [part.protocol.edition for part in parts]
        if len({edition.in_force[0] for edition in editions}) < len(editions):
            raise ValueError(f"two editions of '{name}' begin to hold on the same date, or do not say when")
        voices = _Voices(answer, editions)
        for place, part in enumerate(parts):
            kept[id(part)] = made = part if len(parts) == 1 else voices.heard(part, place)
            warnings += voices.warnings(made, place)
    return replace(answer, protocols=tuple(kept[id(part)] for part in answer.protocols), warnings=tuple(warnings))


def chosen(editions: Sequence[Edition], day: date) -> int:
    """Which of several editions speaks on a date: the newest of those in force; none being so, the last that was, or
    else the first that will be."""
    begun = [place for place, edition in enumerate(editions) if edition.has_begun(day)]
    if not begun:
        return min(range(len(editions)), key=lambda place: editions[place].in_force[0] or date.min)
    in_force = [place for place in begun if editions[place].holds_on(day)]
    return max(in_force or begun, key=lambda place: editions[place].in_force[0] or date.min)


def heard(
    protocols: Sequence[Protocol], one: Protocol, explanations: Sequence[Explanation], case: Case
) -> list[Explanation]:
    """Of the explanations of one edition those for the child, and for the episodes for which it speaks."""
    editions = [protocol.edition for protocol in protocols if protocol.name == one.name]
    started = {episode.id: episode.started for episode in case.episodes}

    def speaks(subject: str) -> bool:
        stamp = started.get(subject)
        if stamp is None:
            return True
        day = stamp if isinstance(stamp, date) else one.clock.date_of(stamp)
        return editions[chosen(editions, day)] is one.edition

    return [each for each in explanations if speaks(each.subject)]


def voice(answer: Answer, one: Protocol) -> Callable[[str | None, Instant | None], bool]:
    """Whether one edition is the one that speaks for a subject, firing at an instant (None: at `as_of`)."""
    editions = [part.protocol.edition for part in answer.protocols if part.protocol.name == one.name]
    voices, place = _Voices(answer, editions), editions.index(one.edition)
    return lambda subject, at: voices.speaks(place, subject, at)


class _Voices:
    """Which edition of one protocol speaks for what."""

    def __init__(self, answer: Answer, editions: Sequence[Edition]) -> None:
        self.answer = answer
        self.editions = editions
        self.started = {episode.id: episode.started_on for episode in answer.episodes}

    def speaks(self, place: int, subject: str | None, at: Instant | None) -> bool:
        """Whether the edition at this place is the one that speaks for a subject, firing at an instant (None: now)."""
        return chosen(self.editions, self._day(subject, at)) == place

    def heard(self, part: ProtocolAnswer, place: int) -> ProtocolAnswer:
        """What the edition at this place says where it is the one that speaks."""

        def speaks(subject: str | None, at: Instant | None = None) -> bool:
            return self.speaks(place, subject, at)

        actions = tuple(o for o in part.actions if speaks(*_of(o)))
        forbidden = tuple(one for one in part.forbidden if speaks(one.episode, one.at))
        lost = {o.key for o in part.actions} - {o.key for o in actions}
        lost |= {one.key for one in part.forbidden} - {one.key for one in forbidden}

        def outlook() -> Outlook:
            said = part.outlook.get()
            return said._replace(
                ambiguities=tuple(
                    replace(one, would_add=added)
                    for one in said.ambiguities
                    if (added := tuple(pair for pair in one.would_add if speaks(pair[0].split("/")[2])))
                ),
                ahead=tuple(one for one in said.ahead if place in self._ahead(one)),
            )

        def asking() -> tuple[Question, ...]:
            return tuple(
                one._replace(affects=affects)
                for one in part.questions
                if (affects := tuple(key for key in one.affects if key not in lost)) or not one.affects
            )

        return replace(
            part,
            actions=actions,
            conclusions=tuple(one for one in part.conclusions if speaks(one.episode)),
            forbidden=forbidden,
            conflicts=tuple(one for one in part.conflicts if speaks(one.episode)),
            outlook=Later(outlook),
            asking=Later(asking),
        )

    def _ahead(self, one: Ahead) -> set[int]:
        """The editions that would speak of it: for more episodes, on any day until the last of these could begin."""
        now = self._day(None)
        last = date.max if one.at >= FOREVER else self._day(None, one.at)
        if one.kind == "time":
            return {chosen(self.editions, self._day(one.subject, one.at))}
        changes = (day for edition in self.editions for day in edition.in_force if day and now < day <= last)
        return {chosen(self.editions, day) for day in (now, *changes)}

    def warnings(self, part: ProtocolAnswer, place: int) -> Iterator[Warned]:
        """One for each episode for which it speaks without being in force; of all that has no episode, one.

        So too for each layer that it stands on."""
        for layer in part.protocol.layers:
            if layer.edition.in_force != (None, None):
                yield from self._warnings(part, place, layer)

    def _warnings(self, part: ProtocolAnswer, place: int, layer: Protocol) -> Iterator[Warned]:
        edition = layer.edition
        of_none = {self._day(*_of(o)) for o in part.actions if o.episode is None and o.protocol == layer.name}
        days: list[tuple[str | None, date]] = [(e.id, e.started_on) for e in self._spoken_for(place)]
        for outside in (edition.has_lapsed, lambda day: not edition.has_begun(day)):
            days += [(None, day) for day in sorted(filter(outside, of_none))[:1]]
        for episode, day in days:
            if not edition.has_begun(day):
                yield Warned("not_yet_in_force", episode, layer.name, edition, day)
            elif edition.has_lapsed(day):
                yield Warned("no_longer_in_force", episode, layer.name, edition, day)

    def _spoken_for(self, place: int) -> Iterator[EpisodeState]:
        for episode in self.answer.episodes:
            if chosen(self.editions, episode.started_on) == place:
                yield episode

    def _day(self, subject: str | None, at: Instant | None = None) -> date:
        """Of an episode the date of its start; otherwise that of the firing, or of the question."""
        started = self.started.get(subject) if subject else None
        if started is not None:
            return started
        return self.answer.clock.date_of(self.answer.as_of if at is None else at)


def _of(o: Obligation) -> tuple[str | None, Instant | None]:
    return o.episode, o.triggered_at
