"""The duties of an answer in groups: by phase, role or status, those of earlier episodes apart, acts alike folded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain.citations import NotStated
from missingrules.domain.obligations import Phase, Status, Undecided
from missingrules.engine.merge import order
from missingrules.reports.by import By
from missingrules.reports.together import Shared

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Iterator

    from missingrules.domain.answers import Answer, EpisodeState
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.people import People

NOBODY: Final = "Nobody is named"
_PHASES: Final = (
    (Phase.NOW, "NOW, WHILE THE CHILD IS MISSING"),
    (Phase.ON_RETURN, "ON RETURN"),
    (Phase.PLANNING, "IN PLANNING"),
    (Phase.ORGANISATION, "THE ORGANISATION'S OWN"),
)
OPEN: Final = (Status.DUE, Status.AVAILABLE)


class Group(NamedTuple):
    """Some duties under a heading, in order of time; `left`: those the response left open when the child came back."""

    title: str
    actions: tuple[Obligation, ...]
    left: tuple[Obligation, ...] = ()


class Fold(NamedTuple):
    """Acts of one rule that stand alike, as one: each act with the same act of other episodes."""

    acts: tuple[tuple[Obligation, ...], ...]

    @property
    def first(self) -> Obligation:
        return self.acts[0][0]

    @property
    def subjects(self) -> tuple[Obligation, ...]:
        """One for each episode, or occurrence, that has all these acts."""
        return self.acts[0]


def alone(one: Obligation) -> Fold:
    return Fold(((one,),))


class Sorted:
    """The duties of one answer: which belong to the episode that runs or ran last, and which to earlier ones."""

    def __init__(self, answer: Answer) -> None:
        self.actions = sorted((one for part in answer.protocols for one in part.actions), key=order)
        self.phases = {key: phase for part in answer.protocols for key, phase in part.phases.get().items()}
        self.shared = Shared(answer)
        running = [episode for episode in answer.episodes if not episode.over]
        self.current: list[EpisodeState] = running or list(answer.episodes[-1:])
        self.episodes = {episode.id: episode for episode in answer.episodes}
        known = {episode.id for episode in self.current}
        self.earlier = [episode for episode in answer.episodes if episode.id not in known]
        self._earlier = {episode.id for episode in self.earlier}

    def of(self, *statuses: Status, earlier: bool | None = None) -> list[Obligation]:
        """Those of some statuses; with `earlier`, of earlier episodes alone, or of all but those."""
        return [o for o in self.actions if o.status in statuses and earlier in (None, self.is_earlier(o))]

    def shown(self, *statuses: Status, earlier: bool | None = None) -> list[Obligation]:
        """Of those the ones that have a place of their own: the others stand in the blocks of these."""
        return [o for o in self.of(*statuses, earlier=earlier) if not self.shared.hides(o)]

    def all_of(self, found: Iterable[Obligation]) -> list[Obligation]:
        """All duties that stand in the places of these."""
        return [one for o in found for one in self.shared.block(o).ones]

    def any_of(self, one: Obligation, holds: Callable[[Obligation], bool]) -> bool:
        """Whether something holds of a duty that stands in the place of this one."""
        return any(map(holds, self.all_of([one])))

    def is_earlier(self, o: Obligation) -> bool:
        return o.episode in self._earlier

    def groups(self, by: By) -> list[Group]:
        """What is due or may be done, without that of earlier episodes; what is wanted at once stands first."""
        found = sorted(self.shown(*OPEN, earlier=False), key=lambda o: dated(o) or o.due_basis != "immediately")
        if by is By.STATUS:
            return [Group("DUE", tuple(found))] if found else []
        if by is By.ROLE:
            return self._by_role(found)
        groups = []
        for phase, title in _PHASES:
            of_phase = [o for o in found if self.phases[o.key] is phase]
            left = tuple(o for o in of_phase if phase is Phase.ON_RETURN and self._came_before_the_return(o))
            if of_phase:
                groups.append(Group(title, tuple(o for o in of_phase if o not in left), left))
        return groups

    def _came_before_the_return(self, o: Obligation) -> bool:
        episode = self.episodes.get(o.episode) if o.episode else None
        if episode is None or o.triggered_at is None:
            return False
        return all(back is None or o.triggered_at < back for back in (episode.located, episode.returned))

    def _by_role(self, found: Iterable[Obligation]) -> list[Group]:
        """Each duty under everybody who may have to act in it or chair it, or in the same act by another paper."""
        groups: dict[str, list[Obligation]] = {}
        for o in found:
            ones = self.all_of([o])
            named = [name for one in ones for who in (one.by, one.chair) for name in roles_of(who)]
            for name in dict.fromkeys(named) or (NOBODY,):
                title = f"{name[0].upper()}{name[1:]}"
                groups.setdefault(title, []).append(o)
        names = sorted(groups, key=lambda title: (title == NOBODY, title))
        return [Group(title, tuple(groups[title])) for title in names]

    def counts(self) -> list[tuple[str, list[Obligation]]]:
        """For the head: what is open, by phase and of earlier episodes."""
        open_ = self.of(Status.OVERDUE, Status.DUE, Status.NOT_DECIDABLE, Status.UPCOMING, Status.AVAILABLE)
        return [(title.lower() if title.isupper() else title, found) for title, found in self.by_phase(open_)]

    def by_phase(self, found: Collection[Obligation]) -> list[tuple[str, list[Obligation]]]:
        """By phase, those of earlier episodes apart."""
        rows = [
            (title, [o for o in found if not self.is_earlier(o) and self.phases[o.key] is phase])
            for phase, title in _PHASES
        ]
        rows.append((self.earlier_title(), [o for o in found if self.is_earlier(o)]))
        return [(title, ones) for title, ones in rows if ones]

    def earlier_title(self, word: str = "earlier episode") -> str:
        several = ("S" if word.isupper() else "s") if len(self.earlier) > 1 else ""
        return f"{word}{several} {', '.join(one.id for one in self.earlier)}"


def roles_of(who: People | NotStated | Undecided | None) -> Iterator[str]:
    """The titles of all who are named, or may be."""
    if isinstance(who, Undecided):
        for each in who.people:
            yield from roles_of(each)
    elif who is not None and not isinstance(who, NotStated):
        if who.mode == "record_by" and not who.roles:
            yield "Whoever made the record"
        prefix = "Anybody but " if who.mode == "other_than" else ""
        yield from (prefix + role.title for role in who.roles)


def dated(o: Obligation) -> bool:
    """It has an instant by which it is wanted."""
    return o.due is not None or o.due_between is not None


def timed(o: Obligation) -> bool:
    """It has a time by which it is wanted, be it only in words."""
    return dated(o) or o.due_basis != "not stated"


def folded(
    found: Collection[Obligation], alike: Callable[[Obligation], Hashable], act: Callable[[Obligation], Hashable]
) -> list[Fold]:
    """One for each rule and time: acts that differ in nothing else, of all episodes in which they are the same."""
    of_subject: dict[tuple[Hashable, ...], list[Obligation]] = {}
    for o in found:
        of_subject.setdefault((o.protocol, o.duty.rule, o.subject, o.occurrence, alike(o)), []).append(o)
    same: dict[tuple[Hashable, ...], list[list[Obligation]]] = {}
    for (protocol, rule, _, _, key), acts in of_subject.items():
        what = tuple((o.duty.id, act(o)) for o in acts)
        same.setdefault((protocol, rule, acts[0].episode is None, key, what), []).append(acts)
    return [Fold(tuple(zip(*subjects, strict=True))) for subjects in same.values()]
