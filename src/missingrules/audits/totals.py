"""Findings added up. What two parts of a caseload come to is what the whole does, in whatever order they are added."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from missingrules.domain.audit import LATE_BY, MONTH_OPEN, NO_MONTH, Broken, By, Count, Lacking, Outcome, Totals
from missingrules.domain.people import People
from missingrules.domain.protocol import bare, layer_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from missingrules.domain.answers import Answer
    from missingrules.domain.audit import Counted, Finding, Group, Subtotal
    from missingrules.domain.citations import NotStated
    from missingrules.domain.obligations import Undecided
    from missingrules.domain.people import Role

_PLACES: Final = {name: place for place, name in enumerate(Count._fields)}
_LATEST: Final = _PLACES["latest"]
_RECORDED, _RECORDED_LATE = _PLACES["recorded"], _PLACES["recorded_late"]
_IN_TIME: Final = (Outcome.IN_TIME, Outcome.DONE_AHEAD)


class Tally:
    """Counts that grow, finding by finding and part by part."""

    def __init__(self) -> None:
        self.cases = 0
        self.episodes = 0
        self.with_organisation = 0
        self._counts: dict[tuple[By | None, Group], list[int]] = {}
        self._lacking: dict[tuple[str, str], list[int]] = {}
        self._asks: dict[tuple[str, str], str] = {}
        self._not_in_force: dict[tuple[str, str], int] = {}
        self._broken: dict[tuple[str, str, str] | None, list[int]] = {}  # None: all of them

    def add(self, answer: Answer, findings: Iterable[Finding]) -> None:
        """The findings of one case, all of them."""
        self.cases += 1
        self.episodes += len(answer.episodes)
        lacking: dict[tuple[str, str], int] = {}
        organisation = False
        for one in findings:
            self._add(one)
            organisation = organisation or one.subject == "organisation"
            for fact in one.lacking if one.outcome is Outcome.NOT_DECIDABLE else ():
                key = (one.protocol, fact)
                lacking[key] = lacking.get(key, 0) + 1
        self.with_organisation += organisation
        for key, number in lacking.items():
            both = self._lacking.setdefault(key, [0, 0])
            both[0] += number
            both[1] += 1
        if not lacking.keys() <= self._asks.keys():
            self._ask(answer)
        for warned in answer.warnings:
            of = (warned.protocol, warned.edition.label)
            self._not_in_force[of] = self._not_in_force.get(of, 0) + 1
        self._break(answer)

    def count(self, found: Counted) -> None:
        """What many cases were counted as together."""
        self.cases += found.cases
        self.episodes += found.episodes
        for one in found.subtotals:
            for key in _groups(one, one.month):
                self._join(key, one.counts)
        for of, lacking in found.lacking.items():
            known = self._lacking.setdefault(of, [0, 0])
            known[0] += lacking.obligations
            known[1] += lacking.cases
        for of, ask in found.asks.items():
            self._asks.setdefault(of, ask)
        for of, number in found.not_in_force.items():
            self._not_in_force[of] = self._not_in_force.get(of, 0) + number

    def _join(self, key: tuple[By | None, Group], counts: Sequence[int]) -> None:
        own = self._counts.get(key)
        if own is None:
            self._counts[key] = list(counts)
            return
        latest = max(own[_LATEST], counts[_LATEST])
        own[:] = [a + b for a, b in zip(own, counts, strict=True)]
        own[_LATEST] = latest

    def merge(self, other: Tally) -> None:
        """What another part of the caseload comes to, added to this."""
        self.cases += other.cases
        self.episodes += other.episodes
        self.with_organisation += other.with_organisation
        for key, counts in other._counts.items():
            self._join(key, counts)
        for fact, both in other._lacking.items():
            known = self._lacking.setdefault(fact, [0, 0])
            known[0] += both[0]
            known[1] += both[1]
        for fact, ask in other._asks.items():
            self._asks.setdefault(fact, ask)
        for of, number in other._not_in_force.items():
            self._not_in_force[of] = self._not_in_force.get(of, 0) + number
        for rule, counts in other._broken.items():
            so_far = self._broken.setdefault(rule, [0, 0, 0])
            so_far[:] = [a + b for a, b in zip(so_far, counts, strict=True)]

    def totals(self) -> Totals:
        """What they come to, frozen; groups in the order of their names."""
        groups: dict[By, dict[Group, Count]] = {by: {} for by in By}
        whole = Count()
        for (by, group), counts in sorted(self._counts.items(), key=_name):
            if by is None:
                whole = Count(*counts)
            else:
                groups[by][group] = Count(*counts)
        facts = sorted(self._lacking, key=lambda fact: (-self._lacking[fact][0], fact))
        return Totals(
            cases=self.cases,
            episodes=self.episodes,
            whole=whole,
            groups=MappingProxyType({by: MappingProxyType(of) for by, of in groups.items()}),
            lacking=MappingProxyType({fact: Lacking(*self._lacking[fact]) for fact in facts}),
            asks=MappingProxyType({fact: self._asks.get(fact, "") for fact in facts}),
            not_in_force=MappingProxyType(dict(sorted(self._not_in_force.items()))),
            broken=MappingProxyType({rule: Broken(*self._broken[rule]) for rule in sorted(filter(None, self._broken))}),
            all_broken=Broken(*self._broken.get(None, ())),
            with_organisation=self.with_organisation,
        )

    def _break(self, answer: Answer) -> None:
        """What was done though it was forbidden, or may have been."""
        found: dict[tuple[str, str, str] | None, list[int]] = {}
        for part in answer.protocols:
            for one in part.forbidden:
                if one.status == "in_force":
                    continue
                what = one.prohibition
                for rule in (None, (layer_of(one.key), bare(what.rule), what.title)):
                    found.setdefault(rule, [0, 0, 0])[one.status != "breached"] += 1
        for rule, counts in found.items():
            counts[2] = int(counts[0] > 0)
            so_far = self._broken.setdefault(rule, [0, 0, 0])
            so_far[:] = [a + b for a, b in zip(so_far, counts, strict=True)]

    def _ask(self, answer: Answer) -> None:
        """How to ask for what lacks."""
        for part in answer.protocols:
            for question in part.questions:
                for layer in part.protocol.layers:
                    self._asks.setdefault((layer.name, question.fact), question.ask)

    def _add(self, one: Finding) -> None:
        steps = _steps(one)
        latest = one.late_by or 0 if one.outcome is Outcome.LATE else 0
        for key in _groups(one, _month(one)):
            counts = self._counts.get(key)
            if counts is None:
                counts = self._counts[key] = [0] * len(_PLACES)
            for step in steps:
                counts[step] += 1
            if latest > counts[_LATEST]:
                counts[_LATEST] = latest


def _steps(one: Finding) -> list[int]:
    """Which numbers of a count it is one of."""
    steps = [_PLACES[one.outcome]]
    if one.outcome is Outcome.LATE and one.late_by is not None:
        steps.append(_PLACES[next(band for band, most in LATE_BY if one.late_by <= most)])
    elif one.outcome in _IN_TIME and one.late_recording is not None:
        steps.append(_RECORDED)
        if one.late_recording:
            steps.append(_RECORDED_LATE)
    return steps


def _groups(one: Finding | Subtotal, month: str) -> tuple[tuple[By | None, Group], ...]:
    """Each of the groups that it is counted in: once in each kind."""
    return (
        (None, ()),
        (By.MODALITY, (one.modality.value,)),
        (By.DUTY, (one.protocol, one.rule, one.title)),
        (By.ROLE, (one.protocol, one.by)),
        (By.AGENCY, tuple(agencies(one.by))),
        (By.MONTH, (month,)),
        (By.AREA, (one.protocol, one.area)),
    )


def agencies(who: People | NotStated | Undecided | None) -> list[str]:
    """The agencies of those who are named, each once, in the order of their names; none where nobody is named."""
    return sorted({role.agency for role in _roles(who) if role.agency})


def roles(who: People | NotStated | Undecided | None) -> list[str]:
    """The roles that are named, each once."""
    return list(dict.fromkeys(role.name for role in _roles(who)))


def _roles(who: People | NotStated | Undecided | None) -> Iterator[Role]:
    if isinstance(who, People):
        # Anybody but these is nobody's in particular.
        yield from () if who.mode == "other_than" else who.roles
    elif isinstance(who, tuple):
        for one in who.people:
            yield from _roles(one)


def _month(one: Finding) -> str:
    """The month of the limit, in local time."""
    if one.due_between is not None:
        first, last = (one.clock.local(each) for each in one.due_between)
        return f"{first:%Y-%m}" if (first.year, first.month) == (last.year, last.month) else MONTH_OPEN
    if one.due is None:
        return NO_MONTH
    day = one.clock.date_of(one.due)
    return f"{day.year:04}-{day.month:02}"


def _name(entry: tuple[tuple[By | None, Group], list[int]]) -> tuple[str, ...]:
    by, group = entry[0]
    return ("" if by is None else by.value, *(str(part) for part in group))
