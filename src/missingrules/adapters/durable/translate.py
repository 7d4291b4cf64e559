"""A protocol's conclusions and guards as gates: what the engine reads of a case at one instant, from one place.

What needs a calendar, a count or another episode is no matter of rules: it is supplied (docs/durable.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from missingrules.adapters.durable.gates import ALWAYS, NEVER, Circuit
from missingrules.adapters.durable.outputs import Output, Place, Translated
from missingrules.adapters.durable.supplies import (
    Between,
    InForce,
    IsKnown,
    Kind,
    Measured,
    OfEpisode,
    OneOf,
    Recorded,
    Supply,
    View,
)
from missingrules.domain.conditions import All, Any, AtLeast, CountTest, FactTest, HoursTest, Is, Known, Not, Range
from missingrules.domain.rules import Conclusion, Duty
from missingrules.domain.triggers import OnPeriod
from missingrules.domain.vocabulary import FactType
from missingrules.engine.wording import trigger_text
from missingrules.logic.said import said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from missingrules.adapters.durable.gates import Node
    from missingrules.adapters.durable.supplies import Ask, ValueTest
    from missingrules.domain.conditions import Condition, Test
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Guard, Provision

MISSING: Final = ("missing",)
OF_CHILD: Final = ("child.", "plan.", "protocol.")


class Inexpressible(Exception):
    """What a rule says that no rule set can; the message tells what."""


def translate(protocol: Protocol, provisions: Sequence[Provision], place: Place) -> Translated:
    """The guards of some provisions, with the conclusions that they read, as they are read from one place."""
    calendar = place is Place.ORGANISATION
    view = View.EPISODE if place is Place.EPISODE else View.CHILD
    made = _Translation(protocol, [p for p in provisions if isinstance(p, Conclusion)])
    outputs: list[Output] = []
    refused: dict[tuple[str, str], None] = {}
    for provision in provisions:
        of_calendar = isinstance(provision, Duty) and isinstance(provision.trigger, OnPeriod)
        if of_calendar is not calendar:
            continue
        # A conclusion is read without what set a duty off, and one of the child from the child.
        concludes = isinstance(provision, Conclusion)
        if isinstance(provision, Conclusion) and provision.fact.startswith(OF_CHILD) is (place is Place.EPISODE):
            continue
        name = provision.id if isinstance(provision, Duty) else provision.rule
        try:
            node = made.guard(
                provision.guard, _From(view, happening=not concludes and not calendar, scope=not calendar)
            )
        except Inexpressible as error:
            refused[name, str(error)] = None
            continue
        kind = type(provision).__name__.lower()
        trigger = trigger_text(provision.trigger) if isinstance(provision, Duty) else None
        outputs.append(Output(kind, name, node, provision.citations, provision.guard, trigger=trigger))
    facts = {p.fact: p for p in provisions if isinstance(p, Conclusion)}
    for fact, conclusion in facts.items():
        if calendar or fact.startswith(OF_CHILD) is (place is Place.EPISODE):
            continue
        try:
            outputs += made.concluded_outputs(fact, view)
        except Inexpressible as error:
            refused[conclusion.rule, str(error)] = None
    nodes = _reached(made.circuit, outputs)
    return Translated(place, nodes, made.supplies(nodes), tuple(outputs), tuple(refused))


def _reached(circuit: Circuit, outputs: Sequence[Output]) -> tuple[Node, ...]:
    """The nodes on which any output hangs, inputs first."""
    wanted = {output.node.name for output in outputs}
    for node in reversed(circuit.nodes):
        if node.name in wanted:
            wanted.update(each.name for each in node.inputs)
    return tuple(node for node in circuit.nodes if node.name in wanted)


@dataclass(frozen=True, slots=True)
class _From:
    """From where a condition is read, with or without what set a duty off, and whether the scope is asked."""

    view: View
    happening: bool = False
    scope: bool = True


class _Translation:
    """One circuit, as it grows."""

    def __init__(self, protocol: Protocol, conclusions: Sequence[Conclusion]) -> None:
        self.protocol = protocol
        self.circuit = Circuit()
        self._conclusions: dict[str, list[Conclusion]] = {}
        for conclusion in conclusions:
            self._conclusions.setdefault(conclusion.fact, []).append(conclusion)
        self._supplies: dict[tuple[View, Ask], Supply] = {}
        self._held: dict[tuple[int, View], Node] = {}  # conclusions by their ids, worked out once
        self._inside: list[int] = []  # those that are being worked out

    def supplies(self, nodes: Sequence[Node]) -> tuple[Supply, ...]:
        """What these nodes read, with the values that they ask for."""
        values: dict[str, dict[str, None]] = {}
        for node in nodes:
            if node.supply is not None:
                asked = values.setdefault(node.supply, {})
                asked.update(dict.fromkeys(node.test.values if isinstance(node.test, OneOf) else ()))
        found = [supply for supply in self._supplies.values() if supply.name in values]
        return tuple(replace(supply, values=tuple(values[supply.name])) for supply in found)

    # --- guards and conditions ----------------------------------------------------------------------------------------

    def guard(self, guard: Guard, at: _From) -> Node:
        """In force, in scope, of its kinds, its condition, no exception that is known to hold."""
        circuit, parts = self.circuit, []
        if guard.in_force != (None, None):
            start, end = guard.in_force
            name = "in force" + (f" from {start}" if start else "") + (f" to {end}" if end else "")
            asked = self._truth(View.CHILD, InForce(guard.in_force), name, decided=True)
            parts.append(circuit.supplied(asked))
        if guard.in_scope and at.scope:
            parts.append(self.condition(self.protocol.scope, at))
        parts.append(self.condition(guard.when, at))
        parts += [circuit.not_(circuit.certain(self.condition(u.condition, at))) for u in guard.unless]
        if guard.kinds and at.view is not View.CHILD:
            parts.append(self.of_kind(guard.kinds, at.view))
        return circuit.all_(parts)

    def condition(self, condition: Condition, at: _From) -> Node:
        match condition:
            case FactTest(fact, test):
                return self._fact(fact, test, condition, at)
            case CountTest() | HoursTest():
                decided = isinstance(condition, HoursTest)
                asked = self._truth(View.CHILD, Measured(condition), said(condition), decided=decided)
                return self.circuit.supplied(asked)
            case All(parts):
                return self.circuit.all_([self.condition(part, at) for part in parts])
            case Any(parts):
                return self.circuit.any_([self.condition(part, at) for part in parts])
            case Not(part):
                return self.circuit.not_(self.condition(part, at))
        raise Inexpressible(f"a condition of an unheard-of kind: {type(condition).__name__}")

    def of_kind(self, kinds: tuple[str, ...], view: View) -> Node:
        return self._tested("episode.kind", Is(kinds), view)

    def _fact(self, fact: str, test: Test, condition: FactTest, at: _From) -> Node:
        prefix = fact.partition(".")[0]
        if prefix in ("event", "record"):
            if not at.happening:
                # Read by nothing that was set off by one: not known.
                return NEVER if isinstance(test, Known) else self._unknown()
            return self._value(fact, test, View.CHILD)
        if fact == "child.age":
            return self.circuit.supplied(self._truth(View.CHILD, Measured(condition), said(condition)))
        if fact == "episode.missing_for":
            view = View.EPISODE if at.view is View.EPISODE else View.RUNNING
            name = f"{view}: {said(condition)}"
            return self.circuit.supplied(self._truth(view, Measured(condition), name))
        if prefix != "episode":
            return self._tested(fact, test, View.CHILD)
        if at.view is not View.CHILD:
            return self._tested(fact, test, at.view)
        return self._of_running(fact, test)

    def _of_running(self, fact: str, test: Test) -> Node:
        """An episode's fact read for the child: of the one then running; while none runs unknown, save `missing`."""
        circuit = self.circuit
        runs = circuit.supplied(self._truth(View.RUNNING, OfEpisode("runs"), "an episode is running", decided=True))
        if fact == "episode.missing":
            otherwise = NEVER if isinstance(test, Is) and "false" not in test.values else ALWAYS
        else:
            otherwise = NEVER if isinstance(test, Known) else self._unknown()
        there = circuit.all_((runs, self._tested(fact, test, View.RUNNING)))
        return circuit.any_((there, circuit.all_((circuit.not_(runs), otherwise))))

    # --- facts --------------------------------------------------------------------------------------------------------

    def _tested(self, fact: str, test: Test, view: View) -> Node:
        """A test of a fact, after conclusions."""
        if fact in ("episode.missing", "episode.first_episode"):
            what = "away" if fact == "episode.missing" else "first"
            name = f"{view}: {'the child is away' if what == 'away' else 'no missing episode before it'}"
            asked = self._truth(view, OfEpisode("away" if what == "away" else "first"), name, decided=what == "away")
            holds = self.circuit.all_((self.of_kind(MISSING, view), self.circuit.supplied(asked)))
            return self._yes_no(holds, test)
        if self._is_scale(fact):
            return self._level(fact, test, view)
        concluding = self._conclusions.get(fact)
        if not concluding:
            return self._value(fact, test, view)
        return self._of_concluded(fact, test, view, concluding)

    def _yes_no(self, holds: Node, test: Test) -> Node:
        circuit = self.circuit
        match test:
            case Known():
                return circuit.any_((circuit.certain(holds), circuit.certain(circuit.not_(holds))))
            case Is(values):
                wanted = ("true" in values, "false" in values)
                if wanted == (True, True):
                    return self.circuit.settled(self._yes_no(holds, Known()), NEVER, self._unknown())
                if wanted == (True, False):
                    return holds
                return circuit.not_(holds) if wanted[1] else circuit.not_(self._yes_no(holds, Is(("true", "false"))))
        raise Inexpressible("a yes or no is held against a range")

    def _of_concluded(self, fact: str, test: Test, view: View, concluding: list[Conclusion]) -> Node:
        """One value that is recorded or concluded; none where there is none, or several are possible."""
        circuit = self.circuit
        settled, others = self._settled(fact, view, concluding)
        none_concludes = circuit.all_([circuit.certain(circuit.not_(hold)) for _, hold in others])
        match test:
            case Known():
                given = self._value(fact, test, view)
                return circuit.any_((*settled.values(), circuit.all_((given, none_concludes))))
            case Is(values):
                plain = tuple(value for value in values if value not in settled)
                known = self._value(fact, Known(), view)
                inside = circuit.certain(self._value(fact, Is(plain), view)) if plain else NEVER
                every = circuit.certain(self._value(fact, Is((*plain, *settled)), view))
                outside = circuit.all_((known, circuit.not_(every)))
                so = [node for value, node in settled.items() if value in values]
                not_so = [node for value, node in settled.items() if value not in values]
                return circuit.settled(
                    circuit.any_((*so, circuit.all_((inside, none_concludes)))),
                    circuit.any_((*not_so, circuit.all_((outside, none_concludes)))),
                    self._unknown(),
                )
        raise Inexpressible(f"{fact} is concluded, and held against a range")

    def _settled(
        self, fact: str, view: View, concluding: list[Conclusion]
    ) -> tuple[dict[str, Node], list[tuple[str, Node]]]:
        """Of each concluded value whether the fact is known to have it; and each conclusion with its guard."""
        circuit = self.circuit
        holds = [(conclusion.value or "", self._conclusion(conclusion, view)) for conclusion in concluding]
        known = self._value(fact, Known(), view)
        out = {}
        for value in dict.fromkeys(value for value, _ in holds):
            given = circuit.certain(self._value(fact, Is((value,)), view))
            some = circuit.any_((given, *(circuit.certain(hold) for own, hold in holds if own == value)))
            no_other = [circuit.certain(circuit.not_(hold)) for own, hold in holds if own != value]
            out[value] = circuit.all_((some, circuit.any_((circuit.not_(known), given)), *no_other))
        return out, holds

    def _conclusion(self, conclusion: Conclusion, view: View) -> Node:
        """Whether a conclusion holds."""
        found = self._held.get((id(conclusion), view))
        if found is None:
            if id(conclusion) in self._inside:
                raise Inexpressible(f"{conclusion.fact} is concluded from itself")
            self._inside.append(id(conclusion))
            try:
                found = self._held[id(conclusion), view] = self.guard(conclusion.guard, _From(view))
            finally:
                self._inside.pop()
        return found

    # --- scales -------------------------------------------------------------------------------------------------------

    def _is_scale(self, fact: str) -> bool:
        word = self.protocol.words.facts.get(fact)
        return word is not None and word.type is FactType.SCALE

    def _level(self, fact: str, test: Test, view: View) -> Node:
        circuit, possible = self.circuit, self.possible(fact, view)
        match test:
            case Known():
                alone = [
                    circuit.all_((node, *(circuit.not_(other) for name, other in possible.items() if name != level)))
                    for level, node in possible.items()
                ]
                return circuit.any_(alone)
            case Is(wanted) | AtLeast(_, wanted):
                inside = circuit.any_([node for level, node in possible.items() if level in wanted])
                outside = circuit.any_([node for level, node in possible.items() if level not in wanted])
                return circuit.settled(circuit.not_(outside), circuit.not_(inside), self._unknown())
        raise Inexpressible(f"{fact} is a scale, and held against a range")

    def possible(self, fact: str, view: View) -> dict[str, Node]:
        """Of each level whether it is possible: the recorded one, raised by floors that hold and by any that may."""
        circuit, levels = self.circuit, self.protocol.words.facts[fact].values
        not_given = {level: circuit.certain(circuit.not_(self._value(fact, Is((level,)), view))) for level in levels}
        given = [circuit.not_(not_given[level]) for level in levels]
        floors = [
            (levels.index(c.floor or c.value or levels[0]), self._conclusion(c, view))
            for c in self._conclusions.get(fact, ())
        ]
        if not floors:
            return dict(zip(levels, given, strict=True))
        out = {}
        for k, level in enumerate(levels):
            none_above = [circuit.not_(circuit.certain(hold)) for floor, hold in floors if floor > k]
            # Known to hold or perhaps: not known not to.
            reaching = [circuit.not_(circuit.certain(circuit.not_(hold))) for floor, hold in floors if floor == k]
            raised = circuit.all_((circuit.any_(given[: k + 1]), circuit.any_(reaching)))
            out[level] = circuit.all_((*none_above, circuit.any_((given[k], raised))))
        return out

    # --- what is supplied ---------------------------------------------------------------------------------------------

    def _value(self, fact: str, test: Test, view: View) -> Node:
        """A test of the fact as it is supplied."""
        number = self._is_number(fact, test)
        name = f"{view}: {fact}" if fact.startswith("episode.") else fact
        supply = self._supply(view, Recorded(fact), name, Kind.NUMBER if number else Kind.VALUE)
        made: ValueTest
        match test:
            case Known():
                made = IsKnown()
            case Is(values):
                made = OneOf(tuple(dict.fromkeys(values)))
            case Range(low, low_inside, high, high_inside):
                made = Between(_whole(fact, low, 0 if low_inside else 1), _whole(fact, high, 0 if high_inside else -1))
            case _:
                raise Inexpressible(f"{fact} is no scale, and held against a level")
        meaning = f"{view}: {said(FactTest(fact, test))}"
        return self.circuit.test(supply, made, meaning, decided=isinstance(test, Known))

    def _is_number(self, fact: str, test: Test) -> bool:
        word = self.protocol.words.facts.get(fact)
        number = word.type is FactType.NUMBER if word else self._is_numeric(fact) or isinstance(test, Range)
        if number and isinstance(test, Is):
            raise Inexpressible(f"{fact} is a number, and held against a word")
        if not number and isinstance(test, Range):
            raise Inexpressible(f"{fact} is no number, and held against a range")
        return number

    def _is_numeric(self, fact: str) -> bool:
        """Whether any event has a number of this name."""
        field = fact.partition(".")[2]
        return any(event.fields.get(field) is FactType.NUMBER for event in self.protocol.words.events.values())

    def _unknown(self) -> Node:
        return self.circuit.supplied(self._truth(View.CHILD, OfEpisode("nothing"), "nothing is known"))

    def _truth(self, view: View, ask: Ask, name: str, *, decided: bool = False) -> Supply:
        return self._supply(view, ask, name, Kind.TRUTH, decided=decided)

    def _supply(self, view: View, ask: Ask, name: str, kind: Kind, *, decided: bool = False) -> Supply:
        found = self._supplies.get((view, ask))
        if found is None:
            # Two counts may be written alike and differ in what a file says once for all.
            alike = sum(1 for each in self._supplies.values() if each.name.partition(" #")[0] == name)
            called = f"{name} #{alike + 1}" if alike else name
            found = self._supplies[view, ask] = Supply(called, kind, view, ask, decided=decided)
        if found.kind is not kind:
            raise Inexpressible(f"{name} is a number for one rule, and a word for another")
        return found

    # --- what is told of facts ----------------------------------------------------------------------------------------

    def concluded_outputs(self, fact: str, view: View) -> list[Output]:
        """Of a concluded fact: whether it is known to have each concluded value, or which levels are possible."""
        concluding = self._conclusions[fact]
        citations = tuple(dict.fromkeys(citation for c in concluding for citation in c.citations))
        scale = self._is_scale(fact)
        found = self.possible(fact, view) if scale else self._settled(fact, view, concluding)[0]
        return [Output("fact", fact, node, citations, value=value) for value, node in found.items()]


def _whole(fact: str, end: object, more: int) -> int | None:
    if end is None:
        return None
    if not isinstance(end, int):
        raise Inexpressible(f"{fact} is held against a length of time")
    return end + more
