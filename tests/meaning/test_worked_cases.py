"""The cases worked by hand, of docs/meaning.md and docs/shapes.md, run as they are printed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Final

import pytest

from missingrules.analysis.expectations import differences
from missingrules.domain.coverage import Outcome
from missingrules.domain.obligations import Later
from missingrules.engine.evaluate import evaluate
from missingrules.reading.nodes import at, plain, read_nodes
from missingrules.reading.protocols import read_protocol
from missingrules.reading.scenarios import read_scenarios_text
from missingrules.reports.scenarios import outcome_text

if TYPE_CHECKING:
    from missingrules.domain.answers import Answer, ProtocolAnswer, Warned
    from missingrules.domain.protocol import Protocol

DOCS: Final = Path(__file__).parents[2] / "docs"
BEGIN: Final = "<!-- worked cases -->"
# The pages, what follows the cases of each, and how many there are at least.
PAGES: Final = (("meaning.md", "## 1. What goes in", 40), ("shapes.md", "## Ages in bands", 16))

# What the page says that every case leaves out.
HEADER: Final = """\
format: 1
protocol: worked
title: Rules for the worked cases
authority: Nowhere
applies_to: invented children
areas: [worked]
zone: Europe/London
working_days: england
roles:
  social_worker: {title: Social Worker, grade: practitioner, agency: childrens_social_care}
  practice_manager: {title: Practice Manager, grade: practice_manager, agency: childrens_social_care}
  team_manager: {title: Team Manager, grade: team_manager, agency: childrens_social_care}
  service_manager: {title: Service Manager, grade: service_manager, agency: childrens_social_care}
  assistant_director: {title: Assistant Director, grade: assistant_director, agency: childrens_social_care}
  carer: {title: Carer, agency: carers}
  police: {title: Police, agency: police}
  mash: {title: Multi-Agency Safeguarding Hub, agency: partnership}
"""
SECTIONS: Final = {
    "sources": "sources: {protocol: {title: Rules, edition: {label: invented}, ledger: ledger.yaml}}\n",
    "scope": 'scope: {when: {child.age: under 18}, cite: "1"}\n',
    "conventions": (
        "conventions:\n"
        "  counted: {kinds: [missing], from: [home, care, education], counted_by: started, why: invented}\n"
        "  days: {first_day_is: 0, same_day_counts: false, why: invented}\n"
    ),
}
LEDGER: Final = """\
format: 1
document: worked
title: Rules for the worked cases
paragraphs: [{ref: "1", heading: Invented}]
"""
OF_THE_PROTOCOL: Final = (
    "sources", "drops", "scope", "conventions", "hours", "meetings", "facts", "events", "actions", "readings", "tables",
    "rules",
)  # fmt: skip


@dataclass(frozen=True)
class Worked:
    """One case of a page: its heading, the line it stands in, and its block."""

    page: str
    title: str
    line: int
    block: str

    @property
    def sections(self) -> dict[str, str]:
        """The block's own text by its keys, so that what is read is what is printed."""
        return self._sections(self.block)

    @property
    def editions(self) -> list[dict[str, str]]:
        """The sections of its protocol, and of the next edition where the block has one."""
        first = self.sections
        following = first.pop(NEXT, "").partition("\n")[2]
        return [first, self._sections(dedent(following))] if following else [first]

    def _sections(self, text: str) -> dict[str, str]:
        return sections_of(text, self.title)


def sections_of(text: str, title: str) -> dict[str, str]:
    parts = re.split(r"(?m)^(?=[a-z_]+:)", text)
    if parts[0].strip():
        raise ValueError(f"{title}: the block begins with {parts[0]!r}")
    return {part.partition(":")[0]: part for part in parts[1:]}


def part_of(page: str, end: str) -> tuple[str, int]:
    """The part of a page with its cases, and the number of lines before it."""
    text = (DOCS / page).read_text(encoding="utf-8")
    start = text.index(BEGIN)
    return text[start : text.index(end)], text.count("\n", 0, start)


def worked_cases(page: str, end: str) -> list[Worked]:
    part, before = part_of(page, end)
    found: list[Worked] = []
    for match in re.finditer(r"(?ms)^#{2,4} (?P<title>[^\n]+)\n(?P<body>.*?)(?=^#{2,4} |\Z)", part):
        blocks = re.findall(r"(?ms)^```yaml\n(.*?)^```$", match["body"])
        if not blocks and not match["body"].count("```"):
            continue
        line = before + part.count("\n", 0, match.start()) + 1
        assert len(blocks) == 1, f"line {line}: '{match['title']}' has {len(blocks)} blocks of yaml"
        found.append(Worked(page, match["title"], line, blocks[0]))
    return found


