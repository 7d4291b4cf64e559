"""Text at the door: its size, its encoding and its characters are checked before anything reads it.

Refused besides what is no text: tabs, and line breaks other than LF, CR LF and CR (all read as LF), since an author
cannot see them and YAML's parsers disagree on them.
"""

from __future__ import annotations

import os
import re
import stat
from typing import Final

from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.domain.source import Source, Span

MOST_BYTES: Final = 2_000_000
# A file with more mistakes than this is not the file the author meant.
MOST_FINDINGS: Final = 100

# What YAML allows in a file, less tabs, rare line breaks and byte order marks.
_UNREADABLE = re.compile("[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def source_from_file(path: str | os.PathLike[str]) -> Source:
    """The text of a file; raises `InvalidInput`, also where the file cannot be read or is too large to try."""
    return source_from_bytes(bytes_from_file(path, MOST_BYTES), os.fspath(path))


def bytes_from_file(path: str | os.PathLike[str], most: int) -> bytes:
    """What an ordinary file holds; `InvalidInput` where it cannot be read, or is larger than `most` bytes."""
    name = os.fspath(path)
    try:
        about = os.stat(name)
        if not stat.S_ISREG(about.st_mode):
            kind = "a folder" if stat.S_ISDIR(about.st_mode) else "not an ordinary file"
            raise _unreadable(f"{name} is {kind}", "name a file")
        _refuse_size(about.st_size, name, most)
        with open(name, "rb") as file:
            # One byte more than allowed shows a file that grew in between.
            data = file.read(most + 1)
    except FileNotFoundError:
        raise _unreadable(f"there is no file {name}", "check the spelling of its name and folder") from None
    except InvalidInput:
        raise
    except (OSError, ValueError) as error:
        # A ValueError is a name that no file can have.
        reason = (getattr(error, "strerror", None) or "no file can have this name").lower()
        raise _unreadable(f"{name!r} could not be read: {reason}", "check its name and that you may open it") from None
    _refuse_size(len(data), name, most)
    return data


def source_from_bytes(data: bytes, name: str) -> Source:
    """As `source_from_text`, from UTF-8 with or without a byte order mark."""
    _refuse_size(len(data), name)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        source = Source(name, _lines(data.decode(errors="replace")))
        span = span_at(source, len(_lines(data[: error.start].decode())))
        message = "this file is not written in UTF-8: the character here cannot be read"
        hint = 'save the file again with the encoding "UTF-8"'
        raise InvalidInput([Diagnostic("file-encoding", message, span, hint)]) from None
    return source_from_text(text, name)


def source_from_text(text: str, name: str) -> Source:
    """The text with LF at every line end and no byte order mark; raises `InvalidInput` with each unfit line."""
    # The length comes first: encoding a huge text only to refuse it takes time.
    _refuse_size(len(text), name)
    _refuse_size(len(text.encode(errors="replace")), name)
    source = Source(name, _lines(text))
    findings: list[Diagnostic] = []
    match = _UNREADABLE.search(source.text)
    while match and len(findings) < MOST_FINDINGS:
        findings.append(_unfit(match[0], span_at(source, match.start())))
        # One finding a line: tabs come in rows.
        line_end = source.text.find("\n", match.end())
        match = _UNREADABLE.search(source.text, line_end) if line_end >= 0 else None
    if findings:
        raise InvalidInput(findings)
    return source


def _lines(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _refuse_size(size: int, name: str, most: int = MOST_BYTES) -> None:
    if size > most:
        message = f"{name} is too large: at most {most // 1_000_000} MB can be read"
        raise InvalidInput([Diagnostic("file-too-large", message, hint="check that this is the file you meant")])


def _unreadable(message: str, hint: str) -> InvalidInput:
    return InvalidInput([Diagnostic("file-unreadable", message, hint=hint)])


def _unfit(character: str, span: Span) -> Diagnostic:
    if character == "\t":
        return Diagnostic("yaml-syntax", "there is a tab here, and tabs are not read", span, "use spaces instead")
    message = f"there is an invisible character here that a text file cannot have (U+{ord(character):04X})"
    return Diagnostic("file-encoding", message, span, "delete it and type the text again")


def span_at(source: Source, index: int, width: int = 1) -> Span:
    """The span of `width` characters of one line from an index (from 0) into the text."""
    line = source.text.count("\n", 0, index) + 1
    column = index - (source.text.rfind("\n", 0, index) + 1) + 1
    return Span(source, line, column, line, column + width)
