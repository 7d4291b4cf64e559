"""What every report of an answer has: its head, and how episodes, acts, people and paragraphs are told."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from rich.padding import Padding
from rich.text import Text

from missingrules.domain.citations import NotStated
from missingrules.domain.clock import FOREVER
from missingrules.domain.obligations import Status
from missingrules.domain.protocol import layer_of
from missingrules.domain.rules import Duty
from missingrules.reports.applies import applies_lines, told
from missingrules.reports.groups import Sorted
from missingrules.reports.layout import Line, section
from missingrules.reports.together import conflicts, paper
from missingrules.reports.wording import day, duration, listed, moment, people, references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rich.console import RenderableType

    from missingrules.domain.answers import Ahead, Answer, EpisodeState, Warned
    from missingrules.domain.citations import Citations
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.protocol import Replacement
    from missingrules.reports.groups import Fold

COUNTED: Final = (
    (Status.OVERDUE, "overdue"),
    (Status.DUE, "due"),
    (Status.NOT_DECIDABLE, "not decidable"),
    (Status.UPCOMING, "coming up"),
    (Status.AVAILABLE, "may be done"),
    (Status.MISSED, "not done"),
)


class Sheet(Sorted):
    """One answer on its way to text."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self.answer = answer
        self.clock = answer.clock
        # The area's own names are those of the protocol that was asked, for what it inherits too.
        self._called: dict[str, Mapping[str, str]] = {}
        for part in answer.protocols:
            for layer in part.protocol.layers:
                self._called.setdefault(layer.name, part.protocol.called)
        self.several_subjects = len({one.subject for one in self.actions}) > 1
        # The paragraphs of the only paper, be it in several editions, need no name.
        self.several_papers = len({layer.name for part in answer.protocols for layer in part.protocol.layers}) > 1
        self.titles = {
            part.protocol.key_of(provision.id if isinstance(provision, Duty) else provision.rule): provision.title
            for part in answer.protocols
            for family in part.protocol.families
            for provisions in family.variants.values()
            for provision in provisions
        } | {rule_of(one.key): one.duty.title for one in self.actions}
        # By the beginning of the keys of the rule that takes their place.
        self.replaced: dict[str, dict[Replacement, None]] = {}
        for layer in (layer for part in answer.protocols for layer in part.protocol.layers):
            for one in layer.replaced:
                self.replaced.setdefault(f"{layer.name}/{one.by}", {})[one] = None
        # The one episode at hand goes without saying.
        self.unsaid = {episode.id for episode in self.current} if len(self.current) == 1 else set()
        # Of a protocol in several editions it is told which one speaks.
        several = Counter(part.protocol.name for part in answer.protocols)
        self._editions = {
            one.key: layer.edition.label
            for part in answer.protocols
            if several[part.protocol.name] > 1
            for layer in part.protocol.layers
            for one in part.actions
            if one.protocol == layer.name
        }

    # --- the head ---

    def head(self) -> Iterator[RenderableType]:
        answer = self.answer
        yield Text(f"Case {answer.case}, as of {self.when(answer.as_of)}", "bold")
        for part in answer.protocols:
            name = f"{paper(part.protocol)}: " if self.several_papers else ""
            yield Text(f"{name}{part.protocol.title}, {part.protocol.edition.label}")
            for layer in part.protocol.layers[1:]:
                yield Text(f"  standing on {paper(layer)}: {layer.title}, {layer.edition.label}")
        for line in self.applies():
            yield Text(line)
        for one in answer.warnings:
            yield Text(f"WARNING: {self.warning(one)}", "bold red")
        for episode in self.current:
            yield Text(self.episode(episode))
        yield Text(counted(self.actions) or "Nothing is due.")
        rows = self.counts()
        if len(rows) > 1:
            yield Padding(Text("\n".join(f"{title}: {counted(found)}" for title, found in rows)), (0, 0, 0, 2))
        if answer.valid_until is not None:
            yield Text(f"If nothing is added, this holds until {self.when(answer.valid_until)}.")

    def conflicts(self) -> Iterator[RenderableType]:
        yield from section("WHERE TWO PAPERS CANNOT BOTH BE KEPT", conflicts(self.answer), "bold red")

    def applies(self) -> Iterator[str]:
        """Which of the papers are for the child where that was asked; otherwise those that are known not to be."""
        found = self.answer.applies.get()
        asked = {(part.protocol.name, part.protocol.edition) for part in self.answer.protocols}
        if any((one.protocol.name, one.protocol.edition) not in asked for one in found):
            yield from applies_lines(found)
            return
        for one in found:
            if one.answer == "no":
                yield f"NOTE: {paper(one.protocol)} was asked, and by what the case says it is {told(one)}"

    def warning(self, one: Warned) -> str:
        what = "what the child is owed" if one.episode is None else f"episode {one.episode}"
        first, end = one.edition.in_force
        when = f"not in force before {day(first)}" if first and one.on < first else ""
        when = when or (f"no longer in force from {day(end)} on" if end else "")
        name = f"{paper(one.protocol)}, " if self.several_papers else ""
        return f"{name}{one.edition.label} is {when}; it is applied to {what}, of {day(one.on)}."

    def episode(self, one: EpisodeState) -> str:
        """How an episode stands."""
        kind = one.kind or "away"
        since = day(one.started_on) if one.started is None else self.when(one.started)
        if one.returned is not None:
            how_long = f"since {since}" if one.lasted is None else f"for {duration(one.lasted)}"
            # Of a return of which only the date is known no time is told.
            back = self.when(one.returned) if one.lasted is not None else day(self.clock.date_of(one.returned))
            return f"Episode {one.id}: {kind} {how_long}, back since {back}."
        found = f", located {self.when(one.located)}" if one.located is not None else ""
        return f"Episode {one.id}: {kind} since {since}{found}."

    # --- what lies ahead ---

    def ahead(self) -> dict[str, list[tuple[str, str]]]:
        """Each condition once, with all that it would bring: title and paragraphs."""
        found: dict[str, dict[tuple[str, str], Citations]] = {}
        for part in self.answer.protocols:
            for one in part.ahead:
                brought = found.setdefault(self.condition(one, part.protocol.clock), {})
                own = tuple(cited for cited in one.duty.citations if cited.supports == "duty")
                what = one.duty.title, layer_of(part.protocol.key_of(one.duty.id))
                brought[what] = brought.get(what, ()) + (own or one.citations)
        return {
            condition: [(title, self.cited(citations, name)) for (title, name), citations in brought.items()]
            for condition, brought in found.items()
        }

    def condition(self, one: Ahead, clock: Clock) -> str:
        by = "" if one.at >= FOREVER else day(clock.date_of(one.at))
        if one.kind == "time":
            return f"still missing on {by}"
        more = "one more episode" if one.count == 1 else f"{one.count} more episodes"
        return f"{more} by {by}" if by else more

    # --- small things ---

    def when(self, instant: Instant) -> str:
        return moment(self.clock, instant)

    def about(self, fold: Fold, *, hide: Iterable[str] = ()) -> list[str]:
        """Which occurrences and episodes a block speaks of; episodes that go without saying are left out."""
        return [text for text in (self.number(fold), self.whose(fold, hide=hide)) if text]

    def number(self, fold: Fold) -> str:
        """Which of a series."""
        series = fold.first.duty.repeat and fold.first.occurrence.isdigit()
        return f"number {' and '.join(one.occurrence for one in fold.subjects)}" if series else ""

    def whose(self, fold: Fold, *, hide: Iterable[str] = ()) -> str:
        """Of which episodes, periods or child, where the answer has several."""
        first = fold.first
        if first.subject == "organisation":
            return listed([one.occurrence for one in fold.subjects], "and")
        subjects = list(dict.fromkeys(one.episode or one.subject for one in fold.subjects))
        if not self.several_subjects or set(subjects) <= set(hide):
            return ""
        episodes = "" if first.episode is None else "episode " if len(subjects) == 1 else "episodes "
        return episodes + listed(subjects, "and")

    def cited(self, citations: Citations, protocol: str) -> str:
        """Paragraphs without their headings, after the name of the paper if there are several."""
        name = f"{paper(protocol)}: " if self.several_papers else ""
        return name + references(citations, [protocol])

    def paper(self, protocol: str) -> list[Line]:
        """Whose a block is, if there are several papers."""
        return [Line("paper", paper(protocol))] if self.several_papers else []

    def act(self, one: Obligation) -> tuple[object, ...]:
        """What tells acts of one rule apart."""
        return one.recipients, one.with_, one.citations

    def act_name(self, one: Obligation) -> str:
        duty = one.duty
        own = self.local_name(one)
        more = [_words(word) for word in (duty.action if own else None, duty.about, duty.method) if word]
        return (own or _words(duty.action)) + (f" ({', '.join(more)})" if more else "")

    def local_name(self, one: Obligation) -> str | None:
        """What the area calls an act that others call otherwise."""
        return self._called[one.protocol].get(one.duty.action)

    def same_people(self, fold: Fold) -> bool:
        """All acts are addressed to the same people, and agreed with the same."""
        return len({(ones[0].recipients, ones[0].with_) for ones in fold.acts}) == 1

    def whom_text(self, one: Obligation) -> list[str]:
        """To whom and with whom, as far as the paper names them."""
        named = (("to", one.recipients), ("with", one.with_))
        return [f"{word} {people(who)}" for word, who in named if who is not None and not isinstance(who, NotStated)]

    def edition_of(self, one: Obligation) -> str:
        label = self._editions.get(one.key)
        return f", {label}" if label else ""


def counted(actions: Iterable[Obligation]) -> str:
    """12 overdue, 124 due, 24 not decidable"""
    found = Counter(one.status for one in actions)
    return ", ".join(f"{found[status]} {word}" for status, word in COUNTED if found[status])


def rule_of(key: str) -> str:
    """`protocol/rule` of a key, which stands first in it."""
    return "/".join(key.split("/")[:2])


def _words(name: str) -> str:
    return name.replace("_", " ")
