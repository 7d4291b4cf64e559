"""How far a protocol has come through its paper: what is left, in the paper's order, and what a paragraph speaks of."""

from __future__ import annotations

import os
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean
from missingrules.domain.progress import Left, Progress, Said
from missingrules.domain.vocabulary import ACTIONS_BY_TOPIC
from missingrules.papers.proof import cited_in
from missingrules.papers.text import CLOSED, fingerprint, words_of
from missingrules.reading import nodes
from missingrules.reading.ledgers import CITED, read_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from missingrules.domain.progress import Why
    from missingrules.domain.vocabulary import ActionWord
    from missingrules.papers.text import Word
    from missingrules.reading.ledgers import Ledger, Paragraph
    from missingrules.reading.report import Report

# What a paper says where it asks for something, and how strong the rule is then: `stated` where the word is no must,
# should or may.
MODALS: Final = (
    (re.compile(r"\b(?:must|shall|will|ha(?:s|ve) to|(?:is|are) required to)\b", re.IGNORECASE), "must"),
    (re.compile(r"\b(?:should(?! have been\b)|ought to|(?:is|are) expected to)\b", re.IGNORECASE), "should"),
    (re.compile(r"\b(?:needs? to|(?:is|are) to|(?:is|are) responsible for)\b", re.IGNORECASE), "stated"),
    (re.compile(r"\bmay\b"), "may"),  # and not the month
)
MOST_ACTS: Final = 3
NAMED: Final = 4
PART: Final = re.compile(r"(?P<of>.+?)(?: /)? (?:bullet [0-9]+|\([a-z0-9]{1,5}\))")
OPENING: Final = "(‘“\"'["
CELL: Final = re.compile(r"(?P<row>.+ row [0-9]+) cell [0-9]+")
# A length of time, and no minutes of a meeting.
_MINUTES: Final = re.compile(r"\b[0-9a-z]+ minutes\b(?! of\b)")
_TURNS: Final = re.compile(r"\bin (?:any|that|this|which|each|the) case\b")
_RING_POLICE: Final = re.compile(r"\b(?:ring|phone|telephone|call)s? the police\b")
# Endings that do not make another word: reported, reports, reporting.
_ENDING: Final = re.compile(r"(?:ing|ed|es|s|e)$")
_LETTERS: Final = re.compile(r"[a-z]+")
_EVERYWHERE: Final = frozenset(
    _LETTERS.findall(
        "a an and as at away be been but by child children for from has have her his if in into is it its missing no "
        "not of on or out somebody that the their them then there they this to under up was were what when where who "
        "with social care police worker"
    )
)
# Words for one act.
_SAME: Final = MappingProxyType(
    dict.fromkeys(("tell", "told", "inform", "notified", "alert", "notification"), "notify")
    | {"grad": "assessment", "copy": "shar", "copi": "shar"}
)


def progress_of(root: nodes.Mapping, ledgers: dict[str, Ledger]) -> Progress:
    """Works on a file with mistakes too: whoever writes it is not done."""
    cited = cited_in(root, ledgers)
    left: list[Left] = []
    total = 0
    for label, ledger in ledgers.items():
        if ledger.seen:
            total += len(ledger.paragraphs)
            for paragraph in ledger.paragraphs:
                why = _why(paragraph.fate, (label, paragraph.ref) in cited)
                if why != "done":
                    left.append(_left(label, paragraph, why))
    return Progress(total, tuple(left))


def ledgers_named(root: nodes.Mapping, folder: Path, report: Report) -> dict[str, Ledger]:
    """The ledgers that a protocol's file names, by the documents' labels, whatever else is wrong with the file.

    What is wrong with the ledgers themselves is reported.
    """
    found: dict[str, Ledger] = {}
    sources = root.get("sources")
    for label, source in sources.entries if isinstance(sources, nodes.Mapping) else ():
        named = source.get("ledger") if isinstance(source, nodes.Mapping) else None
        if not isinstance(named, nodes.Scalar) or not named:
            continue
        path = folder / named
        if os.path.isfile(path):
            found[label.text] = read_ledger(path, str(path), report)
        else:
            hint = "the path runs from the folder of the protocol, such as sources/NAME.yaml"
            report.error("ledger-not-found", f"there is no file {path}", named.span, hint)
    return found


def paragraphs_named(progress: Progress, ledgers: dict[str, Ledger], ref: str) -> list[Left]:
    """The paragraph of a reference, or all that are left whose references begin with it, such as the cells of a row.

    InvalidInput if there is none.
    """
    left = {(each.label, each.ref): each for each in progress.left}
    there = {(label, p.ref): p for label, ledger in ledgers.items() for p in ledger.paragraphs}
    for key, paragraph in there.items():
        if key[1] == ref:
            return [left.get(key) or _left(key[0], paragraph, "done")]
    beneath = [key for key in there if key[1].startswith(f"{ref} ")]
    # What somebody has said already is changed by its whole reference only.
    if found := [left[key] for key in beneath if key in left and left[key].why == "new"]:
        return found
    message, hint = f"--ref: no paragraph is '{ref}'", did_you_mean(ref, [known for _, known in there])
    if beneath:
        message = f"--ref: all paragraphs that begin with '{ref}' are accounted for"
        hint = f"name one: {', '.join(known for _, known in beneath[:NAMED])}"
    raise InvalidInput([Diagnostic("unknown-paragraph", message, hint=hint)])


