"""What cases have told of each rule: where none parts two protocols, it is said of what none told anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.domain.comparisons import Unseen
from missingrules.domain.deadlines import DeadlineRows
from missingrules.domain.obligations import Status, Undecided
from missingrules.domain.people import PeopleRows
from missingrules.domain.rules import Conclusion, Duty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from missingrules.domain.answers import ProtocolAnswer
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Prohibition, Provision


class Told:
    """Hears the answers of both protocols, case by case."""

    def __init__(self, first: Protocol, second: Protocol, is_wanted: Callable[[Provision], bool]) -> None:
        self.wanted: dict[tuple[bool, str], Duty | Prohibition] = {}
        # Of each provision what some case has told: `open`, `asked`, and of rows what was decided.
        self.heard: dict[tuple[bool, str], set[str]] = {}
        for of_first, protocol in ((True, first), (False, second)):
            for family in protocol.families:
                for provision in (each for variant in family.variants.values() for each in variant):
                    if not isinstance(provision, Conclusion) and is_wanted(provision):
                        key = of_first, _name(provision)
                        self.wanted[key] = provision
                        self.heard[key] = set()

    def hear(self, answers: tuple[ProtocolAnswer, ProtocolAnswer]) -> None:
        for of_first, answer in zip((True, False), answers, strict=True):
            for one in answer.actions:
                key = of_first, _name(one.duty)
                if key in self.wanted and one.status is not Status.UPCOMING:
                    self.heard[key] |= _of(one)
            for ban in answer.forbidden:
                key = of_first, _name(ban.prohibition)
                if key in self.wanted:
                    self.heard[key].add("open" if ban.status == "not_decidable" else "asked")

    def unseen(self) -> Iterator[Unseen]:
        """Of what nothing is known by now, and of which part of it."""
        for key, provision in self.wanted.items():
            heard = self.heard[key]
            if "asked" not in heard:
                yield Unseen(key[0], provision, "decided" if "open" in heard else "called for")
            elif isinstance(provision, Duty):
                if isinstance(provision.deadline, DeadlineRows) and "by when" not in heard:
                    yield Unseen(key[0], provision, "by when")
                if isinstance(provision.by, PeopleRows) and "who" not in heard:
                    yield Unseen(key[0], provision, "who")
                if isinstance(provision.chair, PeopleRows) and "chair" not in heard:
                    yield Unseen(key[0], provision, "chair")


def _of(one: Obligation) -> set[str]:
    if one.status is Status.NOT_DECIDABLE:
        return {"open"}
    told = {"asked"}
    if one.due_between is None:
        told.add("by when")
    if isinstance(one.duty.by, PeopleRows) and not isinstance(one.by, Undecided):
        told.add("who")
    if isinstance(one.duty.chair, PeopleRows) and not isinstance(one.chair, Undecided):
        told.add("chair")
    return told


def _name(provision: Duty | Prohibition) -> str:
    return provision.id if isinstance(provision, Duty) else f"{provision.rule} forbids"
