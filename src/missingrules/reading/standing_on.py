"""A protocol that stands on another: what it inherits, what it replaces or drops, and where the two do not agree.

The lower layer is read as a file of its own. What it says is taken over resolved, and means what it means there: its
rules carry its scope, its readings, tables and conventions with them, and `LAYER/RULE` as their id.
"""

from __future__ import annotations

import os
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from missingrules.domain.diagnostics import InvalidInput, did_you_mean
from missingrules.domain.protocol import bare
from missingrules.domain.rules import Duty, RuleFamily
from missingrules.domain.triggers import FirstOf, OnUndone, triggers_of
from missingrules.reading.catalogue import find, looks_like_a_path
from missingrules.reading.conditions import joined
from missingrules.reading.nodes import Mapping, Scalar, Sequence
from missingrules.reading.schema import DropForm
from missingrules.reading.validate import check

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator
    from collections.abc import Mapping as Map
    from pathlib import Path

    from missingrules.domain.citations import Reading
    from missingrules.domain.conditions import Condition
    from missingrules.domain.people import Role
    from missingrules.domain.protocol import Hours, Protocol
    from missingrules.domain.rules import Guard, Provision
    from missingrules.domain.source import Span
    from missingrules.domain.triggers import Trigger
    from missingrules.reading.nodes import Node
    from missingrules.reading.report import Report

Part = TypeVar("Part")


# --- the layer below --------------------------------------------------------------------------------------------------


def layer_below(
    node: Mapping, above: tuple[Path, ...], report: Report, read: Callable[[Path, tuple[Path, ...]], Protocol]
) -> Protocol | None:
    """The protocol that a file stands on; None if there is none, or none that can be used. `above` are this file and
    those that stand on it, this one last."""
    word = node.get("stands_on")
    if not isinstance(word, Scalar) or not word:
        return None
    try:
        path = above[-1].parent / word if looks_like_a_path(word) else find(word)
    except InvalidInput as problem:
        first = problem.diagnostics[0]
        report.error("layer-not-found", first.message, word.span, first.hint)
        return None
    if not os.path.isfile(path):  # unlike Path.is_file, it takes any text for a name
        message = f"there is no file {word} beside this one"
        hint = "write the name of a protocol, or a path from the folder of this file"
        report.error("layer-not-found", message, word.span, hint)
        return None
    if path.resolve() in above:
        ring = [each.name for each in above[above.index(path.resolve()) :]]
        message = f"{ring[0]} stands on itself"
        if len(ring) > 1:
            message = f"these files stand on one another: {', '.join(ring)}, and again {ring[0]}"
        report.error("layer-cycle", message, word.span, "let the lowest stand on nothing: leave its stands_on out")
        return None
    try:
        found = read(path, above)
    except InvalidInput as problem:
        _tell_broken(problem, word, report)
        return None
    return found if _fits(found, node, report) else None


def _tell_broken(problem: InvalidInput, word: Scalar, report: Report) -> None:
    first = problem.diagnostics[0]
    if first.code == "layer-cycle":
        report.error(first.code, first.message, word.span, first.hint)
        return
    number = len(problem.diagnostics)
    many = "a mistake" if number == 1 else f"{number} mistakes, of which the first is"
    line = f", in line {first.span.line}" if first.span else ""
    message = f"{word}, on which this file stands, has {many}{line}: {first.message}"
    report.error("layer-broken", message, word.span, "mend that file first: `missingrules check` shows it whole")


def _fits(found: Protocol, node: Mapping, report: Report) -> bool:
    """Whether a file can stand on it: told apart by its name, and going by the same clock."""
    name, zone = node.get("protocol"), node.get("zone")
    if isinstance(name, Scalar) and name.text in {layer.name for layer in found.layers}:
        message = f"'{name}' is the name of this file, and of one that it stands on"
        hint = "give this one another name: keys tell layers apart by it"
        report.error("layer-of-the-same-name", message, name.span, hint)
        return False
    if isinstance(zone, Scalar) and zone.text != found.clock.zone:
        message = f"{found.name}, on which this file stands, has the time zone {found.clock.zone}"
        report.error("layer-of-another-zone", message, zone.span, "leave zone out: layers go by one clock")
        return False
    return True


# --- what does not hold -----------------------------------------------------------------------------------------------


class Gone(NamedTuple):
    """A rule of the layer below that does not hold here: where that is said, by which rule it is replaced, and why."""

    word: Scalar
    by: str | None
    why: str
    drop: DropForm | None = None


