"""The small steps by which a rule could be wrong: what may stand in the place of each of its parts.

Every step is one that somebody could make in copying from the paper. Numbers are changed in `numbers.py`.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain import conditions
from missingrules.domain.citations import Citation
from missingrules.domain.clock import Length, Unit
from missingrules.domain.conditions import ALWAYS, AtLeast, Counted, FactTest, HoursTest, Is, Not, Range
from missingrules.domain.deadlines import Before, DeadlineRows, Note, OnDay, Repeat, Within, Word
from missingrules.domain.people import People, PeopleRows, Role
from missingrules.domain.rules import Conclusion, Duty, Effect, Guard, Modality, Prohibition, UntilInstant
from missingrules.domain.triggers import FirstOf, MissingFor, OnEvent, OnInstant, OnRecord, WhileMissing, triggers_of
from missingrules.domain.vocabulary import KINDS, PLACES, FactType
from missingrules.engine.deadlines import basis
from missingrules.engine.wording import condition_text, trigger_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from missingrules.analysis.sites import Steps
    from missingrules.domain.deadlines import DeadlineRow
    from missingrules.domain.people import PeopleRow
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Provision

# What is told beside a duty, or where it is from, and changes nothing of what is done.
BESIDE: Final = (Citation, Role, Note)
WEAKER: Final = {
    Modality.MUST: Modality.SHOULD,
    Modality.SHOULD: Modality.MAY,
    Modality.MAY: Modality.SHOULD,
    Modality.STATED: Modality.SHOULD,
}
OTHER_MOMENT: Final = {
    "started": "reported",
    "first_episode": "started",
    "reported": "started",
    "located": "returned",
    "returned": "located",
}
OTHER_ANCHOR: Final = {**OTHER_MOMENT, "last_seen": "started"}
OTHER_WORD: Final = {
    Word.IMMEDIATELY: Word.PROMPTLY,
    Word.PROMPTLY: Word.IMMEDIATELY,
    Word.WITHOUT_DELAY: Word.AS_SOON_AS_POSSIBLE,
    Word.AS_SOON_AS_POSSIBLE: Word.WITHOUT_DELAY,
}
# Left out: nothing stands in its place.
NOTHING: Final = ""


class Step(NamedTuple):
    """One small step: where under a part, the value there, what was and what would be, and what makes two the same."""

    kind: str
    steps: Steps
    value: object
    before: str
    after: str
    same: object


def inside(
    part: object, steps: Steps = (), chain: tuple[object, ...] = ()
) -> Iterator[tuple[Steps, object, tuple[object, ...]]]:
    """Everything in a part that may be changed: the way to each, and all that it stands in, the nearest last."""
    if isinstance(part, tuple):
        for index, one in enumerate(part):
            yield from inside(one, (*steps, index), chain)
    elif is_dataclass(part) and not isinstance(part, BESIDE):
        yield steps, part, chain
        for own in fields(part):
            yield from inside(getattr(part, own.name), (*steps, own.name), (*chain, part))


class Mutating:
    """The small steps in one protocol."""

    def __init__(self, protocol: Protocol) -> None:
        self.words = protocol.words
        self.roles = list(protocol.roles.values())
        self.hours = list(protocol.hours)
        provisions = [p for family in protocol.families for variant in family.variants.values() for p in variant]
        self.actions = sorted({p.action for p in provisions if not isinstance(p, Conclusion)})
        self.events = sorted(
            {
                t.event
                for p in provisions
                if isinstance(p, Duty)
                for t in triggers_of(p.trigger)
                if isinstance(t, OnEvent)
            }
        )

    def of(self, part: object, provision: Provision | None) -> Iterator[Step]:
        """Every small step in a part itself; what it is made of comes in its own turn."""
        match part:
            case conditions.All(parts) | conditions.Any(parts):
                yield from self._fewer(part, parts)
            case Not(inner):
                yield Step("dropped", (), inner, condition_text(part), condition_text(inner), part)
            case FactTest():
                yield from self._test(part)
            case HoursTest():
                yield self._instead("value", part, replace(part, outside=not part.outside), condition_text)
            case Counted():
                yield from self._counted(part)
            case Guard():
                yield from self._guard(part)
            case OnInstant(which) | UntilInstant(which):
                other = OTHER_MOMENT[which]
                yield Step("moment", ("which",), other, which, other, part)
            case WhileMissing(ends) | MissingFor(ends_with=ends):
                # To the return is what stands where nothing is written.
                if ends != "returned":
                    yield Step("moment", ("ends_with",), "returned", f"ends_with: {ends}", NOTHING, part)
                if isinstance(part, MissingFor):
                    yield self._instead("strictness", part, replace(part, more_than=not part.more_than), trigger_text)
            case OnRecord():
                yield from self._record(part)
            case OnEvent():
                yield from self._event(part)
            case FirstOf(triggers):
                for index, one in enumerate(triggers):
                    left = (*triggers[:index], *triggers[index + 1 :])
                    yield Step("moment", ("triggers",), left, f"or {trigger_text(one)}", NOTHING, (part, one))
            case Within() | Before() | OnDay():
                yield from self._deadline(part, provision)
            case People() if part.roles:
                yield from self._people(part)
            case PeopleRows(rows=rows) | DeadlineRows(rows=rows):
                yield from self._rows(rows)
            case Repeat():
                yield from self._repeat(part)
            case Duty():
                yield from self._duty(part)
            case Conclusion():
                yield from self._conclusion(part)
            case Prohibition():
                yield from self._prohibition(part)
            case _:
                pass

    def _rows(self, rows: Sequence[PeopleRow | DeadlineRow]) -> Iterator[Step]:
        for index, row in enumerate(rows) if len(rows) > 1 else ():
            left = (*rows[:index], *rows[index + 1 :])
            before = f"the row {condition_text(row.condition) or 'otherwise'}"
            yield Step("row", ("rows",), left, before, NOTHING, row.condition)

    def _instead(self, kind: str, part: object, other: object, told: object) -> Step:
        assert callable(told)
        return Step(kind, (), other, told(part), told(other), part)

    # --- conditions ---------------------------------------------------------------------------------------------------

    def _fewer(self, part: conditions.All | conditions.Any, parts: Sequence[conditions.Condition]) -> Iterator[Step]:
        if len(parts) < 2 and isinstance(part, conditions.Any):
            return
        for index, one in enumerate(parts):
            left = (*parts[:index], *parts[index + 1 :])
            word = "or " if isinstance(part, conditions.Any) else ""
            yield Step("dropped", ("parts",), left, f"{word}{condition_text(one)}", NOTHING, (type(part), one))

    def _test(self, test: FactTest) -> Iterator[Step]:
        word = self.words.facts.get(test.fact)
        match test.test:
            case Is(values):
                for index, value in enumerate(values):
                    for near in self._near(test.fact, value):
                        if near not in values:
                            now = (*values[:index], near, *values[index + 1 :])
                            yield self._instead("value", test, replace(test, test=Is(now)), condition_text)
                    if len(values) > 1:
                        now = (*values[:index], *values[index + 1 :])
                        yield self._instead("value", test, replace(test, test=Is(now)), condition_text)
            case AtLeast(level) if word is not None:
                at = word.values.index(level)
                for other in (at - 1, at + 1):
                    if 0 <= other < len(word.values):
                        nearest = AtLeast(word.values[other], word.values[other:])
                        yield self._instead("level", test, replace(test, test=nearest), condition_text)
            case Range(low, low_inside, high, high_inside) if low != high:
                # Of whole numbers `more than 3` is `at least 4`, which is tried as a number.
                for end, turned in (
                    (low, replace(test.test, low_inside=not low_inside)),
                    (high, replace(test.test, high_inside=not high_inside)),
                ):
                    if isinstance(end, Length):
                        yield self._instead("strictness", test, replace(test, test=turned), condition_text)
            case _:
                pass

    def _near(self, fact: str, value: str) -> Iterable[str]:
        """The values next to one: of a scale above and below, of a choice the one that follows."""
        if value in ("true", "false"):
            return ("false" if value == "true" else "true",)
        word = self.words.facts.get(fact)
        if word is None or value not in word.values:
            return ()
        at, all_ = word.values.index(value), word.values
        if word.type is FactType.SCALE:
            return (*all_[at - 1 : at], *all_[at + 1 : at + 2]) if at else all_[1:2]
        return (all_[(at + 1) % len(all_)],)

    def _counted(self, part: Counted) -> Iterator[Step]:
        for name, known in (("kinds", KINDS), ("missing_from", PLACES)):
            has = getattr(part, name)
            for each in known:
                now = tuple(k for k in known if (k in has) != (k == each))
                if now:
                    yield Step(
                        "counted", (name,), now, f"counted: {', '.join(has)}", f"counted: {', '.join(now)}", part
                    )
        other = "returned" if part.counted_by == "started" else "started"
        yield Step("counted", ("counted_by",), other, f"counted by {part.counted_by}", f"counted by {other}", part)

    def _guard(self, guard: Guard) -> Iterator[Step]:
        if not isinstance(guard.when, conditions.All):
            yield Step("dropped", ("when",), ALWAYS, condition_text(guard.when), NOTHING, (conditions.All, guard.when))
        for index, one in enumerate(guard.unless):
            left = (*guard.unless[:index], *guard.unless[index + 1 :])
            yield Step("exception", ("unless",), left, f"unless {condition_text(one.condition)}", NOTHING, one)
        # Missing alone is what stands where nothing is written.
        if guard.kinds not in ((), ("missing",)):
            now = ("missing",) if len(guard.kinds) > 1 else KINDS
            yield Step(
                "kinds", ("kinds",), now, f"kinds: {', '.join(guard.kinds)}", f"kinds: {', '.join(now)}", guard.kinds
            )
        if guard.in_force != (None, None):
            yield Step("dropped", ("in_force",), (None, None), "in_force", NOTHING, guard.in_force)

    # --- what sets it off ---------------------------------------------------------------------------------------------

    def _record(self, part: OnRecord) -> Iterator[Step]:
        other = _after(part.action, self.actions)
        if other != part.action:
            yield Step("moment", ("action",), other, f"record of {part.action}", f"record of {other}", part)
        for name, empty in (("outcome", None), ("about", None), ("to", ()), ("by", ())):
            if getattr(part, name):
                yield Step(
                    "moment",
                    (name,),
                    empty,
                    f"record of {part.action}, {name}: {_words(getattr(part, name))}",
                    NOTHING,
                    part,
                )

    def _event(self, part: OnEvent) -> Iterator[Step]:
        other = _after(part.event, self.events)
        if other != part.event:
            yield Step("moment", ("event",), other, f"event {part.event}", f"event {other}", part)
        if not isinstance(part.fields, conditions.All):
            before = f"event {part.event}, {condition_text(part.fields)}"
            yield Step("dropped", ("fields",), ALWAYS, before, NOTHING, (conditions.All, part.fields))

    # --- by when ------------------------------------------------------------------------------------------------------

    def _deadline(self, part: Within | Before | OnDay, provision: Provision | None) -> Iterator[Step]:
        assert isinstance(provision, Duty)
        other = replace(part, anchor=_other_anchor(part.anchor, provision))
        yield self._instead("anchor", part, other, basis)
        if not isinstance(part, Within):
            return
        length = part.length
        unit = {Unit.WORKING_DAY: Unit.DAY, Unit.DAY: Unit.WORKING_DAY}.get(length.unit)
        if unit is not None:
            yield self._instead("clock", part, replace(part, length=replace(length, unit=unit)), basis)
        elif length.unit is Unit.HOUR and length.count % 24 == 0:
            days = Length(length.count // 24, Unit.DAY)
            yield self._instead("clock", part, replace(part, length=days), basis)
        if length.unit is Unit.WORKING_DAY:
            said = ["counts", "does not count"]
            was, now = said if part.same_day_counts else said[::-1]
            yield Step(
                "clock",
                ("same_day_counts",),
                not part.same_day_counts,
                f"the day itself {was}",
                f"the day itself {now}",
                part,
            )

    def _repeat(self, part: Repeat) -> Iterator[Step]:
        if isinstance(part.anchor, str) and part.anchor in OTHER_ANCHOR:
            other = OTHER_ANCHOR[part.anchor]
            yield Step("anchor", ("anchor",), other, f"repeated from {part.anchor}", f"repeated from {other}", part)
        turn = "last_held" if part.next_from == "schedule" else "schedule"
        yield Step("series", ("next_from",), turn, f"next_from: {part.next_from}", f"next_from: {turn}", part)
        if len(part.phases) > 1:
            for index, phase in enumerate(part.phases):
                left = (*part.phases[:index], *part.phases[index + 1 :])
                lasting = f" lasting {phase.lasting}" if phase.lasting else ""
                yield Step("series", ("phases",), left, f"every {phase.every}{lasting}", NOTHING, phase)

    # --- who ----------------------------------------------------------------------------------------------------------

    def _people(self, part: People) -> Iterator[Step]:
        first, *others = part.roles
        at = self.roles.index(first) if first in self.roles else -1
        turned = [role for role in (*self.roles[at + 1 :], *self.roles[: at + 1]) if role not in part.roles]
        if turned:
            yield Step("role", ("roles",), (turned[0], *others), first.name, turned[0].name, part)
        if len(part.roles) > 1 and part.mode in ("all", "any"):
            names = ", ".join(role.name for role in part.roles)
            mode = "any" if part.mode == "all" else "all"
            yield Step("role", ("mode",), mode, f"{part.mode} of {names}", f"{mode} of {names}", part)

    # --- what ---------------------------------------------------------------------------------------------------------

    def _duty(self, duty: Duty) -> Iterator[Step]:
        weaker = WEAKER[duty.modality]
        yield Step("modality", ("modality",), weaker, f"modality: {duty.modality}", f"modality: {weaker}", duty.id)
        other = _after(duty.action, self.actions)
        if other != duty.action:
            yield Step(
                "action", ("action",), other, f"{duty.effect}: {duty.action}", f"{duty.effect}: {other}", duty.id
            )
        if duty.effect is not Effect.REQUIRE:
            yield Step(
                "effect",
                ("effect",),
                Effect.REQUIRE,
                f"{duty.effect}: {duty.action}",
                f"require: {duty.action}",
                duty.id,
            )
        if isinstance(duty.deadline, Word):
            word = OTHER_WORD[duty.deadline]
            yield Step("word", ("deadline",), word, basis(duty.deadline), basis(word), duty.id)
        for name in ("superseded_by", "about", "method", "met_by"):
            if value := getattr(duty, name):
                yield Step(
                    "dropped", (name,), () if name == "met_by" else None, f"{name}: {_words(value)}", NOTHING, duty.id
                )
        for index, one in enumerate(duty.until):
            left = (*duty.until[:index], *duty.until[index + 1 :])
            yield Step("end", ("until",), left, f"until {_end(one)}", NOTHING, (duty.rule, one))
        if any(isinstance(each, MissingFor) for each in triggers_of(duty.trigger)):
            turn = "trigger" if duty.counts_from == "started" else "started"
            before = f"counts_from: {duty.counts_from}"
            yield Step("series", ("counts_from",), turn, before, f"counts_from: {turn}", duty.rule)

    def _conclusion(self, part: Conclusion) -> Iterator[Step]:
        word = self.words.facts[part.fact]
        fact = part.fact.removeprefix("episode.")
        for name in ("value", "floor"):
            is_ = getattr(part, name)
            for near in self._near(part.fact, is_) if is_ is not None else ():
                said = "at least " if name == "floor" and word.type is FactType.SCALE else ""
                yield Step("conclusion", (name,), near, f"{fact}: {said}{is_}", f"{fact}: {said}{near}", part.rule)

    def _prohibition(self, part: Prohibition) -> Iterator[Step]:
        other = _after(part.action, self.actions)
        if other != part.action:
            yield Step("action", ("action",), other, f"forbid: {part.action}", f"forbid: {other}", part.rule)
        weaker = WEAKER[part.modality]
        yield Step("modality", ("modality",), weaker, f"modality: {part.modality}", f"modality: {weaker}", part.rule)
        for name in ("method", "outcome", "to", "about"):
            if value := getattr(part, name):
                yield Step(
                    "dropped", (name,), () if name == "to" else None, f"{name}: {_words(value)}", NOTHING, part.rule
                )


def _after(name: str, names: Sequence[str]) -> str:
    """The name that follows in a list, around its end."""
    return names[(names.index(name) + 1) % len(names)] if name in names else names[0]


def _other_anchor(anchor: str, duty: Duty) -> str:
    if anchor in OTHER_ANCHOR:
        return OTHER_ANCHOR[anchor]
    if "." in anchor:
        return "trigger"
    # Where the start itself sets the rule off, to count from it is no change.
    starts = any(isinstance(each, OnInstant | WhileMissing | MissingFor) for each in triggers_of(duty.trigger))
    return "reported" if starts else "started"


def _words(value: str | Sequence[str]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _end(until: object) -> str:
    match until:
        case UntilInstant(which):
            return which
        case conditions.All() | conditions.Any() | Not() | FactTest() | conditions.CountTest() | HoursTest():
            return condition_text(until)
        case _:
            return trigger_text(until)  # type: ignore[arg-type]
