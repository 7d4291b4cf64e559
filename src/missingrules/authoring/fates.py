"""What became of a paragraph, written into its ledger: one word in one place, and every other character as it was."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from missingrules.authoring.rewriting import rewrite
from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean
from missingrules.reading.ledgers import FATES, REASONED
from missingrules.reading.nodes import Mapping, Scalar, Sequence, plain, read_nodes
from missingrules.reading.yaml_events import flow_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from missingrules.reading.ledgers import Ledger


def with_fates(ledger: Ledger, refs: Iterable[str], fate: str, reason: str | None = None) -> str:
    """The ledger's text with a fate (and reason) for each of the paragraphs.

    InvalidInput for a fate that there is not, and for one that wants a reason and has none.
    """
    if fate not in FATES:
        hint = did_you_mean(fate, FATES) or f"a fate is one of {', '.join(FATES)}"
        raise InvalidInput([Diagnostic("unknown-fate", f"--is {fate}: no fate has this name", hint=hint)])
    if fate in REASONED and not reason:
        message = f"--is {fate}: of what is {fate.replace('_', ' ')} a reason is wanted"
        raise InvalidInput([Diagnostic("fate-without-reason", message, hint='add --reason "why, in your own words"')])
    wanted = set(refs)
    root = ledger.node
    paragraphs = root.get("paragraphs") if isinstance(root, Mapping) else None
    assert isinstance(root, Mapping)
    assert isinstance(paragraphs, Sequence)
    changes = []
    for entry in paragraphs.items:
        ref = entry.get("ref") if isinstance(entry, Mapping) else None
        if isinstance(entry, Mapping) and isinstance(ref, Scalar) and ref.text in wanted:
            changes += _changes(entry, "fate", fate)
            # A reason that is left behind would be the reason of another fate.
            if reason or entry.get("reason") is not None:
                changes += _changes(entry, "reason", reason or "")
    text = root.page.source.text
    # From the end on, so that no place moves; of two things at one place, the second first.
    for _, start, end, written in sorted(((-start, start, end, new) for start, end, new in changes)):
        text = text[:start] + written + text[end:]
    if _fates(text, ledger) != _fates(root.page.source.text, ledger) | dict.fromkeys(wanted, fate):
        message = f"{ledger.file} is laid out in a way that this command cannot change safely"
        hint = f"write fate: {fate} there by hand"
        raise InvalidInput([Diagnostic("file-unwritable", message, hint=hint)])
    return text


def _fates(text: str, ledger: Ledger) -> dict[str, str]:
    """The fate of each paragraph, as a reader would find it."""
    found = plain(read_nodes(text, ledger.file))
    entries = found.get("paragraphs", []) if isinstance(found, dict) else []
    return {str(entry["ref"]): str(entry.get("fate", "")) for entry in entries if isinstance(entry, dict)}


def _changes(entry: Mapping, key: str, value: str) -> list[tuple[int, int, str]]:
    """What to put from where to where in the text."""
    text = entry.page.source.text
    old = entry.get(key)
    written = flow_line([value])[1:-1]  # as it has to be quoted between brackets
    if isinstance(old, Scalar) and old.end > old.start:
        return [(old.start, old.end, written)]
    if isinstance(old, Scalar) and not old.quoted:
        return [(old.end, old.end, f" {written}")]
    last = max(node.end for node in entry.named.values())
    if text[entry.start] == "{":
        return [(last, last, f", {key}: {written}")]
    assert entry.first_key is not None
    start = entry.first_key.start
    indent = " " * (start - (text.rfind("\n", 0, start) + 1))
    return [(last, last, f"\n{indent}{key}: {written}")]


def write_ledger(ledger: Ledger, text: str) -> None:
    """Puts the text in the ledger's place, with the line ends that it had. InvalidInput where it cannot be written."""
    assert isinstance(ledger.node, Mapping)
    path = Path(ledger.node.page.source.name)
    rewrite(path, text, "see that it is not open elsewhere")
