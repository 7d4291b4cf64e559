"""The tasks of one child as a case system keeps them: each duty once, under its key, brought forward by changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from missingrules.domain.changes import Kind, Refused, Standings
from missingrules.domain.clock import Clock
from missingrules.interface.shared import iso
from missingrules.interface.standings import standings_of_tasks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.changes import Changes, Mark, Standing
    from missingrules.domain.clock import Instant


@dataclass(frozen=True, slots=True)
class Tasks:
    """What stands for one child after some changes: `standings` are the tasks, by key.

    `latest` are the changes applied at the instant that the tasks are as of, by where each began and ended.
    """

    case: str
    standings: Standings | None = None
    latest: frozenset[tuple[Mark | None, Mark]] = frozenset()

    @property
    def tasks(self) -> Mapping[str, Standing]:
        """Every task by its key, also those that are over."""
        return {} if self.standings is None else self.standings.duties

    @property
    def mark(self) -> Mark | None:
        return None if self.standings is None else self.standings.mark

    def apply(self, changes: Changes) -> Tasks:
        """The tasks after these changes; the same if they were applied already.

        Raises `Refused` for changes of another case, of an earlier instant than the tasks are as of, or that begin
        with another result than the one that the tasks stand for.
        """
        if changes.case != self.case:
            raise Refused("other-case", f"these changes are of {changes.case}, the tasks of {self.case}")
        step = changes.before, changes.after
        if changes.after == self.mark or step in self.latest:
            return self
        if self.mark is not None and changes.after.as_of < self.mark.as_of:
            message = f"the tasks are as of {_text(self.mark.as_of)}, the changes of {_text(changes.after.as_of)}"
            raise Refused("older", f"{message}: they were told already, or come too late")
        if changes.before != self.mark:
            have = "nothing yet" if self.mark is None else f"the result as of {_text(self.mark.as_of)}"
            since = "nothing" if changes.before is None else f"the result as of {_text(changes.before.as_of)}"
            message = f"the tasks stand for {have}, the changes begin with {since}"
            raise Refused("other-start", f"{message}: ask what changed since the result that the tasks stand for")
        after = standings_of_tasks(self.case, changes.after.as_of, changes.now, self._brought_forward(changes))
        if after.mark != changes.after:
            raise Refused("broken", "these changes do not lead to the result that they name: some of them are missing")
        same_instant = self.mark is not None and self.mark.as_of == changes.after.as_of
        return Tasks(self.case, after, (self.latest if same_instant else frozenset()) | {step})

    def _brought_forward(self, changes: Changes) -> list[Standing]:
        found = dict(self.tasks)
        for change in changes.changes:
            if change.before is not None and change.kind in (Kind.WITHDRAWN, Kind.RENUMBERED):
                found.pop(change.before.key, None)
        for change in changes.changes:
            if change.after is not None:
                found[change.after.key] = change.after
        return [_completed(one, changes.now.duties.get(one.key)) for one in found.values()]


def _completed(one: Standing, now: Standing | None) -> Standing:
    """As the later result has it, where the task only lacks what an older version did not write, or has more."""
    if now is None or any(one.said[name] != now.said[name] for name in one.said.keys() & now.said.keys()):
        return one
    return now


def _text(instant: Instant) -> str:
    return iso(Clock(), instant)
