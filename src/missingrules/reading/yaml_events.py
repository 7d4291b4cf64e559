"""The door to PyYAML: one stream of events from either of its parsers, and kind words for what they refuse.

Where the two parsers differ, PyYAML's own follows libyaml below, `texts` refuses the characters they read differently
(tabs, rare line breaks), and `nodes` takes no end of a block and no place of an empty value from them. What is left
lies behind a tag that is refused in both: a tag ends at another character, so later findings may differ.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol, cast

import yaml
from yaml.events import CollectionStartEvent, ScalarEvent
from yaml.parser import ParserError
from yaml.scanner import ScannerError
from yaml.tokens import ScalarToken, TagToken

from missingrules.domain.diagnostics import Diagnostic
from missingrules.reading.texts import span_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml.events import Event

    from missingrules.domain.source import Source, Span

CLOSING = {"[": "]", "{": "}"}
_CURLY = re.compile("[“”]")
# A list's dash that touches its first word, and a name whose colon touches its value.
_TIGHT_DASH = re.compile(r"-[^\s-]")
_TIGHT_COLON = re.compile(r"[^\s:]+:(?=[^ \n])")


class Mark(Protocol):
    """A place in the text, counted from 0; each parser has a class of its own for it."""

    index: int
    line: int
    column: int


class _PureParser(yaml.BaseLoader):
    """PyYAML's own parser, made to refuse and to accept exactly what libyaml does."""

    def scan_plain(self) -> ScalarToken:
        """As libyaml: inside brackets `a?b` is one text, and a colon needs a space before the next bracket."""
        token = super().scan_plain()
        while self.flow_level and self.peek() == "?" and token.value and self.peek(-1) != ":":
            self.forward()
            more = super().scan_plain() if self.scan_plain_spaces(0, token.start_mark) is not None else None
            token = ScalarToken(f"{token.value}?{more.value if more else ''}", True, token.start_mark, self.get_mark())
        tight = (self.peek() == ":" and self.peek(1) in set(",[]{}")) or (self.peek() == "?" and self.peek(-1) == ":")
        if self.flow_level and tight:
            raise ScannerError(None, None, "found unexpected ':'", self.get_mark())
        return token

    def scan_tag(self) -> TagToken:
        """As libyaml: no brackets in a tag, and a comma ends it between brackets. Prefixes are not looked up."""
        token = super().scan_tag()
        width = self.index - token.start_mark.index
        written = self.buffer[self.pointer - width : self.pointer]
        sign = re.search(r"[,\[\]{}]", written)
        if sign and (sign[0] != "," or not self.flow_level):
            raise ScannerError("while scanning a tag", token.start_mark, "found a bracket", self.get_mark())
        if sign:
            back = width - sign.start()
            self.pointer, self.index, self.column = self.pointer - back, self.index - back, self.column - back
        return TagToken(("!", written[1:]), token.start_mark, self.get_mark())

    def parse_node(self, block: bool = False, indentless_sequence: bool = False) -> Event:
        """As libyaml: a prefix that no directive made stops the parse, but only after a look at the next token."""
        event: Event = super().parse_node(block, indentless_sequence)
        if isinstance(event, ScalarEvent | CollectionStartEvent) and re.match(r"![\w-]+!", event.tag or ""):
            mark = cast("yaml.Mark", event.start_mark)
            raise ParserError("while parsing a node", mark, "found undefined tag handle", mark)
        return event

    def scan_block_scalar_indicators(self, start_mark: Mark) -> tuple[bool | None, int | None]:
        """As libyaml: a comment may follow | or > without a space."""
        try:
            return super().scan_block_scalar_indicators(start_mark)
        except ScannerError:
            if self.peek() != "#":
                raise
        header = self.buffer[self.pointer - self.index + start_mark.index : self.pointer]
        digits = header.strip("|>+-")
        return ("+" in header if {"+", "-"} & set(header) else None), int(digits) if digits else None

    def scan_flow_scalar_non_spaces(self, double: bool, start_mark: yaml.Mark) -> list[str]:
        """As libyaml: an escape such as `\\ud800` that is no character is an error."""
        try:
            chunks = super().scan_flow_scalar_non_spaces(double, start_mark)
            "".join(chunks).encode()
        except (ValueError, OverflowError):
            problem = "found invalid Unicode character escape code"
            raise ScannerError("while parsing a quoted scalar", start_mark, problem, self.get_mark()) from None
        return chunks


