"""The report of one answer as a page: its head, the timeline, the duties in their groups, and all else to say."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain.citations import NotStated
from missingrules.domain.obligations import NO_DIFFERENCE, Status
from missingrules.pages.drawing import drawing
from missingrules.pages.page import page
from missingrules.pages.timeline import timeline
from missingrules.reports.brief import Brief, actor
from missingrules.reports.by import By
from missingrules.reports.full import Full
from missingrules.reports.groups import OPEN
from missingrules.reports.layout import Line
from missingrules.reports.together import STANDS, conflicts, paper
from missingrules.reports.wording import day, moment, people

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from missingrules.domain.answers import Answer
    from missingrules.domain.clock import Instant
    from missingrules.domain.obligations import Obligation
    from missingrules.pages.drawing import Drawing
    from missingrules.pages.timeline import Timeline, Window
    from missingrules.reports.groups import Fold

# Every status in words; each has a shape of its own in `shapes.html.j2`.
WORDS: Final = MappingProxyType(
    {
        Status.OVERDUE: "Overdue",
        Status.DUE: "Due",
        Status.UPCOMING: "Coming up",
        Status.AVAILABLE: "May be done",
        Status.NOT_DECIDABLE: "Cannot be decided yet",
        Status.MISSED: "Not done",
        Status.MET: "Done",
        Status.MET_LATE: "Done late",
        Status.CEASED: "No longer owed",
    }
)


class Entry(NamedTuple):
    """One duty. `facts` stand beside it; `others` is what other papers say of the act, `details` what is behind it."""

    id: str
    status: Status
    modality: str
    title: str
    about: str
    acts: tuple[str, ...]
    facts: tuple[Line, ...]
    others: tuple[Line, ...]
    details: tuple[Line, ...]


class Section(NamedTuple):
    """What stands under one heading: duties, or blocks of labelled lines. `folded`: closed until it is opened."""

    id: str
    title: str
    number: int
    entries: tuple[Entry, ...] = ()
    blocks: tuple[tuple[Line, ...], ...] = ()
    folded: bool = False
    note: str = ""


class Tally(NamedTuple):
    """A row of the summary: how many of each status, in the order of the columns."""

    title: str
    numbers: tuple[int, ...]


class ReadAs(NamedTuple):
    """A reading that makes a difference here: how it is taken, and on how many duties it bears."""

    id: str
    paper: str
    question: str
    option: str
    why: str
    duties: int


@dataclass(frozen=True, slots=True)
class CasePage:
    case: str
    as_of: str
    papers: tuple[Line, ...]
    warnings: tuple[str, ...]
    episodes: tuple[str, ...]
    valid_until: str | None
    statuses: tuple[Status, ...]
    tallies: tuple[Tally, ...]
    line: Timeline
    drawing: Drawing
    anchors: MappingProxyType[str, str]  # from the key of a duty to the id of its place in the page
    sections: tuple[Section, ...]
    readings: tuple[ReadAs, ...]


def case_page(answer: Answer) -> str:
    """The answer as HTML. Raises `InvalidInput` without jinja2."""
    clock = answer.clock

    def when(instant: Instant) -> str:
        return moment(clock, instant)

    def dates(window: Window) -> str:
        return f"{day(window.first)} to {day(window.last)}"

    return page("case", {"page": report_of(answer), "words": WORDS, "when": when, "dates": dates})


def report_of(answer: Answer) -> CasePage:
    """All that the page says, before it is HTML."""
    return _Report(answer).page()


class _Report:
    """One answer on its way to a page."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.brief = Brief(answer)
        self.full = Full(answer)
        self.anchors: dict[str, str] = {}
        self.entries = 0

    def page(self) -> CasePage:
        answer, brief = self.answer, self.brief
        sections = tuple(one for one in self.sections() if one.entries or one.blocks)
        line = timeline(answer, brief)
        statuses = tuple(status for status in WORDS if brief.of(status))
        tallies = [Tally(_sentence(title), _numbers(found, statuses)) for title, found in brief.by_phase(brief.actions)]
        tallies.append(Tally("All", _numbers(brief.actions, statuses)))
        return CasePage(
            case=answer.case,
            as_of=brief.when(answer.as_of),
            papers=tuple(self.papers()),
            warnings=tuple(map(brief.warning, answer.warnings)),
            episodes=tuple(map(brief.episode, answer.episodes)),
            valid_until=None if answer.valid_until is None else brief.when(answer.valid_until),
            statuses=statuses,
            tallies=tuple(tallies),
            line=line,
            drawing=drawing(line, answer.clock),
            anchors=MappingProxyType(self.anchors),
            sections=sections,
            readings=tuple(self.readings()),
        )

    def papers(self) -> Iterator[Line]:
        for part in self.answer.protocols:
            one = part.protocol
            yield Line(paper(one), f"{one.title}, {one.edition.label}")
            for layer in one.layers[1:]:
                yield Line(f"{paper(one)}, standing on {paper(layer)}", f"{layer.title}, {layer.edition.label}")

    # --- sections ---

    def sections(self) -> Iterator[Section]:
        brief, full = self.brief, self.full
        yield self.blocks("conflicts", "Where two papers cannot both be kept", conflicts(self.answer))
        yield self.duties("overdue", "Overdue", brief.shown(Status.OVERDUE, earlier=False))
        yield self.duties("overdue-earlier", "Overdue, of earlier episodes", brief.shown(Status.OVERDUE, earlier=True))
        yield self.over("not-done", "Not done", Status.MISSED)
        yield self.blocks("breached", "Forbidden, but recorded", full.prohibitions("breached"))
        for group in brief.groups(By.PHASE):
            title = _sentence(group.title)
            name = title.lower().split(",")[0].replace(" ", "-").replace("'", "")
            yield self.duties(name, title, group.actions)
            yield self.duties(f"{name}-left", f"{title}: left open from before", group.left)
        yield self.duties("coming", "Coming up, if nothing changes", brief.shown(Status.UPCOMING))
        undecided = brief.shown(Status.NOT_DECIDABLE, earlier=False)
        note = "They hang on what the case does not say: the questions that follow."
        yield self.duties("undecided", "Cannot be decided yet", undecided)._replace(note=note)
        yield self.blocks("questions", "What the case does not say: please find out", full.asked())
        earlier = brief.earlier_title("Of earlier episode")
        yield self.duties("earlier", earlier, brief.shown(*OPEN, earlier=True), folded=True)
        undecided = brief.shown(Status.NOT_DECIDABLE, earlier=True)
        yield self.duties("earlier-undecided", f"{earlier}: cannot be decided yet", undecided, folded=True)
        yield self.blocks("ahead", "What comes next, further ahead", full.to_come())
        yield self.blocks("forbidden", "Must not be done", full.prohibitions("in_force"))
        yield self.blocks("forbidden-perhaps", "May be forbidden", full.prohibitions("not_decidable"))
        yield self.blocks("standing", "How the case stands", full.standing())
        yield self.over("done", "Done", Status.MET, Status.MET_LATE, folded=True)
        yield self.over("ceased", "No longer owed", Status.CEASED, folded=True)
        title = "What would be added if the paper were read in another way"
        yield self.blocks("otherwise", title, full.otherwise(), folded=True)

    def blocks(self, name: str, title: str, found: Sequence[Sequence[Line]], *, folded: bool = False) -> Section:
        told = tuple(tuple(line for line in block if line.text) for block in found)
        return Section(name, title, len(told), blocks=told, folded=folded)

    def duties(self, name: str, title: str, found: Sequence[Obligation], *, folded: bool = False) -> Section:
        folds = self.full.open_folds(found)
        entries = [self.entry(fold, self.to_do(fold), self.full.to_do) for fold in folds]
        return Section(name, title, len(self.brief.all_of(found)), tuple(entries), folded=folded)

    def over(self, name: str, title: str, *statuses: Status, folded: bool = False) -> Section:
        found = self.brief.shown(*statuses)
        folds = self.full.past_folds(found)
        entries = [self.entry(fold, self.past(fold), self.full.was_done) for fold in folds]
        return Section(name, title, len(self.brief.all_of(found)), tuple(entries), folded=folded)

    # --- one duty ---

    def entry(self, fold: Fold, facts: list[Line], behind: Callable[[Fold], list[Line]]) -> Entry:
        first = fold.first
        self.entries += 1
        anchor = f"duty-{self.entries}"
        for one in self.brief.all_of(one for ones in fold.acts for one in ones):
            self.anchors.setdefault(one.key, anchor)
        others = [line for line in self.brief.same_act(fold) if line.text]
        return Entry(
            id=anchor,
            status=first.status,
            modality=first.duty.modality.upper(),
            title=first.duty.title,
            about=", ".join(self.brief.about(fold, hide={*self.brief.unsaid, "child"})),
            acts=tuple(line.text for line in self.full.acts(fold) if line.text),
            facts=tuple(line for line in facts if line.text),
            others=tuple(others),
            details=tuple(line for line in self.full.block(fold, behind)[1:] if line.text),
        )

    def to_do(self, fold: Fold) -> list[Line]:
        first = fold.first
        late = first.status is Status.OVERDUE
        chair = None if isinstance(first.chair, NotStated) else people(first.chair)
        return [
            Line("Overdue", _capital(self.brief.lateness(first)), "late")
            if late
            else Line("By when", self.time(first)),
            Line("Who", actor(first)),
            Line("Chair", chair),
            *self.whom(fold),
            Line("Paragraph", self.source(fold)),
            Line("Read as", self.read_as(first)),
        ]

    def past(self, fold: Fold) -> list[Line]:
        first = fold.first
        when = "; ".join(f"{line.label} {line.text}" for line in self.full.past(first)[:2] if line.text)
        return [
            Line("When", _capital(when) or "Not done"),
            Line("Who", actor(first)),
            Line("Paragraph", self.source(fold)),
        ]

    def time(self, one: Obligation) -> str:
        stands = STANDS.get(one.status)
        return _capital(", ".join(filter(None, (self.brief.time(one), stands))))

    def whom(self, fold: Fold) -> Iterator[Line]:
        if self.brief.same_people(fold):
            for label, who in (("To", fold.first.recipients), ("With", fold.first.with_)):
                yield Line(label, None if isinstance(who, NotStated) else people(who))

    def source(self, fold: Fold) -> str:
        cited = self.brief.own_paragraphs(ones[0] for ones in fold.acts)
        return self.brief.cited(cited, fold.first.protocol) + self.brief.edition_of(fold.first)

    def read_as(self, one: Obligation) -> str:
        return ", ".join(f"{each.reading}: {each.option}" for each in one.readings if each.otherwise != NO_DIFFERENCE)

    # --- readings ---

    def readings(self) -> Iterator[ReadAs]:
        bears: dict[tuple[str, str, str], int] = {}
        for one in self.brief.actions:
            for each in one.readings:
                if each.otherwise != NO_DIFFERENCE:
                    key = one.protocol, each.reading, each.option
                    bears[key] = bears.get(key, 0) + 1
        known = {
            (layer.name, name): reading
            for part in self.answer.protocols
            for layer in part.protocol.layers
            for name, reading in layer.readings.items()
        }
        for (protocol, name, option), duties in sorted(bears.items()):
            reading = known.get((protocol, name))
            question, why = ("", "") if reading is None else (reading.question, reading.why)
            default = reading is not None and reading.default == option
            yield ReadAs(name, paper(protocol), question, option, why if default else "it was asked for so", duties)


def _numbers(found: Sequence[Obligation], statuses: Sequence[Status]) -> tuple[int, ...]:
    return tuple(sum(one.status is status for one in found) for status in statuses)


def _sentence(title: str) -> str:
    """A heading of the text as one of the page: NOW, WHILE ... as Now, while ..."""
    return title.capitalize() if title.isupper() else _capital(title)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
