"""What the tests of pages share: the small invented protocol and case, and a strict look at a page."""

from __future__ import annotations

import re
from functools import lru_cache
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


def told(one: Element) -> str:
    """The text of an element with blanks made one."""
    return re.sub(r"\s+", " ", "".join(one.itertext())).strip()


def sound(page: str) -> Element:
    """Asserts what holds of every page, and gives it parsed."""
    root = parsed(page)
    found = list(elements(root))
    ids = [one.get("id") for one in found if one.get("id")]
    assert len(ids) == len(set(ids)), "an id stands twice"
    for one in found:
        assert not [key for key in one.attrib if key.startswith("on") or key == "style"], one.attrib
        assert not {"src", "srcset", "action", "formaction", "background", "data"} & set(one.attrib), one.attrib
        for key in ("aria-labelledby", "aria-describedby", "aria-controls", "for"):
            assert set((one.get(key) or "").split()) <= set(ids), (name(one), one.attrib)
        href = one.get("href")
        assert href is None or (href.startswith("#") and href[1:] in ids), href
    kinds = [name(one) for one in found]
    assert (kinds.count("script"), kinds.count("style")) == (1, 1)
    assert not {"img", "link", "iframe", "object", "embed", "base", "audio", "video", "image", "foreignObject"} & set(
        kinds
    )
    assert set(re.findall(r"https?:[^\s\"'<>]*", page)) <= {NAMESPACE}
    heads = [int(kind[1]) for kind in kinds if re.fullmatch(r"h[1-6]", kind)]
    assert heads[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(heads)), "a heading is left out"
    return root


def body(page: str) -> str:
    """What differs from page to page: from the head to the end of the content."""
    return page[page.index("<header>") : page.index("</main>")] + "</main>\n"
