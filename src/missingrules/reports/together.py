"""Several protocols in one text: which duties share a block, and where two papers cannot both be kept."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain.obligations import Status
from missingrules.domain.rules import Effect, People
from missingrules.engine.combine import parties
from missingrules.reports.wording import listed, moment, paragraphs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from missingrules.domain.clock import Clock
    from missingrules.domain.obligations import Answer, Conflict, Obligation, Question
    from missingrules.domain.rules import Protocol

# What may share a block, in the order of the sections: the block stands where its first stands.
_NOW: Final = (Status.OVERDUE, Status.DUE, Status.NOT_DECIDABLE, Status.AVAILABLE)
_SHARING: Final = (
    _NOW,
    (Status.UPCOMING,),
    (Status.MISSED,),
    (Status.MET, Status.MET_LATE),
    (Status.CEASED,),
)
# What a duty's own lines do not say of it where it stands under the heading of another.
_STANDS: Final = MappingProxyType({Status.NOT_DECIDABLE: "cannot be decided yet", Status.AVAILABLE: "may be done"})
_INDENT: Final = "  "


class Row(NamedTuple):
    """A line of a block: its label, its text and its style."""

    label: str
    text: str | None
    style: str = ""


class Block(NamedTuple):
    """Duties of one act that share a block, and those of the same act that only time will bring."""

    ones: tuple[Obligation, ...]
    later: tuple[Obligation, ...] = ()


class Shared(NamedTuple):
    """The shared blocks, each by the key of the duty in whose place it stands, and the keys of the others in them."""

    led: Mapping[str, Block]
    others: frozenset[str]


def shared(answer: Answer) -> Shared:
    """Which duties of several protocols stand in one block.

    What is still to be done now shares one and names what is coming, which has a place of its own.
    """
    led: dict[str, Block] = {}
    others: set[str] = set()
    for group in answer.together:
        coming = tuple(one for one in group.obligations if one.status is Status.UPCOMING)
        for statuses in _SHARING:
            ones = tuple(one for one in group.obligations if one.status in statuses)
            later = coming if statuses is _NOW else ()
            if ones and len({one.protocol for one in (*ones, *later)}) > 1:
                first = min(ones, key=lambda one: statuses.index(one.status))
                led[first.key] = Block(ones, later)
                others.update(one.key for one in ones if one is not first)
    return Shared(led, frozenset(others))


def paper(protocol: Protocol | str) -> str:
    """A protocol as it is called on the command line, in words."""
    name = protocol if isinstance(protocol, str) else protocol.name
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def heading(block: Block, about: str) -> Row:
    """What a shared block is about: the act, and of whom or which episodes."""
    papers = len({one.protocol for one in (*block.ones, *block.later)})
    return Row("TOGETHER", f"{_act(block.ones)}{f' ({about})' if about else ''}, in {papers} papers", "bold")


def member(one: Obligation, under: Status, lines: Sequence[Row]) -> list[Row]:
    """One duty of a shared block, indented; `under` is the status of the section in which it stands."""
    rows = [Row(one.duty.modality.upper(), _title(one), "bold"), Row("paper", paper(one.protocol))]
    if one.status is not under:
        rows.append(Row("stands", _STANDS.get(one.status)))
    # The heading has named the act.
    rows += [row for row in lines if row.label != "act"]
    return [Row(_INDENT + row.label, row.text, row.style) for row in rows]


def coming(one: Obligation, clock: Clock) -> Row:
    """One line for a duty that is shown in full among what is coming."""
    since = "" if one.triggered_at is None else f", from {moment(clock, one.triggered_at)}"
    return Row(_INDENT + "later", f"{paper(one.protocol)}: {_title(one)}{since}")


def _title(one: Obligation) -> str:
    number = f" (number {one.occurrence})" if one.duty.repeat and one.occurrence.isdigit() else ""
    return one.duty.title + number


def _act(ones: Sequence[Obligation]) -> str:
    """The act, with what all say that it is about and whom all name."""
    first = ones[0]
    act = first.duty.action.replace("_", " ")
    abouts = {one.duty.about for one in ones}
    if len(abouts) == 1 and first.duty.about:
        act += f", {first.duty.about.replace('_', ' ')}"
    common = frozenset.intersection(*map(parties, ones))
    who = first.with_ if first.duty.effect is Effect.AGREE else first.recipients
    titles = [role.title for role in who.roles if role.name in common] if isinstance(who, People) else []
    return act + (f": {listed(titles, 'and')}" if titles else "")


def questions(answer: Answer) -> list[Question]:
    """What to ask, each question once, with all that hangs on it and the first instant at which one needs it."""
    found: dict[tuple[str, str, str | None, str | None], Question] = {}
    for part in answer.protocols:
        for one in part.questions:
            what = one.fact, one.ask, one.episode, one.record
            known = found.get(what)
            # No instant: it is needed now.
            by = one.by if known is None else None if None in (one.by, known.by) else min(one.by, known.by)  # type: ignore[type-var]
            found[what] = one._replace(affects=(*(known.affects if known else ()), *one.affects), by=by)
    return list(found.values())


def conflicts(answer: Answer) -> list[list[Row]]:
    """Where two papers cannot both be kept, a block each."""
    return [_conflict(one) for one in answer.conflicts]


def _conflict(one: Conflict) -> list[Row]:
    of = f" (episode {one.episode})" if one.episode else ""
    forbids = one.kind == "forbidden"
    says = "one paper requires what another forbids" if forbids else "one meeting, two chairs"
    labels = ("requires", "forbids") if forbids else ("chair", "or")
    return [
        Row("CONFLICT", f"{one.what.replace('_', ' ')}{of}: {says}", "bold red"),
        *(
            Row(label, f"{paper(protocol)}: {value}")
            for label, protocol, value in zip(labels, one.protocols, one.values, strict=True)
        ),
        Row("source", paragraphs(one.citations, ())),
    ]
