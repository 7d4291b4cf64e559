"""Duties: the acts that a rule asks for, one for each of its items and cases."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from missingrules.domain.citations import NOT_STATED
from missingrules.domain.conditions import ALWAYS, Any, Not
from missingrules.domain.people import People
from missingrules.domain.rules import Duty, Effect, Guard
from missingrules.domain.triggers import MissingFor, OnPeriod, OnRecord
from missingrules.domain.vocabulary import DONE
from missingrules.reading import schema
from missingrules.reading.conditions import condition, joined, parts_of
from missingrules.reading.deadlines import aim, deadline, earlier_if, repeat
from missingrules.reading.forms import RepeatForm
from missingrules.reading.layers import (
    Lacking,
    Layers,
    citations,
    exception,
    modality,
    refuse_idle_cites,
    refuse_twice,
    silences,
)
from missingrules.reading.merge import CaseDuties, merge_cases
from missingrules.reading.names import NAME, refuse_name
from missingrules.reading.people import people
from missingrules.reading.shapes import last_of, where
from missingrules.reading.triggers import outcome, outcomes_of, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.domain.conditions import Condition
    from missingrules.domain.people import WhoEver
    from missingrules.domain.triggers import Trigger
    from missingrules.reading.forms import Deadline
    from missingrules.reading.names import Bench
    from missingrules.reading.places import Text
    from missingrules.reading.schema import Act

EFFECTS: Final = ("require", "consider", "decide", "agree")


def duties(rule: schema.Rule, trigger: Trigger, base: Guard, bench: Bench) -> tuple[Duty, ...]:
    """Every duty of a rule, under one set of readings."""
    lacking = Lacking()
    leaned = frozenset(bench.leaned)
    earlier: list[Condition] = []
    found: list[CaseDuties] = []
    said: list[schema.Said] = [rule]
    plain: tuple[Duty, ...] = ()
    cases: list[schema.CaseForm | None] = list(rule.cases) if rule.cases else [None]
    for case in cases:
        here: list[Duty] = []
        for layers, effect, act in _acts(rule, case, bench):
            said += layers.parts[1:]
            bench.leaned.clear()
            bench.leaned.update(leaned)
            here.append(_duty(layers, effect, act, trigger, base, lacking, bench))
        if case is None:
            plain = tuple(here)
        else:
            own = _own(case, bench)
            when = joined([own, *([Not(_any(earlier))] if earlier else [])])
            earlier.append(own)
            found.append(CaseDuties(own, when, case, tuple(here)))
    lacking.tell(rule, len(plain) + sum(len(each.duties) for each in found), bench)
    refuse_idle_cites(rule, said, bench)
    return merge_cases(found, bench) if found else plain


def _any(conditions: list[Condition]) -> Condition:
    return conditions[0] if len(conditions) == 1 else Any(tuple(conditions))


def _own(case: schema.CaseForm, bench: Bench) -> Condition:
    """A case's own condition."""
    for key in ("when", "cite"):
        if not getattr(case, key):
            bench.error(
                "case-incomplete",
                f"this case has no '{key}'",
                where(case),
                f"add {key}: every case says when it applies, and which paragraph says so",
            )
    return condition(case.when, bench) if case.when is not None else ALWAYS


def _acts(rule: schema.Rule, case: schema.CaseForm | None, bench: Bench) -> Iterator[tuple[Layers, Effect, Text]]:
    """The acts that the rule (or its case) names, each with all that is said of it."""
    parts: tuple[schema.Acting, ...] = (rule, case) if case else (rule,)
    given: list[tuple[str, Act]] = [
        (key, act) for part in parts for key in EFFECTS if (act := getattr(part, key)) is not None
    ]
    if not given:
        bench.error(
            "no-effect",
            "this does not say what follows",
            Layers(parts).span,
            "add require, consider, decide, agree, forbid or conclude",
        )
        return
    if len(given) > 1:
        names = " and ".join(key for key, _ in given)
        bench.error(
            "two-effects",
            f"a rule has one effect, and this one has {names}",
            last_of([act for _, act in given]),
            "make two rules of it",
        )
        return
    key, act = given[0]
    if not isinstance(act, list | schema.Item):
        layers = Layers(parts)
        refuse_twice(layers, bench)
        yield layers, Effect(key), act
        return
    seen: set[str] = set()
    for item in act if isinstance(act, list) else [act]:
        if item.id in seen:
            bench.error("duplicate-id", f"two items are named '{item.id}'", item.id.span, "give each its own id")
        seen.add(item.id)
        if not NAME.fullmatch(item.id):
            refuse_name(item.id, item.id.span, bench.report)
        layers = Layers((*parts, item))
        refuse_twice(layers, bench)
        yield layers, Effect(key), item.action


