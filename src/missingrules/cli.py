"""The command line: each command is a call to the library, a report and an exit code.

0: done, whatever is overdue. 1: `check` found something. 2: the input cannot be used.
Results go to standard output, everything else to standard error.
"""

from __future__ import annotations

import os
import re
import sys
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType

    from missingrules.domain.clock import Instant
    from missingrules.domain.diagnostics import Diagnostic
    from missingrules.domain.rules import Protocol

FOUND, BAD_INPUT = 1, 2

app = typer.Typer(
    help="Rules for children missing from home and care: what must be done, by whom, by when, and by which paragraph.",
    no_args_is_help=True,
    add_completion=False,
    # Plain help: quick to load, and readable on any terminal.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


CaseFile = Annotated[Path, typer.Argument(metavar="CASE", help="The case, a YAML or JSON file.", show_default=False)]
Protocols = Annotated[
    list[str],
    typer.Option(
        "--protocol",
        metavar="NAME|PATH",
        help="A protocol, by name or file; may be given several times.",
        show_default=False,
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="INSTANT",
        help="The instant asked about, as 2025-03-31T12:00:00+01:00. Left out: now, by this computer's clock.",
        show_default=False,
    ),
]
Horizon = Annotated[int, typer.Option(metavar="DAYS", help="How far ahead to look.", min=0, max=3660)]
Readings = Annotated[
    list[str] | None,
    typer.Option(
        "--reading",
        metavar="ID=OPTION",
        help="How to read an unclear paragraph; may be given several times.",
        show_default=False,
    ),
]


def main() -> None:
    """The entry point, safe for any terminal."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A file or pipe gets UTF-8; a terminal keeps its encoding. What cannot be shown becomes a question mark.
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
    app(prog_name="missingrules")


@app.callback(invoke_without_command=True)
def _whole(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    if version:
        from missingrules.interface.rendering import library_version

        _write(f"missingrules {library_version()}\n")
        raise typer.Exit


@app.command()
def evaluate(
    case: CaseFile,
    protocol: Protocols,
    as_of: AsOf = None,
    horizon: Horizon = 90,
    reading: Readings = None,
    format: Annotated[Format, typer.Option(help="How to print the result.")] = Format.TEXT,
) -> None:
    """What the protocols ask for, as the case stands at an instant."""
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.engine.evaluate import evaluate as run
    from missingrules.reading.cases import read_case

    now = _instant(as_of)
    try:
        protocols = _protocols(protocol)
        chosen = _readings(reading or [], protocols)
        read = read_case(case, protocols, now)
    except InvalidInput as error:
        _refuse(error.diagnostics)
    answer = run(protocols, read, now, horizon_days=horizon, readings=chosen)
    if format is Format.JSON:
        from missingrules.interface.rendering import to_json

        _write(to_json(answer))
    else:
        from missingrules.reports.text import report

        _show(report(answer))


@app.command()
def explain(
    case: CaseFile,
    protocol: Protocols,
    rule: Annotated[str, typer.Option(metavar="ID", help="The rule to explain.", show_default=False)],
    as_of: AsOf = None,
    horizon: Horizon = 90,
    reading: Readings = None,
) -> None:
    """Why a rule has fired, or the first condition that kept it silent."""
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean
    from missingrules.engine.explain import explain as run
    from missingrules.reading.cases import read_case
    from missingrules.reports.explanation import explanation_report

    now = _instant(as_of)
    try:
        protocols = _protocols(protocol)
        chosen = _readings(reading or [], protocols)
        read = read_case(case, protocols, now)
        rules = [family.id for one in protocols for family in one.families]
        if rule not in rules:
            message = f"no rule of these protocols has the id '{rule}'"
            raise InvalidInput([Diagnostic("unknown-rule", message, hint=did_you_mean(rule, rules))])
    except InvalidInput as error:
        _refuse(error.diagnostics)
    for one in protocols:
        if rule in {family.id for family in one.families}:
            found = run(one, read, now, rule, horizon_days=horizon, readings=chosen)
            _show(explanation_report(one, found, now))


@app.command("list")
def list_() -> None:
    """The protocols that can be named, and where each comes from."""
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.reading.catalogue import available

    try:
        found = available()
    except InvalidInput as error:
        _refuse(error.diagnostics)
    names = max((len(one.name) for one in found), default=0)
    homes = max((len(one.where_from) for one in found), default=0)
    _write("".join(f"{one.name:{names}}  {one.where_from:{homes}}  {one.path}\n" for one in found))


@app.command()
def check(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Protocol files, or folders of them.", show_default=False),
    ],
) -> None:
    """Every mistake in protocol files, at its line and column."""
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.reading.protocols import read_protocol

    files = [file for path in paths for file in _files(path)]
    found = 0
    for file in files:
        try:
            read_protocol(file)
        except InvalidInput as error:
            found += len(error.diagnostics)
            for diagnostic in error.diagnostics:
                _write(diagnostic.render() + "\n")
    _write(f"{_count(len(files), 'protocol file')}: {_count(found, 'finding') if found else 'nothing found'}\n")
    if found:
        raise typer.Exit(FOUND)


def _files(path: Path) -> list[Path]:
    """The file, or every file in the folder itself that is no ledger."""
    from missingrules.domain.diagnostics import Diagnostic

    if path.is_file():
        return [path]
    files = sorted(file for file in path.glob("*.y*ml") if file.is_file() and not _is_ledger(file))
    if not files:
        what = "has no protocol files in it" if path.is_dir() else "is not there"
        _refuse([Diagnostic("file-unreadable", f"{path} {what}", hint="name a protocol file, or a folder of them")])
    return files


def _is_ledger(file: Path) -> bool:
    """A ledger names its document, a protocol itself; one that does neither is a protocol with a mistake."""
    with file.open("rb") as opened:
        keys = set(re.findall(rb"^(document|protocol):", opened.read(1 << 16), re.MULTILINE))
    return keys == {b"document"}


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _instant(text: str | None) -> Instant:
    """The instant asked about. Only here does anything read the clock, and says so."""
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.diagnostics import Diagnostic
    from missingrules.interface.leaves import read_instant

    if text is None:
        import time

        now = Instant(int(time.time()))
        clock = Clock()
        print(f"as of {clock.local(now).isoformat()}, by this computer's clock", file=sys.stderr)
        return now
    try:
        return read_instant(text)
    except ValueError as error:
        _refuse([Diagnostic("bad-as-of", f"--as-of: {error}")])


def _protocols(names: Iterable[str]) -> list[Protocol]:
    """The protocols asked for, all mistakes in all of them told at once."""
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput
    from missingrules.reading.catalogue import find
    from missingrules.reading.protocols import read_protocol

    found: dict[str, Protocol] = {}
    problems: list[Diagnostic] = []
    for name in names:
        try:
            one = read_protocol(find(name))
        except InvalidInput as error:
            problems += error.diagnostics
            continue
        if found.setdefault(one.name, one) is not one:
            hint = "name each protocol once"
            problems.append(Diagnostic("two-protocols", f"two of the protocols are named '{one.name}'", hint=hint))
    if problems:
        raise InvalidInput(problems)
    return list(found.values())


def _readings(pairs: Sequence[str], protocols: Sequence[Protocol]) -> dict[str, str]:
    """`ID=OPTION` pairs; InvalidInput with everything that is wrong with them."""
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean

    known: dict[str, list[str]] = {}
    for protocol in protocols:
        for reading in protocol.readings.values():
            known.setdefault(reading.id, []).extend(option.name for option in reading.options)
    chosen: dict[str, str] = {}
    problems: list[Diagnostic] = []
    for pair in pairs:
        name, equals, option = pair.partition("=")
        if not equals:
            problems.append(Diagnostic("bad-reading", f"--reading {pair}: an option is wanted", hint="write ID=OPTION"))
        elif name not in known:
            hint = did_you_mean(name, known) or (f"the readings are {', '.join(known)}" if known else None)
            problems.append(Diagnostic("bad-reading", f"--reading {pair}: there is no reading '{name}'", hint=hint))
        elif option not in known[name]:
            hint = f"the options are {', '.join(dict.fromkeys(known[name]))}"
            message = f"--reading {pair}: the reading '{name}' has no option '{option}'"
            problems.append(Diagnostic("bad-reading", message, hint=hint))
        elif chosen.setdefault(name, option) != option:
            message = f"--reading {pair}: '{name}' is given two options"
            problems.append(Diagnostic("bad-reading", message, hint="give it one"))
    if problems:
        raise InvalidInput(problems)
    return chosen


def _show(report: RenderableType) -> None:
    """On a terminal in its width and colours, otherwise as plain text of 80 columns."""
    if sys.stdout.isatty():
        from rich.console import Console

        console = Console(highlight=False)
        console.print(report, width=min(console.width, 100))
    else:
        from missingrules.reports.text import as_text

        _write(as_text(report))


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody reads on; what is still to be flushed at exit goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from None


def _refuse(diagnostics: Iterable[Diagnostic]) -> NoReturn:
    for diagnostic in diagnostics:
        print(diagnostic.render(), file=sys.stderr)
    raise typer.Exit(BAD_INPUT)
