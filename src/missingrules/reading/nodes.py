"""YAML text -> located nodes. Every scalar is text; what YAML would guess, share or run is refused with its place.

Two parsers can do the reading, libyaml and PyYAML's own; nodes, places and codes are the same from both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias

from yaml import MarkedYAMLError
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.domain.source import Source, Span
from missingrules.reading.texts import MOST_FINDINGS, source_from_bytes, source_from_file, source_from_text, span_at
from missingrules.reading.yaml_events import CLOSING, alias, explain, marks, parse, question, tag

if TYPE_CHECKING:
    import os

    from missingrules.reading.yaml_events import Mark

MOST_DEPTH: Final = 64
MOST_NODES: Final = 200_000
MOST_CHARACTERS: Final = 20_000

# What a double-quoted escape may not bring in: it would reach terminals and pages.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_ESCAPE = re.compile(r"\\(?:x(..)|u(.{4})|U(.{8})|(.))", re.DOTALL)

_DIRECTIVE = re.compile("^%", re.MULTILINE)
# A question mark that stands alone, outside comments, between one node and the next.
_QUESTION = re.compile(r"(?:[^?#]|#.*+)*+\?")
_COMMENT = re.compile("#.*")
# What a finding underlines where there is no node yet.
_WORD = re.compile(r"[^\s,\[\]{}]*")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text. `quoted` is False only where the author wrote it bare; an empty bare one stands for `key:`."""

    text: str
    span: Span
    quoted: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list; a block list spans from its first item to the end of its last."""

    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    """Names with their values, no name twice; a block mapping spans from its first key to the end of its last value."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span
    _by_key: dict[str, tuple[Scalar, Node]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_key", {entry[0].text: entry for entry in self.entries})

    def get(self, key: str) -> Node | None:
        entry = self._by_key.get(key)
        return entry[1] if entry else None

    def key_span(self, key: str) -> Span | None:
        entry = self._by_key.get(key)
        return entry[0].span if entry else None


Node: TypeAlias = Scalar | Sequence | Mapping


def plain(node: Node) -> object:
    """The node as str, list and dict[str, object], without places."""
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return [plain(item) for item in node.items]
        case Mapping():
            return {key.text: plain(value) for key, value in node.entries}


def at(node: Node, path: tuple[str | int, ...]) -> Node:
    """The deepest node that the path (keys, and places in lists from 0) reaches; the rest of the path is left."""
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str) and (value := node.get(step)) is not None:
            node = value
        elif isinstance(node, Sequence) and isinstance(step, int) and 0 <= step < len(node.items):
            node = node.items[step]
        else:
            break
    return node


def read_file(path: str | os.PathLike[str]) -> Node:
    """The nodes of a file, as `read_nodes`; a missing, unreadable or too large file is `InvalidInput` too."""
    return _Builder(source_from_file(path)).build(None)


def read_nodes_bytes(data: bytes, name: str, *, pure: bool | None = None) -> Node:
    """As `read_nodes`, from UTF-8 with or without a byte order mark."""
    return _Builder(source_from_bytes(data, name)).build(pure)


