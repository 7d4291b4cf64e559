"""YAML text -> located nodes. Every scalar is text; what YAML would guess, share or run is refused with its place.

Two parsers can do the reading, libyaml and PyYAML's own; nodes, places and codes are the same from both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn, TypeAlias

from yaml import MarkedYAMLError
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    ScalarEvent,
)

from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean
from missingrules.reading.places import Page, Text
from missingrules.reading.texts import MOST_FINDINGS, source_from_bytes, source_from_file, source_from_text, span_at
from missingrules.reading.yaml_events import CLOSING, alias, explain, marks, parse, question, tag

if TYPE_CHECKING:
    import os
    from collections.abc import ItemsView

    from missingrules.domain.source import Source, Span
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
_BLOCK = ("|", ">")
_NAME = re.compile(r"&[^\s,\[\]{}]+\s*")
# What a finding underlines where there is no node yet.
_WORD = re.compile(r"[^\s,\[\]{}]*")


Scalar: TypeAlias = Text


class Sequence(NamedTuple):
    """A list; a block stands from its first item to the end of its last."""

    items: tuple[Node, ...]
    page: Page
    start: int
    end: int

    @property
    def span(self) -> Span:
        return self.page.span(self.start, self.end)


class Mapping(NamedTuple):
    """Names with their values, no name twice; a block stands from its first key to the end of its last value."""

    named: dict[Scalar, Node]
    page: Page
    start: int
    end: int

    @property
    def span(self) -> Span:
        return self.page.span(self.start, self.end)

    @property
    def entries(self) -> ItemsView[Scalar, Node]:
        return self.named.items()

    @property
    def first_key(self) -> Scalar | None:
        return next(iter(self.named), None)

    def get(self, key: str) -> Node | None:
        return self.named.get(key)  # type: ignore[call-overload, no-any-return]

    def key_span(self, key: str) -> Span | None:
        return next((name.span for name in self.named if name == key), None)


Node: TypeAlias = Scalar | Sequence | Mapping


def plain(node: Node) -> object:
    """The node as str, list and dict[str, object], without places."""
    match node:
        case Scalar():
            return str(node)
        case Sequence():
            return [str(item) if item.__class__ is Text else plain(item) for item in node.items]
        case Mapping():
            return {
                str(key): str(value) if value.__class__ is Text else plain(value) for key, value in node.named.items()
            }


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


def read_file(path: str | os.PathLike[str], *, shared: bool = False) -> Node:
    """The nodes of a file, as `read_nodes`; a missing, unreadable or too large file is `InvalidInput` too."""
    return _Builder(source_from_file(path), shared).build(None)


def read_nodes_bytes(data: bytes, name: str, *, pure: bool | None = None) -> Node:
    """As `read_nodes`, from UTF-8 with or without a byte order mark."""
    return _Builder(source_from_bytes(data, name)).build(pure)


def read_nodes(text: str, name: str, *, pure: bool | None = None, shared: bool = False) -> Node:
    """The one document of a YAML text, `name` being what messages call it.

    Raises `InvalidInput` with every finding (the first `MOST_FINDINGS`) that comes before a place where the YAML
    itself breaks. Limits: `MOST_BYTES` in UTF-8, `MOST_DEPTH` collections inside one another, `MOST_NODES` keys,
    values and lists, `MOST_CHARACTERS` in one scalar. `pure` chooses the parser; both give the same. With `shared` a
    value may be named (`&name`) and stand again (`*name`), as the same node; it counts each time.
    """
    return _Builder(source_from_text(text, name), shared).build(pure)


class _Open:
    """A collection whose end has not come yet. In a mapping, `key` waits for its value."""

    __slots__ = (
        "anchor", "before", "bracket", "first", "flow", "height", "items", "key", "last", "named", "refused", "start",
    )  # fmt: skip

    def __init__(self, event: CollectionStartEvent, start: int, bracket: int | None, before: int) -> None:
        self.flow = event.flow_style
        self.start = start
        # The index of its opening bracket; blocks, and a pair `[name: value]`, have none.
        self.bracket = bracket
        # What it holds: a list has no names.
        self.items: list[Node] = []
        self.named: dict[Scalar, Node] | None = {} if isinstance(event, MappingStartEvent) else None
        self.key: Node | None = None
        # The key cannot be one; with the mistake reported, the file is refused in the end.
        self.refused = False
        # From where to where its keys and values stand.
        self.first: int | None = None
        self.last = start
        # The name under which it may stand again, the nodes before it, and how many levels it has.
        self.anchor: str | None = event.anchor
        self.before = before
        self.height = 1


class _Shared(NamedTuple):
    """What stands under a name: the node, how many nodes it is, and how many levels of collections."""

    node: Node
    nodes: int
    height: int


class _Builder:
    """Nodes from events, without recursion; one use each."""

    def __init__(self, source: Source, shared: bool = False) -> None:
        self.source = source
        self.page = Page(source)
        # By their names; None where nothing may be named.
        self.shared: dict[str, _Shared] | None = {} if shared else None
        self.findings: list[Diagnostic] = []
        self.references: list[Diagnostic] = []
        self.open: list[_Open] = []
        self.top: _Open | None = None
        self.documents = 0
        self.nodes = 0
        self.root: Node | None = None
        # Up to where the text has been taken in, from 0.
        self.seen = 0

    def build(self, pure: bool | None) -> Node:
        if percent := _DIRECTIVE.search(self.source.text):
            # Before the parse: the parsers differ on them, and libyaml takes quadratic time over many.
            hint = "leave the line out, or indent it where it goes on with a text"
            message = "a line that begins with % is a YAML directive, and directives are not read"
            self.stop("yaml-directive", message, span_at(self.source, percent.start()), hint)
        try:
            for event in parse(self.source.text, pure):
                if isinstance(event, ScalarEvent):
                    self.scalar(event)
                elif isinstance(event, CollectionStartEvent):
                    self.begin(event)
                elif isinstance(event, CollectionEndEvent):
                    self.end(marks(event)[1].index)
                elif isinstance(event, AliasEvent):
                    self.alias(event)
                elif isinstance(event, DocumentStartEvent):
                    self.document(marks(event)[0])
                if len(self.findings) >= MOST_FINDINGS:
                    break
        except MarkedYAMLError as error:
            if "nesting depth" in (error.problem or "") and not pure:
                # Newer libyaml has a cap of its own, above ours, and looks ahead: it stops before ours is reached.
                return type(self)(self.source, self.shared is not None).build(pure=True)
            opened = next((o.bracket for o in reversed(self.open) if o.bracket is not None), None)
            stopped = explain(error, self.source, opened)
            # `*see 7.22*`: the rest of a line that begins with a reference is the same mistake.
            same = any(f.span and stopped.span and f.span.line == stopped.span.line for f in self.references)
            raise InvalidInput([*self.findings, *([] if same else [stopped])]) from None
        if self.findings:
            raise InvalidInput(self.findings)
        if self.root is None or (isinstance(self.root, Scalar) and not self.root and not self.root.quoted):
            hint = "write at least one line such as `name: value`"
            self.stop("file-empty", "there is nothing in this file", span_at(self.source, 0), hint)
        return self.root

    def document(self, start: Mark) -> None:
        self.documents += 1
        if self.documents == 2:
            hint = "leave out the line of three dashes or dots, or split the file"
            self.report("yaml-documents", "a second document begins here, and a file has one", self.word(start), hint)

    def count(self, start: Mark, anchor: str | None) -> None:
        """What is looked at before any node."""
        self.add(1, start)
        top = self.top
        if top is not None and top.key is None and top.named is not None:
            # Most keys have no question mark anywhere near, and this look is the quicker one.
            top.refused = self.source.text.find("?", self.seen, start.index) >= 0 and self.asked(start.index)
        if anchor is not None and (self.shared is None or (top is not None and top.named is not None and not top.key)):
            self.reference(start, top)

    def add(self, nodes: int, start: Mark) -> None:
        self.nodes += nodes
        if self.nodes > MOST_NODES:
            message = f"this file has more than {MOST_NODES:,} names and values"
            self.stop("yaml-too-many-nodes", message, self.word(start), "split the file")

    def reference(self, start: Mark, top: _Open | None) -> None:
        """An anchor or an alias that cannot stand here; `<<: *base` is told as what it merges."""
        if top is None or top.key != "<<":
            self.references.append(alias(self.word(start)))
            self.findings.append(self.references[-1])

    def alias(self, event: AliasEvent) -> None:
        start, end = marks(event)
        self.count(start, event.anchor)
        self.seen = end.index
        word = Text(f"*{event.anchor}", self.page, start.index, start.index + self.width(start.index))
        if self.shared is None or (self.top is not None and self.top.named is not None and self.top.key is None):
            self.put(word)
            return
        name = event.anchor or ""
        named = self.shared.get(name)
        if named is None:
            hint = did_you_mean(name, self.shared) or f"write &{name} before the value that is meant"
            message = f"nothing before this place is named '&{name}'"
            self.report("yaml-unknown-name", message, word.span, hint)
            self.put(word)
            return
        self.add(named.nodes - 1, start)
        if len(self.open) + named.height > MOST_DEPTH:
            message = f"lists and names are nested more than {MOST_DEPTH} levels deep here"
            self.stop("yaml-too-deep", message, word.span, "say it with fewer levels")
        self.put(named.node, named.height, (word.start, word.end))

    def begin(self, event: CollectionStartEvent) -> None:
        start, end = marks(event)
        self.count(start, event.anchor)
        self.seen = start.index
        if event.tag is not None:
            self.findings.append(tag(self.word(start)))
        if len(self.open) == MOST_DEPTH:
            message = f"lists and names are nested more than {MOST_DEPTH} levels deep here"
            self.stop("yaml-too-deep", message, self.word(start), "say it with fewer levels")
        bracketed = end.index > start.index and self.source.text[end.index - 1] in CLOSING
        self.top = _Open(
            event, self.behind(event.anchor, start.index), end.index - 1 if bracketed else None, self.nodes - 1
        )
        self.open.append(self.top)

    def scalar(self, event: ScalarEvent) -> None:
        start, end = marks(event)
        self.count(start, event.anchor)
        text, style = event.value, event.style
        if event.tag is not None:
            self.findings.append(tag(self.word(start)))
        if len(text) > MOST_CHARACTERS:
            message = f"this text has {len(text):,} characters, and at most {MOST_CHARACTERS:,} are read"
            self.stop("yaml-scalar-too-long", message, self.word(start), "see that its quotes end, or shorten it")
        if style == '"' and _CONTROL.search(text):
            message = "a backslash here stands for an invisible character that a text cannot have"
            self.report("file-encoding", message, self.escape(start, end), "leave it out, or use single quotes")
        begins, ends = self.behind(event.anchor, start.index), end.index
        if begins >= ends:
            self.put(self.share(event.anchor, self.nothing(begins)))
            return
        self.seen = ends
        if style in _BLOCK:
            # The parser's end is the start of whatever comes next.
            ends = begins + len(self.source.text[begins:ends].rstrip())
        elif not style and "?" in text and self.top is not None and self.top.flow:
            place = self.source.text.index("?", begins)
            raise InvalidInput([*self.findings, question(self.source, place)])
        self.put(self.share(event.anchor, Text(text, self.page, begins, ends, bool(style))))

    def behind(self, name: str | None, index: int) -> int:
        """Where a value begins that may have a name before it."""
        named = _NAME.match(self.source.text, index) if name is not None else None
        return named.end() if named else index

    def share(self, name: str | None, node: Node, nodes: int = 1, height: int = 0) -> Node:
        """The node, kept under its name if it has one; a later one of the same name takes its place, as in YAML."""
        if name is not None and self.shared is not None:
            self.shared[name] = _Shared(node, nodes, height)
        return node

    def nothing(self, index: int) -> Scalar:
        """The empty text of `key:`, right after the sign that asks for it: the parsers differ on where it is."""
        gap = _COMMENT.sub(lambda comment: " " * len(comment[0]), self.source.text[self.seen : index])
        self.seen += len(gap.rstrip())
        return Text("", self.page, self.seen, self.seen)

    def end(self, end: int) -> None:
        done = self.open.pop()
        self.top = self.open[-1] if self.open else None
        start = done.start
        if done.first is not None and done.bracket is None:
            # A block has no end of its own, and the parsers differ on where it is.
            start, end = done.first, done.last
        made: Node
        if done.named is not None:
            made = Mapping(done.named, self.page, start, end)
        else:
            made = Sequence(tuple(done.items), self.page, start, end)
        if done.anchor is not None:
            self.share(done.anchor, made, self.nodes - done.before, done.height)
        self.put(made, done.height)

    def put(self, node: Node, height: int = 0, place: tuple[int, int] | None = None) -> None:
        """A finished node into the collection around it; `place` where it stands, if that is not where it was made."""
        top = self.top
        if top is None:
            self.root = node if self.root is None else self.root
            return
        start, end = place or (node.start, node.end)
        if top.first is None:
            top.first = start
        top.last = end
        if height >= top.height:
            top.height = height + 1
        named, key = top.named, top.key
        if named is None:
            top.items.append(node)
        elif key is None:
            top.key = node
            top.refused = top.refused or not self.is_name(node, named)
        else:
            if isinstance(key, Scalar) and not top.refused:
                named[key] = node
            top.key = None

    def asked(self, index: int) -> bool:
        """Whether the key at an index has a question mark of its own before it: YAML then reads anything as a key."""
        mark = _QUESTION.match(self.source.text, self.seen, index)
        if mark:
            message = "a question mark before a name is not read"
            hint = "write `name: value` without it; if it belongs to the text, put the text in double quotes"
            self.report("yaml-key-not-text", message, span_at(self.source, mark.end() - 1), hint)
        return mark is not None

    def is_name(self, key: Node, named: dict[Scalar, Node]) -> bool:
        """Whether this can be a key; a mistake is reported if it cannot."""
        if not isinstance(key, Scalar):
            message = "a list or a group of names stands here where a name belongs"
            self.report("yaml-key-not-text", message, key.span, "put a text in brackets in double quotes")
        elif not key and not key.quoted:
            self.report("yaml-key-not-text", "there is no name before this colon", key.span, "write `name: value`")
        elif key == "<<":
            message = "<< would merge other names in here, and that is not read"
            self.report("yaml-merge-key", message, key.span, "write the names out")
        elif key in named:
            hint = "keep one of the two, or give one another name"
            before = next(name for name in named if name == key)
            message = f"this name is already on line {before.span.line}"
            self.report("yaml-duplicate-key", message, key.span, hint)
        else:
            return True
        return False

    def word(self, start: Mark) -> Span:
        return span_at(self.source, start.index, self.width(start.index))

    def width(self, index: int) -> int:
        word = _WORD.match(self.source.text, index)
        return max(1, len(word[0])) if word else 1

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
