"""A source text as words, cut into the pieces of which a ledger gives account.

Only words count: markup, bullets, line breaks and punctuation may change without changing a fingerprint.
"""

from __future__ import annotations

import hashlib
import re
import stat
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.reading.texts import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

WORD = re.compile(r"[^\W_]+(?:[.'’/-][^\W_]+)*")
TAG = re.compile(r"<[^<>\n]*>")
# Control characters, which no ledger could hold.
INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f]")
# A line that a single space indents was a bullet before its sign was lost.
BULLET = re.compile(r"(?: (?=[A-Z‘“])|\s*(?:[-–•●▪*\uf0b7\uf0a7]|o(?=\s))\s+(?=\S))")
NUMBER = re.compile(r"\s*(?:[-–•*]\s+)?(?:#+\s*)?(?:\*\*)?(?P<number>\d{1,2}(?:\.\d{1,3}){0,3})\.?(?:\*\*)?(?=\s|$)")
MARKED = re.compile(r"\s*#+\s")
# `(a)`, `a)`, `(iv)`, `2)`: an item of a list, by its own sign.
ITEM = re.compile(r"\s*\(?(?P<sign>[a-z]|[ivx]{1,5}|\d{1,2})\)\s+(?=\S)")
# Where a line of a table is cut: its cells, its paragraphs, its lettered items.
CELL = re.compile(r"\t+|\|+|<(?:p|li)>|(?<=\s)(?=\([a-z]\)\s)")
ROW = re.compile(r"\t|<p>|^\||\S \| ?\S")
# What a table that is laid out by spaces has between two cells; behind the end of a sentence it is only wide.
GAP = re.compile(r"(?<=[^\s.?!:;]) {2,}(?=\S)|(?<=[.?!:;]) {3,}(?=\S)")
# A line of a table of contents: dots, and a page.
CONTENTS = re.compile(r"(?:\.{3}|…)\s{0,9}\d{1,3}$")
# A line that asks for something is no heading, however short: what is taken for one is never looked at again.
ASKS = re.compile(r"\b(?:must|should|shall|will|may|has to|have to|needs? to)\b")
CLOSED = tuple('.:;!?)”"…')
HEADING = 75  # letters at the most
FINGERPRINT = 12
MOST_CELLS = 50  # of one row that is laid out by spaces
# A text with a longer line was not wrapped: each of its lines is a paragraph.
WRAPPED = 130


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is compared, and where it stands in the text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the paper, by a reference that a reader can find: its words, from the first to before the last."""

    ref: str
    heading: str
    first: int
    last: int
    is_heading: bool


def read_paper(path: Path) -> str:
    """The text of a file; tabs and odd spaces are the paper's own.

    InvalidInput where it cannot be read, is no plain text (a PDF, a Word file), is not in UTF-8, or has no words.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            kind = "a folder" if stat.S_ISDIR(about.st_mode) else "no ordinary file"
            raise _refused("file-unreadable", f"{path} is {kind}", "name the text file of one paper")
        if about.st_size > MOST_BYTES:
            raise _refused("file-too-large", f"{path} has more than {MOST_BYTES:,} bytes", "give the text of one paper")
        data = path.read_bytes()
    except FileNotFoundError:
        raise _refused("file-unreadable", f"there is no file {path}", "check its name and folder") from None
    except InvalidInput:
        raise
    except (OSError, ValueError) as error:
        # A ValueError is a name that no file can have.
        reason = getattr(error, "strerror", None) or "no file can have this name"
        raise _refused("file-unreadable", f"{path}: {reason}", "check its name and that you may open it") from None
    return _plain_text(data, path)


def _plain_text(data: bytes, path: Path) -> str:
    for beginning, (what, hint) in NO_TEXTS.items():
        if data[: len(beginning)].lower() == beginning.lower():
            raise _refused("file-not-text", f"{path} is {what}, not plain text", hint)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refused(
            "file-encoding", f"{path} is not UTF-8, at byte {error.start} in line {line}", AS_UTF_8
        ) from None
    if "\0" in text:
        raise _refused("file-not-text", f"{path} is not plain text: it has signs in it that no text has", AS_TEXT)
    if not WORD.search(TAG.sub(" ", text)):
        hint = "a scanned paper has pictures of words only: it has to go through text recognition first"
        raise _refused("text-without-words", f"{path} has no words in it", hint)
    return text


def _refused(code: str, message: str, hint: str) -> InvalidInput:
    return InvalidInput([Diagnostic(code, message, hint=hint)])


