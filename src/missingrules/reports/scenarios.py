"""What did not come as officers expect, and what no scenario covers, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from missingrules.domain.diagnostics import excerpt
from missingrules.domain.rules import Duty
from missingrules.reports.explanation import looked_at
from missingrules.reports.wording import references

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from missingrules.domain.citations import Citations
    from missingrules.domain.coverage import Coverage, Outcome, Reason, Untried
    from missingrules.domain.protocol import Protocol

# The parts of a rule that a number may stand in.
SAID: Final = {
    "trigger": "the trigger",
    "guard": "the conditions",
    "until": "the end",
    "by": "who acts",
    "chair": "who chairs",
    "attend": "who attends",
    "to": "who is told",
    "with_": "with whom",
    "deadline": "the deadline",
    "repeat": "the series",
    "scope": "the scope",
}
# Of the rules that share a number, so many are named.
NAMED = 3


def outcome_text(outcome: Outcome) -> str:
    """A scenario that does not hold: its place and reckoning, then each difference at its own place."""
    scenario = outcome.scenario
    lines = [f"{scenario.span}: {scenario.name}", f"  why: {scenario.why}"]
    for one in outcome.differences:
        lines.append(f"  {one.span}: {one.what}")
        lines += [f"  {line}" for line in excerpt(one.span)]
        lines += [f"    expected  {one.expected}", f"    came      {one.came}"]
    return "\n".join(lines) + "\n"


def reasons_report(found: Sequence[Reason], protocol: Protocol) -> RenderableType:
    """Expected and actual side by side, field by field, and under them what the rule looked at."""
    parts: list[RenderableType] = []
    for one in found:
        parts.append(Padding(Text(one.key, "bold"), (1, 0, 0, 2)))
        if one.fields:
            parts.append(Padding(_side_by_side(one), (0, 0, 0, 4)))
        if one.others:
            word = "of this rule there is" if one.fields else "expected absent, and there is"
            parts.append(Padding(Text(f"{word} {', '.join(one.others)}"), (0, 0, 0, 4)))
        parts += [Padding(line, (0, 0, 0, 4)) for each in one.explanations for line in looked_at(each, protocol)]
        if not one.explanations:
            text = "no act of this rule stands under the readings taken, or it speaks of somebody else"
            parts.append(Padding(Text(text), (0, 0, 0, 4)))
    return Group(*parts)


def _side_by_side(one: Reason) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("", "expected", "came"):
        table.add_column(title)
    for each in one.fields:
        style = "" if each.agrees else "bold"
        mark = " " if each.agrees else "*"
        table.add_row(Text(f"{mark} {each.name}", style), Text(each.expected, style), Text(each.came or "-", style))
    return table


def coverage_table(found: Sequence[Coverage]) -> RenderableType:
    """One line a protocol: how many there are of each, and how many of them are covered."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("protocol", no_wrap=True)
    for title in ("scenarios", "paragraphs", "fired", "silent", "asserted", "boundaries"):
        table.add_column(title, justify="right", no_wrap=True)
    for each in found:
        table.add_row(
            each.protocol.name,
            _share(each.scenarios, len(each.failing)),
            _share(each.paragraphs, len(each.unaccounted)),
            _share(each.acts, len(each.never_fired)),
            _share(each.acts, len(each.never_absent)),
            _share(each.stated, len(each.unasserted)),
            _share(each.boundaries, len(each.untried)),
        )
    return table


def _share(total: int, missing: int) -> str:
    return f"{total - missing}/{total}" if missing else f"all {total}"


def missing_report(coverage: Coverage) -> RenderableType:
    """Each thing of a protocol that is not covered, with the paragraph it rests on."""
    protocol = coverage.protocol
    parts: list[RenderableType] = [Text(protocol.name)]
    cited = dict(_cited(protocol))
    groups: list[tuple[str, list[str]]] = [
        ("does not hold", [f"{each.span}: {each.name}" for each in coverage.failing]),
        ("not accounted for", [f"{each.span}: {each.message}" for each in coverage.unaccounted]),
        ("never expected to fire", [_act(id_, cited, protocol) for id_ in coverage.never_fired]),
        ("never named absent", [_act(id_, cited, protocol) for id_ in coverage.never_absent]),
        ("expected nowhere", list(_unasserted(coverage.unasserted, cited, protocol))),
        ("not tried", [_untried(each, protocol) for each in coverage.untried]),
    ]
    for title, lines in groups:
        if lines:
            parts.append(Padding(Text(title), (0, 0, 0, 2)))
            parts += [Padding(Text(line), (0, 0, 0, 4)) for line in lines]
    return Group(*parts)


def _act(id_: str, cited: Mapping[str, Citations], protocol: Protocol) -> str:
    return f"{id_} [{references(cited[id_], [protocol.name])}]"


def _unasserted(
    all_said: Sequence[tuple[str, str]], cited: Mapping[str, Citations], protocol: Protocol
) -> Iterator[str]:
    names: dict[str, list[str]] = {}
    for id_, name in all_said:
        names.setdefault(id_, []).append(name)
    for id_, several in names.items():
        yield f"{_act(id_, cited, protocol)}: {', '.join(several)}"


def _untried(one: Untried, protocol: Protocol) -> str:
    number = one.number
    rules = ", ".join(number.rules[:NAMED])
    if len(number.rules) > NAMED:
        rules += f" and {len(number.rules) - NAMED} more rules"
    row = f" (in the row {number.row})" if number.row else ""
    return (
        f"{rules}: {SAID[number.section]}, {number.text}{row}: no scenario fails with {number.beside[one.side]} "
        f"[{references(number.citations, [protocol.name])}]"
    )


def _cited(protocol: Protocol) -> Iterator[tuple[str, Citations]]:
    for family in protocol.families:
        for provisions in family.variants.values():
            for provision in provisions:
                yield provision.id if isinstance(provision, Duty) else provision.rule, provision.citations
