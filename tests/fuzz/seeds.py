"""Small files that read, to be spoilt: a few rules of each protocol with all they stand on; the invented ones."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tests.tutorial import PAGE, followed

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
# Sections whose entries go where nothing that is kept names them.
NAMED: Final = ("roles", "hours", "meetings", "facts", "events", "called", "actions", "readings", "tables", "rules")
# Whom they name as accepted may be gone.
LEFT_OUT: Final = ("accepts",)
_SECTION: Final = re.compile(r"^(?=[a-z_]+:)", re.MULTILINE)
_ENTRY: Final = re.compile(r"^(?=  [a-z_-])", re.MULTILINE)
_NAME: Final = re.compile(r"  (?:- (?:\{|)id: )?(?P<name>[a-z0-9_.-]+)")
_WORD: Final = re.compile(r"[a-z0-9_-]+")
_REF: Final = re.compile(r"  - \{ref: (?P<ref>\"[^\"]+\"|'[^']+'|[^,}]+)")


@dataclass(frozen=True)
class Seed:
    """A file that reads, and the files that it needs beside it, by their paths from its folder."""

    name: str
    text: str = field(repr=False)
    beside: dict[str, str] = field(default_factory=dict, repr=False)

    def laid(self, folder: Path, text: str | bytes | None = None) -> Path:
        """The file in a folder, with this text in place of its own, and what it needs beside it."""
        path = folder / self.name
        path.parent.mkdir(parents=True, exist_ok=True)
        for name, other in self.beside.items():
            needed = path.parent / name
            if not needed.exists():
                needed.parent.mkdir(parents=True, exist_ok=True)
                needed.write_text(other, encoding="utf-8", newline="")
        written = self.text if text is None else text
        # Single surrogates are written as no encoder would: a file can hold any bytes.
        path.write_bytes(written if isinstance(written, bytes) else written.encode(errors="surrogatepass"))
        return path


def _entries(section: str) -> tuple[str, list[str]]:
    head, *entries = _ENTRY.split(section)
    return head, entries


def _name(entry: str) -> str:
    found = _NAME.match(entry)
    return found["name"] if found else ""


def excerpt(text: str, wanted: int) -> str:
    """The file with one of its rules, from 0, and whatever that stands on."""
    sections = [each for each in _SECTION.split(text) if each.partition(":")[0] not in LEFT_OUT]
    split = {each.partition(":")[0]: _entries(each) for each in sections if each.partition(":")[0] in NAMED}
    rules = split["rules"][1]
    kept = {rules[wanted % len(rules)]}
    rest = "".join(each for each in sections if each.partition(":")[0] not in NAMED)
    left = [entry for _, entries in split.values() for entry in entries]
    while True:
        said = set(_WORD.findall(rest + "".join(kept)))
        more = {entry for entry in left if entry not in kept and _name(entry).rpartition(".")[2] in said}
        if not more:
            break
        kept |= more
    out = []
    for section in sections:
        name = section.partition(":")[0]
        if name not in split:
            out.append(section)
            continue
        head, entries = split[name]
        if chosen := [entry for entry in entries if entry in kept]:
            out.append(head + "".join(chosen))
    return "".join(out)


def cited_alone(ledger: str, said: str) -> str:
    """The ledger with the paragraphs that may be cited in a text, to be quick to read."""
    head, *entries = re.split(r"^(?=  - )", ledger, flags=re.MULTILINE)
    found = [(entry, _REF.match(entry)) for entry in entries]
    return head + "".join(entry for entry, ref in found if ref is None or ref["ref"].strip("\"'") in said)


def _of(path: Path, wanted: int) -> Seed:
    text = excerpt(path.read_text(encoding="utf-8"), wanted)
    beside = {
        name: cited_alone((path.parent / name).read_text(encoding="utf-8"), text)
        for name in re.findall(r"ledger: (\S+?)}?$", text, re.MULTILINE)
    }
    return Seed(path.name, text, beside)


def _files(folder: Path, *names: str) -> dict[str, str]:
    return {name: (folder / name).read_text(encoding="utf-8") for name in names}


def _invented() -> Iterator[Seed]:
    folder = ROOT / "tests" / "reading" / "good_protocols"
    text = (folder / "everything.yaml").read_text(encoding="utf-8")
    yield Seed("everything.yaml", text, _files(folder, "sources/everything.yaml", "sources/annex.yaml"))
    layers = _files(folder, "../bad_protocols/layers/county.yaml", "../bad_protocols/sources/ledger.yaml")
    more = (ROOT / "tests" / "reading" / "bad_protocols" / "layers").glob("*.yaml")
    layers |= {f"../bad_protocols/layers/{path.name}": path.read_text(encoding="utf-8") for path in more}
    town = (folder / "town.yaml").read_text(encoding="utf-8")
    yield Seed("good/town.yaml", town, layers)
    folder = ROOT / "tests" / "analysis" / "invented"
    yield Seed("invented.yaml", (folder / "invented.yaml").read_text(encoding="utf-8"), _files(folder, "ledger.yaml"))
    folder = ROOT / "tests" / "papers"
    yield Seed("paper.yaml", (folder / "paper.yaml").read_text(encoding="utf-8"), _files(folder, "ledger.yaml"))


@cache
def protocols() -> tuple[Seed, ...]:
    """Protocols that read."""
    out = list(_invented())
    for number, path in enumerate(sorted((ROOT / "protocols").glob("*.yaml"))):
        out += [_of(path, wanted) for wanted in (number, 11 + 7 * number, 40 + 5 * number)]
    return (*out, tutorial()[0])


@cache
def scenarios() -> tuple[Seed, ...]:
    """Scenarios of the invented protocol, and of the tutorial's."""
    folder = ROOT / "tests" / "analysis" / "invented"
    text = (folder / "scenarios" / "all.yaml").read_text(encoding="utf-8")
    beside = {f"../{name}": each for name, each in _files(folder, "invented.yaml", "ledger.yaml").items()}
    return (Seed("scenarios/all.yaml", text, beside), tutorial()[1])


@cache
def ledgers() -> tuple[Seed, ...]:
    """Ledgers, those of the protocols shortened."""
    return tuple(
        Seed(Path(name).name, text) for seed in protocols()[2:] for name, text in seed.beside.items() if "yaml" in name
    )


def paper() -> str:
    """The text of the tutorial's invented paper."""
    return tutorial()[2]


@cache
def tutorial() -> tuple[Seed, Seed, str]:
    """The area of the tutorial as it is in the end: its protocol, its scenarios, and the text of its paper."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        followed(PAGE.read_text(encoding="utf-8"), folder, only={"new", "next"})
        text = _files(folder, "aldermere.yaml", "sources/aldermere.yaml", "scenarios/aldermere/first.yaml")
        paper = (folder / "aldermere.txt").read_text(encoding="utf-8")
    protocol, ledger, first = text.values()
    ours = Seed("aldermere.yaml", protocol, {"sources/aldermere.yaml": ledger, "aldermere.txt": paper})
    beside = {"../../aldermere.yaml": protocol, "../../sources/aldermere.yaml": ledger}
    return ours, Seed("scenarios/aldermere/first.yaml", first, beside), paper
