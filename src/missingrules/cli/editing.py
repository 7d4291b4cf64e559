"""`missingrules schema` and `missingrules fmt`: what helps in writing a file."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads it when the command is made
from typing import TYPE_CHECKING, Annotated

import typer

from missingrules.cli import common
from missingrules.cli.everyday import as_json
from missingrules.cli.target import Force, Output, Target

if TYPE_CHECKING:
    from missingrules.authoring.words import Schema
    from missingrules.domain.diagnostics import Diagnostic


class Of(StrEnum):
    PROTOCOL = "protocol"
    LEDGER = "ledger"
    SCENARIOS = "scenarios"
    MAPPING = "mapping"
    CASE = "case"
    RESULT = "result"
    CHANGES = "changes"
    COMBINATION = "combination"


def schema(
    protocol: Annotated[
        Path | None,
        typer.Argument(
            metavar="PROTOCOL",
            help="A protocol file, finished or not: its own names are then known too.",
            show_default=False,
        ),
    ] = None,
    of: Annotated[Of, typer.Option("--of", help="What kind of file it is for.")] = Of.PROTOCOL,
    output: Output = None,
    force: Force = False,
) -> None:
    """Writes the JSON Schema by which an editor completes words, explains them and underlines mistakes."""
    from missingrules.domain.diagnostics import InvalidInput

    target = Target(output, force=force)
    try:
        target.refuse_unfit("json", [protocol] if protocol else [])
        made = _made(of, protocol)
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    target.write(json.dumps(made, indent=1, ensure_ascii=False) + "\n")


def _made(of: Of, protocol: Path | None) -> Schema:
    from missingrules.authoring.names import names_of
    from missingrules.authoring.schema import schema_of
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput

    if protocol is not None and of not in (Of.PROTOCOL, Of.SCENARIOS):
        message = (
            f"{'' if of is Of.CHANGES else 'a '}{of} {'are' if of is Of.CHANGES else 'is'} the same for every protocol"
        )
        raise InvalidInput([Diagnostic("same-for-all", message, hint=f"leave {protocol} out")])
    return schema_of(of.value, names_of(protocol) if protocol is not None else None)


def fmt(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Protocols, ledgers, scenarios, or folders.", show_default=False),
    ],
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; name the files that would change, and exit with 1.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Change nothing; show what would change, and exit with 1 if anything would.")
    ] = False,
) -> None:
    """Gives files the one layout: order of keys, indents, rows in brackets. Comments stay, and so does the meaning."""
    from missingrules.authoring.rewriting import rewrite
    from missingrules.domain.diagnostics import InvalidInput

    problems: list[Diagnostic] = []
    files = [file for path in paths for file in _files(path, problems)]
    changed: list[dict[str, str]] = []
    for file in files:
        try:
            before, after = _laid_out(file)
            if before == after:
                continue
            changed.append({"file": str(file)} | ({"diff": _difference(before, after, str(file))} if diff else {}))
            if not (check or diff):
                rewrite(file, after, "check that you may write to it")
                common.say(f"{file} was laid out")
            elif not as_json():
                common.write(_difference(before, after, str(file)) if diff else f"{file} would change\n")
        except InvalidInput as error:
            problems += error.diagnostics
    if as_json():
        common.write_json({"files": len(files), "would_change" if check or diff else "changed": changed})
    else:
        what = "would change" if check or diff else "changed"
        common.say(f"{common.counted(len(files), 'file')}: {len(changed) or 'none'} {what}")
    if problems:
        common.refuse(problems)
    if changed and (check or diff):
        raise typer.Exit(common.FOUND)


def _laid_out(file: Path) -> tuple[str, str]:
    from missingrules.authoring.fmt import formatted
    from missingrules.reading.texts import source_from_file

    before = source_from_file(file).text
    return before, formatted(before, str(file))


def _difference(before: str, after: str, name: str) -> str:
    import difflib

    lines = difflib.unified_diff(before.split("\n"), after.split("\n"), name, f"{name}, laid out", lineterm="")
    return "\n".join(lines) + "\n"


def _files(path: Path, problems: list[Diagnostic]) -> list[Path]:
    from missingrules.domain.diagnostics import Diagnostic

    if not path.is_dir():
        return [path]
    files = sorted(each for each in path.rglob("*.y*ml") if each.is_file())
    if not files:
        hint = "name a file, or a folder with some"
        problems.append(Diagnostic("file-unreadable", f"{path} has no YAML files in it", hint=hint))
    return files
