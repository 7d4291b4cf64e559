"""`missingrules diff`, `prove` and `compare`: areas, or editions of one, held against each other."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads it when the command is made
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from missingrules.cli import common
from missingrules.cli.everyday import as_json
from missingrules.cli.naming import names_begun
from missingrules.cli.target import Force, Output, Target, format_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType

    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.combinations import CaseDiff
    from missingrules.domain.comparisons import Matrix, Searched
    from missingrules.domain.protocol import Protocol


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


Named = Annotated[
    str,
    typer.Argument(
        metavar="NAME|PATH", help="A protocol, by name or file.", show_default=False, autocompletion=names_begun
    ),
]
Topics = Annotated[
    list[str] | None,
    typer.Option("--topic", metavar="TOPIC", help="Only this topic; may be given several times.", show_default=False),
]
Readings = Annotated[
    list[str] | None,
    typer.Option(
        "--reading",
        metavar="ID=OPTION",
        help="How to read an unclear paragraph; may be given several times.",
        show_default=False,
    ),
]


Limit = Annotated[
    int, typer.Option("--limit", metavar="N", help="How many cases are tried before the search is given up.", min=1)
]
MOST = 2_000


def diff(
    first: Named,
    second: Named,
    topic: Topics = None,
    reading: Readings = None,
    witness: Annotated[
        bool,
        typer.Option("--witness", help="The smallest case for which they ask for different things, as a case file."),
    ] = False,
    limit: Limit = MOST,
    cases: Annotated[
        list[Path] | None,
        typer.Option(
            "--cases",
            metavar="PATH",
            help="Of two editions: which duties of these cases change; a case file or a folder of them.",
            show_default=False,
        ),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="INSTANT", help="With --cases: the instant asked about.")
    ] = None,
    format: Annotated[Format, typer.Option(help="How to print the differences.")] = Format.TEXT,
    output: Output = None,
    force: Force = False,
) -> None:
    """How two protocols differ by meaning: which asks for more, for less, or for something else, and where."""
    from missingrules.calls.comparing import diff as compared
    from missingrules.interface.combinations import changed_to_json
    from missingrules.reports.differences import diff_json, diff_report, editions_report

    target = _target(output, force, (first, second), cases or ())
    both = two(first, second)
    chosen = common.readings(reading or [], both)
    refuse_unknown_topics(topic or [])
    if witness:
        _search((first, second), both, Asking(topic or [], [], chosen, limit, only_weaker=False), target)
        return
    in_json = format is Format.JSON
    if cases:
        _refuse_two_areas(both)
        found_changes = _changes(both, cases, common.instant(as_of), chosen)
        told = changed_to_json(found_changes, both) if in_json else editions_report(found_changes, both[0].clock)
        target.write(told)
        return
    found = compared(*both, topics=topic or [], readings=chosen)
    target.write(diff_json(found) if in_json else diff_report(found))


def _refuse_two_areas(both: tuple[Protocol, Protocol]) -> None:
    from missingrules.calls.comparing import refuse_two_areas
    from missingrules.domain.diagnostics import InvalidInput

    try:
        refuse_two_areas(*both, "--cases: ")
    except InvalidInput as error:
        common.refuse(error.diagnostics)


def _changes(
    both: tuple[Protocol, Protocol], paths: Sequence[Path], as_of: Instant, readings: Mapping[str, str]
) -> list[CaseDiff]:
    """What the second edition changes in each case."""
    from missingrules.calls.comparing import diff_cases
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput
    from missingrules.reading.cases import read_case

    files = [
        file
        for path in paths
        for file in (sorted(path.rglob("*.y*ml")) + sorted(path.rglob("*.json")) if path.is_dir() else [path])
    ]
    problems: list[Diagnostic] = []
    read: list[Case] = []
    for file in files:
        try:
            read.append(read_case(file, list(both), as_of))
        except InvalidInput as error:
            problems += error.diagnostics
    if not files:
        problems.append(Diagnostic("file-unreadable", f"no case file stands in {' or '.join(map(str, paths))}"))
    common.refuse_any(problems)
    return list(diff_cases(*both, read, as_of, readings=readings))


def prove(
    protocol: Named,
    as_strict_as: Annotated[
        str,
        typer.Option(
            "--at-least-as-strict-as",
            metavar="NAME|PATH",
            help="The other protocol.",
            show_default=False,
            autocompletion=names_begun,
        ),
    ],
    topic: Topics = None,
    action: Annotated[
        list[str] | None,
        typer.Option("--action", metavar="ACT", help="Only this act; may be given several times.", show_default=False),
    ] = None,
    reading: Readings = None,
    limit: Limit = MOST,
    output: Output = None,
    force: Force = False,
) -> None:
    """Does a protocol ask for at least as much as another, as soon and as strongly? If not: the smallest case."""
    target = _target(output, force, (protocol, as_strict_as))
    both = two(protocol, as_strict_as)
    chosen = common.readings(reading or [], both)
    refuse_unknown_topics(topic or [])
    _refuse_unknown_actions(action or [], both)
    asking = Asking(topic or [], action or [], chosen, limit, only_weaker=True)
    if _search((protocol, as_strict_as), both, asking, target):
        raise typer.Exit(common.FOUND)


class MatrixFormat(StrEnum):
    TEXT = "text"
    MARKDOWN = "md"
    JSON = "json"
    CSV = "csv"
    HTML = "html"


FRAMEWORK = "national_framework"


def compare(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME|PATH...", help="Protocols, by name or file.", show_default=False, autocompletion=names_begun
        ),
    ],
    topic: Topics = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="NAME|PATH",
            help=f"The framework beside which the others stand; {FRAMEWORK}, if it is among them.",
            show_default=False,
        ),
    ] = None,
    form: Annotated[
        MatrixFormat | None,
        typer.Option(
            "--format", help="What to write; left out: what the ending of --output says, or text.", show_default=False
        ),
    ] = None,
    output: Output = None,
    force: Force = False,
) -> None:
    """The matrix: what each area says to the questions of a partnership, with its paragraphs, side by side."""
    from missingrules.comparison.matrix import matrix
    from missingrules.domain.diagnostics import InvalidInput

    form = form or format_of(output, MatrixFormat.TEXT)
    target = _target(output, force, (*names, against) if against else names)
    refuse_unknown_topics(topic or [])
    found = several(names)
    framework: Protocol | None
    if against:
        given = several([against])[0]
        framework = next((each for each in found if each.fingerprint == given.fingerprint), given)
        found += [framework] * (framework is given)
    else:
        framework = next((each for each in found if each.name == FRAMEWORK), None)
    try:
        if form is MatrixFormat.HTML:
            from missingrules.pages.page import refuse_unready

            refuse_unready()
        made = _matrix_as(form, matrix(found, framework, topics=topic or []), target)
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    target.write(made)


def _matrix_as(form: MatrixFormat, found: Matrix, target: Target) -> str | bytes | RenderableType:
    from missingrules.reports import matrix_forms
    from missingrules.reports.matrix import in_words

    match form:
        case MatrixFormat.HTML:
            from missingrules.pages.matrix import matrix_page

            return matrix_page(found)
        case MatrixFormat.TEXT:
            return matrix_forms.matrix_report(in_words(found))
        case MatrixFormat.MARKDOWN:
            return matrix_forms.matrix_markdown(in_words(found))
        case MatrixFormat.JSON:
            return matrix_forms.matrix_json(in_words(found))
        case MatrixFormat.CSV:
            table = matrix_forms.matrix_table(in_words(found))
            return target.commas(table)


def _target(output: Path | None, force: bool, names: Sequence[str], cases: Sequence[Path] = ()) -> Target:
    """Where it goes; never over a protocol or a case that is read."""
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.reading.catalogue import editions

    target = Target(output, force=force)
    try:
        read = (*cases, *(path for name in names for path in editions(name))) if output else ()
        target.refuse_unfit("", read)
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    return target


class Asking(NamedTuple):
    """What a search is about."""

    topics: list[str]
    actions: list[str]
    readings: Mapping[str, str]
    limit: int
    only_weaker: bool


def _search(names: tuple[str, str], both: tuple[Protocol, Protocol], asking: Asking, target: Target) -> bool:
    """Tells the case in which the two part, or that there is none; whether there is one."""
    from missingrules.calls.comparing import witness
    from missingrules.reports.witnesses import nothing_text, witness_text

    with common.progress() as bar:
        task = bar.add_task("cases tried", total=asking.limit) if bar else None

        def tell(tried: int) -> None:
            if bar and task is not None:
                bar.update(task, completed=tried)

        searched = witness(
            *both,
            topics=asking.topics,
            actions=asking.actions,
            readings=asking.readings,
            only_weaker=asking.only_weaker,
            most=asking.limit,
            tell=tell,
        )
    if as_json():
        target.write(_searched_json(searched, both, names))
        return searched.witness is not None
    if searched.witness is None:
        target.write(nothing_text(searched, *both, only_weaker=asking.only_weaker))
        return False
    target.write(witness_text(searched.witness, searched, *both, names))
    return True


def _searched_json(searched: Searched, both: tuple[Protocol, Protocol], names: tuple[str, str]) -> str:
    """The case as data of the shape of a case file."""
    import json

    from missingrules.reading.nodes import plain, read_nodes
    from missingrules.reports.plain import searched_data
    from missingrules.reports.witnesses import witness_text

    found = searched.witness
    case: Any = plain(read_nodes(witness_text(found, searched, *both, names), "witness")) if found else None
    return json.dumps(searched_data(searched, case, both), ensure_ascii=False, indent=2) + "\n"


def _refuse_unknown_actions(actions: Sequence[str], both: Sequence[Protocol]) -> None:
    from missingrules.calls.asking import refuse_unknown_actions as refuse
    from missingrules.domain.diagnostics import InvalidInput

    try:
        refuse(actions, both, "--action ")
    except InvalidInput as error:
        common.refuse(error.diagnostics)


def two(first: str, second: str) -> tuple[Protocol, Protocol]:
    """Two protocols by name or file; of several editions of one the newest."""
    from missingrules.domain.diagnostics import InvalidInput

    try:
        return common.protocols([first])[-1], common.protocols([second])[-1]
    except InvalidInput as error:
        common.refuse(error.diagnostics)


def several(names: Sequence[str]) -> list[Protocol]:
    """Protocols by name or file, each once; of several editions of one the newest. All mistakes are told at once."""
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput

    found: list[Protocol] = []
    problems: list[Diagnostic] = []
    for name in names:
        try:
            one = common.protocols([name])[-1]
        except InvalidInput as error:
            problems += error.diagnostics
            continue
        if any(one.fingerprint == other.fingerprint for other in found):
            message = f"'{name}' is given twice"
            problems.append(Diagnostic("two-protocols", message, hint="give each protocol once"))
        found.append(one)
    common.refuse_any(problems)
    return found


def refuse_unknown_topics(topics: Sequence[str]) -> None:
    from missingrules.calls.asking import refuse_unknown_topics as refuse
    from missingrules.domain.diagnostics import InvalidInput

    try:
        refuse(topics, "--topic ")
    except InvalidInput as error:
        common.refuse(error.diagnostics)