def _duty(
    layers: Layers,
    effect: Effect,
    act: Text,
    trigger: Trigger,
    base: Guard,
    lacking: Lacking,
    bench: Bench,
) -> Duty:
    rule, item = layers.rule, layers.item
    bench.action(act)
    whens = [
        bench.once("when", part.when, partial(condition, part.when, bench))
        for part in layers.parts
        if part.when and not isinstance(part, schema.CaseForm)
    ]
    silences(layers, trigger, lacking, bench)
    time = layers.get("deadline")
    series = layers.get("repeat")
    if time is not None and series is not None:
        bench.error(
            "deadline-and-repeat",
            "a rule has a deadline or repeats, not both",
            where(series),
            "repeat says when each is due; one that is due sooner is a rule of its own",
        )
    if series is not None and layers.get("until") is None:
        bench.error(
            "repeat-without-until", "a series needs an end", where(series), "add until, such as until: returned"
        )
    if series is not None and isinstance(trigger, OnPeriod):
        bench.error(
            "repeat-of-the-calendar",
            "a duty of the calendar is owed once in each period, and has no series in it",
            where(series),
            "take repeat out, and write how often in the trigger, such as {every: month}",
        )
        series = None
    timed: Deadline | RepeatForm | None = time or series  # type: ignore[assignment]
    duty = Duty(
        id=f"{rule.id}.{item.id}" if item else str(rule.id),
        rule=str(rule.id),
        topic=str(rule.topic),
        title=layers.text("title") or (item.id if item else rule.id).replace("-", " "),
        modality=modality(layers, lacking, bench),
        effect=effect,
        action=str(act),
        trigger=trigger,
        guard=Guard(
            joined(whens),
            tuple(exception(tree, bench) for part in layers.parts for tree in part.unless or ()),
            base.kinds,
            base.in_force,
            base.in_scope,
        ),
        until=tuple(until(each, bench) for each in layers.get("until") or ()),  # type: ignore[attr-defined]
        superseded_by=_superseded_by(layers, bench),
        about=layers.text("about"),
        method=layers.text("method"),
        by=_people("by", layers, bench) or NOT_STATED,
        chair=_people("chair", layers, bench),
        attend=_people("attend", layers, bench),
        to=_people("to", layers, bench),
        with_=_people("with", layers, bench),
        deadline=NOT_STATED if time is None else deadline(time, bench),  # type: ignore[arg-type]
        repeat=repeat(series, bench) if isinstance(series, RepeatForm) else None,
        aim=aim(timed, bench) if timed is not None else None,
        earlier_if=earlier_if(timed, bench) if timed is not None else None,
        met_by=_met_by(layers, act, bench),
        counts_from=_counts_from(layers, trigger, bench),
        citations=citations(layers, bench),
        conventions=tuple(sorted(bench.leaned)),
    )
    _refuse_own_trigger(duty, act, bench)
    return duty


def _people(key: str, layers: Layers, bench: Bench) -> WhoEver | None:
    """Whom a key names; NOT_STATED where it is listed so."""
    form = layers.get("with_" if key == "with" else key)
    if form is not None:
        return people(key, form, bench)  # type: ignore[arg-type]
    return NOT_STATED if key in layers.silences else None


def _superseded_by(layers: Layers, bench: Bench) -> str | None:
    word = layers.word("superseded_by")
    return None if word is None else bench.rule(word)


def _met_by(layers: Layers, act: Text, bench: Bench) -> tuple[str, ...]:
    known = outcomes_of(str(act), bench)
    words: list[Text] = layers.get("met_by") or []  # type: ignore[assignment]
    return tuple(outcome(word, known, bench) for word in words)


def _counts_from(layers: Layers, trigger: Trigger, bench: Bench) -> Literal["trigger", "started"]:
    word = layers.word("counts_from")
    if word is None and any(isinstance(each, MissingFor) for each in parts_of(trigger)):
        bench.error(
            "counts-from-not-said",
            "nothing says whether acts before the length had passed count",
            layers.span,
            "add counts_from: started (an earlier act counts) or counts_from: trigger (it is done again)",
        )
    return "started" if word == "started" else "trigger"


def _refuse_own_trigger(duty: Duty, act: Text, bench: Bench) -> None:
    """A record that pulls the trigger would ask for itself again, without end."""
    for each in parts_of(duty.trigger):
        if (
            isinstance(each, OnRecord)
            and each.action == duty.action
            and (each.outcome is None or each.outcome in DONE)
            and (each.about is None or duty.about is None or each.about == duty.about)
            and not _others(each.to, duty.to)
        ):
            bench.error(
                "triggered-by-itself",
                f"a record of '{duty.action}' sets off the duty of '{duty.action}', and so on without end",
                act.span,
                "name the outcome, the recipients or the subject that tells the two apart",
            )


def _others(told: tuple[str, ...], to: WhoEver | None) -> bool:
    """Whether the trigger's recipients and the duty's are plainly others."""
    return bool(told) and isinstance(to, People) and not {role.name for role in to.roles} & set(told)
