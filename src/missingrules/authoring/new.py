"""The files of an area that nobody has encoded yet: a ledger, a protocol to be filled in, and a place for scenarios."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain.diagnostics import Diagnostic, InvalidInput, unwritable
from missingrules.formats.names import windows_reason
from missingrules.papers.figures import figures_of
from missingrules.papers.index import new_ledger
from missingrules.papers.progress import modals_of
from missingrules.papers.text import cut, read_paper, words_of
from missingrules.reading.names import NAME
from missingrules.reading.yaml_events import flow_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# The line by which an editor finds the language's schema; the schema is written beside the protocol.
MODELINE: Final = "# yaml-language-server: $schema={area}.schema.json"
LONGEST_NAME: Final = 60
# A piece with more words is more often a cut that went wrong than a paragraph.
LONG: Final = 250
_HOURS: Final = re.compile(r"[0-9]+ (?:hours?|days?|weeks?)")
_TITLE: Final = re.compile(r"\b(?:protocol|procedures?|policy|guidance|framework|missing)\b", re.IGNORECASE)
_NO_TITLES: Final = ("contents", "table of contents", "introduction", "document control", "version control")


@dataclass(frozen=True, slots=True)
class Begun:
    """What was written: the protocol, its ledger, its first scenario file; and what to know of the paper."""

    protocol: Path
    ledger: Path
    scenarios: Path
    paragraphs: int
    headings: int
    # The references of pieces that are longer than a paragraph should be.
    long: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a new protocol before its paper is read closely; what is empty is left for the author."""

    area: str
    title: str = ""
    authority: str = ""
    applies_to: str = ""
    edition: str = ""


class _Piece(NamedTuple):
    """A piece of the paper, with its words: to choose examples by, never to be written."""

    ref: str
    heading: str
    is_heading: bool
    figures: tuple[str, ...]
    words: int
    said: str


def begin(known: Known, source: Path, folder: Path) -> Begun:
    """Writes the files of a new area into a folder, none over another.

    InvalidInput for a name that cannot be, for a text that cannot be read, and where one of the files is there already.
    """
    _refuse_name(known.area)
    text = read_paper(source)
    paths = (
        folder / f"{known.area}.yaml",
        folder / "sources" / f"{known.area}.yaml",
        folder / "scenarios" / known.area / "first.yaml",
    )
    _refuse_existing(paths)
    title = known.title or title_of(text) or known.area.replace("_", " ").replace("-", " ").capitalize()
    ledger = new_ledger(text, known.area, title)
    paper = _pieces(text)
    protocol = protocol_text(known, title, paper)
    _write(zip(paths, (protocol, ledger, scenario_text(known.area, paper)), strict=True))
    headings = sum(piece.is_heading for piece in paper)
    return Begun(*paths, len(paper), headings, tuple(piece.ref for piece in paper if piece.words > LONG))


def title_of(text: str) -> str:
    """The first heading of a text that has no number and reads as a title; empty if there is none."""
    words = words_of(text)
    found = []
    for piece in cut(text)[:8]:
        said = " ".join(text[words[piece.first].start : words[piece.last - 1].end].split())
        if piece.is_heading and piece.ref.startswith("Heading / ") and said.lower() not in _NO_TITLES:
            found.append(piece.heading)
    # The first is often whose paper it is.
    return next((title for title in found if _TITLE.search(title)), next(iter(found), ""))


# --- what is refused --------------------------------------------------------------------------------------------------


def _refuse_name(area: str) -> None:
    if NAME.fullmatch(area) and len(area) <= LONGEST_NAME:
        # Whoever has Windows is to be able to take the files too.
        if reason := windows_reason(area):
            message = f"'{area}' cannot be the name of an area, of which files are called: {reason}"
            raise InvalidInput([Diagnostic("not-a-name", message, hint=f"write {area}_area, or the area's full name")])
        return
    if len(area) > LONGEST_NAME:
        hint = f"take a name of {LONGEST_NAME} letters at the most"
    else:
        nearest = re.sub(r"[^a-z0-9]+", "_", area.lower()).strip("_")
        usable = f", such as {nearest}" if nearest else ""
        hint = f"an area's name has small letters, digits, - and _, with none of these two at either end{usable}"
    raise InvalidInput([Diagnostic("not-a-name", f"'{area[:80]}' cannot be the name of an area", hint=hint)])


