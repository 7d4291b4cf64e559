"""What may be done to a file: to its tree (`CHANGES`, `changed`) and to its text (`SPOILT`, `spoilt`)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml
from hypothesis import strategies as st

from missingrules.authoring.orders import CASE, ITEM, PROTOCOL, RULE
from missingrules.domain.vocabulary import ACTIONS, EVENTS, FACTS, TOPICS
from missingrules.reading.ledgers import FATES
from missingrules.reading.nodes import plain, read_file
from tests.fuzz.seeds import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

# --- trees ------------------------------------------------------------------------------------------------------------

GOOD: Final = plain(read_file(ROOT / "tests" / "reading" / "good_protocols" / "everything.yaml"))
WORDS = st.sampled_from(
    ["", "true", "not_stated", "started", "within 1 hour of started", "at least 3", "known", "missing", "7", "a b", "…"]
)
VALUES: st.SearchStrategy[object] = st.one_of(
    WORDS,
    st.just([]),
    st.just({}),
    st.lists(WORDS, max_size=2),
    st.dictionaries(
        st.sampled_from(["any", "all", "not", "rows", "table", "reading", "if_read", "recorded", "in", "cite", "x"]),
        st.one_of(WORDS, st.just([]), st.just({}), st.just([{"a": "b"}]), st.just({"how-long": "one"})),
        max_size=3,
    ),
)

Path_ = tuple[str | int, ...]


def paths(tree: object, here: Path_ = ()) -> Iterator[Path_]:
    yield here
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from paths(value, (*here, key))
    elif isinstance(tree, list):
        for number, value in enumerate(tree):
            yield from paths(value, (*here, number))


PATHS: Final = [path for path in paths(GOOD) if path]


def changed(tree: object, path: Path_, how: str, value: object) -> object:
    """The tree with what stands at the path taken out, doubled, or put in another's place."""
    if isinstance(tree, dict):
        out = dict(tree)
        key = str(path[0])
        if key not in out:
            return tree
        if len(path) > 1:
            out[key] = changed(out[key], path[1:], how, value)
        elif how == "take out":
            del out[key]
        elif how == "double":
            out[f"{key}_2"] = out[key]
        else:
            out[key] = value
        return out
    if isinstance(tree, list) and isinstance(path[0], int) and path[0] < len(tree):
        items = list(tree)
        if len(path) > 1:
            items[path[0]] = changed(items[path[0]], path[1:], how, value)
        elif how == "take out":
            del items[path[0]]
        elif how == "double":
            items.append(items[path[0]])
        else:
            items[path[0]] = value
        return items
    return tree


CHANGES: Final = st.lists(
    st.tuples(st.sampled_from(PATHS), st.sampled_from(["take out", "double", "replace", "replace"]), VALUES),
    min_size=1,
    max_size=3,
)

# --- texts ------------------------------------------------------------------------------------------------------------

KEYS: Final = sorted(
    {*PROTOCOL, *RULE, *CASE, *ITEM, "any", "all", "not", "rows", "table", "reading", "in", "recorded"}
)
SAID: Final = sorted({*FACTS, *ACTIONS, *EVENTS, *TOPICS, *FATES, *RULE})
# What no author means, and what programs trip over.
ODD: Final = (
    "", "~", "null", "true", "no", "[]", "{}", "''", '""', "0", "-1", "00", "1e999", "0x1f", ".inf", "9" * 400,
    "9" * 5000, "٣", "²", "1_000", "7.10", "é", "e\u0301", "\u200b", "\u200f", "\u202e", "\xa0", "\x85", "\u2028",
    "\ufeff", "\ufffd", "😀", "\x00", "\x07", "\x1b[31m", "\x7f", "\t", "\r", "\ud800", "!!python/object:os.system",
    "!x", "&a", "&a x", "*a", "<<", "? a", "|", ">-", "|2+", ">\n", "|\n  x", "%YAML 1.1", "---", "...", "{", "}",
    "[", "]", "'", '"', ",", ":", "-", "#", "# no", "a: b", "- a", "a b", "@", "`", '"\\ud800"', '"\\0"', '"\\n"',
    "x" * 30_000, "within 99999 working days of started", "within 0 hours of started", "on day 99999 of started",
    "at least 999999 years", "under 999999999", "0001-01-01", "9999-12-31", "2025-02-30", "day 99999 22:30",
    "at least 3", "not_stated", "started", "known", "{any: []}", "{all: [{not: {a: b}}]}", "{reading: a}",
    "../../../../etc/passwd", "sources", ".", "/", "con\x00",
)  # fmt: skip
SCALARS: Final = st.one_of(st.sampled_from(ODD), st.sampled_from(SAID), st.text(max_size=12), WORDS)


