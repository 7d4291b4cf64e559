"""What stands beside the obligations: classifications, conflicts of values, what is forbidden and what broke it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from missingrules.domain.rules import Conclusion, Prohibition
from missingrules.domain.vocabulary import FactType
from tests.meaning.oracle.facts import guard, possible, recorded, running
from tests.meaning.oracle.items import breaches
from tests.meaning.oracle.world import Ctx, World, as_int, chosen, worlds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from missingrules.domain.case import Case, Episode
    from missingrules.domain.protocol import Protocol

Place = tuple[str, str | None]  # a fact, and the episode if it is one's


class Classified(NamedTuple):
    """What was recorded, the highest floor, what counts, and the rules that conclude it."""

    recorded: str | None
    floor: str | None
    effective: str
    rules: frozenset[str]


def conclusions(
    protocol: Protocol, case: Case, as_of: int, readings: Mapping[str, str] | None = None
) -> dict[Place, Classified]:
    """What rules conclude at `as_of`, where it is the same in every world."""
    return everywhere([concluded(w) for w in now(protocol, case, as_of, readings, Conclusion)])


def conflicts(
    protocol: Protocol, case: Case, as_of: int, readings: Mapping[str, str] | None = None
) -> dict[Place, tuple[str, ...]]:
    """Facts with two values, and those values."""
    return everywhere([conflicting(w) for w in now(protocol, case, as_of, readings, Conclusion)])


def now(protocol: Protocol, case: Case, as_of: int, readings: Mapping[str, str] | None, kind: type) -> Iterator[World]:
    """Every world, if any provision is of this kind."""
    if any(isinstance(p, kind) for p in chosen(protocol, readings or {})):
        yield from worlds(protocol, case, as_of, 0, readings or {})


def everywhere(views: list[dict[Any, Any]]) -> dict[Any, Any]:
    return {k: x for v in views[:1] for k, x in v.items() if all(k in other and other[k] == x for other in views)}


def holding(world: World) -> dict[Place, list[Conclusion]]:
    """The conclusions whose guard is true at `as_of`, by fact and episode."""
    found: dict[Place, list[Conclusion]] = {}
    for p in world.provisions:
        if isinstance(p, Conclusion):
            for ep in world.episodes if p.fact.startswith("episode.") else (None,):
                if guard(world, p.guard, Ctx(ep, p.guard.kinds), world.as_of):
                    found.setdefault((p.fact, ep.id if ep else None), []).append(p)
    return found


def concluded(world: World) -> dict[Place, Classified]:
    found = {}
    for (name, id_), some in holding(world).items():
        ctx = Ctx(world.episode(id_))
        word = world.protocol.words.facts[name]
        floors = [word.values.index(p.floor) for p in some if p.floor is not None]
        said = recorded(world, name, ctx, world.as_of)
        found[name, id_] = Classified(
            None if said is None else str(said),
            word.values[max(floors)] if floors else None,
            effective(word.values, possible(world, name, ctx, world.as_of)),
            frozenset(p.rule for p in some),
        )
    return found


def effective(levels: tuple[str, ...], some: set[Any] | None) -> str:
    """The value that counts; of a level that is not settled all that are possible."""
    if some is None:
        return "unknown"
    if len(some) == 1:
        return str(next(iter(some)))
    lowest = min(levels.index(x) for x in some)
    if some == set(levels[lowest:]):
        return f"at least {levels[lowest]}"
    return " or ".join(x for x in levels if x in some)


def conflicting(world: World) -> dict[Place, tuple[str, ...]]:
    found = {}
    for (name, id_), some in holding(world).items():
        if world.protocol.words.facts[name].type is FactType.SCALE:
            continue
        said = recorded(world, name, Ctx(world.episode(id_)), world.as_of)
        values = {p.value for p in some if p.value is not None} | ({str(said)} if said is not None else set())
        if len(values) > 1:
            found[name, id_] = tuple(sorted(values))
    return found


# --- what is forbidden ------------------------------------------------------------------------------------------------


class Forbidden(NamedTuple):
    """A prohibition in force, or what became of a record against it."""

    key: str
    status: str
    record: str | None
    at: int | None


def forbidden(protocol: Protocol, case: Case, as_of: int, readings: Mapping[str, str] | None = None) -> set[Forbidden]:
    """In force where that is so in every world; a breach that is one in some worlds alone cannot be decided."""
    views = [against(w) | in_force(w) for w in now(protocol, case, as_of, readings, Prohibition)]
    found = set()
    for key in {k for v in views for k in v}:
        some = [v[key] for v in views if key in v]
        same = len(some) == len(views) and len({x.status for x in some}) == 1
        if same or some[0].status != "in_force":
            at = some[0].at if len({x.at for x in some}) == 1 else None
            found.add(some[0]._replace(status=some[0].status if same else "not_decidable", at=at))
    return found


def against(world: World) -> dict[str, Forbidden]:
    found = {}
    for p, r, truth in breaches(world):
        key = f"{world.protocol.name}/{p.rule}/{r.episode or 'child'}/{r.id}"
        found[key] = Forbidden(key, "breached" if truth else "not_decidable", r.id, as_int(r.at))
    return found


def in_force(world: World) -> dict[str, Forbidden]:
    """For the episode that runs, otherwise the newest, otherwise the child."""
    ep: Episode | None = running(world, world.as_of) or (world.episodes[-1] if world.episodes else None)
    found = {}
    for p in world.provisions:
        if isinstance(p, Prohibition) and guard(world, p.guard, Ctx(ep, p.guard.kinds), world.as_of):
            key = f"{world.protocol.name}/{p.rule}/{ep.id if ep else 'child'}"
            found[key] = Forbidden(key, "in_force", None, None)
    return found