# The keys under which a block has the sections of a second edition, and of the protocol that its own stands on.
NEXT: Final = "next_edition"
BELOW: Final = "country"


@lru_cache(maxsize=1)
def _cases() -> tuple[Worked, ...]:
    return tuple(each for page, end, _ in PAGES for each in worked_cases(page, end))


def compose(sections: dict[str, str], folder: Path) -> Protocol:
    """A block's rules as a whole protocol file, read as any other."""
    written = HEADER
    if BELOW in sections:
        below = sections_of(dedent(sections[BELOW].partition("\n")[2]), BELOW)
        assert set(below) <= set(OF_THE_PROTOCOL), below
        _write(
            below,
            HEADER.replace("worked]", f"{BELOW}]").replace("protocol: worked", f"protocol: {BELOW}"),
            folder,
            BELOW,
        )
        written += f"stands_on: {BELOW}.yaml\n"
    return read_protocol(_write(sections, written, folder, "worked"))


def _write(sections: dict[str, str], head: str, folder: Path, name: str) -> Path:
    """A whole protocol file, with what every case leaves out, and its ledger."""
    written = head + "".join(text for name, text in SECTIONS.items() if name not in sections)
    written += "".join(sections[name] for name in OF_THE_PROTOCOL if name in sections)
    ledger = f"ledger-{name}.yaml" if name == BELOW else "ledger.yaml"
    (folder / ledger).write_text(LEDGER.replace("worked", name, 1), encoding="utf-8")
    path = folder / f"{name}.yaml"
    path.write_text(written.replace("ledger: ledger.yaml", f"ledger: {ledger}"), encoding="utf-8")
    return path


@pytest.mark.parametrize("worked", _cases(), ids=lambda w: w.title.replace(" ", "-"))
def test_a_case_worked_by_hand(worked: Worked, tmp_path: Path) -> None:
    unknown = set().union(*worked.editions) - {*OF_THE_PROTOCOL, BELOW, "case", "then"}
    assert not unknown, f"nobody reads {unknown}"
    protocols = [compose(sections, tmp_path) for sections in worked.editions]
    # Editions have one name, and their answers together are that protocol's.
    rules = replace(protocols[0], families=tuple(family for each in protocols for family in each.families))
    where = f"docs/{worked.page}:{worked.line}"
    node = read_nodes(worked.block, where)
    then = plain(at(node, ("then",)))
    assert isinstance(then, list)
    warned = [entry.pop("warnings", None) for entry in then]
    scenarios = [
        {"name": f"as asked {number}", "why": worked.title, "case": plain(at(node, ("case",))), **entry}
        for number, entry in enumerate(then, 1)
    ]
    text = json.dumps({"format": "1", "protocol": "worked", "scenarios": scenarios}, indent=1)
    file = read_scenarios_text(text, where, lambda _: rules)
    assert file.scenarios, "a case that expects nothing"
    for scenario, warnings in zip(file.scenarios, warned, strict=True):
        answer = evaluate(protocols, scenario.case, scenario.as_of, organisation=scenario.organisation)
        found = differences(joined(answer), scenario.expected, scenario.anchor)
        assert not found, outcome_text(Outcome(scenario, found))
        assert warnings is None or warnings == [told(one) for one in answer.warnings]


def joined(answer: Answer) -> ProtocolAnswer:
    """What the editions of one protocol answer, as one answer."""
    first, *others = answer.protocols
    for part in others:
        first = replace(
            first,
            actions=first.actions + part.actions,
            conclusions=first.conclusions + part.conclusions,
            forbidden=first.forbidden + part.forbidden,
            phases=Later.of({**first.phases.get(), **part.phases.get()}),
            asking=Later.of(first.questions + part.questions),
        )
    return first


def told(one: Warned) -> dict[str, str | None]:
    """A warning as a case writes it."""
    label = one.edition.label
    return {
        "what": one.what, "episode": one.episode, "protocol": one.protocol, "edition": label, "on": str(one.on),
    }  # fmt: skip


@pytest.mark.parametrize(("page", "end", "least"), PAGES)
def test_the_page_is_read_whole(page: str, end: str, least: int) -> None:
    """Every fence between the marker and the rules is a case, so none is passed over."""
    part, _ = part_of(page, end)
    cases = [worked for worked in _cases() if worked.page == page]
    assert len(cases) >= least
    assert part.count("```") == 2 * len(cases)
    titles = [worked.title for worked in cases]
    assert len(set(titles)) == len(titles)
    assert all("expect" in worked.block or "absent" in worked.block for worked in cases)