def gone(rules: Iterable[Node], node: Mapping, below: Protocol | None, report: Report) -> dict[str, Gone]:
    """What the rules of a file replace, and what it drops, by `LAYER/RULE`."""
    stands = node.get("stands_on") is not None
    found: dict[str, Gone] = {}
    for word, one in (*_dropped(node, stands, report), *_replaced(rules, stands, report)):
        if below is None or not _is_there(word, below, report):
            continue
        if (first := found.setdefault(word.text, one)) is not one:
            how = "replaced" if first.by else "dropped"
            message = f"'{word}' is already {how} in line {first.word.span.line}"
            report.error(
                "replaced-twice", message, word.span, "say it once: a second rule in its place needs no replaces"
            )
    if below is not None:
        _refuse_waiting(below, found, report)
    return found


def _replaced(rules: Iterable[Node], stands: bool, report: Report) -> Iterator[tuple[Scalar, Gone]]:
    for rule in rules:
        if not isinstance(rule, Mapping):
            continue
        words, why, id_ = (rule.get(key) for key in ("replaces", "why", "id"))
        key = rule.key_span("replaces")
        if words is None:
            if why is not None:
                hint = "leave it out, or say with replaces: LAYER/RULE which rule this one replaces"
                report.error("key-not-here", "'why' says why a rule replaces another", rule.key_span("why"), hint)
            continue
        if not stands:
            message = "this file stands on no other, so there is nothing to replace"
            report.error(
                "stands-on-nothing",
                message,
                key,
                "leave replaces out, or add stands_on: PROTOCOL at the top of the file",
            )
            continue
        if not (isinstance(why, Scalar) and why):
            message = "nothing says why this rule replaces another"
            report.error("replaces-without-why", message, key, "add why: and after it what this paper says otherwise")
        by = id_.text if isinstance(id_, Scalar) else ""
        for word in words.items if isinstance(words, Sequence) else (words,):
            if isinstance(word, Scalar) and word:
                yield word, Gone(word, by, why.text if isinstance(why, Scalar) else "")


def _dropped(node: Mapping, stands: bool, report: Report) -> Iterator[tuple[Scalar, Gone]]:
    drops = node.get("drops")
    if drops is None:
        return
    if not stands:
        message = "this file stands on no other, so there is nothing to drop"
        hint = "leave drops out, or add stands_on: PROTOCOL at the top of the file"
        report.error("stands-on-nothing", message, node.key_span("drops"), hint)
        return
    # Each is read on its own, so that one mistake hides no other.
    for each in drops.items if isinstance(drops, Sequence) else (drops,):
        form = check(DropForm, each, report)
        for word in form.rule if form else ():
            assert form is not None
            yield word, Gone(word, None, str(form.why), form)


def _is_there(word: Scalar, below: Protocol, report: Report) -> bool:
    """Whether it is a rule of the layer below, or of one further down that still holds there."""
    names = [below.key_of(family.id) for family in below.families]
    if word.text in names:
        return True
    for layer in below.layers:
        for one in layer.replaced:
            if one.rule == word.text:
                message = f"'{word}' does not hold in {layer.name}, where it is {'replaced' if one.by else 'dropped'}"
                hint = f"write {layer.name}/{one.by}" if one.by else "leave it out"
                report.error("not-in-the-layer", message, word.span, hint)
                return False
    same = [name for name in names if bare(name) == word.text]
    near = f"write {same[0]}" if same else did_you_mean(word.text, names)
    hint = near or f"write {below.name}/RULE; `missingrules show` tells the rules of a protocol"
    report.error("not-in-the-layer", f"'{word}' is no rule of {below.name}", word.span, hint)
    return False


def _refuse_waiting(below: Protocol, found: Map[str, Gone], report: Report) -> None:
    """A rule that holds on may not wait for one that does not: nobody would have said what becomes of it."""
    for family in below.families:
        id_ = below.key_of(family.id)
        if id_ in found:
            continue
        for other in sorted(_waits_for(family)):
            if one := found.get(below.key_of(other)):
                message = f"{id_}, which holds here, waits for '{one.word}', which does not"
                hint = f"replace or drop {id_} too, so that this file says what becomes of it"
                report.error("waits-for-the-replaced", message, one.word.span, hint)


def _waits_for(family: RuleFamily) -> set[str]:
    duties = [one for variant in family.variants.values() for one in variant if isinstance(one, Duty)]
    undone = {part.rule for duty in duties for part in triggers_of(duty.trigger) if isinstance(part, OnUndone)}
    return undone | {duty.superseded_by for duty in duties if duty.superseded_by}


# --- what is inherited ------------------------------------------------------------------------------------------------


