"""Edges of numbers as a scenario file: a text that `missingrules test` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from missingrules.reports.cases import CaseWriter, in_braces, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.analysis.edges import Edge, Edges
    from missingrules.domain.clock import Clock
    from missingrules.domain.protocol import Protocol

PROPOSED: Final = "proposed; accept or correct"


def edges_text(edges: Edges, protocol: Protocol) -> str:
    """The whole file."""
    lines = [
        "# Proposed by `missingrules test --boundaries`: what the rules say now at the edges of their numbers.",
        "# Work each out from the paper, then accept it (write why) or correct it (and mend the rule).",
        "format: 1",
        f"protocol: {protocol.name}",
        "scenarios:",
    ]
    names: dict[str, int] = {}
    for edge in edges.made:
        name = f"{edge.rule}, {edge.number.text}: {edge.where}"
        names[name] = names.get(name, 0) + 1
        unique = name if names[name] == 1 else f"{name} ({names[name]})"
        lines += _Written(protocol, edge).lines(unique)
    for number in edges.left:
        lines.append(f"# not made, for want of a scenario to start from: {', '.join(number.rules[:3])}: {number.text}")
    return "\n".join(lines) + "\n"


class _Written:
    """One edge, its times in days from the anchor of the scenario that it is made from."""

    def __init__(self, protocol: Protocol, edge: Edge) -> None:
        self.protocol = protocol
        self.clock: Clock = protocol.clock
        self.edge = edge
        self.anchor = edge.base.anchor or self.clock.date_of(edge.as_of)
        self.case = CaseWriter(protocol.words.facts, self.clock, self.anchor, edge.as_of)

    def lines(self, name: str) -> Iterator[str]:
        edge = self.edge
        paragraphs = ", ".join(dict.fromkeys(each.paragraph for each in edge.number.citations))
        yield f"  - name: {quoted(name)}"
        yield f"    why: {PROPOSED}"
        yield f"    # {paragraphs}; made from {_comment(edge.base.name)}"
        yield f"    anchor: {self.anchor.isoformat()}"
        yield f"    as_of: {self.case.stamp(edge.as_of)}"
        if edge.base.readings:
            yield f"    readings: {in_braces({key: quoted(value) for key, value in edge.base.readings.items()})}"
        if edge.base.organisation:
            yield "    organisation: true"
        yield "    case:"
        yield from (f"      {line}" for line in self.case.lines(edge.case))
        if not edge.found:
            yield f"    absent: [{edge.rule}/{edge.subject}]"
            return
        yield "    expect:"
        for one in edge.found:
            said = {"key": quoted(one.key.partition("/")[2]), "status": str(one.status)}
            if one.due is not None:
                said["due"] = self.case.stamp(one.due)
            yield f"      - {in_braces(said)}"


def _comment(text: str) -> str:
    return " ".join(text.split())
