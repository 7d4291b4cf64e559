"""`missingrules test` and `missingrules coverage`: what officers expect, run, and whether everything is tried."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it when the command is made
from typing import TYPE_CHECKING, Annotated

import typer

from missingrules.cli import common
from missingrules.cli.everyday import as_json
from missingrules.cli.naming import names_begun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from missingrules.domain.coverage import Outcome
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.scenarios import Scenario, ScenarioFile

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
    explain: Annotated[
        bool, typer.Option("--explain", help="Of what does not hold: expected and actual side by side, and why not.")
    ] = False,
    mutants: Annotated[
        bool,
        typer.Option(
            "--mutants", help="Change the rules one small step at a time: which changes does no scenario notice?"
        ),
    ] = False,
    boundaries: Annotated[
        bool,
        typer.Option("--boundaries", help="Write scenarios at the edges of the rules' numbers, to accept or correct."),
    ] = False,
    write: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="With --boundaries: a new file for them.", show_default=False),
    ] = None,
    rule: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID",
            help="With --mutants or --boundaries: only this rule; may be given several times.",
            show_default=False,
        ),
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(metavar="N", help="With --mutants: only so many changes of each protocol, evenly spread.", min=1),
    ] = None,
    at_least: Annotated[
        float | None,
        typer.Option(metavar="PERCENT", help="With --mutants: fail where fewer are noticed.", min=0, max=100),
    ] = None,
    reasons: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="With --mutants: a file that says why changes are not noticed; fail where one has no reason.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Runs scenarios: does what officers expect of a protocol come out, and what does not."""
    from missingrules.cli import trials

    _refuse_alone("--mutants", mutants, {"--sample": sample, "--at-least": at_least, "--reasons": reasons})
    _refuse_alone("--boundaries", boundaries, {"--write": write})
    _refuse_alone("--mutants or --boundaries", mutants or boundaries, {"--rule": rule})
    if boundaries:
        _refuse_together("--boundaries", {"--mutants": mutants, "--explain": explain})
    find = _finder(protocol or [])
    given = {path: _files(path) for path in paths}
    files = _read([file for several in given.values() for file in several], find)
    about = [find(name) for name in dict.fromkeys(file.protocol for file in files)]
    trials.refuse_unknown_rules(rule or [], about)
    known = trials.reasons_in(reasons or [], about)
    asked = _asked(files, find, name, quick=mutants or boundaries)
    if name is not None:
        _refuse_unmatched(name, given, asked)
    outcomes = ((outcome, find(file.protocol)) for file, found in asked for outcome in found)
    if boundaries:
        trials.boundaries(_holding(asked, find), rule or [], write)
        return
    failed = [(outcome, of) for outcome, of in outcomes if outcome.differences]
    many = sum(len(found) for _, found in asked)
    looked_into = sum(bool(found) for _, found in asked)
    if not as_json():
        for outcome, of in failed:
            _tell(outcome, of, explain=explain)
        verdict = f"{common.counted(len(failed), 'does', 'do')} not hold" if failed else "all hold"
        common.say(f"{common.counted(many, 'scenario')} in {common.counted(looked_into, 'file')}: {verdict}")
    too_few, settled = False, True
    changes: list[trials.Tried] = []
    if mutants:
        changes = trials.mutants(_holding(asked, find), rule or [], sample, known)
        settled = all(each.settled for each in changes)
        too_few = at_least is not None and any(each.changes.score < at_least for each in changes)
    if as_json():
        told = [_outcome(outcome, of, explain=explain) for outcome, of in failed]
        counts = {"scenarios": many, "files": looked_into, "not_holding": told}
        common.write_json(counts | ({"mutants": [each.data() for each in changes]} if mutants else {}))
    elif mutants:
        trials.tell(changes)
    if failed or too_few or not settled:
        raise typer.Exit(common.FOUND)


# Files, and what came of the scenarios in each that were asked.
Asked = list[tuple["ScenarioFile", list["Outcome"]]]


