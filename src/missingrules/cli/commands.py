"""The command line: each command is a call to the library, a report and an exit code.

0: done, whatever is overdue. 1: `check` found something, `audit` or `import` left rows out. 2: bad input.
Results go to standard output, everything else to standard error. Every command has `--quiet` and `--json`
(everyday.py).
"""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from missingrules.cli import (
    again,
    answering,
    auditing,
    authoring,
    batching,
    checking,
    common,
    comparing,
    editing,
    evidence,
    exporting,
    importing,
    living,
    scenarios,
)
from missingrules.cli.answering import Format
from missingrules.cli.everyday import Commands, as_json
from missingrules.cli.naming import AsOf, Horizon, Protocols, Readings, WhoseProtocols, names_begun
from missingrules.cli.sources import app as sources
from missingrules.cli.target import Force, Output, Target, format_of
from missingrules.domain.rules import Modality  # noqa: TC001 - typer reads it when the command is made
from missingrules.reports.by import By

app = Commands(
    help="Rules for children missing from home and care: what must be done, by whom, by when, and by which paragraph.",
    no_args_is_help=True,
    # Plain help: quick to load, and readable on any terminal.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Told(StrEnum):
    TEXT = "text"
    JSON = "json"


class Read(StrEnum):
    TEXT = "text"
    JSON = "json"
    HTML = "html"


CaseFile = Annotated[Path, typer.Argument(metavar="CASE", help="The case, a YAML or JSON file.", show_default=False)]


def main() -> None:
    """The entry point, safe for any terminal."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A file or pipe gets UTF-8; a terminal keeps its encoding. What cannot be shown becomes a question mark.
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
    app(prog_name="missingrules")


@app.callback(invoke_without_command=True)
def _whole(
    version: Annotated[
        bool, typer.Option("--version", help="Of the library, of the calendar and of every protocol at hand.")
    ] = False,
    in_json: Annotated[bool, typer.Option("--json", help="With --version: as JSON.")] = False,
) -> None:
    if not version:
        return
    from missingrules.cli.versions import versions, versions_text
    from missingrules.domain.diagnostics import InvalidInput

    try:
        found = versions()
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    if in_json:
        common.write_json(found)
    else:
        common.write(versions_text(found))
    raise typer.Exit


def evaluate(
    case: CaseFile,
    protocol: WhoseProtocols = None,
    as_of: AsOf = None,
    horizon: Horizon = 90,
    reading: Readings = None,
    organisation: Annotated[
        bool, typer.Option("--organisation", help="Also what the calendar asks of the organisation itself.")
    ] = False,
    format: Annotated[
        Format | None,
        typer.Option(help="What to write; left out: what the ending of --output says, or text.", show_default=False),
    ] = None,
    output: Output = None,
    force: Force = False,
    name_case: Annotated[
        bool, typer.Option("--name-case", help="Name case and episode in the calendar's entries; ics only.")
    ] = False,
    for_: Annotated[
        list[str] | None,
        typer.Option("--for", metavar="ROLE", help="Only what this role does, chairs or attends; text, md, ics."),
    ] = None,
    modality: Annotated[
        list[Modality] | None,
        typer.Option(help="Only duties of this strength; text, md, ics.", case_sensitive=False),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Everything that stands behind each duty, nothing folded away; text only.")
    ] = False,
    group: Annotated[By, typer.Option(help="What the duties are grouped by; text, md.")] = By.PHASE,
    every_reading: Annotated[
        bool,
        typer.Option("--every-reading", help="What differs under every combination of the readings that matter here."),
    ] = False,
    since: Annotated[
        Path | None,
        typer.Option(
            "--since",
            metavar="RESULT",
            help="What has changed since this result, a JSON file; text, json, csv.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """What the protocols ask for, as the case stands at an instant."""
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.engine.evaluate import evaluate as run
    from missingrules.reading.cases import read_case
    from missingrules.reading.catalogue import editions

    now = common.instant(as_of)
    format = format or format_of(output, Format.TEXT)
    try:
        names = protocol or common.every_name()
        protocols = common.protocols(names)
        chosen = common.readings(reading or [], protocols)
        common.refuse_unknown_roles(for_ or [], protocols)
        shape = answering.Shape(
            roles=tuple(for_ or ()), modalities=tuple(modality or ()), full=full, by=group, name_case=name_case
        )
        shape.refuse_unfit(format, every_reading=every_reading)
        if since is not None:
            living.refuse_unfit(format, every_reading=every_reading, narrowed=shape.is_narrowed)
        target = Target(output, force=force)
        files = [case, *([since] if since else []), *(path for name in names for path in editions(name))]
        target.refuse_unfit(format, files)
        read = read_case(case, protocols, now)
        if not protocol:
            answering.refuse_nobodys(protocols, read, now)
        before = None if since is None else living.earlier(since, read.id)
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    if every_reading:
        as_json = format is Format.JSON
        made = common.every_reading(protocols, read, now, horizon, chosen, organisation=organisation, as_json=as_json)
        target.write(made)
        return
    answer = run(
        protocols,
        read,
        now,
        horizon_days=horizon,
        readings=chosen,
        organisation=organisation,
        where_applies=not protocol,
    )
    if before is not None:
        living.since(before, answer, format, target)
        return
    answering.give(answer, format, shape, target)


def explain(
    case: CaseFile,
    protocol: Protocols,
    rule: Annotated[str, typer.Option(metavar="ID", help="The rule to explain.", show_default=False)],
    as_of: AsOf = None,
    horizon: Horizon = 90,
    reading: Readings = None,
) -> None:
    """Why a rule has fired, or the first condition that kept it silent."""
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput
    from missingrules.engine.editions import heard
    from missingrules.engine.explain import explain as run
    from missingrules.reading.cases import read_case
    from missingrules.reports.explanation import explanation_report
    from missingrules.reports.plain import explanation_data

    now = common.instant(as_of)
    try:
        protocols = common.protocols(protocol)
        chosen = common.readings(reading or [], protocols)
        read = read_case(case, protocols, now)
        rules = [family.id for one in protocols for family in one.families]
        if rule not in rules:
            message = f"no rule of these protocols has the id '{rule}'"
            raise InvalidInput([Diagnostic("unknown-rule", message, hint=common.nearest_rule(rule, rules))])
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    data = []
    for one in protocols:
        if rule in {family.id for family in one.families}:
            found = run(one, read, now, rule, horizon_days=horizon, readings=chosen)
            told = heard(protocols, one, found, read)
            data += [explanation_data(each, one) for each in told]
            if not as_json() and (told or not found):
                common.show(explanation_report(one, told, now))
    if as_json():
        common.write_json(data)


def applies(
    case: CaseFile,
    protocol: WhoseProtocols = None,
    as_of: AsOf = None,
    format: Annotated[Told, typer.Option(help="How to tell it.")] = Told.TEXT,
) -> None:
    """Which protocols are for this child, by who is responsible for it and where it lives, and where they say so."""
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.engine.reach import applying
    from missingrules.interface.rendering import applies_json
    from missingrules.reading.cases import read_case
    from missingrules.reports.applies import applies_lines

    now = common.instant(as_of)
    try:
        protocols = common.protocols(protocol or common.every_name())
        found = applying(protocols, read_case(case, protocols, now), now)
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    common.write(applies_json(found) if format is Told.JSON else "".join(f"{line}\n" for line in applies_lines(found)))


def list_() -> None:
    """The protocols that can be named, and where each comes from."""
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.reading.catalogue import available

    try:
        found = available()
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    if as_json():
        common.write_json(
            [
                {"name": one.name, "from": one.where_from, "path": str(one.path), "holds_from": one.holds_from or None}
                for one in found
            ]
        )
        return
    names = max((len(one.name) for one in found), default=0)
    homes = max((len(one.where_from) for one in found), default=0)
    for one in found:
        since = f" (from {one.holds_from})" if one.holds_from else ""
        common.write(f"{one.name:{names}}  {one.where_from:{homes}}  {one.path}{since}\n")


def show(
    protocol: Annotated[
        str,
        typer.Argument(metavar="NAME|PATH", help="The protocol.", show_default=False, autocompletion=names_begun),
    ],
    rule: Annotated[str | None, typer.Argument(metavar="RULE", help="One rule; left out: all.")] = None,
    reading: Readings = None,
    format: Annotated[
        Read | None,
        typer.Option(
            help="As text, as data, or as a page to read; left out: what the ending of --output says, or text.",
            show_default=False,
        ),
    ] = None,
    output: Output = None,
    force: Force = False,
) -> None:
    """Reads the rules of a protocol back in plain sentences, those on which others stand first."""
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput
    from missingrules.reading.catalogue import editions
    from missingrules.reports.applies import whom_report
    from missingrules.reports.plain import named
    from missingrules.reports.prose import dropped_report, rule_report
    from missingrules.reports.text import as_text

    try:
        format = format or format_of(output, Read.TEXT)
        if rule is not None and format is Read.HTML:
            without = f"leave out {rule}: the page has an address for each rule, #rule-ID"
            raise InvalidInput([Diagnostic("whole-protocol", "a page shows a whole protocol", hint=without)])
        target = Target(output, force=force)
        target.refuse_unfit(format, editions(protocol) if output else [])
        read = common.protocols([protocol])[-1]  # of several editions the newest
        chosen = {r.id: r.default for r in read.readings.values()} | common.readings(reading or [], [read])
        found = [family for family in read.families if rule in (None, family.id)]
        if not found:
            hint = common.nearest_rule(rule or "", [family.id for family in read.families])
            raise InvalidInput([Diagnostic("unknown-rule", f"no rule of this protocol has the id '{rule}'", hint=hint)])
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    if format is Read.HTML:
        from missingrules.pages.document import protocol_page

        try:
            target.write(protocol_page(read, chosen))
        except InvalidInput as error:
            common.refuse(error.diagnostics)
        return
    if format is Read.JSON:
        dropped = dropped_report(read) if rule is None else None
        told = {
            **named(read),
            "readings": chosen,
            "whom": as_text(whom_report(read)) if rule is None else None,
            "rules": [{"rule": each.id, "text": as_text(rule_report(read, each, chosen))} for each in found],
            "dropped": None if dropped is None else as_text(dropped),
        }
        target.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        return
    reports = [rule_report(read, family, chosen) for family in found]
    if rule is None:
        reports.insert(0, whom_report(read))
    if rule is None and (dropped := dropped_report(read)):
        reports.append(dropped)
    if output is not None:
        target.write("\n".join(map(as_text, reports)))
        return
    for number, each in enumerate(reports):
        if number:
            common.write("\n")
        common.show(each)


# --- as help shows them: one child, many children, protocols, areas beside each other, writing an area ---

app.command()(evaluate)
app.command()(applies)
app.command()(explain)
app.command()(living.changes)
app.command()(again.replay)
app.command()(auditing.audit)
app.command()(batching.batch)
app.command()(evidence.evidence)
app.command("import")(importing.import_)
app.command("list")(list_)
app.command()(show)
app.command()(comparing.compare)
app.command()(comparing.diff)
app.command()(comparing.prove)
app.command()(exporting.export)
app.command()(authoring.new)
app.command("next")(authoring.next_)
app.command()(checking.check)
app.command("test")(scenarios.run_scenarios)
app.command()(scenarios.coverage)
app.command()(editing.fmt)
app.command()(editing.schema)
app.add_typer(sources, name="sources")