@dataclass(frozen=True)
class Spoiling:
    """One thing done to a text; the numbers choose where."""

    how: str
    one: int
    two: int
    word: str


HOWS: Final = (
    "delete", "double", "swap", "indent", "value", "value", "key", "swap keys", "cut", "insert", "splice", "tab",
    "crlf", "cr", "bom", "wrap", "no end", "comment",
)  # fmt: skip
PLACE: Final = st.integers(0, 1 << 16)
SPOILT: Final = st.lists(
    st.builds(Spoiling, st.sampled_from(HOWS), PLACE, PLACE, SCALARS),
    min_size=1,
    max_size=4,
)
_VALUE: Final = re.compile(r"(?<=: )[^\n,{}\[\]#]+")
_KEY: Final = re.compile(r"[a-z_.]+(?=:)")


def spoilt(text: str, by: list[Spoiling]) -> str:
    """The text with all that done to it, in order."""
    for each in by:
        text = _spoilt(text, each)
    return text


def _spoilt(text: str, by: Spoiling) -> str:
    lines = text.split("\n")
    here, there = by.one % len(lines), by.two % len(lines)
    at = by.one % (len(text) + 1)
    match by.how:
        case "delete":
            del lines[here : here + 1 + by.two % 3]
        case "double":
            lines.insert(there, lines[here])
        case "swap":
            lines[here], lines[there] = lines[there], lines[here]
        case "indent":
            bare = lines[here].lstrip(" ")
            lines[here] = " " * max(0, len(lines[here]) - len(bare) + by.two % 9 - 4) + bare
        case "wrap":
            lines[here] = f"[{lines[here].strip()}]" if by.two % 2 else f"{{{lines[here].strip()}}}"
        case "comment":
            lines.insert(here, " " * (by.two % 9) + f"# {by.word}")
        case "value" | "key":
            found = list((_VALUE if by.how == "value" else _KEY).finditer(text))
            if not found:
                return text
            chosen = found[by.one % len(found)]
            word = by.word if by.how == "value" else KEYS[by.two % len(KEYS)]
            return text[: chosen.start()] + word + text[chosen.end() :]
        case "swap keys":
            found = list(_KEY.finditer(text))
            if not found:
                return text
            first, second = sorted(
                (found[by.one % len(found)], found[by.two % len(found)]), key=lambda one: one.start()
            )
            if first.end() > second.start():
                return text
            between = text[first.end() : second.start()]
            return text[: first.start()] + second[0] + between + first[0] + text[second.end() :]
        case "cut":
            return text[:at]
        case "insert":
            return text[:at] + by.word + text[at:]
        case "splice":
            to = by.two % (len(text) + 1)
            return text[:at] + text[to : to + 80] + text[at:]
        case "tab":
            lines[here] = re.sub("^  ", "\t", lines[here])
        case "crlf":
            return text.replace("\n", "\r\n")
        case "cr":
            return text.replace("\n", "\r")
        case "bom":
            return f"\ufeff{text}"
        case _:
            return text.rstrip("\n")
    return "\n".join(lines)


LEAVES: Final = st.one_of(st.sampled_from(SAID), WORDS, st.sampled_from(ODD[:30]), st.text(max_size=6))
TREES: Final[st.SearchStrategy[Any]] = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS + SAID), inner, max_size=5),
    max_leaves=30,
)
FILES: Final = st.dictionaries(st.sampled_from([*PROTOCOL, "scenarios", "document", "paragraphs"]), TREES, min_size=1)
# A file of the language's own words, in one of three layouts; the head is sound, so that reading goes on.
WRITTEN: Final = st.builds(
    lambda tree, how: (
        json.dumps({"format": "1", "protocol": "a"} | tree)
        if how == "json"
        else yaml.safe_dump({"format": 1, "protocol": "a"} | tree, default_flow_style=how == "flow", allow_unicode=True)
    ),
    FILES,
    st.sampled_from(["json", "flow", "block"]),
)
# Bytes, text, and either in a file's place of honour.
ANYTHING: Final[st.SearchStrategy[bytes]] = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(str.encode),
    st.lists(st.sampled_from([*KEYS, *ODD[:-4], ": ", "\n", "\n  ", "- ", ", "]), max_size=30).map(
        lambda parts: "".join(parts).encode(errors="surrogatepass")
    ),
    st.binary(max_size=60).map(lambda data: b"format: 1\nprotocol: a\n" + data),
)