def _left(label: str, paragraph: Paragraph, why: Why) -> Left:
    return Left(label, paragraph.ref, paragraph.heading, paragraph.figures, paragraph.span.line, why)


def _why(fate: str | None, cited: bool) -> Why:
    if fate is None:
        return "cited" if cited else "new"
    if fate in CITED:
        return "done" if cited else "uncited"
    return "other" if cited else "done"


def said_in(ledger: Ledger, ref: str, text: str, titles: Mapping[str, str]) -> Said | None:
    """What the text says in a paragraph of its ledger; None where the two do not fit together.

    `titles` has the titles of the protocol's roles, by name.
    """
    words, at = words_of(text), 0
    printed: dict[str, str] = {}
    start = None
    for paragraph in ledger.paragraphs:
        own = words[at : at + paragraph.words]
        at += paragraph.words
        if own and fingerprint(own) == paragraph.fingerprint:
            printed[paragraph.ref] = _printed(text, own)
            start = own[0].start if paragraph.ref == ref else start
    if start is None:
        return None
    said, lead = printed[ref], _lead(ref, printed)
    whole = f"{lead} {said}".strip()
    acts = acts_like(whole)
    topic = topic_of(acts[0]) if acts else ""
    line = text.count("\n", 0, start) + 1
    return Said(said, line, lead, modals_of(whole), acts, topic, roles_in(whole, titles))


def _lead(ref: str, printed: Mapping[str, str]) -> str:
    """What a bullet or item goes on from, or the row that a cell is of; empty for what stands for itself."""
    if cell := CELL.fullmatch(ref):
        row = [said for other, said in printed.items() if other.startswith(f"{cell['row']} cell ")]
        return " | ".join(row) if len(row) > 1 else ""
    part = PART.fullmatch(ref)
    before = ""
    for other, said in printed.items():
        if other == ref:
            break
        if part and (other == part["of"] or other.startswith(f"{part['of']} paragraph ")):
            before = said
    return before


def _printed(text: str, own: Sequence[Word]) -> str:
    """The words as the text has them, with the signs that open and end them."""
    start, end = own[0].start, own[-1].end
    while text[end : end + 1] in CLOSED:
        end += 1
    while start and text[start - 1] in OPENING:
        start -= 1
    return " ".join(text[start:end].split())


def modals_of(said: str) -> dict[str, str]:
    """The words of a paragraph that ask for something, as printed, and the modality of each; in the text's order."""
    found = sorted((m.start(), m[0].lower(), modality) for words, modality in MODALS for m in words.finditer(said))
    return {word: modality for _, word, modality in found}


def acts_like(said: str) -> tuple[ActionWord, ...]:
    """The shared acts whose words a paragraph has in it, the likeliest first: to be looked at, not to be trusted."""
    plain = _TURNS.sub(" ", _MINUTES.sub(" ", said.lower()))
    there = set(_stems(_RING_POLICE.sub("report", plain)))
    acts = [act for several in ACTIONS_BY_TOPIC.values() for act in several]
    told_by = {act.name: (set(_stems(act.name)), set(_stems(act.meaning))) for act in acts}
    rarity: dict[str, int] = {}
    for name, meaning in told_by.values():
        for stem in name | meaning:
            rarity[stem] = rarity.get(stem, 0) + 1
    ranked = []
    for number, act in enumerate(acts):
        name, meaning = told_by[act.name]
        hits, beside = name & there, (meaning - name) & there
        weight = sum(1 / rarity[stem] for stem in hits) + sum(1 / rarity[stem] for stem in beside) / 2
        # Half of its name at least, or two words of its meaning.
        if 2 * len(hits) >= max(len(name), 1) or len(beside) >= 2:
            ranked.append((-2 * len(hits) / max(len(name), 1) - weight, len(act.name), number, act))
    return tuple(act for *_, act in sorted(ranked)[:MOST_ACTS])


def _stems(text: str) -> Iterator[str]:
    for word in _LETTERS.findall(text.lower()):
        if word not in _EVERYWHERE and len(word) > 2:
            stem = _ENDING.sub("", word) if len(word) > 4 else word
            yield _SAME.get(stem, _SAME.get(word, stem))


def roles_in(said: str, titles: Mapping[str, str]) -> tuple[str, ...]:
    """The roles whose title or name a paragraph has in it, in its order; `titles` by name."""
    low = f" {' '.join(_LETTERS.findall(said.lower()))} "
    found = []
    for name, title in titles.items():
        plain = title.removeprefix("the child's ").removeprefix("the ")
        ways = [" ".join(_LETTERS.findall(way.lower())) for way in (plain, name)]
        # Whole words, or the same in the plural: no parent is in what is apparent.
        places = [at for way in ways if way and (at := max(low.find(f" {way} "), low.find(f" {way}s "))) >= 0]
        if places:
            found.append((min(places), name))
    return tuple(name for _, name in sorted(found))


def topic_of(act: ActionWord) -> str:
    """The topic under which a shared act is first looked for."""
    return next(topic for topic, several in ACTIONS_BY_TOPIC.items() if act in several)