def inherited(below: Protocol | None, without: Container[str]) -> tuple[RuleFamily, ...]:
    """The rules of the layer below that hold on, as rules of the file that stands on it."""
    if below is None:
        return ()
    lifting = _Lifting(below)
    return tuple(
        lifting.family(family) if id_ != family.id else family
        for family in below.families
        if (id_ := below.key_of(family.id)) not in without
    )


def readings_of(families: Iterable[RuleFamily], below: Protocol | None) -> dict[str, Reading]:
    """The readings of the layer below on which rules that hold on depend, or which they show."""
    if below is None:
        return {}
    needed = {name for one in families for name in (*one.readings, *(choice.reading for choice in one.shown))}
    return {name: reading for name, reading in below.readings.items() if name in needed}


class _Lifting:
    """Takes the own rules of a layer up: under names that tell whose they are, and within that layer's scope."""

    def __init__(self, below: Protocol) -> None:
        self.below = below
        self._scoped: dict[Condition, Condition] = {}
        # What many provisions share stays one object.
        self._guards: dict[int, tuple[Guard, Guard]] = {}

    def family(self, family: RuleFamily) -> RuleFamily:
        variants = {options: tuple(map(self.provision, found)) for options, found in family.variants.items()}
        return replace(family, id=self.below.key_of(family.id), variants=MappingProxyType(variants))

    def provision(self, one: Provision) -> Provision:
        guard, rule = self.guard(one.guard), self.below.key_of(one.rule)
        if not isinstance(one, Duty):
            return replace(one, rule=rule, guard=guard)
        return replace(
            one,
            id=self.below.key_of(one.id),
            rule=rule,
            guard=guard,
            trigger=self.trigger(one.trigger),
            superseded_by=self.below.key_of(one.superseded_by) if one.superseded_by else None,
        )

    def guard(self, guard: Guard) -> Guard:
        if not guard.in_scope:
            return guard
        if id(guard) not in self._guards:
            made = replace(guard, when=joined([guard.when, self.below.scope]), in_scope=False)
            self._guards[id(guard)] = guard, made
        return self._guards[id(guard)][1]

    def trigger(self, trigger: Trigger) -> Trigger:
        if isinstance(trigger, FirstOf):
            return FirstOf(tuple(self.trigger(part) for part in trigger.triggers))  # type: ignore[misc]
        return OnUndone(self.below.key_of(trigger.rule)) if isinstance(trigger, OnUndone) else trigger


# --- names of both ----------------------------------------------------------------------------------------------------


def roles(own: dict[str, Role], below: Protocol | None, node: Mapping, report: Report) -> dict[str, Role]:
    """The roles of both; who is named in both has the local title here, and is the same person."""
    if below is None:
        return own
    for name, role in own.items():
        other = below.roles.get(name)
        ranks = {role.grade, other.grade} - {None} if other else set()
        if other and (role.agency != other.agency or len(ranks) > 1):
            grade = f", {other.grade}" if other.grade else ""
            clash("role", name, f"{other.agency}{grade}", below, _key(node, "roles", name), report)
    return {**below.roles, **own}


def hours(own: dict[str, Hours], below: Protocol | None, node: Mapping, report: Report) -> dict[str, Hours]:
    """The named hours of both; those named in both are the same."""
    if below is None:
        return own
    for name, one in own.items():
        other = below.hours.get(name)
        if other and replace(other, citations=()) != replace(one, citations=()):
            said = f"{other.opens:%H:%M} to {other.closes:%H:%M}"
            said += ", also on bank holidays" if not other.closed_on_holidays else ""
            clash("set of hours", name, said, below, _key(node, "hours", name), report)
    return {**below.hours, **own}


def refuse_same_readings(own: Iterable[str], theirs: Container[str], node: Mapping, report: Report) -> None:
    """A choice of readings could not tell two of one name apart."""
    for name in own:
        if name in theirs:
            message = f"the reading '{name}' is also one of the layer below, whose rules hold here"
            hint = "give yours another name: who chooses a reading could not tell the two apart"
            report.error("layer-clash", message, _key(node, "readings", name), hint)


def clash(what: str, name: str, said: str, below: Protocol, span: Span | None, report: Report) -> None:
    """A word that both layers introduce, and not as the same."""
    message = f"the {what} '{name}' is another in {below.name}, on which this file stands: {said}"
    hint = "leave it out, if that is meant; otherwise give yours another name"
    report.error("layer-clash", message, span, hint)


def _key(node: Mapping, section: str, name: str) -> Span | None:
    found = node.get(section)
    return found.key_span(name) if isinstance(found, Mapping) else None