def _asked(files: Sequence[ScenarioFile], find: Callable[[str], Protocol], name: str | None, *, quick: bool) -> Asked:
    """Every scenario, or those with a name in their own; `quick`: of what each names alone, if that will do."""
    from missingrules.analysis.boundaries import Bench
    from missingrules.analysis.scenarios import run
    from missingrules.domain.coverage import Outcome

    benches = {file.protocol: Bench(find(file.protocol)) for file in files} if quick else {}

    def asked(protocol: str, scenario: Scenario) -> Outcome:
        if protocol in benches and benches[protocol].asked(scenario)[0]:
            return Outcome(scenario, ())
        return run(find(protocol), scenario)

    return [
        (file, [asked(file.protocol, each) for each in file.scenarios if name is None or name in each.name])
        for file in files
    ]


def _holding(asked: Asked, find: Callable[[str], Protocol]) -> list[tuple[Protocol, list[Scenario]]]:
    """The protocols, each with those of its scenarios that hold."""
    found: dict[str, list[Scenario]] = {}
    for file, outcomes in asked:
        found.setdefault(file.protocol, []).extend(each.scenario for each in outcomes if not each.differences)
    return [(find(name), scenarios) for name, scenarios in found.items()]


def _outcome(outcome: Outcome, protocol: Protocol, *, explain: bool) -> dict[str, object]:
    from missingrules.analysis.why import reasons
    from missingrules.reports.plain import outcome_data

    return outcome_data(outcome, protocol.name, reasons(protocol, outcome.scenario) if explain else (), protocol)


def _tell(outcome: Outcome, protocol: Protocol, *, explain: bool) -> None:
    from missingrules.analysis.why import reasons
    from missingrules.reports.scenarios import outcome_text, reasons_report

    common.write(outcome_text(outcome))
    if explain and (why := reasons(protocol, outcome.scenario)):
        common.show(reasons_report(why, protocol))
        common.write("\n")


def _refuse_unmatched(name: str, given: Mapping[Path, Sequence[Path]], asked: Asked) -> None:
    """A file or folder in which no scenario has the name would pass whatever stands in it."""
    from missingrules.domain.diagnostics import Diagnostic

    matched = {file.file for file, outcomes in asked if outcomes}
    hint = "leave -k out, or write a part of a scenario's name"
    unmatched = [path for path, files in given.items() if not any(str(file) in matched for file in files)]
    if unmatched:
        common.refuse(
            Diagnostic("no-scenario", f"no scenario in {path} has '{name}' in its name", hint=hint)
            for path in unmatched
        )


def _refuse_alone(of: str, is_given: bool, options: Mapping[str, object]) -> None:
    """An option that says something only with another."""
    from missingrules.domain.diagnostics import Diagnostic

    if not is_given and (given := _given(options)):
        hint = f"add {of}, or leave {given} out"
        common.refuse([Diagnostic("option-alone", f"{given}: of use only with {of}", hint=hint)])


def _refuse_together(option: str, options: Mapping[str, object]) -> None:
    from missingrules.domain.diagnostics import Diagnostic

    if given := _given(options):
        message = f"{option} and {given} cannot be asked for at once"
        common.refuse([Diagnostic("options-together", message, hint="run one after the other")])


def _given(options: Mapping[str, object]) -> str:
    """The options of these that were given, by their names."""
    return " and ".join(name for name, value in options.items() if value not in (None, [], False))


def coverage(
    protocols: Annotated[
        list[str],
        typer.Argument(
            metavar="PROTOCOL...", help="Protocols, by name or file.", show_default=False, autocompletion=names_begun
        ),
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
    from missingrules.reports.plain import coverage_data
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
    lacking = [each for each in found if not each.is_whole]
    if as_json():
        common.write_json([coverage_data(each) for each in found])
    else:
        common.show(coverage_table(found))
        for each in lacking if missing else ():
            common.write("\n")
            common.show(missing_report(each))
        if lacking and not missing:
            names = ", ".join(each.protocol.name for each in lacking)
            common.say(f"not everything is covered in {names}: --missing lists what is not")
    if lacking:
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
