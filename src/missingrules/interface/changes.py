"""What changed between two results as other systems get it. The published JSON Schema comes from these models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pydantic_core
from pydantic import Field

from missingrules.domain.changes import KEPT
from missingrules.domain.clock import Clock
from missingrules.interface.result import CitationOut, Closed, Moment
from missingrules.interface.shared import iso

if TYPE_CHECKING:
    from missingrules.domain.changes import Cause, Change, Changes, Mark

KindOut = Literal[
    "raised", "withdrawn", "renumbered", "arisen", "overdue", "in_time", "discharged", "ceased", "missed", "reopened",
    "deferred", "undecided", "decided", "moved", "people", "phase", "grounds", "cited", "restated",
]  # fmt: skip


class CauseOut(Closed):
    """Something without which a change would not be; of several that stand together, each may be it."""

    kind: Literal["episode", "event", "record", "fact", "time", "rules", "case"] = Field(
        description="`case`: something in the case that neither result names."
    )
    source: str | None = Field(description="The id of the entry; `child`, `plan`; of rules the protocol (null: all).")
    what: str | None = Field(description="The fact, action or event; of time what passed; of rules what differs.")
    how: Literal["added", "changed", "withdrawn", "happened", "passed"] | None = Field(
        description="`happened`: it stood in the case already, and lay ahead. Null: it cannot be said."
    )
    before: str | int | None
    after: str | int | None


class ChangeOut(Closed):
    """One thing that happened to one duty. A duty to which several happened has several."""

    kind: KindOut
    key: str = Field(description="The key of the duty as it is now; of what is withdrawn, as it was.")
    key_before: str | None = Field(description="Of what is renumbered, the key that it had; otherwise null.")
    title: str
    protocol: str | None
    rule: str | None
    episode: str | None
    status: str = Field(description="As it is now; of what is withdrawn, as it was.")
    due: Moment | None
    before: dict[str, Any] | None = Field(
        description="As in the result's action: what this change tells of; of what is withdrawn, all. Null: raised."
    )
    after: dict[str, Any] | None = Field(
        description="The same as it is now; of what is raised or renumbered, all. Null: withdrawn."
    )
    caused_by: list[CauseOut]
    citations: list[CitationOut]


class MarkOut(Closed):
    """Which result it is: two with one mark are the same in all that is told here."""

    as_of: Moment
    digest: str


class ChangesOut(Closed):
    """What the later of two results about one case has otherwise than the earlier."""

    format: Literal[1]
    case: str
    before: MarkOut | None = Field(description="Null: these are the first, and everything is raised.")
    after: MarkOut
    rules: list[CauseOut] = Field(description="What differs in that by which the two were made; mostly nothing.")
    changes: list[ChangeOut] = Field(
        description="So that they can be taken one by one: withdrawn, renumbered, then as in the later result."
    )


def changes_to_json(changes: Changes) -> str:
    """The changes as JSON text, the same bytes for the same changes; it ends with a line break."""
    return pydantic_core.to_json(changes_to_data(changes), indent=2).decode() + "\n"


def changes_to_data(changes: Changes) -> dict[str, Any]:
    """The same as plain data, its keys in the order of the models."""
    return {
        "format": 1,
        "case": changes.case,
        "before": None if changes.before is None else _mark(changes.before),
        "after": _mark(changes.after),
        "rules": [_cause(each) for each in changes.rules],
        "changes": [_change(each) for each in changes.changes],
    }


def _mark(mark: Mark) -> dict[str, Any]:
    return {"as_of": iso(Clock(), mark.as_of), "digest": mark.digest}


def _cause(cause: Cause) -> dict[str, Any]:
    return cause._asdict()


def _change(change: Change) -> dict[str, Any]:
    before, after, said = change.before, change.after, change.standing.said
    is_renumbered = before is not None and after is not None and before.key != after.key
    return {
        "kind": change.kind.value,
        "key": change.key,
        "key_before": before.key if before and is_renumbered else None,
        "title": change.standing.title,
        "protocol": said.get("protocol"),
        "rule": said.get("rule"),
        "episode": said.get("episode"),
        "status": change.standing.status.value,
        "due": said.get("due"),
        "before": before and _said(before.said, change.names if after else KEPT),
        "after": after and _said(after.said, change.names if before and not is_renumbered else KEPT),
        "caused_by": [_cause(each) for each in change.caused_by],
        "citations": list(said.get("citations") or ()),
    }


def _said(said: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: said[name] for name in names if name in said}