def _refuse_existing(paths: tuple[Path, ...]) -> None:
    found = [
        Diagnostic(
            "file-exists",
            f"{path} is there already, and nothing is written over it",
            hint="to go on with what is there, use `missingrules next`; to begin again, delete it, or take "
            "another name or --folder",
        )
        for path in paths
        if os.path.lexists(path)
    ]
    if found:
        raise InvalidInput(found)


def _write(files: Iterable[tuple[Path, str]]) -> None:
    """All of them or none."""
    written: list[Path] = []
    for path, text in files:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                written.append(path)
                file.write(text)
        except OSError as error:
            for each in written:
                each.unlink(missing_ok=True)
            hint = "see that the folder is there and that you may write in it"
            raise InvalidInput([unwritable(path, error, hint)]) from None


def _pieces(text: str) -> list[_Piece]:
    words = words_of(text)
    found = []
    for piece in cut(text):
        said = text[words[piece.first].start : words[piece.last - 1].end]
        figures = () if piece.is_heading else figures_of(said)
        found.append(_Piece(piece.ref, piece.heading, piece.is_heading, figures, piece.last - piece.first, said))
    return found


def _likest(paper: list[_Piece], *wanted: str, figure: re.Pattern[str] | None = None) -> _Piece | None:
    """The first paragraph that asks for something and has these words in it, and such a figure."""
    for piece in paper:
        fits = not piece.is_heading and all(word in piece.said.lower() for word in wanted)
        if fits and modals_of(piece.said) and (figure is None or any(map(figure.fullmatch, piece.figures))):
            return piece
    return None


# --- what is written --------------------------------------------------------------------------------------------------


def protocol_text(known: Known, title: str, paper: list[_Piece]) -> str:
    """The protocol's file: what is known, what is to be filled in, examples, and the paragraphs in order."""
    area, shown = known.area, _value(title)
    asked = "" if known.title else "   ## from the text; is it the title?"
    parts = [
        MODELINE.format(area=area),
        f"## (the line above is for editors, which complete words by it: missingrules schema {area}.yaml -o "
        f"{area}.schema.json)",
        "## Lines with two signs ## explain something. Lines with one # are examples: take the # and the space",
        "## behind it away, and they count. `missingrules next` leads through the paper, `check` finds mistakes.",
        "format: 1",
        f"protocol: {area}",
        f"title: {shown}{asked}",
        _asked("authority", known.authority, "whose protocol it is: the council or the partnership"),
        _asked("applies_to", known.applies_to, "which children it is about, in a few words"),
        "zone: Europe/London",
        "working_days: england",
        "",
        "sources:",
        "  protocol:",
        f"    title: {shown}",
        "    edition:",
        "      " + _asked("label", known.edition, "as the paper calls it: second edition, May 2024; or: undated"),
        f"    ledger: sources/{area}.yaml",
        "",
        *_scope(paper),
        *_whose(paper),
        *_roles(),
        *_conventions(),
        "rules:",
        *_first_example(paper),
        *_second_example(paper),
        *_to_do(paper),
    ]
    return "\n".join(parts) + "\n"


def _asked(key: str, value: str, what: str) -> str:
    """A key with its value, or with nothing, so that `check` asks for it."""
    return f"{key}: {_value(value)}" if value else f"{key}:   ## {what}"


def _value(text: str) -> str:
    return flow_line([text])[1:-1]


def reference(ref: str) -> str:
    """As it stands after `cite`: everything is text, so that a number needs no quotes."""
    return ref if re.fullmatch(r"[0-9.]+", ref) else _value(ref)


def _of_age(paper: list[_Piece]) -> _Piece | None:
    """The first paragraph that speaks of the age of 18, as those do that say whom a paper is for."""
    return next((p for p in paper if {"18", "18 years"} & set(p.figures)), None)


def _scope(paper: list[_Piece]) -> Iterator[str]:
    aged = _of_age(paper)
    yield "## Whom every rule is about, with the paragraph that says so. Left out: every child in the case."
    if aged is not None:
        yield "# scope:"
        yield "#   when: {child.age: under 18}"
        yield f"#   cite: {reference(aged.ref)}"
    yield ""


