"""One step of a live case: what changed because of rules, then of time, then of the case, each told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from missingrules.engine.evaluate import evaluate
from missingrules.interface.standings import standings_of
from missingrules.live.compare import changes
from missingrules.live.rules import rules_between

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from missingrules.domain.answers import Answer
    from missingrules.domain.case import Case
    from missingrules.domain.changes import Changes, Standings
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.interface.result import Result


class Followed(NamedTuple):
    """The answer as it is now, and the changes that lead to it, in the order in which they are to be applied."""

    answer: Answer
    steps: tuple[Changes, ...]


def follow(
    protocols: Sequence[Protocol],
    before: Answer | Result | Standings | None,
    cases: tuple[Case | None, Case],
    as_of: Instant,
    *,
    horizon_days: int = 90,
    readings: Mapping[str, str] | None = None,
    organisation: bool = False,
) -> Followed:
    """Asks the protocols of a case as it was and as it is at `as_of`, and tells apart what changed by what.

    `before` is what stands, made of the first of the two cases. Where the rules are others now, the first step has what
    they alone change, at the old instant; the next what time alone changes; the last what the case changes. Each
    begins where the one before it ends; one in which nothing differs, not even the instant, is left out.

    Raises what `evaluate` and `changes` do: `InvalidInput` (`no-protocol`, `bad-reading`), ValueError.
    Source: docs/live.md.
    """

    def ask(case: Case, at: Instant) -> Answer:
        return evaluate(
            protocols, case, at, horizon_days=horizon_days, readings=readings or {}, organisation=organisation
        )

    was, now = cases
    answer = ask(now, as_of)
    if before is None or was is None:
        return Followed(answer, (changes(None, answer),))
    steps: list[Changes] = []
    stands = standings_of(before)

    def step(after: Standings, of: tuple[Case, Case]) -> Standings:
        if after.mark != stands.mark:
            steps.append(changes(stands, after, of))
        return after

    if rules_between(stands, standings_of(answer)):
        stands = step(standings_of(ask(was, stands.as_of)), (was, was))
    if as_of != stands.as_of:
        stands = step(standings_of(answer if was == now else ask(was, as_of)), (was, was))
    if was != now:
        stands = step(standings_of(answer), (was, now))
    return Followed(answer, tuple(steps))
