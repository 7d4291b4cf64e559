"""An answer as text with everything that stands behind each duty: in groups, overdue first, earlier episodes last."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from missingrules.domain.obligations import NO_DIFFERENCE, Obligation, Status
from missingrules.domain.protocol import layer_of
from missingrules.reports.groups import OPEN, alone, folded
from missingrules.reports.layout import Line, section
from missingrules.reports.sheet import Sheet, rule_of
from missingrules.reports.together import coming, heading, indent, member, paper, questions
from missingrules.reports.wording import duration, listed, paragraphs, people, references, with_local_times

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from rich.console import RenderableType

    from missingrules.domain.answers import Forbidden, ProtocolAnswer, Question
    from missingrules.domain.citations import Citations
    from missingrules.domain.deadlines import Note
    from missingrules.reports.by import By
    from missingrules.reports.groups import Fold
    from missingrules.reports.together import Block

_PARTS: Final = MappingProxyType({"by": "who", "chair": "chair", "attend": "attend"})


class Full(Sheet):
    """One answer on its way to text; one use each."""

    def parts(self, by: By) -> Iterator[RenderableType]:
        earlier = self.earlier_title("OF EARLIER EPISODE")
        yield from self.head()
        yield from self.conflicts()
        yield from self.duties("OVERDUE", "bold red", self.shown(Status.OVERDUE, earlier=False))
        yield from self.duties("OVERDUE, OF EARLIER EPISODES", "bold red", self.shown(Status.OVERDUE, earlier=True))
        yield from self.over("NOT DONE", "bold red", Status.MISSED)
        yield from self.forbidden("breached", "FORBIDDEN, BUT RECORDED", "bold red")
        for group in self.groups(by):
            yield from self.duties(group.title, "bold yellow", group.actions)
            yield from self.duties(f"{group.title}: LEFT OPEN FROM BEFORE", "bold yellow", group.left)
        yield from self.duties("COMING UP, IF NOTHING CHANGES", "bold", self.shown(Status.UPCOMING))
        yield from self.duties("CANNOT BE DECIDED YET", "bold magenta", self.shown(Status.NOT_DECIDABLE, earlier=False))
        yield from self.questions()
        yield from self.duties(earlier, "bold yellow", self.shown(*OPEN, earlier=True))
        undecided = self.shown(Status.NOT_DECIDABLE, earlier=True)
        yield from self.duties(f"{earlier}: CANNOT BE DECIDED YET", "bold magenta", undecided)
        yield from self.further()
        yield from self.forbidden("in_force", "MUST NOT BE DONE", "bold")
        yield from self.forbidden("not_decidable", "MAY BE FORBIDDEN", "bold")
        yield from self.conclusions()
        yield from self.over("DONE", "bold green", Status.MET, Status.MET_LATE)
        yield from self.over("NO LONGER OWED", "bold", Status.CEASED)
        yield from self.unclear()

    # --- duties ---

    def duties(self, title: str, style: str, found: Sequence[Obligation]) -> Iterator[RenderableType]:
        yield from section(title, (self.block(fold, self.to_do) for fold in self.open_folds(found)), style)

    def over(self, title: str, style: str, *statuses: Status) -> Iterator[RenderableType]:
        folds = self.past_folds(self.shown(*statuses))
        yield from section(title, (self.block(fold, self.was_done) for fold in folds), style)

    def open_folds(self, found: Sequence[Obligation]) -> list[Fold]:
        """Of duties that still matter."""
        return self.folds(found, lambda o: [*self.open(o), *self.readings(o)], self.to_do)

    def past_folds(self, found: Sequence[Obligation]) -> list[Fold]:
        """Of duties that are over."""
        return self.folds(found, self.past, self.was_done)

    def folds(
        self,
        found: Sequence[Obligation],
        own: Callable[[Obligation], list[Line]],
        lines: Callable[[Fold], list[Line]],
    ) -> list[Fold]:
        """One for each duty: the same of several episodes in one, the acts of one rule in a list, and what several
        papers ask for together under one heading. `own` are the lines in which acts of one rule may not differ."""

        def alike(one: Obligation) -> Hashable:
            block = self.shared.block(one)
            # In a shared block stands one act alone.
            act = one.duty.id if self.shared.leads(one) else ""
            others = [(o.protocol, o.duty.id, *lines(alone(o))) for o in block.ones[1:]]
            return one.duty.title, one.duty.modality, act, *own(one), *others, *self.coming(block)

        return folded(found, alike, self.act)

    def block(self, fold: Fold, lines: Callable[[Fold], list[Line]]) -> list[Line]:
        first = fold.first
        if not self.shared.leads(first):
            return [self.title(fold), *self.paper(first.protocol), *lines(fold)]
        shared = self.shared.block(first)
        members = [line for one in shared.ones for line in member(one, first.status, lines(alone(one)))]
        return [heading(shared, self.whose(fold)), *members, *map(indent, self.coming(shared))]

    def coming(self, block: Block) -> list[Line]:
        return [coming(one, self.clock) for one in block.later]

    def to_do(self, fold: Fold) -> list[Line]:
        """Of a duty that still matters."""
        return [
            *self.acts(fold),
            *self.open(fold.first),
            *self.whom(fold),
            *self.readings(fold.first),
            *self.replaces(fold.first),
            self.source(fold),
        ]

    def was_done(self, fold: Fold) -> list[Line]:
        """Of a duty that is over."""
        return [*self.acts(fold), *self.past(fold.first), self.source(fold)]

    def title(self, fold: Fold) -> Line:
        first = fold.first
        about = self.about(fold)
        text = first.duty.title + (f" ({', '.join(about)})" if about else "")
        return Line(first.duty.modality.upper(), text, "bold")

    def acts(self, fold: Fold) -> Iterator[Line]:
        """Which of several acts of a rule this is, or what each of several is."""
        if len(fold.acts) == 1:
            if fold.first.duty.id != fold.first.duty.rule or self.local_name(fold.first):
                yield Line("act", self.act_name(fold.first))
            return
        shared = set(fold.first.citations).intersection(*(ones[0].citations for ones in fold.acts))
        alike = self.same_people(fold)
        for number, ones in enumerate(fold.acts):
            cited = tuple(cited for cited in ones[0].citations if cited not in shared)
            own = references(cited, [fold.first.protocol])
            said = ", ".join([self.act_name(ones[0]), *([] if alike else self.whom_text(ones[0]))])
            yield Line("" if number else "acts", said + (f": {own}" if own else ""))

    def whom(self, fold: Fold) -> Iterator[Line]:
        if self.same_people(fold):
            yield Line("tell", people(fold.first.recipients))
            yield Line("with", people(fold.first.with_))

    def source(self, fold: Fold) -> Line:
        shared = [c for c in fold.first.citations if all(c in ones[0].citations for ones in fold.acts)]
        return Line("source", paragraphs(tuple(shared), [fold.first.protocol]) + self.edition_of(fold.first))

    def open(self, one: Obligation) -> list[Line]:
        """By when, and who."""
        return [
            *self.by_when(one),
            *self.notes(one),
            Line("who", people(one.by)),
            Line("chair", people(one.chair)),
            Line("attend", people(one.attendees)),
        ]

    def by_when(self, one: Obligation) -> Iterator[Line]:
        now = self.answer.as_of
        if one.status is Status.UPCOMING and one.triggered_at is not None:
            yield Line("from", self.when(one.triggered_at))
        if one.due_between is not None:
            first, last = one.due_between
            yield Line("by", f"{self.when(first)} or {self.when(last)}, or in between")
        elif one.due is None:
            yield Line("by", "no time is stated" if one.due_basis == "not stated" else one.due_basis)
            return
        elif one.status is Status.OVERDUE:
            yield Line("overdue", f"by {duration(now - one.due)}: it was due {self.when(one.due)}", "red")
        else:
            left = f" (in {duration(one.due - now)})" if one.due > now else " (now)" if one.due == now else ""
            yield Line("by", self.when(one.due) + left)
        yield Line("", one.due_basis)

    def notes(self, one: Obligation) -> Iterator[Line]:
        aim, sooner = _note(one.duty.aim), _note(one.duty.earlier_if)
        said = {f"aim: {aim}", f"earlier: {sooner}"}
        yield Line("aim", aim)
        if sooner:
            yield Line("sooner", f"{sooner}, as is so now" if f"earlier: {sooner}" in one.notes else sooner)
        for note in one.notes:
            if note not in said:
                yield Line("note", note)

    def readings(self, one: Obligation) -> Iterator[Line]:
        """The readings that make a difference here."""
        for rests in one.readings:
            if rests.otherwise != NO_DIFFERENCE:
                otherwise = with_local_times(self.clock, rests.otherwise)
                yield Line("read as", f"{rests.reading}: {rests.option}; otherwise {otherwise}")

    def replaces(self, one: Obligation) -> Iterator[Line]:
        """The rules of a lower layer in whose place it stands."""
        for replacement in self.replaced.get(rule_of(one.key).partition(".")[0], ()):
            yield Line("replaces", f"{replacement.rule}, because {replacement.why}")

    def past(self, one: Obligation) -> list[Line]:
        """A duty that is over: when."""
        lines: list[Line] = []
        if one.discharged_at is not None:
            records = listed(one.discharged_by, "and")
            lines.append(Line("done", self.when(one.discharged_at) + (f" (record {records})" if records else "")))
        if one.due is not None:
            late = one.discharged_at - one.due if one.status is Status.MET_LATE and one.discharged_at else 0
            lines.append(Line("was due", self.when(one.due) + (f": {duration(late)} late" if late else "")))
        if one.ended_at is not None and one.discharged_at is None:
            lines.append(Line("ended", self.when(one.ended_at)))
        for difference in one.differences:
            text = f"record {difference.record} names {difference.recorded}; the paper names {difference.stated}"
            lines.append(Line(_PARTS[difference.part], text))
        lines += [Line("note", note) for note in one.notes]
        return lines

    # --- what else there is to say ---

    def conclusions(self) -> Iterator[RenderableType]:
        yield from section("HOW THE CASE STANDS", self.standing(), "bold", close=True)

    def standing(self) -> list[list[Line]]:
        """What is concluded, and what cannot be concluded at once."""
        lines = []
        for part in self.answer.protocols:
            for one in part.conclusions:
                name = one.what.removeprefix("episode.")
                of = f" of episode {one.episode}" if one.episode and self.several_subjects else ""
                recorded = f" (recorded: {one.recorded})" if one.recorded not in (None, one.effective) else ""
                source = self.sources(one.citations, part)
                text = f"{name}{of} counts as {one.effective}{recorded}"
                lines.append([Line("", text + (f": {source}" if source else ""))])
            for conflict in part.conflicts:
                text = f"{conflict.what} cannot be {listed(conflict.values, 'and')} at once"
                lines.append([Line("CONFLICT", f"{text}: {self.sources(conflict.citations, part)}", "bold red")])
        return lines

    def sources(self, citations: Citations, part: ProtocolAnswer) -> str:
        """Paragraphs with their headings, after the name of the paper if there are several."""
        text = paragraphs(citations, [part.protocol.name])
        return f"{paper(part.protocol)}: {text}" if text and self.several_papers else text

    def forbidden(self, status: str, title: str, style: str) -> Iterator[RenderableType]:
        yield from section(title, self.prohibitions(status), style)

    def prohibitions(self, status: str) -> list[list[Line]]:
        found = [one for part in self.answer.protocols for one in part.forbidden if one.status == status]
        return [self.prohibition(one, layer_of(one.key)) for one in found]

    def prohibition(self, one: Forbidden, protocol: str) -> list[Line]:
        what = one.prohibition
        lines = [Line(what.modality.upper(), what.title, "bold"), *self.paper(protocol)]
        if one.record is not None and one.at is not None:
            lines.append(Line("recorded", f"{self.when(one.at)} (record {one.record})"))
        return [*lines, Line("source", paragraphs(what.citations, [protocol]))]

    def questions(self) -> Iterator[RenderableType]:
        yield from section("PLEASE FIND OUT", self.asked(), "bold magenta")

    def asked(self) -> list[list[Line]]:
        return [self.question(one) for one in questions(self.answer)]

    def question(self, one: Question) -> list[Line]:
        about = [f"episode {one.episode}" if one.episode else "", f"record {one.record}" if one.record else ""]
        of = f" ({', '.join(filter(None, about))})" if any(about) else ""
        affected = dict.fromkeys(self.titles.get(rule_of(key), key) for key in one.affects)
        return [
            Line("ask", one.ask + of, "bold"),
            Line("before", None if one.by is None else self.when(one.by)),
            Line("decides", "; ".join(affected)),
        ]

    def further(self) -> Iterator[RenderableType]:
        yield from section("FURTHER AHEAD", self.to_come(), "bold")

    def to_come(self) -> list[list[Line]]:
        return [
            [
                Line("if", condition, "bold"),
                *(Line("then", f"{title}: {cited}") for title, cited in brought),
            ]
            for condition, brought in self.ahead().items()
        ]

    def unclear(self) -> Iterator[RenderableType]:
        yield from section("WHERE THE PAPER CAN BE READ IN TWO WAYS", self.otherwise(), "bold")

    def otherwise(self) -> list[list[Line]]:
        """What another reading alone would add."""
        return [
            [
                Line("if read", f"{one.reading}: {one.option}"),
                *self.paper(part.protocol.name),
                Line("adds", "; ".join(dict.fromkeys(title for _, title in one.would_add))),
                Line("source", paragraphs(one.citations, [part.protocol.name])),
            ]
            for part in self.answer.protocols
            for one in part.ambiguities
        ]


def _note(note: Note | None) -> str | None:
    return None if note is None else note.text.replace("_", " ")