def _whose(paper: list[_Piece]) -> Iterator[str]:
    yield "## For which children the paper is, by who is responsible and where they live, each with its paragraph;"
    yield "## with: host (or placing) where it says that the other authority's protocol holds as well."
    if (about := _of_age(paper)) is not None:
        yield "# applies:"
        yield f"#   living_here: {{cite: {reference(about.ref)}}}"
        yield f"#   own: {{cite: {reference(about.ref)}}}"
        yield f"#   own_elsewhere: {{cite: {reference(about.ref)}, with: host}}"
        yield "#   not_stated: placed_here"
    yield ""


def _roles() -> Iterator[str]:
    yield "## Who acts, chairs and is told: a name of yours, the paper's title, and one of the shared agencies."
    yield "# roles:"
    yield "#   police: {title: Police, agency: police}"
    yield "#   social_worker: {title: the child's social worker, agency: childrens_social_care}"
    yield ""


def _conventions() -> Iterator[str]:
    yield "## What the paper leaves open everywhere, said once, with why: how strong a duty is that has no must, should"
    yield "## or may (modality: stated), which day is the first, and which episodes count."
    yield "# conventions:"
    yield "#   stated: {ranks_as: must, why: the paper says what will happen and means that it has to}"
    yield "#   days: {first_day_is: 0, same_day_counts: false, why: the day itself is not counted}"
    yield "#   counted: {kinds: [missing], from: [home, care], counted_by: started, why: missing episodes are meant}"
    yield ""


def _first_example(paper: list[_Piece]) -> Iterator[str]:
    cited = _likest(paper, "police") or _likest(paper) or paper[0]
    yield "## An example, of the form only; what the paper asks for is yours to say. What it leaves out is listed under"
    yield "## not_stated and never guessed."
    yield "#   - id: example-police-told"
    yield "#     topic: notification"
    yield "#     title: The police are told"
    yield f"#     cite: {reference(cited.ref)}"
    yield "#     modality: must"
    yield "#     trigger: started"
    yield "#     require: notify"
    yield "#     by: social_worker"
    yield "#     to: police"
    yield "#     not_stated: [deadline]"


def _second_example(paper: list[_Piece]) -> Iterator[str]:
    cited = _timed(paper)
    if cited is None:
        return
    length = next(figure for figure in cited.figures if _HOURS.fullmatch(figure))
    yield "## Another, with a deadline: the number must stand in the paragraph that is cited."
    yield "#   - id: example-interview"
    yield "#     topic: return_interview"
    yield "#     title: The child is offered an interview"
    yield f"#     cite: {reference(cited.ref)}"
    yield "#     modality: should"
    yield "#     trigger: returned"
    yield "#     require: return_interview"
    yield "#     by: social_worker"
    yield f"#     deadline: within {length} of returned"


def _timed(paper: list[_Piece]) -> _Piece | None:
    """A paragraph with a length of time, of an interview if there is one."""
    return _likest(paper, "interview", figure=_HOURS) or _likest(paper, figure=_HOURS)


def _to_do(paper: list[_Piece]) -> Iterator[str]:
    yield ""
    yield "## The paragraphs in the paper's order, with the words that ask for something and the figures in them."
    yield "## Write each rule beneath its paragraph, or say with `missingrules next --is` what the paragraph is; these"
    yield "## lines decide nothing and may go."
    heading = None
    for paragraph in paper:
        if paragraph.is_heading:
            continue
        if paragraph.heading != heading:
            heading = paragraph.heading
            yield ""
            yield f"## --- {heading}"
        signs = ", ".join([*modals_of(paragraph.said), *paragraph.figures])
        yield f"## {paragraph.ref}{': ' + signs if signs else ''}"


def scenario_text(area: str, paper: list[_Piece]) -> str:
    """The first scenario file: one example in comments, of the example rules."""
    absent = "\n#     absent: [example-interview]" if _timed(paper) else ""
    return f"""## What officers expect of the rules, worked out by hand from the paper. Days run from the anchor.
## The example goes with the example rules of the protocol: take the # and the space behind it away in both.
format: 1
protocol: {area}
anchor: 2025-06-02   ## a Monday: day 0
scenarios:
#   - name: a child of 14 goes missing on Monday evening
#     why: the police are told, and the paper gives no time; the child is not back yet
#     as_of: day 0 22:00
#     case:
#       child: {{date_of_birth: turns 15 on day 100}}
#       episodes: [{{id: E1, missing_from: home, kind: missing, started_at: day 0 21:00, returned_at: null}}]
#     expect:
#       - {{key: example-police-told/E1/1, status: due, by: [social_worker], recipients: [police]}}{absent}
"""
