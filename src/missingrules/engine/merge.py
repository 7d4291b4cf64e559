"""What all worlds agree on stands; where they differ an instant is null, a status open, and a time is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from missingrules.domain.citations import NOT_STATED
from missingrules.domain.clock import FOREVER, Instant
from missingrules.domain.obligations import Detail, Evidence, Later, Obligation, Status, Undecided
from missingrules.domain.people import People
from missingrules.engine.solve import Solved

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from missingrules.domain.answers import Forbidden
    from missingrules.domain.clock import Clock
    from missingrules.engine.questions import Asking
    from missingrules.engine.worlds import Open, World


class Merged(NamedTuple):
    """The answer of all worlds, and the keys on which they do not agree."""

    solved: Solved
    shaky: frozenset[str]


def order(o: Obligation) -> tuple[Instant, str]:
    """Due instant or the earliest possible, for `immediately` the trigger; those without last; then key."""
    when = o.due if o.due is not None else o.due_between[0] if o.due_between else o.sort_at
    return FOREVER if when is None else when, o.key


def merge(clock: Clock, answers: Sequence[Solved]) -> Merged:
    """What all worlds agree on."""
    found_by_key: dict[str, Obligation] = {}
    shaky: set[str] = set()
    for key in dict.fromkeys(key for s in answers for key in s.obligations):
        found = [s.obligations.get(key) for s in answers]
        there = [o for o in found if o is not None]
        merged = _merge(there, clock)
        if len(there) < len(found) or len({_signature(o) for o in there}) > 1:
            shaky.add(key)
            if len(there) < len(found):
                merged = merged._replace(stand=merged.stand._replace(status=Status.NOT_DECIDABLE))
        found_by_key[key] = merged
    out = Solved(tuple(sorted(found_by_key.values(), key=order)))
    out.conclusions = [c for c in answers[0].conclusions if all(c in s.conclusions for s in answers)]
    out.conflicts = [c for c in answers[0].conflicts if all(c in s.conflicts for s in answers)]
    out.forbidden = _forbidden([{f.key: f for f in s.forbidden} for s in answers])
    beyond = {(duty.id, f.subject): (duty, f) for s in answers for duty, f in reversed(s.beyond)}
    out.beyond = list(beyond.values())
    return Merged(out, frozenset(shaky))


def _forbidden(answers: list[dict[str, Forbidden]]) -> list[Forbidden]:
    """What is in force, or broken, in all; a breach in some alone cannot be decided."""
    out = []
    for key in dict.fromkeys(key for found in answers for key in found):
        there = [found[key] for found in answers if key in found]
        same = len(there) == len(answers) and len({f.status for f in there}) == 1
        if same or there[0].status != "in_force":
            status = there[0].status if same else "not_decidable"
            out.append(replace(there[0], status=status, at=_same(f.at for f in there)))
    return out


def _merge(there: list[Obligation], clock: Clock) -> Obligation:
    first = there[0]
    if len(there) == 1:
        return first
    lows = [b for o in there if (b := o.due_between[0] if o.due_between else o.due) is not None]
    highs = [b for o in there if (b := o.due_between[1] if o.due_between else o.due) is not None]
    same_due = len({o.due for o in there}) == 1 and len({o.due_between for o in there}) == 1
    # In a world without a due instant there is no latest.
    between = first.due_between if same_due else (min(lows), max(highs)) if len(highs) == len(there) else None
    if between is not None and between[0] == between[1]:
        between = None
    stand = first.stand._replace(
        status=first.status if len({o.status for o in there}) == 1 else Status.NOT_DECIDABLE,
        triggered_at=_same(o.triggered_at for o in there),
        due=first.due if same_due else None,
        due_between=between,
        discharged_at=_same(o.discharged_at for o in there),
        ended_at=_same(o.ended_at for o in there),
        sort_at=min((s for o in there if (s := o.due or o.sort_at) is not None), default=None),
    )
    detail = Later(lambda: _detail([o.detail for o in there], clock))
    return first._replace(stand=stand, behind=first.behind._replace(reasons=lambda _: detail.get()))


def _detail(there: list[Detail], clock: Clock) -> Detail:
    return there[0]._replace(
        discharged_by=there[0].discharged_by if all(d.discharged_by == there[0].discharged_by for d in there) else (),
        by=people_of_all([d.by for d in there]),
        chair=people_of_all([d.chair for d in there]),
        recipients=people_of_all([d.recipients for d in there]),
        attendees=people_of_all([d.attendees for d in there]),
        with_=people_of_all([d.with_ for d in there]),
        because=_evidence([d.because for d in there], clock),
    )


def _same(values: Iterable[Instant | None]) -> Instant | None:
    found = set(values)
    return found.pop() if len(found) == 1 else None


def people_of_all(values: Sequence[Any]) -> Any:
    """Whom all name; otherwise those whom any does, in their order."""
    if all(v == values[0] for v in values):
        return values[0]
    possible: dict[People, None] = {}
    silent = False
    for value in values:
        if isinstance(value, Undecided):
            possible.update(dict.fromkeys(value.people))
            silent = silent or value.silent
        elif isinstance(value, People):
            possible[value] = None
        elif value is NOT_STATED:
            silent = True
    return Undecided(tuple(possible), silent)


def _evidence(all_: list[tuple[Evidence, ...]], clock: Clock) -> tuple[Evidence, ...]:
    """What every world read; an instant that differs is shown as its date, or left out if that differs too."""
    out: dict[Evidence, None] = {}
    for one in all_[0]:
        twins = [next((e for e in other if (e.fact, e.source) == (one.fact, one.source)), None) for other in all_]
        if all(t == one for t in twins):
            out[one] = None
        elif one.is_instant and all(t is not None and t.is_instant for t in twins):
            days: set[date] = {clock.date_of(Instant(int(t.value))) for t in twins if t is not None}
            if len(days) == 1:
                out[Evidence(one.fact, str(days.pop()), one.source)] = None
    return tuple(out)


def _signature(o: Obligation) -> tuple[Any, ...]:
    return (o.status, o.triggered_at, o.due, o.due_between, o.discharged_at, o.by, o.chair, o.recipients)


def ask_for_times(
    asked: Asking, open_: list[Open], worlds: Sequence[World], answers: Sequence[Solved], shaky: frozenset[str]
) -> None:
    """A question for each open instant that alone changes something; for what only several change, for all of them."""
    by_choice = {world.took: answer for world, answer in zip(worlds, answers, strict=True)}
    explained: set[str] = set()
    for i, one in enumerate(open_):
        rest: dict[tuple[int, ...], list[Solved]] = {}
        for took, answer in by_choice.items():
            rest.setdefault((*took[:i], *took[i + 1 :]), []).append(answer)
        alike = [found for found in rest.values() if len(found) > 1]
        for key in sorted(k for k in shaky if any(len({_seen(a, k) for a in found}) > 1 for found in alike)):
            asked.ask([_question(one)], key, one.owner)
            explained.add(key)
    for key in sorted(shaky - explained):
        for one in open_:
            asked.ask([_question(one)], key, one.owner)


def _seen(answer: Solved, key: str) -> Any:
    found = answer.obligations.get(key)
    return None if found is None else _signature(found)


def _question(one: Open) -> tuple[str, str | None]:
    part, name = one.spot.part, one.spot.name
    if part == "episodes":
        return f"episode.{name}_at" if one.spot.sub < 0 else f"episode.{name}.at", one.group
    return f"{part.removesuffix('s')}.{name}" + (".at" if one.spot.sub >= 0 else ""), None
