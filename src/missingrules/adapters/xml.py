"""The SSDA903 return as XML: a row for each CHILD/HEADER/AMISSING. The only door to expat.

It reads in pieces and keeps one CHILD. A document type is refused where it begins, and with it every entity, every
reference to another file and every default: a return has none, so nothing is ever expanded or fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NoReturn
from xml.parsers import expat

from missingrules.adapters.rows import LONGEST
from missingrules.adapters.ssda903 import HEAD
from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.domain.source import Source, Span
from missingrules.tables.layout import Strange

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from missingrules.tables.layout import Cell, Row

_PIECE: Final = 1 << 16
# One tag, comment or attribute; beyond it the rest would have to be kept until it ends.
_MOST_UNREAD: Final = 1 << 20
_DEEPEST: Final = 16
_MOST_OF_A_CHILD: Final = 10_000
_MOST_STRANGE: Final = 100
_HEADER: Final = ("CHILD", "HEADER")
_OF_CHILD: Final = {"CHILDID": "CHILD", "DOB": "DOB"}
_OF_EPISODE: Final = ("MISSING", "MIS_START", "MIS_END")
_CUT_OFF: Final = (
    expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
    expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
)


@dataclass(frozen=True, slots=True)
class XmlReturn:
    """A return, with the columns that the table Missing has as CSV; `strange`: what else stands in AMISSING."""

    path: Path
    strange: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.path.name}, AMISSING"

    @property
    def head(self) -> tuple[str, ...]:
        return (*HEAD, *self.strange)

    @property
    def head_row(self) -> None:
        return None

    def rows(self) -> Iterator[Row]:
        """Numbered as the AMISSING come in the file, the first being 1."""
        empty = (None,) * len(self.strange)
        for number, cells in _Reading(self.path).rows():
            if any(cell is not None for cell in cells[2:]):
                yield number, (*cells, *empty)


def xml_return(path: Path) -> XmlReturn:
    """The file, looked through once. InvalidInput where it is no return, or cannot be read to its end."""
    reading = _Reading(path)
    for _ in reading.rows():
        pass
    if not reading.children:
        message = f"{path} has no CHILD with a HEADER in it"
        hint = "see that it is the return as it is uploaded: CHILD, in it HEADER, in that AMISSING"
        raise InvalidInput([Diagnostic("not-a-return", message, hint=hint)])
    return XmlReturn(path, tuple(reading.strange))


@dataclass
class _Reading:
    """One pass through a file."""

    path: Path
    children: int = 0
    strange: list[str] = field(default_factory=list)
    number: int = 0
    _tags: list[str] = field(default_factory=list)
    _text: str | None = None
    _child: dict[str, Cell] = field(default_factory=dict)
    _episode: dict[str, Cell] = field(default_factory=dict)
    _episodes: list[tuple[int, dict[str, Cell]]] = field(default_factory=list)
    _done: list[tuple[int, tuple[Cell, ...]]] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        self._parser = parser
        fed = 0
        try:
            with self.path.open("rb") as file:
                while piece := file.read(_PIECE):
                    parser.Parse(piece, False)
                    fed += len(piece)
                    if fed - parser.CurrentByteIndex > _MOST_UNREAD:
                        self._stop("xml-syntax", "a tag or a text here goes on and on", "see that it is closed")
                    yield from self._taken()
                parser.Parse(b"", True)
                yield from self._taken()
        except OSError as error:
            message = f"{self.path} could not be read: {(error.strerror or 'no reason given').lower()}"
            raise InvalidInput([Diagnostic("file-unreadable", message, hint="check its name and folder")]) from None
        except InvalidInput:
            raise
        except expat.ExpatError as error:
            self._refuse(error)
        except (LookupError, UnicodeError, ValueError):
            message = f"{self.path} says that it is written in an encoding that is not read"
            hint = 'save it as UTF-8, with encoding="UTF-8" in its first line'
            raise InvalidInput([Diagnostic("file-encoding", message, hint=hint)]) from None

    def _taken(self) -> list[tuple[int, tuple[Cell, ...]]]:
        done, self._done = self._done, []
        return done

    # --- as expat tells it ----------------------------------------------------------------------------------------

    def _doctype(self, *_: object) -> NoReturn:
        hint = "take the line <!DOCTYPE …> out: a return has none, and nothing that one could ask for is read"
        self._stop("xml-doctype", "a document type is declared here", hint)

    def _begin(self, name: str, _: object) -> None:
        if len(self._tags) >= _DEEPEST:
            self._stop("xml-syntax", f"tags stand in one another more than {_DEEPEST} deep", "see that each is closed")
        self._tags.append(name.rpartition(":")[2].upper())
        self._text = ""
        if self._here == _HEADER:
            self.children += 1
        elif self._here == (*_HEADER, "AMISSING"):
            self.number += 1
            self._episode = {}

    @property
    def _here(self) -> tuple[str, ...]:
        """The tags that are open below the root."""
        return tuple(self._tags[1:])

    def _characters(self, text: str) -> None:
        # Longer than any value: the rest says nothing.
        if self._text is not None and len(self._text) <= LONGEST:
            self._text = (self._text + text)[: LONGEST + 1]

    def _end(self, _: str) -> None:
        here, text = self._here, (self._text or "").strip() or None
        if here == ("CHILD",):
            self._done += [(at, self._row(episode)) for at, episode in self._episodes]
            self._child, self._episodes = {}, []
        elif here[:2] == _HEADER and len(here) == 3:
            if here[2] == "AMISSING":
                self._episodes.append((self.number, self._episode))
                if len(self._episodes) > _MOST_OF_A_CHILD:
                    message = f"one CHILD has more than {_MOST_OF_A_CHILD:,} AMISSING"
                    self._stop("too-many-rows", message, "see that each CHILD is closed")
            elif here[2] in _OF_CHILD:
                _put(self._child, _OF_CHILD[here[2]], text)
        elif here[:3] == (*_HEADER, "AMISSING") and len(here) == 4:
            if here[3] in _OF_EPISODE:
                _put(self._episode, here[3], text)
            elif here[3] not in self.strange and len(self.strange) < _MOST_STRANGE:
                self.strange.append(here[3])
        self._text = None
        self._tags.pop()

    def _row(self, episode: dict[str, Cell]) -> tuple[Cell, ...]:
        return tuple((self._child | episode).get(name) for name in HEAD)

    # --- what is wrong --------------------------------------------------------------------------------------------

    def _stop(self, code: str, message: str, hint: str) -> NoReturn:
        span = self._span(self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber)
        raise InvalidInput([Diagnostic(code, message, span, hint)])

    def _span(self, line: int, offset: int) -> Span:
        """A place without the line itself, which is about children."""
        return Span(Source(str(self.path), "", private=True), line, offset + 1, line, offset + 1)

    def _refuse(self, error: expat.ExpatError) -> NoReturn:
        span = self._span(error.lineno, error.offset)
        if error.code in _CUT_OFF:
            hint = "export it again: the rest is not there"
            raise InvalidInput([Diagnostic("xml-cut-off", "the file ends here, in the middle", span, hint)]) from None
        message = f"this is no XML: {expat.errors.messages[error.code]}"
        hint = "export it again, or mend this place"
        raise InvalidInput([Diagnostic("xml-syntax", message, span, hint)]) from None


def _put(into: dict[str, Cell], name: str, text: str | None) -> None:
    """A value that stands twice is none."""
    into[name] = Strange.TWICE if name in into else text