def parse(text: str, pure: bool | None) -> Iterator[Event]:
    """The events of a text; raises `yaml.MarkedYAMLError`. `pure` is for tests; None takes the fastest parser."""
    # A last line without its end would read differently in each parser.
    text = text if text.endswith("\n") else text + "\n"
    slow = not yaml.__with_libyaml__ if pure is None else pure
    loader = (_PureParser if slow else yaml.CBaseLoader)(text)
    # As `yaml.parse`, without a look ahead for each event.
    try:
        yield from iter(loader.get_event, None)
    finally:
        loader.dispose()


def marks(event: Event) -> tuple[Mark, Mark]:
    """Where an event starts and ends; both parsers always say."""
    assert event.start_mark is not None
    assert event.end_mark is not None
    return event.start_mark, event.end_mark


def explain(error: yaml.MarkedYAMLError, source: Source, opened: int | None) -> Diagnostic:
    """What an author is told where a parser stopped. `opened`: the index of the innermost bracket still open."""
    context, problem = error.context or "", error.problem or ""
    text = source.text
    end = len(text.rstrip())
    mark = error.problem_mark or error.context_mark
    index = min(mark.index, end) if mark else end
    start = min(error.context_mark.index, end) if error.context_mark else index
    place = span_at(source, index)
    before = source.line(place.line)[: place.column - 1]
    sign = text[index : index + 1]

    quote = quotes(source.line(place.line))

    def found(message: str, hint: str, at: int = index) -> Diagnostic:
        return Diagnostic("yaml-syntax", message, span_at(source, at), hint)

    if "tag" in context or "tag handle" in problem:
        return tag(span_at(source, start))
    if "anchor" in context or "alias" in context:
        return alias(span_at(source, start))
    if "quoted scalar" in context and "escape" not in problem and "hexdecimal" not in problem:
        return found(
            f"the quotation mark {text[start]} opened here is never closed",
            f"end the text with {text[start]}, or write {text[start]} twice where it belongs to the text"
            if text[start] == "'"
            else f"end the text with {text[start]}, or use single quotes around a text that has {text[start]} in it",
            start,
        )
    if "quoted scalar" in context:
        return found(
            "a backslash in double quotes begins a special character, and this is none that is known",
            "use single quotes, or write the backslash twice",
            start if "Unicode" in problem else text.rfind("\\", 0, index + 1),
        )
    if "unexpected ':'" in problem:
        hint = "write a space between the colon and the value"
        return found("a space is missing after this colon", hint, text.rfind(":", 0, index + 1))
    if "mapping values are not allowed" in problem:
        if re.search(r":\s", before):
            hint = f"if it is all one text, {quote}; if it is a name with its value, put braces around the two"
            return found("this colon inside a value reads as the start of another one", hint)
        above = text[: index - len(before)].rstrip()
        if tight := _tight(source, above.rfind("\n") + 1):
            return tight
        return found(
            "this line reads as going on with the text of the line above",
            "see that the line above has a colon and a space after its name, "
            "and that this one starts in the right column",
        )
    if "expected ':'" in problem and (tight := _tight(source, start)):
        return tight
    if "expected ':'" in problem:
        return found("this line has no colon after its name", "write `name: value`", start)
    if "sequence entries are not allowed" in problem:
        return found("a list with dashes cannot begin here", "start the list on a line of its own")
    if "mapping keys are not allowed" in problem:
        return found("a question mark cannot stand alone here", quote)
    if "cannot start any token" in problem:
        return found(f"a value cannot begin with {sign}", quote)
    if "block scalar" in context:
        return found(
            "after | or > the text begins on the next line",
            f"move the text to the next line, further in; if | or > belongs to the text, {quote}",
        )
    return _out_of_place(source, index, opened)


