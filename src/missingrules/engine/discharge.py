"""Which act discharges which obligation, and what stays open about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain.citations import NOT_STATED
from missingrules.domain.obligations import Undecided
from missingrules.domain.people import People
from missingrules.domain.rules import Effect
from missingrules.engine import acts
from missingrules.engine.people import people

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.citations import NotStated
    from missingrules.domain.people import WhoEver
    from missingrules.domain.rules import Duty
    from missingrules.engine.facts import Reader
    from missingrules.engine.owed import Instance
    from missingrules.engine.seen import Happening, SeenEpisode
    from missingrules.engine.tracks import Truth


class Given(NamedTuple):
    """The acts that may discharge a duty, in order of time; of the doubtful it is open whether they were forbidden."""

    acts: list[Happening]
    doubtful: frozenset[int]


NO_ACTS: Final = Given([], frozenset())


def discharge(reader: Reader, duty: Duty, instances: list[Instance], given: Given) -> None:
    """Gives each act to the instance of one subject that it discharges.

    What an undecided firing would take, if it is one, or another may have taken already, may be the next one's.
    """
    if not (given.acts and instances):
        return
    given_acts = of_subject(given, instances[0].firing.place.episode)
    sure = [i for i in instances if i.firing.state != "undecided"]
    for act in given_acts:
        give(reader, duty, sure, act, given.doubtful)
    if len(instances) > 1 and sure and (len(sure) < len(instances) or any(i.open_act for i in sure)):
        others = [_untouched(i) for i in instances]
        for act in given_acts:
            give(reader, duty, others, act, given.doubtful, most=True)
        for one, other in zip(instances, others, strict=True):
            if one.live:
                _compare(one, other)


def _untouched(instance: Instance) -> Instance:
    return replace(instance, discharged=None, by=(), open_act=None, covered=frozenset())


def _compare(one: Instance, other: Instance) -> None:
    """What surely discharged it, and what did where every act went to whatever it may be: it is between the two."""
    if other.discharged == (one.open_act.at if one.open_act else one.discharged):
        return
    acts_ = [
        a for i in (one, other) for a in (i.open_act, i.by[-1] if i.discharged is not None and i.by else None) if a
    ]
    if one.open_act is None and other.open_act is None:
        one.contested = True
    one.open_act = min(acts_, key=lambda act: (act.at, act.id))
    both = one.discharged is not None and other.discharged is not None
    one.discharged = max(one.discharged, other.discharged) if both else None  # type: ignore[type-var]
    one.by = ()


def of_subject(given: Given, episode: SeenEpisode | None) -> list[Happening]:
    """The acts as they are given to one subject: an act of several episodes is one act of the child."""
    if episode is not None or not any(act.record and act.record.also_of for act in given.acts):
        return given.acts
    return list({(act.id, act.name): act for act in given.acts}.values())


def of_action(reader: Reader, duty: Duty, barred: Mapping[int, Truth]) -> Given:
    """The acts of its action, or of one that counts as it. One that broke a prohibition discharges nothing."""
    seen = reader.seen.acts
    names = (duty.action, *reader.protocol.words.actions[duty.action].also)
    found = [
        act
        for name in names
        for act in seen.get(name, ())
        if not barred.get(id(act)) and _is_of_kind(reader, duty, act)
    ]
    if len(names) > 1:
        found.sort(key=lambda act: (act.at, act.id))
    return Given(found, frozenset(id(act) for act in found if id(act) in barred))


def _is_of_kind(reader: Reader, duty: Duty, act: Happening) -> bool:
    if duty.about is not None and acts.about(act) != duty.about:
        return False
    if duty.method is not None and acts.method(act) != duty.method:
        return False
    written = acts.outcome(act)
    match duty.effect:
        case Effect.REQUIRE:
            return acts.counts_as_done(act, reader.protocol.words, duty.met_by)
        case Effect.CONSIDER:
            return True
        case Effect.DECIDE:
            return written in ("for", "against")
        case Effect.AGREE:
            return written == "agreed"


def give(
    reader: Reader,
    duty: Duty,
    instances: list[Instance],
    act: Happening,
    doubtful: frozenset[int],
    *,
    most: bool = False,
) -> bool:
    """Gives an act to the instance that it answers or fits; True if it discharged one.

    With `most` whatever may take it takes it: an undecided firing too, and also where the act itself leaves it open.
    """
    fitting = [
        i
        for i in instances
        if (i.live or (most and i.firing.state == "undecided"))
        and i.discharged is None
        and i.opens <= act.at <= i.closes
        and act is not i.firing.place.happening
        and acts.belongs(act, i.firing.place.episode, reader.seen) is not False
    ]
    if not fitting:
        return False
    answers = act.record.answers if act.record else None
    whole = reader.protocol.key_of(duty.id)
    answered = [i for i in instances if answers and answers in (i.occurrence, _key(whole, i), _key(duty.id, i))]
    if answered:
        fitting = [i for i in fitting if i in answered]
        if not fitting:
            return False
    chosen = _nearest(fitting, act) if duty.repeat else fitting[-1]
    doubted = id(act) in doubtful or acts.belongs(act, chosen.firing.place.episode, reader.seen) is None
    if doubted and not most:
        chosen.open_act = chosen.open_act or act
        return False
    covers = _covers(reader, duty, chosen, act)
    if covers is None or (doubted and covers):
        chosen.open_act = chosen.open_act or act
    if covers is False or (covers is None and not most):
        return False
    chosen.discharged = act.at
    return True


def _key(of: str, instance: Instance) -> str:
    return f"{of}/{instance.firing.subject}/{instance.occurrence}"


def _nearest(fitting: list[Instance], act: Happening) -> Instance:
    """The occurrence due nearest to the act, of two as near the earlier."""
    return min(fitting, key=lambda i: (abs((i.fixed.low if i.fixed else i.opens) - act.at), i.opens))


def _covers(reader: Reader, duty: Duty, instance: Instance, act: Happening) -> Truth:
    """Whether with this act all recipients are covered; None where that is open."""
    agree = duty.effect is Effect.AGREE
    named: tuple[str, ...] = ()
    if act.record:
        named = act.record.with_ if agree else act.record.to
    possible = _recipients(reader, duty.with_ if agree else duty.to, instance, act)
    answers = {is_covered(who, named, instance.covered) for who in possible}
    if answers == {False} and not any(names_one(who, named) for who in possible):
        return False
    instance.covered |= frozenset(named)
    if answers != {None}:
        instance.by = (*instance.by, act)
    return answers.pop() if len(answers) == 1 else None


def _recipients(
    reader: Reader, who: WhoEver | None, instance: Instance, act: Happening
) -> tuple[People | NotStated | None, ...]:
    """Everybody whom it may be owed to: as known at the act, or since."""
    place, fired = instance.firing.place, instance.firing.fired
    found, _ = people(reader, who, place, act.at, fired)
    if isinstance(found, Undecided):
        found, _ = people(reader, who, place, reader.seen.as_of, fired)
    if isinstance(found, Undecided):
        return (*found.people, NOT_STATED) if found.silent else found.people
    return (found,)


def is_covered(who: People | NotStated | None, named: tuple[str, ...], before: frozenset[str]) -> Truth:
    """Whether people are covered by whom a record names, and whom others named before; None where that is open."""
    if not isinstance(who, People) or who.mode not in ("all", "any"):
        return True
    needed = {role.name for role in who.roles}
    if not named:
        # A silent record covers a sole recipient.
        return True if len(needed) == 1 else None
    told = needed & (before | set(named))
    return bool(needed & set(named)) if who.mode == "any" else told == needed


def names_one(who: People | NotStated | None, named: tuple[str, ...]) -> bool:
    """Whether any of them is named."""
    return isinstance(who, People) and bool({role.name for role in who.roles} & set(named))