AS_UTF_8: Final = 'save it again as plain text with the encoding "UTF-8"'
AS_TEXT: Final = f"open it in the program that it belongs to, and {AS_UTF_8.replace('it again', 'it')}"
# What is often given for a text, by how it begins.
NO_TEXTS: Final = MappingProxyType(
    {
        b"%PDF-": ("a PDF", f"copy all of its text into a text editor and {AS_UTF_8.replace(' again', '')}"),
        b"PK\x03\x04": ("a Word or other office file", AS_TEXT),
        b"\xd0\xcf\x11\xe0": ("an old Word or other office file", AS_TEXT),
        b"{\\rtf": ("a rich text file", AS_TEXT),
        b"<!doctype html": ("a web page", f"copy its text into a text editor and {AS_UTF_8.replace(' again', '')}"),
        b"<html": ("a web page", f"copy its text into a text editor and {AS_UTF_8.replace(' again', '')}"),
    }
)


def words_of(text: str) -> list[Word]:
    """The words of a text in order; markup is none."""
    bare = TAG.sub(lambda tag: " " * len(tag[0]), text)
    return [Word(m[0].lower().replace("’", "'"), m.start(), m.end()) for m in WORD.finditer(bare)]


def fingerprint(words: Iterable[Word]) -> str:
    """What stands for the words in a ledger."""
    joined = " ".join(word.text for word in words)
    return hashlib.sha256(joined.encode()).hexdigest()[:FINGERPRINT]


def cut(text: str) -> list[Piece]:
    """The pieces of a text, which together hold every word of it: numbered paragraphs, bullets, cells, headings."""
    words = words_of(text)
    marks = list(_marks(text))
    found = []
    at = 0
    for i, mark in enumerate(marks):
        end = marks[i + 1].start if i + 1 < len(marks) else len(text)
        first = at
        while at < len(words) and words[at].start < end:
            at += 1
        if at > first:
            found.append((mark, first, at))
    return _named(found, text, words)


# --- where pieces begin -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    kind: str  # number, bullet, item, heading, paragraph, cell, contents
    number: str = ""


def _marks(text: str) -> Iterator[_Mark]:
    """The beginning of every piece, in order."""
    lines = [(m.start(), m[0].rstrip("\n")) for m in re.finditer(r"[^\n]*\n?", text)]
    saying = [bool(WORD.search(TAG.sub(" ", raw))) for _, raw in lines]
    nexts, after = [""] * len(lines), ""
    for i in range(len(lines) - 1, -1, -1):
        nexts[i] = after
        after = lines[i][1] if saying[i] else after
    whole_lines = any(len(raw) > WRAPPED for _, raw in lines)
    spaced = _spaced_rows([raw for _, raw in lines])
    blank, closed, alone, listing = True, True, False, False
    for (start, raw), says, after, gaps in zip(lines, saying, nexts, spaced, strict=True):
        said = TAG.sub(" ", raw).strip(" \t*|")
        if not says:
            blank = True
            continue
        if CONTENTS.search(said):
            if not listing:
                yield _Mark(start, "contents")
            blank, closed, alone, listing = False, True, False, True
            continue
        number = NUMBER.match(raw)
        item = ITEM.match(raw)
        rest = raw[number.end() :] if number else raw
        # What goes on in small letters was no heading, unless they are the sign of an item.
        heading = _is_heading(rest) and (not after.lstrip()[:1].islower() or bool(ITEM.match(after)))
        fresh = (blank or whole_lines or listing) and closed and not alone
        row = bool(gaps or ROW.search(raw))
        if number and _is_paragraph_number(number["number"], rest) and not (gaps and "." not in number["number"]):
            heading = heading and bool(rest.strip())
            yield _Mark(start, "heading" if heading else "number", number["number"])
            alone = not rest.strip()
        elif row:
            yield _Mark(start, "cell")
            begins = [end for _, end in gaps] or [m.start() for m in CELL.finditer(raw) if m.start()]
            yield from (_Mark(start + at, "cell") for at in begins)
            alone = heading = False
        elif BULLET.match(raw):
            yield _Mark(start, "bullet")
            alone = heading = False
        elif item:
            yield _Mark(start, "item", item["sign"])
            alone = heading = False
        elif MARKED.match(raw) or (fresh and heading):
            yield _Mark(start, "heading")
            heading = True
        elif fresh:
            yield _Mark(start, "paragraph")
            heading = False
        else:
            # Goes on: a line of the same paragraph, or the paragraph of a number that stands alone.
            alone = heading = False
        # What follows a heading or a row of a table, even with no line between them, is a paragraph.
        ended = heading or (row and not after.lstrip()[:1].islower())
        blank, closed, listing = ended, said.endswith(CLOSED) or ended, False


