"""The paragraph that comes next, in its own words, and what can be done about it, as text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from missingrules.domain.progress import Left, Progress, Said, Why

WIDTH: Final = 80
# So many references are named; of the others only the number.
NAMED: Final = 8
FIRST: Final = "    - "
# What else a paragraph can be than something that a rule asks for.
SIMPLE: Final = "definition, context, contact, judgement, heading"
REASONED: Final = "other_document, not_encoded or partly_encoded"


def progress_text(progress: Progress, protocol: str) -> str:
    """How far it has come, in a line or two."""
    done = progress.total - len(progress.left)
    if not progress.left:
        return f"all {progress.total} paragraphs are accounted for\n"
    to_go = len(progress.left) - len(progress.cited)
    lines = [f"{done} of {progress.total} paragraphs are accounted for, {to_go} to go"]
    if progress.cited:
        shown = ", ".join(each.ref for each in progress.cited[:NAMED])
        more = f" and {len(progress.cited) - NAMED} more" if len(progress.cited) > NAMED else ""
        has = "has" if len(progress.cited) == 1 else "have"
        lines += _wrapped(f"cited by a rule, and {has} no fate yet: {shown}{more}", "")
        lines.append(f"  missingrules next {protocol} --cited     writes fate: encoded to each")
    return "\n".join(lines) + "\n"


def paragraph_text(left: Left, said: Said | None, text: str, protocol: str, ledger: str, *, own: bool) -> str:
    """One paragraph: where it stands, what it says, what words of the language may fit, and what to write.

    `text`, `protocol` and `ledger` are the files as the user names them; `own`: it is the protocol's own document.
    """
    place = f" (line {said.line} of {text})" if said else ""
    lines = [f"next: {left.ref}, under '{left.heading}'{place}"]
    lines += ["", *_wrapped(f"{said.lead} …", "  ")] if said and said.lead else []
    lines += ["", *_wrapped(said.words, "  "), ""] if said else []
    signs = [*(said.asks if said else ()), *left.figures]
    lines += _wrapped(f"{'it says':12}{', '.join(signs)}", "  ", 12) if signs else []
    lines += _likely(said) if said and said.asks else []
    lines += [""] if signs else []
    if left.why != "new":
        told = WHAT_NOW[left.why].format(protocol=protocol, ledger=ledger, line=left.line)
        return "\n".join([*lines, *_wrapped(told, "")]) + "\n"
    cite = _quoted(left.ref) if own else f"{{{left.label}: {_quoted(left.ref)}}}"
    other = [
        "If it asks for nothing, say what it is:",
        f"  missingrules next {protocol} --is guidance",
        f"or {SIMPLE};",
        f"with --reason {REASONED}.",
    ]
    if said and not said.asks:
        asks = _wrapped(ASKS_ALL_THE_SAME[" cell " in left.ref].format(cite=cite), "")
        return "\n".join([*lines, *other, *asks]) + "\n"
    rule = [f"If it asks for something, write a rule in {protocol}, such as:", "", *_rule(cite, left, said)]
    return "\n".join([*lines, *rule, "", *other]) + "\n"


WHAT_NOW: Final[Mapping[Why, str]] = {
    "uncited": "{ledger}, line {line}, says that it is encoded, and no rule cites it: write the rule, cite it, or "
    "give it another fate there",
    "other": "a rule cites it, and {ledger}, line {line}, gives it a fate of paragraphs that none cites: write "
    "fate: encoded there, or partly_encoded with a reason",
    "done": "it is accounted for: {ledger}, line {line}",
    "cited": "a rule cites it already: missingrules next {protocol} --cited writes fate: encoded",
}

ASKS_ALL_THE_SAME: Final = (
    "If it does ask for something, if only by saying what is done, write a rule that has modality: stated and "
    "cite: {cite}",
    "If a rule hangs on it, write the row of a table that has cite: {cite}",
)


def _likely(said: Said) -> Iterator[str]:
    """Words of the language that may fit, to be looked at."""
    for number, act in enumerate(said.acts):
        yield from _wrapped(f"{'' if number else 'acts like':12}{act.name}: {act.meaning}", "  ", 12)
    if said.roles:
        yield from _wrapped(f"{'people':12}{', '.join(said.roles)}", "  ", 12)


def _rule(cite: str, left: Left, said: Said | None) -> Iterator[str]:
    """A rule to be filled in; what is left empty `check` asks for."""
    act, topic = (said.acts[0].name, said.topic) if said and said.acts else ("", "")
    modality = next(iter(said.asks.values()), "") if said else ""
    length = next((figure for figure in left.figures if " " in figure), "")
    lines = (
        ("id:", "a name of yours"),
        (f"topic: {topic}", ""),
        ("title:", "in plain words of yours"),
        (f"cite: {cite}", ""),
        (f"modality: {modality}", ""),
        ("trigger:", "started, reported, returned, and others"),
        (f"require: {act}", ""),
        ("by:", "a role"),
        (f"deadline: within {length} of" if length else "deadline:", "started, returned" if length else ""),
    )
    for number, (line, what) in enumerate(lines):
        yield f"{' ' * len(FIRST) if number else FIRST}{line.rstrip()}{f'   # {what}' if what else ''}"
    yield ""
    yield "  (what the paper leaves out is not guessed: not_stated: [by, deadline])"


def _quoted(ref: str) -> str:
    return f'"{ref}"' if ": " in ref or "#" in ref else ref


def _wrapped(text: str, indent: str, hang: int = 0) -> Sequence[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + " " * hang,
        break_long_words=False,
        break_on_hyphens=False,
    )
