"""What a rule states of each act, who and by when and from which paragraph, and what no scenario expects of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from missingrules.domain.deadlines import AtNext, AtTheSameTime, Before, EndOfPeriod, OnDay, SetBy, Within
from missingrules.domain.parts import parts_of
from missingrules.domain.people import People
from missingrules.domain.rules import Conclusion, Duty
from missingrules.domain.scenarios import Between, Moment, Who

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Provision
    from missingrules.domain.scenarios import Detail, Scenario, Wanted

# An act and what is said of it, by the names that a scenario has for it.
Said = tuple[str, str]
# The people of a duty, as a scenario has them.
PEOPLE: Final = {"by": "by", "chair": "chair", "attend": "attendees", "to": "recipients", "with_": "with"}
# Deadlines that come to an instant; words like `promptly` do not.
DATED: Final = (Within, OnDay, Before, AtNext, SetBy, EndOfPeriod, AtTheSameTime)
# Of the many things that an answer says, what a duty social worker acts upon.
OF_DUTY: Final = ("status", "action", "cite")
OF_PROHIBITION: Final = ("status", "cite")
OF_CONCLUSION: Final = ("effective", "cite")


def unasserted(protocol: Protocol, scenarios: Iterable[Scenario]) -> tuple[Said, ...]:
    """What the rules state, under any reading, and no scenario expects. The scenarios must hold."""
    asserted = {said for scenario in scenarios for said in _asserted(scenario)}
    return tuple(said for said in stated(protocol) if said not in asserted)


def stated(protocol: Protocol) -> tuple[Said, ...]:
    """Each thing that is said of each act of its own rules, in their order."""
    provisions = (p for family in protocol.own for variant in family.variants.values() for p in variant)
    return tuple(dict.fromkeys(said for provision in provisions for said in _stated(provision)))


def _stated(provision: Provision) -> Iterator[Said]:
    match provision:
        case Duty():
            yield from ((provision.id, name) for name in OF_DUTY)
            for field, name in PEOPLE.items():
                if any(isinstance(part, People) for part in parts_of(getattr(provision, field))):
                    yield provision.id, name
            if provision.repeat or any(isinstance(part, DATED) for part in parts_of(provision.deadline)):
                yield provision.id, "due"
        case Conclusion():
            yield from ((provision.rule, name) for name in OF_CONCLUSION)
        case _:
            yield from ((provision.rule, name) for name in OF_PROHIBITION)


def _asserted(scenario: Scenario) -> Iterator[Said]:
    expected = scenario.expected
    parts = [part.wanted for part in expected.parts if part.name in ("conclusions", "forbidden")]
    for wanted in (expected.obligations, *parts):
        yield from _of(wanted)


def _of(wanted: Sequence[Wanted]) -> Iterator[Said]:
    for each in wanted:
        for rule in each.rules:
            yield from ((rule, _name(detail)) for detail in each.details if _says(detail))


def _name(detail: Detail) -> str:
    """Between which two instants something is due says when it is due."""
    return "due" if detail.name == "due_between" else detail.name


def _says(detail: Detail) -> bool:
    """That there is none says nothing of what it is where there is one."""
    match detail.value:
        case Who(mode):
            return mode not in ("none", "not_stated")
        case Moment(at):
            return at is not None
        case Between(ends):
            return ends is not None
        case _:
            return True
