"""An answer as text: what is overdue first, then what comes, what to ask, and what was done.

Nothing depends on colour; without a terminal the text has 80 columns and is the same every time.
"""

from __future__ import annotations

from io import StringIO
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from missingrules.domain.clock import FOREVER
from missingrules.domain.obligations import NO_DIFFERENCE, Obligation, Status
from missingrules.domain.rules import Duty
from missingrules.reports.together import Row as _Line
from missingrules.reports.together import coming, conflicts, heading, member, paper, questions, shared
from missingrules.reports.wording import day, duration, listed, moment, paragraphs, people, references, with_local_times

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rich.console import RenderableType

    from missingrules.domain.clock import Instant
    from missingrules.domain.obligations import Ahead, Answer, Forbidden, ProtocolAnswer, Question
    from missingrules.domain.rules import Citations, Note

WIDTH: Final = 80
_LABELS: Final = 10
_PARTS: Final = MappingProxyType({"by": "who", "chair": "chair", "attend": "attend"})

_COUNTED: Final = (
    (Status.OVERDUE, "overdue"),
    (Status.DUE, "due"),
    (Status.NOT_DECIDABLE, "not decidable"),
    (Status.UPCOMING, "coming up"),
    (Status.MISSED, "not done"),
)


def as_text(report: RenderableType, width: int = WIDTH) -> str:
    """The report as plain text without colour, the same on every machine."""
    console = Console(file=StringIO(), width=width, color_system=None, legacy_windows=False, force_terminal=False)
    with console.capture() as capture:
        console.print(report)
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


def report(answer: Answer) -> RenderableType:
    """The whole answer, for `as_text` or for a terminal."""
    return Group(*_Report(answer).parts())