def _spaced_rows(lines: list[str]) -> list[list[tuple[int, int]]]:
    """Of each line that is a row of a table laid out by spaces, the gaps between its cells; of any other, none.

    Rows follow on one another, whatever blank lines are between them, and have gaps one beneath the other.
    """
    out: list[list[tuple[int, int]]] = [[] for _ in lines]
    rows: list[int] = []
    shared: list[tuple[int, int]] = []

    def close() -> None:
        wide = len(shared) > 1 or any(end - start > 2 for start, end in shared)
        if len(rows) > 2 or (len(rows) > 1 and wide):
            for each in rows:
                out[each] = _gaps(lines[each])

    for i, raw in enumerate(lines):
        if not raw.strip():
            continue
        gaps = [] if ROW.search(raw) or CONTENTS.search(raw.strip()) else _gaps(raw)
        beneath = _both(shared, gaps)
        if not beneath:
            close()
            rows, shared = [], gaps
        else:
            shared = beneath
        if gaps:
            rows.append(i)
    close()
    return out


def _gaps(raw: str) -> list[tuple[int, int]]:
    """Where cells may part; the space behind a number, a bullet or the sign of an item parts none."""
    signs = (found.end() for found in (NUMBER.match(raw), BULLET.match(raw), ITEM.match(raw)) if found)
    begins = max(signs, default=0)
    begins += len(raw[begins:]) - len(raw[begins:].lstrip())
    found = [m.span() for m in GAP.finditer(raw) if m.start() > begins]
    return found if len(found) < MOST_CELLS else []


def _both(some: list[tuple[int, int]], others: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where gaps of two lines stand one beneath the other, at least two columns wide."""
    found = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return [(start, end) for start, end in found if end - start > 1]


def _is_heading(text: str) -> bool:
    said = text.strip(" \t*#|")
    short = bool(said) and len(said) <= HEADING and said[0].isupper() and not said.endswith(CLOSED[:3])
    return short and not ASKS.search(said)


def _is_paragraph_number(number: str, rest: str) -> bool:
    """A plain number begins a section only before a title; `18 years` in the middle of a sentence does not."""
    return "." in number or (_is_heading(rest) and int(number) > 0)


# --- by what name they are found --------------------------------------------------------------------------------------


def _named(found: list[tuple[_Mark, int, int]], text: str, words: list[Word]) -> list[Piece]:
    out: list[Piece] = []
    heading, under = "", "Front matter"
    counts: dict[str, int] = {}
    taken: dict[str, int] = {}
    row = -2  # where the line of the last cell begins
    for mark, first, last in found:
        if mark.kind == "heading":
            title = _plain(text[words[first].start : words[last - 1].end])
            heading = title.removeprefix(mark.number).strip(" .") if mark.number else title
            under = mark.number or heading
            ref = f"{mark.number} heading" if mark.number else f"Heading / {heading}"
            counts = {}
        elif mark.kind == "number":
            ref = under = mark.number
            counts = {"paragraph": 1}
        elif mark.kind == "contents":
            ref = "Contents / list"
        else:
            if mark.kind == "cell" and (line := text.rfind("\n", 0, mark.start)) != row:
                row = line
                counts |= {"row": counts.get("row", 0) + 1, "cell": 0}
            counts[mark.kind] = counts.get(mark.kind, 0) + 1
            own = f"({mark.number})" if mark.number else f"{mark.kind} {counts[mark.kind]}"
            own = f"row {counts['row']} {own}" if mark.kind == "cell" else own
            ref = f"{under}{' ' if under[:1].isdigit() else ' / '}{own}"
        out.append(Piece(_unique(ref, heading, taken), heading or "Front matter", first, last, mark.kind == "heading"))
    return out


def _plain(text: str) -> str:
    """A heading as it is printed, without markup, in one line."""
    return " ".join(INVISIBLE.sub(" ", TAG.sub(" ", text)).replace("*", " ").replace("#", " ").split()).strip(" .|")


def _unique(ref: str, heading: str, taken: dict[str, int]) -> str:
    """The reference; of one that is printed twice with its heading, and if need be with a number.

    `taken`: each name so far, and the number last tried behind it.
    """
    found = plain = _without_signs(ref)
    if found in taken:
        found = under = _without_signs(f"{plain} {heading}")
        count = taken.get(under, 1)
        while found in taken:
            count += 1
            found = f"{under} ({count})"
        taken[under] = count
    taken[found] = taken.get(found, 1)
    return found


def _without_signs(ref: str) -> str:
    """Without what would have to be put in quotes wherever it is cited."""
    return " ".join(re.sub(r"[,#]|:(?=\s|$)", " ", ref).split())
