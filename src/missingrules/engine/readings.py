"""Every combination of the readings that a case touches, and what each changes. Pure.

Readings that no rule hangs on together change the answer each on its own: only those that meet are worked out together.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final

from missingrules.domain.combinations import COMPARED, Change, Combination, Differences, Restated
from missingrules.domain.obligations import NO_DIFFERENCE, Later
from missingrules.domain.rules import Duty
from missingrules.engine.editions import voice
from missingrules.engine.evaluate import Asked, evaluate
from missingrules.engine.merge import order
from missingrules.engine.phases import phases_of
from missingrules.engine.plan import plan_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from missingrules.domain.answers import Answer, Concluded, Forbidden, ProtocolAnswer
    from missingrules.domain.case import Case
    from missingrules.domain.citations import Reading
    from missingrules.domain.clock import Instant
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.protocol import Protocol

# So many combinations of one protocol are told; more are no answer that anybody reads.
MOST: Final = 256

Obligations = dict[str, "Obligation"]


class TooMany(ValueError):
    """A protocol has more combinations than `most` for this case; `readings` are those that it touches."""

    def __init__(self, protocol: Protocol, readings: tuple[Reading, ...], most: int) -> None:
        self.protocol, self.readings, self.most = protocol, readings, most
        self.count = prod(len(reading.options) for reading in readings)
        super().__init__(f"{self.count} combinations of readings of {protocol.name}, and {most} are the most")


def every_combination(
    protocols: Sequence[Protocol],
    case: Case,
    as_of: Instant,
    *,
    horizon_days: int = 90,
    readings: Mapping[str, str] | None = None,
    organisation: bool = False,
    most: int = MOST,
) -> tuple[tuple[Combination, ...], ...]:
    """For each protocol every combination of the readings that the case touches; first as asked for, then those in
    which one is read otherwise, two, and so on.

    A reading is touched if to read it alone otherwise changes something; `readings` are fixed. TooMany before any is
    worked out; ValueError as `evaluate`.
    """
    chosen = dict(readings or {})
    answer = evaluate(protocols, case, as_of, horizon_days=horizon_days, readings=chosen, organisation=organisation)
    touched = [_touched(part, chosen) for part in answer.protocols]
    for protocol, names in zip(protocols, touched, strict=True):
        found = tuple(protocol.readings[name] for name in names)
        if prod(len(reading.options) for reading in found) > most:
            raise TooMany(protocol, found, most)
    return tuple(
        _spoken(
            answer,
            protocol,
            _combinations(Asked(protocol, case, as_of, horizon_days, organisation=organisation), names, chosen),
        )
        for protocol, names in zip(protocols, touched, strict=True)
    )


def _spoken(answer: Answer, protocol: Protocol, found: Iterable[Combination]) -> tuple[Combination, ...]:
    """What an edition says where it is the one that speaks, each duty with its phase."""
    speaks = voice(answer, protocol)

    def stands(o: Obligation) -> bool:
        return speaks(o.episode, o.triggered_at)

    def heard(said: Differences) -> Differences:
        return Differences(
            added=tuple(filter(stands, said.added)),
            gone=tuple(filter(stands, said.gone)),
            changed=tuple(one for one in said.changed if stands(one.before) or stands(one.after)),
            concluded=tuple(one for one in said.concluded if speaks(one.episode, None)),
            forbidden=tuple(one for one in said.forbidden if speaks(one.episode, one.at)),
            allowed=tuple(one for one in said.allowed if speaks(one.episode, one.at)),
        )

    def with_phases(one: Combination) -> Combination:
        said = heard(one.differences)
        duties = (*said.added, *(change.after for change in said.changed))
        phases = Later(lambda: phases_of(protocol, duties, answer.episodes, answer.as_of))
        return one._replace(differences=said, phases=phases)

    return tuple(with_phases(one) for one in found)


def _touched(answer: ProtocolAnswer, chosen: Mapping[str, str]) -> list[str]:
    """The readings that change something here if one alone is taken otherwise, in the order of the protocol."""
    found = {rests.reading for one in answer.actions for rests in one.readings if rests.otherwise != NO_DIFFERENCE}
    found |= {one.reading for one in answer.ambiguities}
    # One chosen for another protocol, which has an option that this one has not, is not fixed here.
    fixed = {name for name, option in answer.protocol.options(chosen).items() if chosen.get(name) == option}
    return [name for name in answer.protocol.readings if name in found - fixed]


def _combinations(asked: Asked, names: list[str], chosen: Mapping[str, str]) -> tuple[Combination, ...]:
    protocol = asked.protocol
    plain = protocol.options(chosen)
    compared = _Compared(asked, plain)
    meeting = _meeting(names, plan_of(protocol).hanging)
    parts = [{taken: compared.under(taken) for taken in _taken(protocol, group)} for group in meeting]
    out = []
    for taken in product(*parts):
        read = {name: option for group in taken for name, option in group}
        found = [part[group] for part, group in zip(parts, taken, strict=True)]
        otherwise = {name: read[name] for name in names if read[name] != plain[name]}
        out.append(Combination(protocol, {name: read[name] for name in names}, otherwise, _joined(found)))
    place = {name: number for number, name in enumerate(names)}
    return tuple(sorted(out, key=lambda one: (len(one.otherwise), [place[name] for name in one.otherwise])))


Taken = tuple[tuple[str, str], ...]


def _taken(protocol: Protocol, names: Sequence[str]) -> list[Taken]:
    options = [[option.name for option in protocol.readings[name].options] for name in names]
    return [tuple(zip(names, taken, strict=True)) for taken in product(*options)]


def _meeting(names: Iterable[str], hanging: Mapping[str, frozenset[str]]) -> list[list[str]]:
    """The readings in groups: two are in one if a rule hangs on both, or on both a third."""
    groups: list[tuple[list[str], frozenset[str]]] = []
    for name in names:
        group, rules = [name], hanging[name]
        apart = []
        for others, theirs in groups:
            if rules & theirs:
                group, rules = [*others, *group], rules | theirs
            else:
                apart.append((others, theirs))
        groups = [*apart, (group, rules)]
    return [group for group, _ in groups]


class _Compared:
    """The answer as it was asked for, and what other readings change in it."""

    def __init__(self, asked: Asked, plain: Mapping[str, str]) -> None:
        self.asked, self.plain = asked, plain
        self.plan = plan_of(asked.protocol)
        self.base = asked.solve(plain)

    def under(self, taken: Taken) -> Differences:
        rules = frozenset[str]().union(
            *(self.plan.hanging[name] for name, option in taken if self.plain[name] != option)
        )
        if not rules:
            return Differences()
        options = {**self.plain, **dict(taken)}
        solved = self.base.merged.solved
        before = {key: one for key, one in solved.obligations.items() if one.duty.rule in rules}
        if self._duties_alone(rules):
            return _duties(before, self.asked.under(self.base, options, rules))
        other = self.asked.solve(options).merged.solved
        found = _duties(before, {key: one for key, one in other.obligations.items() if one.duty.rule in rules})
        was, now = {f.key: f for f in solved.forbidden}, {f.key: f for f in other.forbidden}
        return found._replace(
            concluded=_restated(solved.conclusions, other.conclusions),
            forbidden=tuple(f for key, f in now.items() if key not in was or was[key].status != f.status),
            allowed=tuple(f for key, f in was.items() if key not in now),
        )

    def _duties_alone(self, rules: Iterable[str]) -> bool:
        """Whether these rules ask for acts, and neither conclude nor forbid."""
        families = (self.plan.families[rule] for rule in rules)
        return all(isinstance(each, Duty) for one in families for variant in one.variants.values() for each in variant)


def changed(before: ProtocolAnswer, after: ProtocolAnswer) -> Differences:
    """What the second of two answers about one case has otherwise than the first; duties are the same by their keys."""
    found = _duties({one.key: one for one in before.actions}, {one.key: one for one in after.actions})
    was, now = {each.key: each for each in before.forbidden}, {each.key: each for each in after.forbidden}
    return found._replace(
        concluded=_restated(before.conclusions, after.conclusions),
        forbidden=tuple(each for key, each in now.items() if key not in was or was[key].status != each.status),
        allowed=tuple(each for key, each in was.items() if key not in now),
    )


def _duties(before: Obligations, after: Obligations) -> Differences:
    return Differences(
        added=tuple(one for key, one in after.items() if key not in before),
        gone=tuple(one for key, one in before.items() if key not in after),
        changed=tuple(
            Change(one, after[key], fields)
            for key, one in before.items()
            if key in after and (fields := _fields(one, after[key]))
        ),
    )


def _fields(before: Obligation, after: Obligation) -> tuple[str, ...]:
    return tuple(name for name, read in COMPARED.items() if read(before) != read(after))


def _restated(was: Iterable[Concluded], now: Iterable[Concluded]) -> tuple[Restated, ...]:
    before = {(one.what, one.episode): one for one in was}
    after = {(one.what, one.episode): one for one in now}
    found = [(name, before.get(name), after.get(name)) for name in dict.fromkeys((*before, *after))]
    return tuple(
        Restated(*name, one, other)
        for name, one, other in found
        if (one and (one.effective, one.floor)) != (other and (other.effective, other.floor))
    )


def _joined(parts: Iterable[Differences]) -> Differences:
    """What several groups of readings change: each has rules of its own."""
    added: list[Obligation] = []
    gone: list[Obligation] = []
    changed: list[Change] = []
    concluded: list[Restated] = []
    forbidden: list[Forbidden] = []
    allowed: list[Forbidden] = []
    for part in parts:
        added += part.added
        gone += part.gone
        changed += part.changed
        concluded += part.concluded
        forbidden += part.forbidden
        allowed += part.allowed
    return Differences(
        tuple(sorted(added, key=order)),
        tuple(sorted(gone, key=order)),
        tuple(sorted(changed, key=lambda one: order(one.before))),
        tuple(concluded),
        tuple(forbidden),
        tuple(allowed),
    )
