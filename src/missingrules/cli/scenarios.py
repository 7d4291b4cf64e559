"""`missingrules test` and `missingrules coverage`: what officers expect, run, and whether everything is tried."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it when the command is made
from typing import TYPE_CHECKING, Annotated

import typer

from missingrules.cli import common

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from missingrules.domain.protocol import Protocol
    from missingrules.domain.scenarios import ScenarioFile

Given = Annotated[
    list[str] | None,
    typer.Option(
        "--protocol",
        metavar="NAME|PATH",
        help="A protocol that the scenarios are about, by its file; left out: the one they name.",
        show_default=False,
    ),
]


def run_scenarios(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Scenario files, or folders of them.", show_default=False)
    ],
    protocol: Given = None,
    name: Annotated[
        str | None, typer.Option("-k", metavar="NAME", help="Only scenarios with this in their name.")
    ] = None,
) -> None:
    """Runs scenarios: does what officers expect of a protocol come out, and what does not."""
    from missingrules.analysis.scenarios import run
    from missingrules.domain.diagnostics import Diagnostic
    from missingrules.reports.scenarios import outcome_text

    find = _finder(protocol or [])
    files = _read([file for path in paths for file in _files(path)], find)
    asked = failed = looked_into = 0
    for file in files:
        whole = find(file.protocol)
        picked = [each for each in file.scenarios if name is None or name in each.name]
        asked += len(picked)
        looked_into += bool(picked)
        for scenario in picked:
            outcome = run(whole, scenario)
            if outcome.differences:
                failed += 1
                common.write(outcome_text(outcome))
    if not asked:
        hint = "leave -k out, or write a part of a scenario's name"
        common.refuse([Diagnostic("no-scenario", f"no scenario has '{name}' in its name", hint=hint)])
    verdict = f"{common.counted(failed, 'does', 'do')} not hold" if failed else "all hold"
    common.write(f"{common.counted(asked, 'scenario')} in {common.counted(looked_into, 'file')}: {verdict}\n")
    if failed:
        raise typer.Exit(common.FOUND)


def coverage(
    protocols: Annotated[
        list[str], typer.Argument(metavar="PROTOCOL...", help="Protocols, by name or file.", show_default=False)
    ],
    scenarios: Annotated[
        Path, typer.Option(metavar="FOLDER", help="The folder with their scenarios.", show_default=False)
    ],
    missing: Annotated[bool, typer.Option("--missing", help="List each thing that is not covered.")] = False,
) -> None:
    """Is every paragraph accounted for, every rule seen to fire and to stay silent, every boundary tried?"""
    from missingrules.analysis.coverage import coverage_of
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.reading.catalogue import find
    from missingrules.reading.protocols import with_ledgers
    from missingrules.reading.scenarios import protocol_named
    from missingrules.reports.scenarios import coverage_table, missing_report

    try:
        wanted = {each.name: (each, path) for path in protocols for each in common.protocols([path])}
        paths = {name: find(path) for name, (_, path) in wanted.items()}
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    named = [(file, protocol_named(file)) for file in _files(scenarios)]
    files = _read([file for file, name in named if name is None or name in wanted], lambda name: wanted[name][0])
    found = []
    for name, (protocol, _) in wanted.items():
        theirs = [scenario for file in files if file.protocol == name for scenario in file.scenarios]
        found.append(coverage_of(protocol, *with_ledgers(paths[name]), theirs))
    common.show(coverage_table(found))
    lacking = [each for each in found if not each.is_whole]
    for each in lacking:
        if missing:
            common.write("\n")
            common.show(missing_report(each))
    if lacking:
        if not missing:
            names = ", ".join(each.protocol.name for each in lacking)
            common.write(f"not everything is covered in {names}: --missing lists what is not\n")
        raise typer.Exit(common.FOUND)


def _finder(given: Iterable[str]) -> Callable[[str], Protocol]:
    """Protocols by name, those that are given first; each is read once."""
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.reading.catalogue import find
    from missingrules.reading.protocols import read_protocol

    try:
        known = {protocol.name: protocol for protocol in common.protocols(given)}
    except InvalidInput as error:
        common.refuse(error.diagnostics)

    def found(name: str) -> Protocol:
        if name not in known:
            known[name] = read_protocol(find(name))
        return known[name]

    return found


def _files(path: Path) -> list[Path]:
    from missingrules.domain.diagnostics import Diagnostic
    from missingrules.reading.scenarios import scenario_files

    files = scenario_files(path)
    if not files:
        hint = "name a scenario file, or a folder of them"
        common.refuse([Diagnostic("file-unreadable", f"{path} has no scenario files in it", hint=hint)])
    return files


def _read(paths: Iterable[Path], find: Callable[[str], Protocol]) -> list[ScenarioFile]:
    """The files, all mistakes in all of them told at once."""
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput
    from missingrules.reading.scenarios import read_scenarios

    files: list[ScenarioFile] = []
    problems: list[Diagnostic] = []
    for path in paths:
        try:
            files.append(read_scenarios(path, find))
        except InvalidInput as error:
            problems += [each for each in error.diagnostics if each not in problems]
    if problems:
        common.refuse(problems)
    return files
