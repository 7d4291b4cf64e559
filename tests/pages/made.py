"""What the tests of pages share: the small invented protocol and case, and a strict look at a page."""

from __future__ import annotations

import re
from functools import lru_cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import html5lib

from missingrules.engine.evaluate import evaluate
from missingrules.interface.leaves import read_instant
from missingrules.reading.cases import read_case, read_case_text
from missingrules.reading.protocols import read_protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from missingrules.domain.answers import Answer
    from missingrules.domain.protocol import Protocol

SMALL: Final = Path(__file__).with_name("small")
AS_OF: Final = "2025-03-31T12:00:00+01:00"
NAMESPACE: Final = "http://www.w3.org/2000/svg"


@lru_cache(maxsize=1)
def small_protocol() -> Protocol:
    return read_protocol(SMALL / "protocol.yaml")


def small(as_of: str = AS_OF, case: str | None = None) -> Answer:
    protocols = [small_protocol()]
    now = read_instant(as_of)
    read = (
        read_case(SMALL / "case.yaml", protocols, now)
        if case is None
        else read_case_text(case, "case.yaml", protocols, now)
    )
    return evaluate(protocols, read, now)


def parsed(page: str) -> Element:
    """The page as a browser reads it; any mistake in it is raised."""
    parser: Any = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root: Element = parser.parse(page)
    return root


def elements(root: Element) -> Iterator[Element]:
    return (one for one in root.iter() if isinstance(one.tag, str))


def name(one: Element) -> str:
    return one.tag.rpartition("}")[2]


class _Tags(HTMLParser):
    """Every element in order, read quickly; what is not closed in its place is raised."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str]]] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), (tag, attrs)
        self.found.append((tag, {key: value or "" for key, value in attrs}))
        if tag not in ("meta", "input"):
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


def quickly_sound(page: str) -> None:
    """As `sound`, by the quicker parser of the standard library: for many pages, and for long ones."""
    tags = _Tags()
    tags.feed(page)
    tags.close()
    _check(page, tags.found)


def told(one: Element) -> str:
    """The text of an element with blanks made one."""
    return re.sub(r"\s+", " ", "".join(one.itertext())).strip()


def sound(page: str) -> Element:
    """Asserts what holds of every page, and gives it parsed."""
    root = parsed(page)
    _check(page, [(name(one), {str(key): str(value) for key, value in one.attrib.items()}) for one in elements(root)])
    return root


def _check(page: str, found: list[tuple[str, dict[str, str]]]) -> None:
    ids = [attributes["id"] for _, attributes in found if attributes.get("id")]
    assert len(ids) == len(set(ids)), "an id stands twice"
    for kind, attributes in found:
        assert not [key for key in attributes if key.startswith("on") or key == "style"], attributes
        assert not {"src", "srcset", "action", "formaction", "background", "data"} & set(attributes), attributes
        for key in ("aria-labelledby", "aria-describedby", "aria-controls", "for"):
            assert set((attributes.get(key, "")).split()) <= set(ids), (kind, attributes)
        href = attributes.get("href")
        assert href is None or (href.startswith("#") and href[1:] in ids), href
    kinds = [kind for kind, _ in found]
    assert (kinds.count("script"), kinds.count("style")) == (1, 1)
    assert not {
        "img",
        "link",
        "iframe",
        "object",
        "embed",
        "base",
        "audio",
        "video",
        "image",
        "foreignObject",
        "foreignobject",
    } & set(kinds)
    assert set(re.findall(r"https?:[^\s\"'<>]*", page)) <= {NAMESPACE}
    heads = [int(kind[1]) for kind in kinds if re.fullmatch(r"h[1-6]", kind)]
    assert heads[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(heads)), "a heading is left out"


def body(page: str) -> str:
    """What differs from page to page: from the head to the end of the content."""
    return page[page.index("<header>") : page.index("</main>")] + "</main>\n"