def _out_of_place(source: Source, index: int, opened: int | None) -> Diagnostic:
    place = span_at(source, index)
    sign = source.text[index : index + 1]
    line = source.line(place.line)
    quote = quotes(line)
    if sign == "!":
        return tag(place)
    if sign and sign in "&*":
        return alias(place)
    if sign == "?":
        return question(source, index)
    if opened is not None:
        bracket = source.text[opened]
        began = span_at(source, opened)
        close = CLOSING[bracket]
        if not sign.strip():
            message = f"the bracket {bracket} opened here is never closed"
            return Diagnostic("yaml-syntax", message, began, f"write {close} where it ends")
        if began.line != place.line:
            message = f"the bracket {bracket} opened on line {began.line} is not closed before this"
            return Diagnostic("yaml-syntax", message, place, f"write {close} where it ends, or a comma before this")
        message = f"a comma or {close} is missing before this"
        return Diagnostic("yaml-syntax", message, place, f"write it; or if this belongs to the text, {quote}")
    if sign and sign in "]},":
        opening = {"]": "write [ where it begins, or ", "}": "write { where it begins, or "}.get(sign, "")
        message = f"nothing was opened that {sign} could close or go on with"
        return Diagnostic("yaml-syntax", message, place, opening + quote)
    if line[: place.column - 1].strip(" -"):
        message = "there is more text here after the value has ended"
        return Diagnostic("yaml-syntax", message, place, quote)
    if sign == ":":
        return Diagnostic("yaml-syntax", "there is no name before this colon", place, "write `name: value`")
    if tight := _tight(source, index):
        return tight
    if _follows_a_list(source, place):
        hint = "begin this line with a dash too, or write the lines above without"
        return Diagnostic("yaml-syntax", "this line has no dash, and the lines above are a list", place, hint)
    message = "this line does not line up with the lines above"
    return Diagnostic("yaml-syntax", message, place, "start it in the same column as the line it belongs with")


def _tight(source: Source, index: int) -> Diagnostic | None:
    """A dash or colon without the space after it, at the first word of a line from an index on."""
    text = source.text
    index += len(text[index:]) - len(text[index:].lstrip(" "))
    if _TIGHT_DASH.match(text, index):
        hint = "write a space between the dash and what follows it"
        return Diagnostic("yaml-syntax", "a space is missing after this dash", span_at(source, index), hint)
    if not (name := _TIGHT_COLON.match(text, index)):
        return None
    if text[name.end()].isspace():
        # Pasted from a word processor, it looks like a space and is none.
        message, place = "the space after this colon is not an ordinary one", span_at(source, name.end())
        return Diagnostic("yaml-syntax", message, place, "delete it and type a space")
    hint = "write a space between the colon and the value"
    return Diagnostic("yaml-syntax", "a space is missing after this colon", span_at(source, name.end() - 1), hint)


def _follows_a_list(source: Source, place: Span) -> bool:
    """Whether the nearest line above that starts in the same column, or further out, starts there with a dash."""
    for number in range(place.line - 1, 0, -1):
        above = source.line(number)
        indent = len(above) - len(above.lstrip(" "))
        if above.strip() and indent < place.column and not above.lstrip().startswith("#"):
            return indent == place.column - 1 and above[indent:].startswith("- ")
    return False


def quotes(line: str) -> str:
    """How to put a value of this line in quotes, which may have some already."""
    if _CURLY.search(line):
        return 'put the whole value in straight double quotes ("): curly ones do not count'
    if '"' not in line:
        return "put the whole value in double quotes"
    return "put the whole value in single quotes" + (", with each ' in it twice" if "'" in line else "")


def tag(span: Span) -> Diagnostic:
    message = "a word that begins with an exclamation mark is a YAML tag, and tags are not read"
    return Diagnostic("yaml-tag", message, span, "leave it out, or put the whole value in double quotes")


def alias(span: Span) -> Diagnostic:
    message = "& and * at the start of a value are YAML references, and references are not read"
    line = span.source.line(span.line)
    instead = "leave this word out" if line[span.column - 1 :].startswith("&") else "write the value out"
    return Diagnostic("yaml-alias", message, span, f"{instead}, or {quotes(line)}")


def question(source: Source, index: int) -> Diagnostic:
    message = "a question mark here reads as the start of a name"
    place = span_at(source, index)
    hint = quotes(source.line(place.line)).replace("the whole value", "the whole text, with its question mark,")
    return Diagnostic("yaml-syntax", message, place, hint)


def flow_line(value: object) -> str:
    """A value in one line of YAML, for files that a program writes."""
    text: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=float("inf"))
    return text.removesuffix("\n").removesuffix("\n...")
