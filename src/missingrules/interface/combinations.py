"""Every combination of readings as other systems get it: a list, each with what differs from the answer as asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pydantic_core
from pydantic import Field

from missingrules.domain.combinations import COMPARED
from missingrules.interface.rendering import Writer
from missingrules.interface.result import Action, Closed, ForbiddenOut

if TYPE_CHECKING:
    from collections.abc import Iterable

    from missingrules.domain.combinations import CaseDiff, Change, Combination, Differences, Restated
    from missingrules.domain.protocol import Protocol


class ChangeOut(Closed):
    """An action that stands under both; what differs, by the names of its keys."""

    key: str
    before: dict[str, Any] = Field(description="As in `Action`, of what differs alone.")
    after: dict[str, Any]


class RestatedOut(Closed):
    """A classification that differs; null: there is none."""

    what: str
    episode: str | None
    before: str | None
    after: str | None


class CombinationOut(Closed):
    """One way to read all that the case touches in one protocol, and what it changes."""

    protocol: str
    edition: str = Field(description="The label of the edition that is read.")
    readings: dict[str, str] = Field(description="The option of each reading that the case touches.")
    otherwise: dict[str, str] = Field(description="Of those, what is read otherwise; empty: the answer as asked for.")
    added: list[Action]
    gone: list[str] = Field(description="The keys of the actions that are asked for no more.")
    changed: list[ChangeOut]
    conclusions: list[RestatedOut]
    forbidden: list[ForbiddenOut] = Field(description="What is forbidden now, or otherwise than before.")
    allowed: list[str] = Field(description="The keys of the prohibitions that are there no more.")


def combinations_to_json(combinations: Iterable[Combination]) -> str:
    """All of them as JSON text, the same bytes for the same answer; it ends with a line break."""
    return pydantic_core.to_json([_combination(one) for one in combinations], indent=2).decode() + "\n"


def changed_to_json(found: Iterable[CaseDiff], both: tuple[Protocol, Protocol]) -> str:
    """What the second of two editions changes in each case, as JSON text; an action is as its own edition has it."""
    return pydantic_core.to_json([_changed(one, *both) for one in found], indent=2).decode() + "\n"


def _changed(one: CaseDiff, before: Protocol, after: Protocol) -> dict[str, Any]:
    return {
        "case": one.case,
        "before": {"edition": before.edition.label, "fingerprint": before.fingerprint},
        "after": {"edition": after.edition.label, "fingerprint": after.fingerprint},
        **_differences(one.differences, Writer(after, one.phases.get())),
    }


def _combination(one: Combination) -> dict[str, Any]:
    writer = Writer(one.protocol, one.phases.get())
    return {
        "protocol": one.protocol.name,
        "edition": one.protocol.edition.label,
        "readings": dict(one.readings),
        "otherwise": dict(one.otherwise),
        **_differences(one.differences, writer),
    }


def _differences(found: Differences, writer: Writer) -> dict[str, Any]:
    return {
        "added": [writer.action(each) for each in found.added],
        "gone": [each.key for each in found.gone],
        "changed": [_change(each, writer) for each in found.changed],
        "conclusions": [_restated(each) for each in found.concluded],
        "forbidden": [writer.forbidden(each) for each in found.forbidden],
        "allowed": [each.key for each in found.allowed],
    }


def _change(one: Change, writer: Writer) -> dict[str, Any]:
    before, after = writer.action(one.before), writer.action(one.after)
    return {
        "key": one.before.key,
        "before": {name: before[name] for name in COMPARED if name in one.fields},
        "after": {name: after[name] for name in COMPARED if name in one.fields},
    }


def _restated(one: Restated) -> dict[str, Any]:
    return {
        "what": one.what,
        "episode": one.episode,
        "before": one.before and one.before.effective,
        "after": one.after and one.after.effective,
    }
