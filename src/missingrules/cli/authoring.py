"""`missingrules new` and `missingrules next`: an area begun, and the way through its paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from missingrules.cli import common
from missingrules.cli.everyday import as_json, is_quiet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from missingrules.domain.progress import Left, Said
    from missingrules.reading.ledgers import Ledger
    from missingrules.reading.nodes import Mapping

# Where a paper's text is looked for, from the protocol's folder.
HOMES = ("", "texts")
LONG = 5


def new(
    area: Annotated[
        str, typer.Argument(metavar="AREA", help="Its name: small letters, digits, - and _.", show_default=False)
    ],
    source: Annotated[
        Path, typer.Option("--source", metavar="TEXT", help="The paper as a text file.", show_default=False)
    ],
    title: Annotated[str, typer.Option(help="The paper's title; left out: its first heading.")] = "",
    authority: Annotated[str, typer.Option(help="Whose protocol it is.")] = "",
    applies_to: Annotated[str, typer.Option(help="Which children it is about, in a few words.")] = "",
    edition: Annotated[str, typer.Option(help="What the paper calls this edition.")] = "",
    folder: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the files go; left out: here.", show_default=False)
    ] = Path(),
) -> None:
    """Begins an area: the ledger of its paper, a protocol to be filled in, and a first scenario."""
    from missingrules.authoring.new import Known, begin
    from missingrules.domain.diagnostics import InvalidInput

    try:
        begun = begin(Known(area, title, authority, applies_to, edition), source, folder)
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    to_do = common.counted(begun.paragraphs - begun.headings, "paragraph")
    files = (
        (begun.protocol, "the protocol, to be filled in"),
        (begun.ledger, f"its ledger: {to_do} to account for, and {common.counted(begun.headings, 'heading')}"),
        (begun.scenarios, "what officers expect, to be filled in"),
    )
    where = "" if source.resolve() == (folder / f"{area}.txt").resolve() else f" --texts {source}"
    now = (
        (f"check {begun.protocol}", "what is still to be filled in"),
        (f"next {begun.protocol}{where}", "the first paragraph, and what to do about it"),
        (f"schema {begun.protocol} -o {begun.protocol.with_suffix('.schema.json')}", "what an editor needs"),
    )
    if as_json():
        written = {"protocol": begun.protocol, "ledger": begun.ledger, "scenarios": begun.scenarios}
        counts = {"paragraphs": begun.paragraphs, "headings": begun.headings, "long": list(begun.long)}
        then = [f"missingrules {command}" for command, _ in now]
        common.write_json({**{name: str(path) for name, path in written.items()}, **counts, "now": then})
        return
    if is_quiet():
        return
    width = max(len(str(path)) for path, _ in files)
    for path, what in files:
        common.write(f"{path!s:{width}}  {what}\n")
    if begun.long:
        common.write(
            f"long pieces, where the text may have been cut wrongly: {', '.join(begun.long[:LONG])}\n"
            f"  missingrules sources show {source} {begun.ledger}\n"
        )
    _now(*now)


def _now(*commands: tuple[str, str]) -> None:
    width = max(len(command) for command, _ in commands)
    common.write("now:\n")
    for command, what in commands:
        common.write(f"  missingrules {command:{width}}  {what}\n")


def next_(
    protocol: Annotated[
        Path, typer.Argument(metavar="PROTOCOL", help="The protocol, a YAML file.", show_default=False)
    ],
    texts: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="The paper's text, or a folder with texts, DOCUMENT.txt each; left out: beside the protocol.",
            show_default=False,
        ),
    ] = None,
    ref: Annotated[
        list[str] | None,
        typer.Option(
            metavar="REF",
            help="This paragraph, not the next, or all whose references begin so; may be given several times.",
            show_default=False,
        ),
    ] = None,
    is_: Annotated[
        str | None, typer.Option("--is", metavar="FATE", help="Write down what became of it.", show_default=False)
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why, with --is.", show_default=False)] = None,
    cited: Annotated[
        bool, typer.Option("--cited", help="Write fate: encoded to all that rules cite and that have no fate.")
    ] = False,
) -> None:
    """The next paragraph of the paper that no rule and no fate accounts for: its words, and what to do about it."""
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.papers.progress import paragraphs_named, progress_of
    from missingrules.reports.plain import left_data, progress_data
    from missingrules.reports.progress import progress_text

    try:
        root, ledgers = _opened(protocol)
        progress = progress_of(root, ledgers)
        if cited:
            _write_fates(ledgers, progress.cited, "encoded", None)
        asked = [left for each in ref or () for left in paragraphs_named(progress, ledgers, each)]
        if is_ is not None:
            chosen = asked or [left for left in (progress.next,) if left]
            _write_fates(ledgers, chosen, is_, reason)
            asked = []
        if cited or is_ is not None:
            root, ledgers = _opened(protocol)
            progress = progress_of(root, ledgers)
        told = asked or [each for each in (progress.next,) if each]
        if as_json():
            shown = [left_data(left, _said(protocol, root, ledgers, left, texts)[0]) for left in told]
            common.write_json({**progress_data(progress), "paragraphs_told": shown})
            return
        common.write(progress_text(progress, str(protocol)))
        for left in told:
            _show(protocol, root, ledgers, left, texts)
        if not progress.left and not is_quiet():
            _finished(protocol)
    except InvalidInput as error:
        common.refuse(error.diagnostics)


def _opened(protocol: Path) -> tuple[Mapping, dict[str, Ledger]]:
    """The file, with mistakes or without, and its ledgers, which have to be sound."""
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput
    from missingrules.papers.progress import ledgers_named
    from missingrules.reading.nodes import Mapping, read_file
    from missingrules.reading.report import Report

    root = read_file(protocol)
    if not isinstance(root, Mapping):
        message = f"{protocol} is no protocol file"
        raise InvalidInput([Diagnostic("wrong-shape", message, hint="`missingrules new` begins one")])
    report = Report()
    found = ledgers_named(root, protocol.parent, report)
    report.raise_any()
    if not found:
        message = f"{protocol} names no ledger of its paper"
        hint = "write under sources: the document with its title, edition and ledger"
        raise InvalidInput([Diagnostic("missing-key", message, hint=hint)])
    return root, found


def _write_fates(ledgers: dict[str, Ledger], chosen: Sequence[Left], fate: str, reason: str | None) -> None:
    from missingrules.authoring.fates import with_fates, write_ledger

    for label, ledger in ledgers.items():
        refs = [each.ref for each in chosen if each.label == label]
        if refs:
            write_ledger(ledger, with_fates(ledger, refs, fate, reason))
            common.say(f"{ledger.file}: fate: {fate} written to {', '.join(refs)}")


def _said(
    protocol: Path, root: Mapping, ledgers: dict[str, Ledger], left: Left, texts: Path | None
) -> tuple[Said | None, Path | None]:
    """What the paper says there, and the file of its text; told, where the one or the other is not to be had."""
    from missingrules.papers.progress import said_in
    from missingrules.papers.text import read_paper
    from missingrules.reading.head import Sections, roles
    from missingrules.reading.report import Report

    ledger = ledgers[left.label]
    path = _text_of(protocol, ledger, texts)
    titles = {name: role.title for name, role in roles(Sections(root, Report())).items()}
    said = said_in(ledger, left.ref, read_paper(path), titles) if path else None
    if path is None:
        typer.echo(f"the paper's own words are shown with --texts, or if {ledger.document}.txt lies here", err=True)
    elif said is None:
        typer.echo(
            f"{path} is not the text that {ledger.file} was made from: `missingrules sources check` says where",
            err=True,
        )
    return said, path


def _show(protocol: Path, root: Mapping, ledgers: dict[str, Ledger], left: Left, texts: Path | None) -> None:
    from missingrules.reports.progress import paragraph_text

    said, path = _said(protocol, root, ledgers, left, texts)
    ledger = ledgers[left.label]
    own = left.label == next(iter(ledgers))
    common.write("\n" + paragraph_text(left, said, str(path), str(protocol), ledger.file, own=own))


def _text_of(protocol: Path, ledger: Ledger, texts: Path | None) -> Path | None:
    if texts is not None and not texts.is_dir():
        return texts
    homes = [texts] if texts else [protocol.parent / home for home in HOMES]
    return next((path for home in homes if (path := home / f"{ledger.document}.txt").is_file()), None)


def _finished(protocol: Path) -> None:
    scenarios = protocol.parent / "scenarios" / protocol.stem
    _now(
        (f"check {protocol}", "is it sound?"),
        (f"sources check {protocol}", "does every number stand in its paragraph?"),
        (f"test {scenarios} --protocol {protocol}", "does what officers expect come out?"),
        (f"coverage {protocol} --scenarios {scenarios}", "is everything tried?"),
    )