def read_nodes(text: str, name: str, *, pure: bool | None = None) -> Node:
    """The one document of a YAML text, `name` being what messages call it.

    Raises `InvalidInput` with every finding (the first `MOST_FINDINGS`) that comes before a place where the YAML
    itself breaks. Limits: `MOST_BYTES` in UTF-8, `MOST_DEPTH` collections inside one another, `MOST_NODES` keys,
    values and lists, `MOST_CHARACTERS` in one scalar. `pure` chooses the parser; both give the same.
    """
    return _Builder(source_from_text(text, name)).build(pure)


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet. In a mapping, `key` waits for its value."""

    event: CollectionStartEvent
    # The index of its opening bracket; blocks, and a pair `[name: value]`, have none.
    bracket: int | None
    items: list[Node] = field(default_factory=list)
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    key: Node | None = None
    # Its key has a question mark of its own.
    asked: bool = False
    first: Span | None = None
    last: Span | None = None


class _Builder:
    """Nodes from events, without recursion; one use each."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.findings: list[Diagnostic] = []
        self.references: list[Diagnostic] = []
        self.open: list[_Open] = []
        self.documents = 0
        self.nodes = 0
        self.root: Node | None = None
        # Up to where the text has been taken in: index from 0, line and column from 1.
        self.seen = (0, 1, 1)

    def build(self, pure: bool | None) -> Node:
        if percent := _DIRECTIVE.search(self.source.text):
            # Before the parse: the parsers differ on them, and libyaml takes quadratic time over many.
            hint = "leave the line out, or indent it where it goes on with a text"
            message = "a line that begins with % is a YAML directive, and directives are not read"
            self.stop("yaml-directive", message, span_at(self.source, percent.start()), hint)
        try:
            for event in parse(self.source.text, pure):
                if isinstance(event, NodeEvent):
                    self.begin(event)
                elif isinstance(event, CollectionEndEvent):
                    self.end(marks(event)[1])
                elif isinstance(event, DocumentStartEvent):
                    self.document(marks(event)[0])
                if len(self.findings) >= MOST_FINDINGS:
                    break
        except MarkedYAMLError as error:
            opened = next((o.bracket for o in reversed(self.open) if o.bracket is not None), None)
            stopped = explain(error, self.source, opened)
            # `*see 7.22*`: the rest of a line that begins with a reference is the same mistake.
            same = any(f.span and stopped.span and f.span.line == stopped.span.line for f in self.references)
            raise InvalidInput([*self.findings, *([] if same else [stopped])]) from None
        if self.findings:
            raise InvalidInput(self.findings)
        if self.root is None or (isinstance(self.root, Scalar) and not self.root.text and not self.root.quoted):
            hint = "write at least one line such as `name: value`"
            self.stop("file-empty", "there is nothing in this file", span_at(self.source, 0), hint)
        return self.root

    def document(self, start: Mark) -> None:
        self.documents += 1
        if self.documents == 2:
            hint = "leave out the line of three dashes or dots, or split the file"
            self.report("yaml-documents", "a second document begins here, and a file has one", self.word(start), hint)

    def begin(self, event: NodeEvent) -> None:
        start, end = marks(event)
        self.nodes += 1
        if self.nodes > MOST_NODES:
            message = f"this file has more than {MOST_NODES:,} names and values"
            self.stop("yaml-too-many-nodes", message, self.word(start), "split the file")
        top = self.open[-1] if self.open else None
        if top and top.key is None and isinstance(top.event, MappingStartEvent):
            top.asked = self.asked(start.index)
        if event.anchor is not None and not (top and isinstance(top.key, Scalar) and top.key.text == "<<"):
            self.references.append(alias(self.word(start)))
            self.findings.append(self.references[-1])
        if isinstance(event, AliasEvent):
            self.seen = (end.index, end.line + 1, end.column + 1)
            self.put(Scalar(f"*{event.anchor}", self.word(start), False))
        elif isinstance(event, ScalarEvent):
            self.put(self.scalar(event, start, end))
        elif isinstance(event, CollectionStartEvent):
            self.seen = (start.index, start.line + 1, start.column + 1)
            if event.tag is not None:
                self.findings.append(tag(self.word(start)))
            if len(self.open) == MOST_DEPTH:
                message = f"lists and names are nested more than {MOST_DEPTH} levels deep here"
                self.stop("yaml-too-deep", message, self.word(start), "say it with fewer levels")
            bracketed = end.index > start.index and self.source.text[end.index - 1] in CLOSING
            self.open.append(_Open(event, end.index - 1 if bracketed else None))

    def scalar(self, event: ScalarEvent, start: Mark, end: Mark) -> Scalar:
        text: str = event.value
        if event.tag is not None:
            self.findings.append(tag(self.word(start)))
        if len(text) > MOST_CHARACTERS:
            message = f"this text has {len(text):,} characters, and at most {MOST_CHARACTERS:,} are read"
            self.stop("yaml-scalar-too-long", message, self.word(start), "see that its quotes end, or shorten it")
        if event.style == '"' and _CONTROL.search(text):
            message = "a backslash here stands for an invisible character that a text cannot have"
            self.report("file-encoding", message, self.escape(start, end), "leave it out, or use single quotes")
        if start.index == end.index:
            return self.nothing(start.index)
        self.seen = (end.index, end.line + 1, end.column + 1)
        span = self.span(start, end)
        if event.style in ("|", ">"):
            # The parser's end is the start of whatever comes next.
            body = self.source.text[start.index : end.index].rstrip()
            end_line = span.line + body.count("\n")
            end_column = len(body) - body.rfind("\n") + (0 if "\n" in body else start.column)
            span = Span(self.source, span.line, span.column, end_line, end_column)
        elif not event.style and "?" in text and self.open and self.open[-1].event.flow_style:
            place = self.source.text.index("?", start.index)
            raise InvalidInput([*self.findings, question(self.source, place)])
        return Scalar(text, span, bool(event.style))

    def nothing(self, index: int) -> Scalar:
        """The empty text of `key:`, right after the sign that asks for it: the parsers differ on where it is."""
        before, line, column = self.seen
        gap = _COMMENT.sub(lambda comment: " " * len(comment[0]), self.source.text[before:index]).rstrip()
        line += gap.count("\n")
        column = len(gap) - gap.rfind("\n") if "\n" in gap else column + len(gap)
        self.seen = (before + len(gap), line, column)
        return Scalar("", Span(self.source, line, column, line, column), False)

    def end(self, end: Mark) -> None:
        done = self.open.pop()
        span = self.span(marks(done.event)[0], end)
        if done.first and done.last and done.bracket is None:
            # A block has no end of its own, and the parsers differ on where it is.
            span = Span(self.source, done.first.line, done.first.column, done.last.end_line, done.last.end_column)
        if isinstance(done.event, MappingStartEvent):
            self.put(Mapping(tuple(done.entries), span))
        else:
            self.put(Sequence(tuple(done.items), span))

    def put(self, node: Node) -> None:
        """A finished node into the collection around it."""
        if not self.open:
            self.root = self.root or node
            return
        top = self.open[-1]
        top.first = top.first or node.span
        top.last = node.span
        if not isinstance(top.event, MappingStartEvent):
            top.items.append(node)
        elif top.key is None:
            top.key = node
            if not top.asked:
                self.check_key(node, top.lines)
        else:
            if isinstance(top.key, Scalar):
                top.entries.append((top.key, node))
            top.key = None

    def asked(self, index: int) -> bool:
        """Whether the key at an index has a question mark of its own before it: YAML then reads anything as a key."""
        mark = _QUESTION.match(self.source.text, self.seen[0], index)
        if mark:
            message = "a question mark before a name is not read"
            hint = "write `name: value` without it; if it belongs to the text, put the text in double quotes"
            self.report("yaml-key-not-text", message, span_at(self.source, mark.end() - 1), hint)
        return mark is not None

    def check_key(self, key: Node, lines: dict[str, int]) -> None:
        if not isinstance(key, Scalar):
            message = "a list or a group of names stands here where a name belongs"
            self.report("yaml-key-not-text", message, key.span, "put a text in brackets in double quotes")
        elif not key.text and not key.quoted:
            self.report("yaml-key-not-text", "there is no name before this colon", key.span, "write `name: value`")
        elif key.text == "<<":
            message = "<< would merge other names in here, and that is not read"
            self.report("yaml-merge-key", message, key.span, "write the names out")
        elif key.text in lines:
            hint = "keep one of the two, or give one another name"
            message = f"this name is already on line {lines[key.text]}"
            self.report("yaml-duplicate-key", message, key.span, hint)
        else:
            lines[key.text] = key.span.line

    def span(self, start: Mark, end: Mark) -> Span:
        return Span(self.source, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def word(self, start: Mark) -> Span:
        word = _WORD.match(self.source.text, start.index)
        return span_at(self.source, start.index, max(1, len(word[0])) if word else 1)

    def escape(self, start: Mark, end: Mark) -> Span:
        """The first escape of a control character in a double-quoted text."""
        for found in _ESCAPE.finditer(self.source.text, start.index, end.index):
            digits = found[1] or found[2] or found[3]
            if _CONTROL.match(chr(int(digits, 16))) if digits else found[4] in "0abvfe":
                return span_at(self.source, found.start(), len(found[0]))
        return self.word(start)

    def report(self, code: str, message: str, span: Span, hint: str) -> None:
        self.findings.append(Diagnostic(code, message, span, hint))

    def stop(self, code: str, message: str, span: Span, hint: str) -> NoReturn:
        self.report(code, message, span, hint)
        raise InvalidInput(self.findings)
