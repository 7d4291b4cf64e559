"""`missingrules sources`: papers as text, the ledgers that give account of them, and what a protocol takes of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from missingrules.cli import common
from missingrules.cli.everyday import Commands, as_json

if TYPE_CHECKING:
    from missingrules.domain.diagnostics import Diagnostic
    from missingrules.reading.ledgers import Ledger

# At the beginning this is true of every paragraph: a few are shown, and the others counted.
UNSAID, MOST_UNSAID = "paragraph-not-accounted-for", 3

app = Commands(
    help="Source texts and their ledgers: make one, look into it, prove it, and see what a new edition changes.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Text = Annotated[Path, typer.Argument(metavar="TEXT", help="The source as a text file.", show_default=False)]
LedgerFile = Annotated[Path, typer.Argument(metavar="LEDGER", help="The ledger, a YAML file.", show_default=False)]
ProtocolFile = Annotated[
    Path, typer.Argument(metavar="PROTOCOL", help="The protocol, a YAML file.", show_default=False)
]


@app.command()
def index(
    text: Text,
    document: Annotated[str, typer.Option(help="The document's name, as citations give it.")] = "",
    title: Annotated[str, typer.Option(help="The document's title.")] = "",
    ledger: Annotated[
        Path | None,
        typer.Option(help="A ledger to make anew: its references, fates and numbers of words stay as they are."),
    ] = None,
) -> None:
    """The ledger of a text, on standard output: every paragraph by reference, and never its words."""
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.papers.index import new_ledger, renewed

    said = _text(text)
    if ledger is None:
        name = document or text.stem
        try:
            _write_ledger(new_ledger(said, name, title or name.replace("_", " ").capitalize()))
        except InvalidInput as error:
            common.refuse(error.diagnostics)
        return
    made, left = renewed(_ledger(ledger), said)
    _write_ledger(made)
    if left:
        more = "more" if left > 0 else "fewer"
        typer.echo(f"the text has {common.counted(abs(left), 'word')} {more} than the ledger counts", err=True)
        raise typer.Exit(common.FOUND)


@app.command()
def show(
    text: Text,
    ledger: LedgerFile,
    ref: Annotated[str | None, typer.Option(help="One paragraph; left out: all.", show_default=False)] = None,
) -> None:
    """What the text says in each paragraph of a ledger, with the number of words."""
    from missingrules.domain.diagnostics import Diagnostic, did_you_mean
    from missingrules.papers.index import told

    read = _ledger(ledger)
    found = [(p, said) for p, said in told(read, _text(text)) if ref in (None, p.ref)]
    if not found:
        known = [p.ref for p in read.paragraphs]
        common.refuse(
            [Diagnostic("unknown-paragraph", f"no paragraph is '{ref}'", hint=did_you_mean(ref or "", known))]
        )
    if as_json():
        common.write_json(
            [
                {"ref": p.ref, "heading": p.heading, "words": p.words, "fate": p.fate or None, "text": said}
                for p, said in found
            ]
        )
        return
    for paragraph, said in found:
        fate = f", {paragraph.fate}" if paragraph.fate else ""
        common.write(f"{paragraph.ref} ({common.counted(paragraph.words, 'word')}{fate})\n  {' '.join(said.split())}\n")


@app.command()
def check(
    protocols: Annotated[list[Path], typer.Argument(metavar="PROTOCOL...", help="Protocol files.", show_default=False)],
    texts: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="A folder with the texts, DOCUMENT.txt each; left out: ledgers alone."),
    ] = None,
) -> None:
    """Proves that citations exist, that numbers stand where they are cited, and that every word is accounted for."""
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.papers.proof import differing, unproven
    from missingrules.reading.protocols import read_protocol, with_ledgers

    found: list[Diagnostic] = []
    held, missing = 0, []
    for path in protocols:
        try:
            read_protocol(path)
        except InvalidInput as error:
            common.refuse(error.diagnostics)
        root, ledgers = with_ledgers(path)
        found += unproven(root, ledgers)
        for ledger in ledgers.values():
            text = texts / f"{ledger.document}.txt" if texts else None
            if not ledger.seen or text is None:
                continue
            if text.is_file():
                held += 1
                found += differing(ledger, _text(text))
            else:
                missing.append(str(text))
    unsaid = 0
    if as_json():
        from missingrules.reports.findings import findings_json

        common.write(findings_json(found))
    for diagnostic in () if as_json() else found:
        unsaid += diagnostic.code == UNSAID
        if diagnostic.code != UNSAID or unsaid <= MOST_UNSAID:
            common.write(diagnostic.render() + "\n")
    if unsaid > MOST_UNSAID:
        more = common.counted(unsaid - MOST_UNSAID, "more paragraph has", "more paragraphs have")
        common.write(f"{more} no fate: `missingrules next PROTOCOL` leads through them in the paper's order\n")
    for name in missing:
        typer.echo(f"there is no text {name}: its ledger was not held against it", err=True)
    with_texts = f", {common.counted(held, 'text')} held against the ledgers" if texts else ", without the texts"
    verdict = common.counted(len(found), "finding") if found else "nothing found"
    common.say(f"{common.counted(len(protocols), 'protocol file')}{with_texts}: {verdict}")
    if found or missing:
        raise typer.Exit(common.FOUND)


@app.command()
def impact(protocol: ProtocolFile, text: Text) -> None:
    """What a new edition changes: paragraphs that moved, changed or went, and the rules that stand on them."""
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.papers.impact import impact_of
    from missingrules.reading.protocols import read_protocol, with_ledgers
    from missingrules.reports.impact import impact_report

    try:
        read = read_protocol(protocol)
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    _, ledgers = with_ledgers(protocol)
    impact = impact_of(read, next(iter(ledgers.values())), _text(text))
    if as_json():
        from missingrules.reports.plain import impact_data

        common.write_json(impact_data(impact))
    else:
        common.show(impact_report(impact))


def _write_ledger(made: str) -> None:
    from missingrules.reading.nodes import plain, read_nodes

    if as_json():
        common.write_json(plain(read_nodes(made, "ledger")))
    else:
        common.write(made)


def _text(path: Path) -> str:
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.papers.text import read_paper

    try:
        return read_paper(path)
    except InvalidInput as error:
        common.refuse(error.diagnostics)


def _ledger(path: Path) -> Ledger:
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.reading.ledgers import read_ledger
    from missingrules.reading.report import Report

    report = Report()
    found = read_ledger(path, str(path), report)
    try:
        report.raise_any()
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    return found
