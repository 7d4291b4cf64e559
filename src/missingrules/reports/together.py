"""Several protocols in one text: which duties share a block, and where two papers cannot both be kept."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain.obligations import Status
from missingrules.domain.people import People
from missingrules.domain.rules import Effect
from missingrules.engine.combine import parties
from missingrules.reports.layout import Line
from missingrules.reports.wording import listed, moment, paragraphs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from missingrules.domain.answers import Answer, Conflict, Question
    from missingrules.domain.clock import Clock
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.protocol import Protocol

# What may share a block, in the order of the sections: the block stands where its first stands.
_NOW: Final = (Status.OVERDUE, Status.DUE, Status.AVAILABLE, Status.NOT_DECIDABLE)
_SHARING: Final = (
    _NOW,
    (Status.UPCOMING,),
    (Status.MISSED,),
    (Status.MET, Status.MET_LATE),
    (Status.CEASED,),
)
# What a duty's own lines do not say of it where it stands under the heading of another.
STANDS: Final = MappingProxyType({Status.NOT_DECIDABLE: "cannot be decided yet", Status.AVAILABLE: "may be done"})
_INDENT: Final = "  "


class Block(NamedTuple):
    """Duties of one act that share a block, the one in whose place it stands first; `later`: those of the same act
    that only time will bring."""

    ones: tuple[Obligation, ...]
    later: tuple[Obligation, ...] = ()


class Shared:
    """Which duties of several protocols stand in one block.

    What is still to be done now shares one and names what is coming, which has a place of its own.
    """

    def __init__(self, answer: Answer) -> None:
        # By identity: two editions of one protocol may give one key twice.
        self._led: dict[int, Block] = {}
        self._hidden: set[int] = set()
        for group in answer.together:
            coming = tuple(one for one in group.obligations if one.status is Status.UPCOMING)
            for statuses in _SHARING:
                ones = sorted(
                    (one for one in group.obligations if one.status in statuses),
                    key=lambda one: statuses.index(one.status),
                )
                later = coming if statuses is _NOW else ()
                if ones and len({one.protocol for one in (*ones, *later)}) > 1:
                    self._led[id(ones[0])] = Block(tuple(ones), later)
                    self._hidden.update(map(id, ones[1:]))

    def block(self, one: Obligation) -> Block:
        """The block that stands in the place of a duty; one that shares none is alone in it."""
        return self._led.get(id(one), Block((one,)))

    def leads(self, one: Obligation) -> bool:
        return id(one) in self._led

    def hides(self, one: Obligation) -> bool:
        """Whether a duty stands in the block of another, and so not in a place of its own."""
        return id(one) in self._hidden


def paper(protocol: Protocol | str) -> str:
    """A protocol as it is called on the command line, in words."""
    name = protocol if isinstance(protocol, str) else protocol.name
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def heading(block: Block, about: str) -> Line:
    """What a shared block is about: the act, and of whom or which episodes."""
    papers = len({one.protocol for one in (*block.ones, *block.later)})
    return Line("TOGETHER", f"{_act(block.ones)}{f' ({about})' if about else ''}, in {papers} papers", "bold")


def member(one: Obligation, under: Status, lines: Sequence[Line]) -> list[Line]:
    """One duty of a shared block, indented; `under` is the status of the section in which it stands."""
    rows = [Line(one.duty.modality.upper(), numbered(one), "bold"), Line("paper", paper(one.protocol))]
    if one.status is not under:
        rows.append(Line("stands", STANDS.get(one.status)))
    # The heading has named the act, save by the name that this paper has for it.
    act = one.duty.action.replace("_", " ")
    rows += [row for row in lines if row.label != "act" or not row.text or not row.text.startswith(act)]
    return [indent(row) for row in rows]


def coming(one: Obligation, clock: Clock) -> Line:
    """One line for a duty that is shown in full among what is coming."""
    since = "" if one.triggered_at is None else f", from {moment(clock, one.triggered_at)}"
    return Line("later", f"{paper(one.protocol)}: {numbered(one)}{since}")


def indent(line: Line) -> Line:
    return Line(_INDENT + line.label, line.text, line.style)


def numbered(one: Obligation) -> str:
    """Its title, with the number of the occurrence in a series."""
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


def conflicts(answer: Answer) -> list[list[Line]]:
    """Where two papers cannot both be kept, a block each."""
    return [_conflict(one) for one in answer.conflicts]


def _conflict(one: Conflict) -> list[Line]:
    of = f" (episode {one.episode})" if one.episode else ""
    forbids = one.kind == "forbidden"
    says = "one paper requires what another forbids" if forbids else "one meeting, two chairs"
    labels = ("requires", "forbids") if forbids else ("chair", "or")
    return [
        Line("CONFLICT", f"{one.what.replace('_', ' ')}{of}: {says}", "bold red"),
        *(
            Line(label, f"{paper(protocol)}: {value}")
            for label, protocol, value in zip(labels, one.protocols, one.values, strict=True)
        ),
        Line("source", paragraphs(one.citations, ())),
    ]
