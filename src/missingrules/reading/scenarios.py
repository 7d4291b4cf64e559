"""Scenario files: a protocol's name, and scenarios, all of which know where they were written."""

from __future__ import annotations

import re
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from missingrules.domain.diagnostics import InvalidInput
from missingrules.domain.scenarios import Scenario, ScenarioFile
from missingrules.reading.cases import case_in
from missingrules.reading.days import Days
from missingrules.reading.expected import Expecting, check_readings
from missingrules.reading.ledgers import wrong_format
from missingrules.reading.nodes import Mapping, Sequence, read_file, read_nodes
from missingrules.reading.places import Text
from missingrules.reading.report import Report
from missingrules.reading.scenario_forms import FileForm, ScenarioForm
from missingrules.reading.validate import check

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from pathlib import Path

    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.reading.nodes import Node

FORMAT = "1"
_FAR_ENOUGH: Final = 1 << 16
_NAMED: Final = re.compile(rb"""^protocol:[ \t]*["']?([a-z0-9_-]+)""", re.MULTILINE)
_OURS: Final = re.compile(rb"^scenarios:", re.MULTILINE)
_OTHERS: Final = re.compile(rb"^(rules|sources|document|paragraphs|case|child|episodes):", re.MULTILINE)
# What a case in a scenario does not say for itself.
_HEAD: Final = MappingProxyType({"format": "1", "case": "scenario"})
# Stands in for an anchor that cannot be read, so that the days of the file are not mistakes too.
_ANY_DAY: Final = date(2025, 6, 2)


def read_scenarios(path: str | os.PathLike[str], find: Callable[[str], Protocol]) -> ScenarioFile:
    """The scenarios of a file. `find` gives the protocol of a name, or raises InvalidInput.

    Raises `InvalidInput` with every mistake at its line and column, also where the file cannot be read.
    """
    return _Reading(find, Report()).file(read_file(path, shared=True))


def read_scenarios_text(text: str, name: str, find: Callable[[str], Protocol]) -> ScenarioFile:
    """As `read_scenarios`, from a text; `name` is what messages call it."""
    return _Reading(find, Report()).file(read_nodes(text, name, shared=True))


def scenario_files(path: Path) -> list[Path]:
    """The file, or every file of a folder and of the folders in it that is no protocol, ledger or case."""
    if not path.is_dir():
        return [path]
    return sorted(each for each in path.rglob("*.y*ml") if each.is_file() and not _is_other(each))


def protocol_named(path: Path) -> str | None:
    """The protocol that a scenario file says it is about, without reading all of it."""
    found = _NAMED.search(_beginning(path))
    return found[1].decode() if found else None


def _is_other(path: Path) -> bool:
    return not _OURS.search(text := _beginning(path)) and _OTHERS.search(text) is not None


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_FAR_ENOUGH)


class _Reading:
    """One file; one use each."""

    def __init__(self, find: Callable[[str], Protocol], report: Report) -> None:
        self.find = find
        self.report = report
        self.cases: dict[tuple[int, int, Instant | None], Case | None] = {}
        self.days: dict[date | None, Days] = {}

    def file(self, node: Node) -> ScenarioFile:
        report = self.report
        if wrong_format(node, FORMAT, "scenario file", report) or not isinstance(node, Mapping):
            report.raise_any()
            raise AssertionError(node)
        form = check(FileForm, node, report)
        protocol = None if form is None else self._protocol(form.protocol)
        if form is None or protocol is None:
            report.raise_any()
            raise AssertionError(node)
        anchor = self._anchor(form.anchor)
        expecting = Expecting(protocol, report)
        found: list[Scenario] = []
        names: dict[str, Text] = {}
        written = node.get("scenarios")
        assert isinstance(written, Sequence)
        for each in written.items:
            said = check(ScenarioForm, each, report)
            if said is None:
                continue
            assert isinstance(each, Mapping)
            if names.setdefault(str(said.name), said.name) is not said.name:
                line = names[str(said.name)].span.line
                message = f"the scenario on line {line} has this name"
                report.error("duplicate-name", message, said.name.span, "give each its own name")
            scenario = self._scenario(said, each, protocol, anchor, expecting)
            if scenario is not None:
                found.append(scenario)
        report.raise_any()
        return ScenarioFile(node.page.source.name, protocol.name, tuple(found))

    def _protocol(self, name: Text) -> Protocol | None:
        try:
            return self.find(str(name))
        except InvalidInput as problem:
            for each in problem.diagnostics:
                # A name that leads nowhere stands in this file; mistakes in the protocol stand in its own.
                if each.span is None:
                    self.report.error(each.code, each.message, name.span, each.hint)
                else:
                    self.report.take(InvalidInput([each]))
            return None

    def _anchor(self, word: Text | None) -> date | None:
        if word is None:
            return None
        try:
            found = date.fromisoformat(word) if len(word) == len("2025-06-02") else None
        except ValueError:
            found = None
        if found is None:
            message = f"'{word}' is no date that days could be counted from"
            self.report.error("bad-anchor", message, word.span, "write year, month and day, as anchor: 2025-06-02")
        return found or _ANY_DAY

    def _scenario(
        self, said: ScenarioForm, node: Mapping, protocol: Protocol, anchor: date | None, expecting: Expecting
    ) -> Scenario | None:
        report = self.report
        times = report.times
        anchor = self._anchor(said.anchor) or anchor
        days = self.days.setdefault(anchor, Days(anchor, protocol.clock, report))
        as_of = expecting.moment(said.as_of, days, or_none=False)
        case = self._case(node.get("case"), protocol, as_of, days)
        expected = expecting.read(said, node, case, days)
        check_readings(said.readings or {}, protocol, report)
        if case is None or as_of is None or report.times > times:
            return None
        return Scenario(
            name=str(said.name),
            why=" ".join(said.why.split()),
            span=said.name.span,
            as_of=as_of,
            case=case,
            expected=expected,
            readings=MappingProxyType({str(key): str(value) for key, value in (said.readings or {}).items()}),
            organisation=said.organisation,
            anchor=anchor,
        )

    def _case(self, node: Node | None, protocol: Protocol, as_of: Instant | None, days: Days) -> Case | None:
        """The case, which several scenarios of the file may share."""
        assert node is not None
        known = id(node), id(days), as_of
        if known not in self.cases:
            self.cases[known] = self._read_case(node, protocol, as_of, days)
        return self.cases[known]

    def _read_case(self, node: Node, protocol: Protocol, as_of: Instant | None, days: Days) -> Case | None:
        report = self.report
        if not isinstance(node, Mapping):
            report.error("wrong-shape", "a case is made of names with values", node.span, "write child: and episodes:")
            return None
        for key in _HEAD:
            if (span := node.key_span(key)) is not None:
                hint = "leave it out: the scenario has its name, and the file its format"
                report.error("unknown-key", f"'{key}' is no key that can stand here", span, hint)
                return None
        before = report.times
        dated = days.dated(node)
        if report.times > before:
            # What is left of them would be told a second time, as no dates.
            return None
        assert isinstance(dated, Mapping)
        head = {_word(dated, key): _word(dated, value) for key, value in _HEAD.items()}
        try:
            return case_in(dated._replace(named={**head, **dated.named}), [protocol], as_of)
        except InvalidInput as problem:
            report.take(problem)
            return None


def _word(node: Mapping, text: str) -> Text:
    """A word that nobody wrote, at the place where a node begins."""
    return Text(text, node.page, node.start, node.start)