class _Report:
    """One answer on its way to text; one use each."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.clock = answer.clock
        self.called = {part.protocol.name: part.protocol.called for part in answer.protocols}
        self.actions = [one for part in answer.protocols for one in part.actions]
        self.several_subjects = len({one.subject for one in self.actions}) > 1
        # With one protocol its own paragraphs need no name before them.
        self.own = [part.protocol.name for part in answer.protocols] if len(answer.protocols) == 1 else []
        self.shared = shared(answer)
        self.titles = {
            f"{part.protocol.name}/{provision.id if isinstance(provision, Duty) else provision.rule}": provision.title
            for part in answer.protocols
            for family in part.protocol.families
            for provisions in family.variants.values()
            for provision in provisions
        } | {_rule(one.key): one.duty.title for one in self.actions}

    def parts(self) -> Iterator[RenderableType]:
        yield from self.head()
        yield from self.section("WHERE TWO PAPERS CANNOT BOTH BE KEPT", conflicts(self.answer), "bold red")
        yield from self.duties("OVERDUE", "bold red", Status.OVERDUE)
        yield from self.over("NOT DONE", "bold red", Status.MISSED)
        yield from self.forbidden("breached", "FORBIDDEN, BUT RECORDED", "bold red")
        yield from self.duties("DUE", "bold yellow", Status.DUE)
        yield from self.duties("CANNOT BE DECIDED YET", "bold magenta", Status.NOT_DECIDABLE)
        yield from self.questions()
        yield from self.duties("COMING UP, IF NOTHING CHANGES", "bold", Status.UPCOMING)
        yield from self.duties("MAY BE DONE", "bold", Status.AVAILABLE)
        yield from self.ahead()
        yield from self.forbidden("in_force", "MUST NOT BE DONE", "bold")
        yield from self.forbidden("not_decidable", "MAY BE FORBIDDEN", "bold")
        yield from self.conclusions()
        yield from self.over("DONE", "bold green", Status.MET, Status.MET_LATE)
        yield from self.over("NO LONGER OWED", "bold", Status.CEASED)
        yield from self.unclear()

    # --- the head ---

    def head(self) -> Iterator[RenderableType]:
        answer = self.answer
        yield Text(f"Case {answer.case}, as of {self.when(answer.as_of)}", "bold")
        for part in answer.protocols:
            name = "" if self.own else f"{paper(part.protocol)}: "
            yield Text(f"{name}{part.protocol.title}, {part.protocol.edition.label}")
        counts = [(sum(one.status is status for one in self.actions), word) for status, word in _COUNTED]
        yield Text(", ".join(f"{count} {word}" for count, word in counts if count) or "Nothing is due.")
        if answer.valid_until is not None:
            yield Text(f"If nothing is added, this holds until {self.when(answer.valid_until)}.")

    def when(self, instant: Instant) -> str:
        return moment(self.clock, instant)

    # --- duties ---

    def duties(self, title: str, style: str, status: Status) -> Iterator[RenderableType]:
        found = [one for one in self.actions if one.status is status]
        yield from self.section(title, self.together(found, self.open), style)

    def over(self, title: str, style: str, *statuses: Status) -> Iterator[RenderableType]:
        found = [one for one in self.actions if one.status in statuses]
        yield from self.section(title, self.together(found, self.past), style)

    def together(self, found: Iterable[Obligation], block: Callable[[Obligation], list[_Line]]) -> list[list[_Line]]:
        """A block for each duty; where several episodes have the very same one, or several protocols the same act, a
        single block."""
        same: dict[tuple[object, ...], list[Obligation]] = {}
        for one in found:
            if one.key in self.shared.others:
                continue
            sharing = self.shared.led.get(one.key)
            ones = (one,) if sharing is None else sharing.ones
            alike = [(each.protocol, each.duty.id, each.episode is None, *block(each)) for each in ones]
            same.setdefault(tuple(alike), []).append(one)
        return [self.block(ones, block) for ones in same.values()]

    def block(self, ones: Sequence[Obligation], block: Callable[[Obligation], list[_Line]]) -> list[_Line]:
        first = ones[0]
        sharing = self.shared.led.get(first.key)
        if sharing is None:
            whose = [] if self.own else [_Line("paper", paper(first.protocol))]
            return [self.title(ones), *whose, *block(first)]
        lines = [heading(sharing, self.about(ones))]
        for each in sharing.ones:
            lines += member(each, first.status, block(each))
        return [*lines, *(coming(each, self.clock) for each in sharing.later)]

    def title(self, ones: Sequence[Obligation]) -> _Line:
        first = ones[0]
        number = first.duty.repeat and first.occurrence.isdigit()
        about = [
            f"number {' and '.join(one.occurrence for one in ones)}" if number else "",
            self.about(ones),
        ]
        text = first.duty.title + (f" ({', '.join(filter(None, about))})" if any(about) else "")
        return _Line(first.duty.modality.upper(), text, "bold")

    def about(self, ones: Sequence[Obligation]) -> str:
        """Of which episodes, periods or child, where the answer has several."""
        first = ones[0]
        if first.subject == "organisation":
            return listed([one.occurrence for one in ones], "and")
        if not self.several_subjects:
            return ""
        subjects = list(dict.fromkeys(one.episode or one.subject for one in ones))
        episodes = "" if first.episode is None else "episode " if len(subjects) == 1 else "episodes "
        return episodes + listed(subjects, "and")

    def open(self, one: Obligation) -> list[_Line]:
        """A duty that still matters: by when, who, and the paragraph."""
        return [
            *self.what(one),
            *self.by_when(one),
            *self.notes(one),
            _Line("who", people(one.by)),
            _Line("chair", people(one.chair)),
            _Line("attend", people(one.attendees)),
            _Line("tell", people(one.recipients)),
            _Line("with", people(one.with_)),
            *self.readings(one),
            _Line("source", paragraphs(one.citations, [one.protocol])),
        ]

    def what(self, one: Obligation) -> Iterator[_Line]:
        """Which of several acts of a rule this is, and what the area calls an act that others call otherwise."""
        name, own = one.duty.action.replace("_", " "), self.called[one.protocol].get(one.duty.action)
        if own:
            yield _Line("act", f"{own} ({name})")
        elif one.duty.id != one.duty.rule:
            yield _Line("act", name)

    def by_when(self, one: Obligation) -> Iterator[_Line]:
        now = self.answer.as_of
        if one.status is Status.UPCOMING and one.triggered_at is not None:
            yield _Line("from", self.when(one.triggered_at))
        if one.due_between is not None:
            first, last = one.due_between
            yield _Line("by", f"{self.when(first)} or {self.when(last)}, or in between")
        elif one.due is None:
            yield _Line("by", "no time is stated" if one.due_basis == "not stated" else one.due_basis)
            return
        elif one.status is Status.OVERDUE:
            yield _Line("overdue", f"by {duration(now - one.due)}: it was due {self.when(one.due)}", "red")
        else:
            left = f" (in {duration(one.due - now)})" if one.due > now else " (now)" if one.due == now else ""
            yield _Line("by", self.when(one.due) + left)
        yield _Line("", one.due_basis)

    def notes(self, one: Obligation) -> Iterator[_Line]:
        aim, sooner = _note(one.duty.aim), _note(one.duty.earlier_if)
        said = {f"aim: {aim}", f"earlier: {sooner}"}
        yield _Line("aim", aim)
        if sooner:
            yield _Line("sooner", f"{sooner}, as is so now" if f"earlier: {sooner}" in one.notes else sooner)
        for note in one.notes:
            if note not in said:
                yield _Line("note", note)

    def readings(self, one: Obligation) -> Iterator[_Line]:
        """The readings that make a difference here."""
        for rests in one.readings:
            if rests.otherwise != NO_DIFFERENCE:
                otherwise = with_local_times(self.clock, rests.otherwise)
                yield _Line("read as", f"{rests.reading}: {rests.option}; otherwise {otherwise}")

    def past(self, one: Obligation) -> list[_Line]:
        """A duty that is over: when, and the paragraph."""
        lines = list(self.what(one))
        if one.discharged_at is not None:
            records = listed(one.discharged_by, "and")
            lines.append(_Line("done", self.when(one.discharged_at) + (f" (record {records})" if records else "")))
        if one.due is not None:
            late = one.discharged_at - one.due if one.status is Status.MET_LATE and one.discharged_at else 0
            lines.append(_Line("was due", self.when(one.due) + (f": {duration(late)} late" if late else "")))
        if one.ended_at is not None and one.discharged_at is None:
            lines.append(_Line("ended", self.when(one.ended_at)))
        for difference in one.differences:
            text = f"record {difference.record} names {difference.recorded}; the paper names {difference.stated}"
            lines.append(_Line(_PARTS[difference.part], text))
        lines += [_Line("note", note) for note in one.notes]
        lines.append(_Line("source", paragraphs(one.citations, [one.protocol])))
        return lines

    # --- what else there is to say ---

    def conclusions(self) -> Iterator[RenderableType]:
        lines = []
        for part in self.answer.protocols:
            for one in part.conclusions:
                name = one.what.removeprefix("episode.")
                of = f" of episode {one.episode}" if one.episode and self.several_subjects else ""
                recorded = f" (recorded: {one.recorded})" if one.recorded not in (None, one.effective) else ""
                source = paragraphs(one.citations, self.own)
                text = f"{name}{of} counts as {one.effective}{recorded}"
                lines.append([_Line("", text + (f": {source}" if source else ""))])
            for conflict in part.conflicts:
                text = f"{conflict.what} cannot be {listed(conflict.values, 'and')} at once"
                lines.append([_Line("CONFLICT", f"{text}: {paragraphs(conflict.citations, self.own)}", "bold red")])
        yield from self.section("HOW THE CASE STANDS", lines, "bold", close=True)

    def forbidden(self, status: str, title: str, style: str) -> Iterator[RenderableType]:
        found = [one for part in self.answer.protocols for one in part.forbidden if one.status == status]
        yield from self.section(title, [self.prohibition(one) for one in found], style)

    def prohibition(self, one: Forbidden) -> list[_Line]:
        what = one.prohibition
        lines = [_Line(what.modality.upper(), what.title, "bold")]
        if one.record is not None and one.at is not None:
            lines.append(_Line("recorded", f"{self.when(one.at)} (record {one.record})"))
        return [*lines, _Line("source", paragraphs(what.citations, self.own))]

    def questions(self) -> Iterator[RenderableType]:
        asked = [self.question(one) for one in questions(self.answer)]
        yield from self.section("PLEASE FIND OUT", asked, "bold magenta")

    def question(self, one: Question) -> list[_Line]:
        about = [f"episode {one.episode}" if one.episode else "", f"record {one.record}" if one.record else ""]
        of = f" ({', '.join(filter(None, about))})" if any(about) else ""
        affected = dict.fromkeys(self.titles.get(_rule(key), key) for key in one.affects)
        return [
            _Line("ask", one.ask + of, "bold"),
            _Line("before", None if one.by is None else self.when(one.by)),
            _Line("decides", "; ".join(affected)),
        ]

    def ahead(self) -> Iterator[RenderableType]:
        """Each condition once, with all that it would bring."""
        found: dict[str, dict[str, Citations]] = {}
        for part in self.answer.protocols:
            for one in part.ahead:
                brought = found.setdefault(self.condition(one, part), {})
                own = tuple(cited for cited in one.duty.citations if cited.supports == "duty")
                brought[one.duty.title] = brought.get(one.duty.title, ()) + (own or one.citations)
        blocks = [
            [
                _Line("if", condition, "bold"),
                *(_Line("then", f"{title}: {references(cited, self.own)}") for title, cited in brought.items()),
            ]
            for condition, brought in found.items()
        ]
        yield from self.section("FURTHER AHEAD", blocks, "bold")

    def condition(self, one: Ahead, part: ProtocolAnswer) -> str:
        by = "" if one.at >= FOREVER else day(part.protocol.clock.date_of(one.at))
        if one.kind == "time":
            return f"still missing on {by}"
        more = "one more episode" if one.count == 1 else f"{one.count} more episodes"
        return f"{more} by {by}" if by else more

    def unclear(self) -> Iterator[RenderableType]:
        lines = [
            [
                _Line("if read", f"{one.reading}: {one.option}"),
                _Line("adds", "; ".join(dict.fromkeys(title for _, title in one.would_add))),
                _Line("source", paragraphs(one.citations, self.own)),
            ]
            for part in self.answer.protocols
            for one in part.ambiguities
        ]
        yield from self.section("WHERE THE PAPER CAN BE READ IN TWO WAYS", lines, "bold")

    # --- layout ---

    def section(
        self, title: str, blocks: Iterable[list[_Line]], style: str, *, close: bool = False
    ) -> Iterator[RenderableType]:
        """A heading and its blocks, with an empty line between them unless `close`; nothing without blocks."""
        for number, block in enumerate(blocks):
            if not number:
                yield Text(f"\n{title}", style)
            elif not close:
                yield Text("")
            yield Padding(grid(block), (0, 0, 0, 2))


def grid(lines: Iterable[_Line]) -> Table:
    """Lines with their labels in a column."""
    table = Table.grid(padding=(0, 0))
    table.add_column(width=_LABELS, no_wrap=True)
    table.add_column(ratio=1)
    for line in lines:
        if line.text:
            table.add_row(Text(line.label, line.style or "dim"), Text(line.text, line.style, overflow="fold"))
    return table


def _rule(key: str) -> str:
    """`protocol/rule` of a key, which stands first in it."""
    return "/".join(key.split("/")[:2])


def _note(note: Note | None) -> str | None:
    return None if note is None else note.text.replace("_", " ")
