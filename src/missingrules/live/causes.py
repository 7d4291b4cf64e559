"""What made a duty change: what it could not have changed without, or else everything that could have changed it.

Two results say a good deal: each duty carries the values that it was fired by and the records that did it, and the
first one until when it holds. With both states of the case it is said by entry; without them by what the results show.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from missingrules.domain.changes import Cause, Kind, instant_in
from missingrules.domain.obligations import OVER, Status
from missingrules.live.rules import rules_between, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from missingrules.domain.changes import Standing, Standings

Shown = tuple[str, str]
# Where a value is worked out from many entries, or from none.
_NO_ENTRY: Final = frozenset({"episodes", "clock", "calendar", "organisation"})
# How long a result holds says nothing of these.
_READ_ANEW: Final = frozenset({Kind.PEOPLE, Kind.PHASE, Kind.GROUNDS, Kind.CITED})
_LOST: Final = frozenset({Kind.REOPENED, Kind.MISSED, Kind.UNDECIDED, Kind.OVERDUE, Kind.IN_TIME, Kind.CEASED})
_ENDS: Final = ("episode.returned", "episode.located")
_UNNAMED: Final = Cause("case")
_LAY_AHEAD: Final = Cause("case", how="happened")


class Own(NamedTuple):
    """What of the case a change shows by itself: what it cannot be without, and what it may be by."""

    needed: tuple[Cause, ...] = ()
    possible: tuple[Cause, ...] = ()


class Causes:
    """The causes of what changed between two results. `entries`: what differs in the case; None: nobody knows."""

    def __init__(self, before: Standings, after: Standings, entries: tuple[Cause, ...] | None) -> None:
        self.before, self.after, self.entries = before, after, entries
        self.rules = rules_between(before, after)
        self.same_case = bool(before.input) and before.input == after.input
        self.moved_on = after.as_of != before.as_of
        until = before.valid_until
        self.outlived = after.as_of < before.as_of or (until is not None and after.as_of > until)

    def of(self, kind: Kind, before: Standing | None, after: Standing | None) -> tuple[Cause, ...]:
        """What the change cannot be without, or all that it may be by."""
        if before and after and (passed := self._passed(kind, before, after)):
            return (passed,)
        rules = self._rules(before, after)
        if kind is Kind.RESTATED and rules and not self._other_edition(after):
            return rules
        own = self._own(kind, before, after)
        needed = own.needed if self.entries is None else self._among(own.needed)
        if self.entries is not None and not needed:
            needed = self._return_of(after) if kind is Kind.PHASE else () if after else self._gone(before)
        if needed:
            return (*needed, *rules)
        found: list[Cause] = list(self.entries or ())
        if self.entries is None and not self.same_case:
            found += [*own.possible, _UNNAMED]
        elif self.entries is None and self.moved_on:
            found.append(_LAY_AHEAD)
        if self._may_be_time(kind, after):
            found.append(Cause("time", None, None, "passed"))
        found += rules
        if not found:
            # Nothing of the case, and nothing that either result says of how it was made.
            found = [Cause("time", None, None, "passed") if self.moved_on else Cause("rules", None, "asked otherwise")]
        return tuple(dict.fromkeys(found))

    def _return_of(self, after: Standing | None) -> tuple[Cause, ...]:
        """The end of its own episode, where it was not known: with that, what is to be done now is of the return."""
        said = after.said if after else {}
        if said.get("phase") != "on_return":
            return ()
        return tuple(
            each
            for each in self.entries or ()
            if each.source == said.get("episode") and each.what in _ENDS and each.how in ("added", "happened")
        )

    def _gone(self, before: Standing | None) -> tuple[Cause, ...]:
        """What it was set off by, or the episode that it was of, where that is withdrawn: that alone is enough."""
        of = {before.said.get("episode"), before.said.get("occurrence")} if before else set()
        return tuple(
            each
            for each in self.entries or ()
            if each.how == "withdrawn"
            and each.source in of
            and (each.kind in ("event", "record") or each.what == "episode.started")
        )

    # --- time ---------------------------------------------------------------------------------------------------------

    def _passed(self, kind: Kind, before: Standing, after: Standing) -> Cause | None:
        """The instant that passed, where the earlier result already said that it would, and what would come of it."""
        if kind not in (Kind.ARISEN, Kind.OVERDUE) or self.after.as_of <= self.before.as_of:
            return None
        if any(before.said.get(name) != after.said.get(name) for name in ("triggered_at", "due", "due_between")):
            return None
        now, due, fires = self.after.as_of, before.instant("due"), before.instant("triggered_at")
        is_late = due is not None and now > due
        if before.status is Status.UPCOMING:
            if fires is None or fires > now or (after.status is Status.OVERDUE) != is_late:
                return None
            return Cause("time", None, "triggered_at", "passed", None, before.said["triggered_at"])
        if before.status is Status.DUE and after.status is Status.OVERDUE and is_late:
            return Cause("time", None, "due", "passed", None, before.said["due"])
        return None

    def _may_be_time(self, kind: Kind, after: Standing | None) -> bool:
        # Further ahead is looked at a later instant.
        is_ahead = after is not None and (after.instant("triggered_at") or 0) > self.after.as_of
        return self.outlived or (self.moved_on and (kind in _READ_ANEW or is_ahead))

    # --- rules --------------------------------------------------------------------------------------------------------

    def _rules(self, before: Standing | None, after: Standing | None) -> tuple[Cause, ...]:
        """What differs of the rules of this duty; of what all are worked out by, always."""
        names = {str(each.said.get("protocol") or each.key.partition("/")[0]) for each in (before, after) if each}
        names |= {name for name, layers in self._layers.items() if layers & names}
        return tuple(rule for rule in self.rules if rule.source is None or rule.source in names)

    @cached_property
    def _layers(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for text in (*self.before.asked.texts, *self.after.asked.texts):
            if text.above:
                found.setdefault(text.above, set()).add(text.protocol)
        return {name: frozenset(below) for name, below in found.items()}

    def _other_edition(self, after: Standing | None) -> bool:
        return after is not None and len(texts_of(self.after.asked, str(after.said.get("protocol")))) > 1

    # --- the case -----------------------------------------------------------------------------------------------------

    def _among(self, needed: Iterable[Cause]) -> tuple[Cause, ...]:
        """The entries that differ among those that are needed."""
        return tuple(entry for entry in self.entries or () if any(_is_of(entry, one) for one in needed))

    def _own(self, kind: Kind, before: Standing | None, after: Standing | None) -> Own:
        needed: tuple[Cause, ...] = ()
        if before and after:
            needed = tuple(_records(kind, before, after))
            if kind is Kind.GROUNDS:
                needed += tuple(_values(before, after))
            if kind in (Kind.CEASED, Kind.MISSED) and before.said.get("ended_at") != after.said.get("ended_at"):
                needed += tuple(self._ended(after))
        elif after:
            needed = tuple(self._since(after))
        return Own(needed, tuple(self._nearby(before, after)))

    def _since(self, after: Standing) -> Iterator[Cause]:
        """What it stands on that had not happened at the earlier instant, or was not in the case."""
        for (fact, source), value in after.evidence.items():
            at = instant_in(value)
            if at is not None and _is_entry(fact, source) and (at > self.before.as_of or self._is_new(fact, source)):
                yield _cause(fact, source, None, value)

    def _is_new(self, fact: str, source: str) -> bool:
        one = Cause("episode", source, fact)
        return any(each.how in ("added", "happened") and _is_of(each, one) for each in self.entries or ())

    def _ended(self, after: Standing) -> Iterator[Cause]:
        """What happened to its episode at the very instant of its end."""
        ended = after.said.get("ended_at")
        for (fact, source), values in self._shown_after.items():
            if ended in values and source == after.said.get("episode"):
                was = self._shown_before.get((fact, source), {})
                if ended not in was:
                    yield _cause(fact, source, next(iter(was), None), ended)

    def _nearby(self, before: Standing | None, after: Standing | None) -> Iterator[Cause]:
        """What the two results show otherwise of the episode, the child, and all that the duty stands on."""
        sources = {source for each in (before, after) if each for _, source in each.evidence}
        sources |= {str(each.said.get("episode")) for each in (before, after) if each} | {"child", "plan"}
        for shown in dict.fromkeys((*self._shown_before, *self._shown_after)):
            fact, source = shown
            was, now = self._shown_before.get(shown, {}), self._shown_after.get(shown, {})
            if source in sources and _is_entry(fact, source) and was.keys() != now.keys():
                gone, come = [each for each in was if each not in now], [each for each in now if each not in was]
                yield _cause(fact, source, gone[0] if gone else None, come[0] if come else None)

    @cached_property
    def _shown_before(self) -> Mapping[Shown, dict[object, None]]:
        return _shown(self.before)

    @cached_property
    def _shown_after(self) -> Mapping[Shown, dict[object, None]]:
        return _shown(self.after)


def _shown(standings: Standings) -> dict[Shown, dict[object, None]]:
    """Every value that any duty of a result stands on, by fact and source."""
    found: dict[Shown, dict[object, None]] = {}
    for duty in standings.duties.values():
        for shown, value in duty.evidence.items():
            found.setdefault(shown, {}).setdefault(value)
    return found


def _records(kind: Kind, before: Standing, after: Standing) -> Iterator[Cause]:
    """Records by which it was done and is not, or is and was not."""
    if kind is Kind.DISCHARGED:
        come = [each for each in after.records if each not in before.records]
        gone = [each for each in before.records if each not in after.records]
        yield from (Cause("record", each) for each in come or gone)
    elif kind in _LOST and before.status in OVER:
        yield from (Cause("record", each) for each in before.records if each not in after.records)


def _values(before: Standing, after: Standing) -> Iterator[Cause]:
    """Values that it stands on now and did not, or otherwise: instants, or read at one and the same instant."""
    same_instant = before.said.get("triggered_at") == after.said.get("triggered_at")
    was, now = before.evidence, after.evidence
    for fact, source in dict.fromkeys((*was, *now)):
        one, other = was.get((fact, source)), now.get((fact, source))
        are_instants = instant_in(one) is not None and instant_in(other) is not None
        if one != other and _is_entry(fact, source) and (same_instant or are_instants):
            yield _cause(fact, source, one, other)


def _is_entry(fact: str, source: str) -> bool:
    """Whether it stands in the case as it is: not how long, how many or in which hours."""
    return "." in fact and source not in _NO_ENTRY


def _cause(fact: str, source: str, before: object, after: object) -> Cause:
    prefix = fact.partition(".")[0]
    kind: Literal["episode", "event", "record", "fact"] = (
        "fact" if source in ("child", "plan") else prefix if prefix in ("event", "record") else "episode"  # type: ignore[assignment]
    )
    return Cause(kind, source, fact, None, before, after)


def _is_of(entry: Cause, needed: Cause) -> bool:
    """Whether an entry that differs is the one that is needed."""
    if entry.source != needed.source:
        return False
    whole = entry.kind in ("record", "event") or (entry.kind == "episode" and entry.what == "episode.started")
    return needed.what is None or whole or entry.what == needed.what
