"""An answer in few lines: each open duty, by when, who and which paragraph; what is folded away is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.padding import Padding
from rich.text import Text

from missingrules.domain.citations import NotStated
from missingrules.domain.obligations import NO_DIFFERENCE, Obligation, Status
from missingrules.domain.protocol import layer_of
from missingrules.domain.rules import Modality
from missingrules.reports.groups import NOBODY, OPEN, Fold, dated, folded, timed
from missingrules.reports.layout import Line, indented, section
from missingrules.reports.sheet import Sheet, counted
from missingrules.reports.together import STANDS, coming, numbered, questions
from missingrules.reports.wording import day, duration, listed, people, references

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Iterator

    from rich.console import RenderableType

    from missingrules.domain.answers import Question
    from missingrules.domain.citations import Citations
    from missingrules.reports.by import By
    from missingrules.reports.groups import Group
    from missingrules.reports.together import Block

FULL: Final = "--full"
_RANKS: Final = (Modality.MUST, Modality.STATED, Modality.SHOULD, Modality.MAY)


class Brief(Sheet):
    """One answer on its way to a few screens of text."""

    def parts(self, by: By) -> Iterator[RenderableType]:
        yield from self.head()
        yield from self.conflicts()
        yield from self.overdue()
        yield from section("NOT DONE", self.entries(self.shown(Status.MISSED)), "bold red", close=True)
        yield from self.forbidden("breached", "FORBIDDEN, BUT RECORDED", "bold red")
        for group in self.groups(by):
            yield from self.group(group)
        yield from self.of_earlier_episodes()
        coming = self.shown(Status.UPCOMING)
        yield from section("COMING UP, IF NOTHING CHANGES", self.entries(coming), "bold", close=True)
        yield from self.undecided()
        yield from self.questions()
        yield from self.further()
        yield from self.forbidden("in_force", "MUST NOT BE DONE", "bold")
        yield from self.forbidden("not_decidable", "MAY BE FORBIDDEN", "bold")
        yield from self.standing()
        yield from self.folded_away()

    # --- duties ---

    def overdue(self) -> Iterator[RenderableType]:
        blocks = [[*self.late(fold), *self.also(before)] for fold, before in self.overdue_folds()]
        yield from section("OVERDUE", blocks, "bold red", close=True)

    def overdue_folds(self) -> list[tuple[Fold, Fold | None]]:
        """Of the episode that runs or ran last, each with the same duty of earlier ones; then the rest of those."""
        now, before = (
            {self.alike_folds(fold): fold for fold in self.folds(self.shown(Status.OVERDUE, earlier=earlier))}
            for earlier in (False, True)
        )
        found = [(fold, before.pop(key, None)) for key, fold in now.items()]
        return [*found, *((fold, None) for fold in before.values())]

    def alike_folds(self, fold: Fold) -> Hashable:
        acts = tuple((ones[0].duty.id, self.act(ones[0])) for ones in fold.acts)
        return fold.first.protocol, self.alike(fold.first), acts

    def also(self, fold: Fold | None) -> Iterator[Line]:
        """The same duty of earlier episodes."""
        if fold is not None:
            late = [f"{one.episode} (due {self.day_due(one)})" for one in fold.subjects]
            yield Line("also", f"of episode{'s' if len(late) > 1 else ''} {listed(late, 'and')}")

    def day_due(self, one: Obligation) -> str:
        return "earlier" if one.due is None else day(self.clock.date_of(one.due))

    def late(self, fold: Fold) -> list[Line]:
        lines = [Line("" if number else "overdue", text, "red") for number, text in enumerate(self.latenesses(fold))]
        lines.append(Line("", self.people_and_source(fold)))
        return [self.title(fold, with_people=False), *lines, *self.same_act(fold)]

    def latenesses(self, fold: Fold) -> list[str]:
        """How late it is, of which episodes if they differ."""
        several = len({one.episode for one in fold.subjects}) > 1
        late: dict[str, list[str]] = {}
        for one in (one for ones in fold.acts for one in ones):
            late.setdefault(self.lateness(one), []).append(one.episode or one.subject)
        return [f"{text} ({listed(list(dict.fromkeys(of)), 'and')})" if several else text for text, of in late.items()]

    def lateness(self, one: Obligation) -> str:
        if one.due is not None:
            return f"by {duration(self.answer.as_of - one.due)}: it was due {self.when(one.due)}"
        return f"it was due {self.due(one).removeprefix('by ')}"

    def group(self, group: Group) -> Iterator[RenderableType]:
        if group.actions:
            yield Text(f"\n{group.title} ({counted(self.all_of(group.actions))})", "bold yellow")
            yield from self.listing(group)
        if group.left:
            yield Text(f"\n{group.title}, LEFT OPEN FROM BEFORE ({counted(self.all_of(group.left))})", "bold yellow")
            yield from map(indented, self.entries([one for one in group.left if dated(one)]))
            yield from self.run_on([one for one in group.left if not dated(one)])

    def run_on(self, found: Collection[Obligation]) -> Iterator[RenderableType]:
        """What has no date in a few lines: titles alone, each with its first paragraph, under the word and who."""
        said: dict[tuple[Modality, str], list[str]] = {}
        for who, folds in self.by_whom(found).items():
            for fold in folds:
                about = [self.time(fold.first)] if timed(fold.first) else []
                about += [f"{len(fold.acts)} acts"] if len(fold.acts) > 1 else []
                title = fold.first.duty.title + (f" ({', '.join(about)})" if about else "")
                said.setdefault((fold.first.duty.modality, who), []).append(f"{title} {self.first_references(fold)}")
        for modality, who in sorted(said, key=lambda pair: _RANKS.index(pair[0])):
            yield indented([Line(modality.upper(), f"{who}: {'; '.join(said[modality, who])}")])

    def listing(self, group: Group) -> Iterator[RenderableType]:
        """What has a time in order of time, then the rest by who does it; in a role's own group, itself first."""
        yield from self.timed_entries(group.actions)
        of_whom = self.by_whom([one for one in group.actions if not timed(one)])
        for who, folds in sorted(of_whom.items(), key=lambda pair: pair[0] != group.title):
            if who != group.title:
                yield Padding(Text(f"{who}:", "bold"), (0, 0, 0, 2))
            yield from (indented([self.title(fold, with_people=True), *self.same_act(fold)]) for fold in folds)

    def timed_entries(self, found: Collection[Obligation]) -> Iterator[RenderableType]:
        return map(indented, self.entries([one for one in found if timed(one)]))

    def by_whom(self, found: Collection[Obligation]) -> dict[str, list[Fold]]:
        """By who does it: what must be done before what should and may."""
        of_whom: dict[str, list[Fold]] = {}
        for fold in self.folds(found, self.time):
            of_whom.setdefault(actor(fold.first), []).append(fold)
        return {who: sorted(of_whom[who], key=_rank) for who in sorted(of_whom, key=lambda who: (who == NOBODY, who))}

    def entries(self, found: Collection[Obligation]) -> Iterator[list[Line]]:
        """Two lines each: what, and by when, who and where from."""
        for fold in self.folds(found, self.time):
            when = self.time(fold.first)
            yield [
                self.title(fold, with_people=False),
                Line("", f"{_capital(when)}. {self.people_and_source(fold)}"),
                *self.same_act(fold),
            ]

    def folds(self, found: Collection[Obligation], time: Callable[[Obligation], str] | None = None) -> list[Fold]:
        """Those that nothing tells apart as one; without `time` the time makes no difference."""
        return folded(found, lambda one: (self.alike(one), time and time(one)), self.act)

    def alike(self, one: Obligation) -> Hashable:
        block = self.shared.block(one)
        others = tuple((o.protocol, o.duty.rule, self.alike(o), self.stands(o)) for o in block.ones[1:])
        people_ = people(one.by), people(one.chair)
        return one.duty.title, one.duty.modality, one.status, people_, self.marks(one), others, self.later(block)

    # --- the same act by other papers ---

    def same_act(self, fold: Fold) -> Iterator[Line]:
        """What other papers say of the same act, and what of theirs only time will bring."""
        for other in self.beside(fold):
            one = other.first
            what = f"{one.duty.modality.upper()} {numbered(one)}{self.acts(other)}"
            yield Line("together", f"{what}. {_capital(self.stands(one))}. {self.people_and_source(other)}")
        yield from (Line("later", text) for text in self.later_of(fold))

    def beside(self, fold: Fold) -> list[Fold]:
        """The duties of other papers that stand in its block."""
        blocks = [self.shared.block(ones[0]) for ones in fold.acts]
        return self.folds([one for block in blocks for one in block.ones[1:]], self.stands)

    def later_of(self, fold: Fold) -> list[str]:
        blocks = [self.shared.block(ones[0]) for ones in fold.acts]
        return list(dict.fromkeys(text for block in blocks for text in self.later(block)))

    def stands(self, one: Obligation) -> str:
        """How one of another paper stands, and by when it is wanted."""
        if one.status is Status.OVERDUE:
            return f"overdue {self.lateness(one)}"
        return ", ".join(filter(None, (STANDS.get(one.status), self.time(one))))

    def later(self, block: Block) -> tuple[str, ...]:
        return tuple(f"{coming(one, self.clock).text} [{references(self.own_paragraphs([one]), [one.protocol])}]"
                     for one in block.later)  # fmt: skip

    def title(self, fold: Fold, *, with_people: bool) -> Line:
        first = fold.first
        about = self.about(fold, hide={*self.unsaid, "child"})
        text = first.duty.title + (f" ({', '.join(about)})" if about else "") + self.acts(fold)
        if with_people:
            text = f"{', '.join([text, *self.others(fold)])} {self.source(fold)}"
        return Line(first.duty.modality.upper(), text)

    def acts(self, fold: Fold) -> str:
        """Which of several acts of a rule this is, or which all are."""
        if len(fold.acts) == 1:
            return "" if fold.first.duty.id == fold.first.duty.rule else f": {self.act_name(fold.first)}"
        alike = self.same_people(fold)
        names = [self.act_name(ones[0]) for ones in fold.acts]
        whom = [[] if alike else self.whom_text(ones[0]) for ones in fold.acts]
        if len(set(names)) == 1 and all(whom):
            return f": {names[0]} {'; '.join(map(', '.join, whom))}"
        return f": {'; '.join(', '.join([name, *to]) for name, to in zip(names, whom, strict=True))}"

    def people_and_source(self, fold: Fold) -> str:
        return f"{self.everybody(fold)} {self.source(fold)}"

    def everybody(self, fold: Fold) -> str:
        return "; ".join([actor(fold.first), *self.others(fold)])

    def others(self, fold: Fold) -> list[str]:
        """Who chairs; to whom and with whom, unless each act has its own."""
        one = fold.first
        chair = None if isinstance(one.chair, NotStated) else people(one.chair)
        return [f"chaired by {chair}"] * bool(chair) + (self.whom_text(one) if self.same_people(fold) else [])

    def source(self, fold: Fold) -> str:
        return f"[{self.own_references(fold)}]{self.marks(fold.first)}"

    def own_references(self, fold: Fold) -> str:
        """The paragraphs of the duties themselves and of their deadlines."""
        cited = self.cited(self.own_paragraphs(ones[0] for ones in fold.acts), fold.first.protocol)
        return cited + self.edition_of(fold.first)

    def own_paragraphs(self, found: Iterable[Obligation]) -> Citations:
        cited = tuple(c for one in found for c in one.citations)
        return tuple(c for c in cited if c.supports in ("duty", "deadline", "repeat")) or cited

    def first_references(self, fold: Fold) -> str:
        """The first paragraph, and what other papers say of the same act, each with its first."""
        others = [
            f", together with {one.duty.modality.upper()} {actor(one)}: {numbered(one)}"
            + (f" ({self.stands(one)}) " if timed(one) or one.status in STANDS else " ")
            + self.first_reference(one)
            for one in self.all_of(ones[0] for ones in fold.acts)
            if self.shared.hides(one)
        ]
        return self.first_reference(fold.first) + "".join(dict.fromkeys(others))

    def first_reference(self, one: Obligation) -> str:
        first, *others = one.citations
        return f"[{self.cited((first,), one.protocol)}{' …' if others else ''}{self.edition_of(one)}]"

    def marks(self, one: Obligation) -> str:
        """Which readings make a difference here."""
        rests = [f"{r.reading}: {r.option}" for r in one.readings if r.otherwise != NO_DIFFERENCE]
        return f" (read as {', '.join(rests)})" if rests else ""

    # --- by when ---

    def time(self, one: Obligation) -> str:
        if one.status is Status.MISSED:
            return "not done" if one.due is None else f"was due {self.when(one.due)}"
        due = self.due(one)
        if one.status is Status.UPCOMING and one.triggered_at is not None:
            if one.due is not None and self.clock.date_of(one.due) == self.clock.date_of(one.triggered_at):
                return f"on {day(self.clock.date_of(one.due))}"
            return f"from {self.when(one.triggered_at)}" + (f", {due}" if timed(one) else "")
        return due

    def due(self, one: Obligation) -> str:
        if one.due_between is not None:
            first, last = one.due_between
            return f"by {self.when(first)} or {self.when(last)}, or in between"
        if one.due is None:
            return "no time is stated" if not timed(one) else one.due_basis
        left = one.due - self.answer.as_of
        ahead = f" (in {duration(left)})" if left > 0 and one.status is Status.DUE else " (now)" if left == 0 else ""
        return f"by {self.when(one.due)}{ahead}"

    # --- what hangs on a question ---

    def undecided(self) -> Iterator[RenderableType]:
        """Those with a time are named; of the others the questions tell."""
        found = self.shown(Status.NOT_DECIDABLE, earlier=False)
        if not found:
            return
        yield Text(f"\nCANNOT BE DECIDED YET ({counted(self.all_of(found))})", "bold magenta")
        yield from map(indented, self.entries([one for one in found if self.any_of(one, timed)]))
        rest = len(self.all_of(one for one in found if not self.any_of(one, timed)))
        if rest:
            yield Padding(Text(f"{rest} without a time: they hang on the questions below, and {FULL} names them."),
                          (0, 0, 0, 2))  # fmt: skip

    def questions(self) -> Iterator[RenderableType]:
        blocks = [[Line(hanging, " ".join(asked))] for hanging, asked in self.asked()]
        yield from section("PLEASE FIND OUT (WITH HOW MANY DUTIES HANG ON EACH)", blocks, "bold magenta", close=True)

    def asked(self) -> list[tuple[str, list[str]]]:
        """Each question once, under how many duties hang on it; those on which most hang first."""
        asked: dict[str, list[Question]] = {}
        for one in questions(self.answer):
            asked.setdefault(one.ask, []).append(one)
        by_number: dict[int, list[str]] = {}
        for ask, ones in asked.items():
            hanging = {key for one in ones for key in one.affects}
            of = list(dict.fromkeys(one.episode for one in ones if one.episode))
            about = [f"episode{'s' if len(of) > 1 else ''} {listed(of, 'and')}"] if set(of) - self.unsaid else []
            about += [f"record {one.record}" for one in ones if one.record]
            needed = [one.by for one in ones if one.by is not None]
            # One without an instant is needed now.
            about += [f"before {self.when(min(needed))}"] if len(needed) == len(ones) else []
            by_number.setdefault(len(hanging), []).append(ask + (f" ({', '.join(about)})" if about else ""))
        return [
            (f"{number} {'duty' if number == 1 else 'duties'}", by_number[number])
            for number in sorted(by_number, reverse=True)
        ]

    # --- earlier episodes, and what is folded away ---

    def of_earlier_episodes(self) -> Iterator[RenderableType]:
        found = self.shown(*OPEN, Status.NOT_DECIDABLE, earlier=True)
        if not found:
            return
        yield Text(f"\n{self.earlier_title('OF EARLIER EPISODE')} ({counted(self.all_of(found))})", "bold yellow")
        yield from map(indented, self.entries([one for one in found if self.any_of(one, dated)]))
        if rest := len(self.all_of(one for one in found if not self.any_of(one, dated))):
            text = f"{rest} without a date are folded away here; {FULL} names them."
            yield Padding(Text(text), (0, 0, 0, 2))

    def folded_away(self) -> Iterator[RenderableType]:
        if self.actions:
            text = f"{FULL} shows all that stands behind each duty, --group role the duties of each role."
            yield Text(f"\n{self.counted_away()}{text}")

    def counted_away(self) -> str:
        """What is not named one by one."""
        lines = []
        done = self.of(Status.MET, Status.MET_LATE)
        if done:
            late = sum(one.status is Status.MET_LATE for one in done)
            others = sum(bool(one.differences) for one in done)
            more = [f"{late} of them late"] * bool(late)
            more += [f"{others} by others than the paper names"] * bool(others)
            lines.append(f"{len(done)} done{f' ({listed(more, chr(44))})' if more else ''}")
        if ceased := self.of(Status.CEASED):
            lines.append(f"{len(ceased)} no longer owed")
        if other := [one for part in self.answer.protocols for one in part.ambiguities]:
            adds = len({key for one in other for key, _ in one.would_add})
            lines.append(f"{adds} that would be owed if the paper were read in another way")
        return f"Folded away: {'; '.join(lines)}. " if lines else ""

    # --- the rest ---

    def forbidden(self, status: str, title: str, style: str) -> Iterator[RenderableType]:
        blocks = [[Line(strength, f"{what} [{cited}]")] for strength, what, cited in self.prohibitions(status)]
        yield from section(title, blocks, style, close=True)

    def prohibitions(self, status: str) -> Iterator[tuple[str, str, str]]:
        """Strength, title and paragraphs."""
        for part in self.answer.protocols:
            for one in (one for one in part.forbidden if one.status == status):
                what = one.prohibition
                at = one.at if one.record else None
                when = "" if at is None else f", recorded {self.when(at)} (record {one.record})"
                cited = self.cited(what.citations, layer_of(one.key))
                yield what.modality.upper(), f"{what.title}{when}", cited

    def standing(self) -> Iterator[RenderableType]:
        blocks = [
            [Line(label, f"{text} [{cited}]", "bold red" if label else "")] for label, text, cited in self.conclusions()
        ]
        yield from section("HOW THE CASE STANDS", blocks, "bold", close=True)

    def conclusions(self) -> Iterator[tuple[str, str, str]]:
        """What counts as what, and what cannot hold at once, with paragraphs."""
        for part in self.answer.protocols:
            for one in part.conclusions:
                if one.episode in self._earlier:
                    continue
                recorded = f" (recorded: {one.recorded})" if one.recorded not in (None, one.effective) else ""
                text = f"{one.what.removeprefix('episode.')} counts as {one.effective}{recorded}"
                yield "", text, self.cited(one.citations, part.protocol.name)
            for conflict in part.conflicts:
                text = f"{conflict.what} cannot be {listed(conflict.values, 'and')} at once"
                yield "CONFLICT", text, self.cited(conflict.citations, part.protocol.name)

    def further(self) -> Iterator[RenderableType]:
        blocks = [
            [
                Line("if", condition),
                Line("then", "; ".join(f"{title} [{cited}]" for title, cited in brought)),
            ]
            for condition, brought in self.ahead().items()
        ]
        yield from section("FURTHER AHEAD", blocks, "bold", close=True)


def _rank(fold: Fold) -> int:
    return _RANKS.index(fold.first.duty.modality)


def actor(one: Obligation) -> str:
    """Who does it, with a capital."""
    who = None if isinstance(one.by, NotStated) else people(one.by)
    return _capital(who) if who else NOBODY


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
