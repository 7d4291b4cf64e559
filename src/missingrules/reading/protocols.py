"""read_protocol: a file -> located nodes -> schema -> the resolved protocol, all mistakes told at once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from missingrules.domain.citations import Convention, Reading, ReadingOption
from missingrules.domain.clock import Clock
from missingrules.domain.conditions import ALWAYS
from missingrules.domain.protocol import Protocol, Replacement
from missingrules.domain.rules import Modality
from missingrules.reading import head as heads
from missingrules.reading import standing_on
from missingrules.reading import words as wordings
from missingrules.reading.applies import whom
from missingrules.reading.bind import survey
from missingrules.reading.conditions import condition
from missingrules.reading.families import Families
from missingrules.reading.ledgers import FORMAT, wrong_format
from missingrules.reading.names import NAME, Bench, Names, refuse_name
from missingrules.reading.nodes import Mapping, Scalar, Sequence, plain, read_file
from missingrules.reading.order import in_order
from missingrules.reading.report import Report
from missingrules.reading.schema import MeetingForm, ReadingForm, ScopeForm, TableForm

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from pydantic import BaseModel

    from missingrules.domain.citations import Citations
    from missingrules.domain.clock import Length
    from missingrules.domain.conditions import Condition
    from missingrules.domain.source import Span
    from missingrules.reading.ledgers import Ledger
    from missingrules.reading.nodes import Node
    from missingrules.reading.schema import Head, Rule


class Whole(NamedTuple):
    """A protocol, the nodes of the file that it stands in, and the ledgers that the file names, its own first."""

    protocol: Protocol
    root: Mapping
    ledgers: dict[str, Ledger]


def read_protocol(path: str | os.PathLike[str]) -> Protocol:
    """The protocol of a file, with the ledgers that it names. Raises `InvalidInput` with every mistake found."""
    return read_whole(path).protocol


def read_whole(path: str | os.PathLike[str]) -> Whole:
    """As `read_protocol`, with all that it was read from."""
    return _read_file(Path(path), ())


def _read_file(path: Path, above: tuple[Path, ...]) -> Whole:
    """`above` are the files that stand on this one."""
    node = read_file(path)
    report = Report()
    if wrong_format(node, FORMAT, "protocol", report) or not isinstance(node, Mapping):
        report.raise_any()
        raise AssertionError(node)
    found, ledgers = _read(node, path.parent, (*above, path.resolve()), report)
    report.raise_any()
    assert found is not None
    return Whole(found, node, ledgers)


def with_ledgers(path: str | os.PathLike[str]) -> tuple[Mapping, dict[str, Ledger]]:
    """The nodes of a protocol's file that is without mistakes, and the ledgers that it names, its own first."""
    node = read_file(path)
    assert isinstance(node, Mapping)
    return node, heads.ledgers(heads.Sections(node, Report()), Path(path).parent)[0]


def _read(
    node: Mapping, folder: Path, files: tuple[Path, ...], report: Report
) -> tuple[Protocol | None, dict[str, Ledger]]:
    sections = heads.Sections(node, report)
    head = sections.head()
    _refuse_bad_names(head, report)
    below = standing_on.layer_below(node, files, report, lambda path, above: _read_file(path, above).protocol)
    if below is None and node.get("stands_on") is not None:
        # Without the words of the layer below nothing else could be judged.
        return None, {}
    areas = _areas(head, below)
    ledgers, sources = heads.ledgers(sections, folder)
    editions = [heads.edition(form, report) for form in sources.values()]
    roles = standing_on.roles(heads.roles(sections), below, node, report)
    words = heads.vocabulary(sections, areas, below)
    called = heads.called(sections, words)
    hours = heads.hours(sections)
    meetings = sections.entries("meetings", MeetingForm)
    conventions = heads.conventions(sections)
    heads.accepts(sections)
    readings = sections.entries("readings", ReadingForm)
    tables = sections.entries("tables", TableForm)
    rule_nodes = _rules(node, report)
    places = _places(rule_nodes, report)
    gone = standing_on.gone(rule_nodes, node, below, report)
    inherited = standing_on.inherited(below, gone)
    of_below = standing_on.readings_of(inherited, below)
    standing_on.refuse_same_readings(readings, of_below, node, report)
    own_hours = standing_on.hours({name: one for name, (one, _) in hours.items()}, below, node, report)
    names = Names(
        words=words,
        roles=roles,
        hours=frozenset(own_hours),
        meetings=frozenset(meetings),
        rules=frozenset((*places, *(family.id for family in inherited))),
        readings=frozenset(readings),
        tables=frozenset(tables),
        conventions=conventions,
        ledgers=ledgers,
        broken=frozenset(sections.broken),
    )
    bench = Bench(names, report, {})
    resolved_readings = _readings(readings, sections, bench)
    cited_hours = {name: replace(each, citations=bench.citations(form.cite)) for name, (each, form) in hours.items()}
    for _, meeting in meetings.values():
        bench.citations(meeting.cite)
    scope, scope_citations = _scope(sections, bench)
    applies = whom(sections, areas, bench)
    families = Families(
        names,
        resolved_readings,
        _nodes_of("readings", resolved_readings, node),
        _nodes_of("tables", tables, node),
        report,
    )
    found = [family for each in rule_nodes if (family := families.read(each))]
    ordered = in_order([*(family for _, family in found), *inherited], scope, places, report)
    replaced = _replaced(gone, {str(rule.id): rule for rule, _ in found}, bench)
    _refuse_unused(families, sections, report)
    if len(report) or head is None:
        return None, ledgers
    protocol = Protocol(
        name=str(head.protocol),
        title=str(head.title),
        authority=str(head.authority),
        applies_to=str(head.applies_to),
        areas=areas,
        edition=editions[0],
        clock=Clock(heads.zone(head, report)),
        scope=scope,
        scope_citations=scope_citations,
        applies=applies,
        hours=MappingProxyType({**own_hours, **cited_hours}),
        roles=MappingProxyType(roles),
        words=words,
        called=MappingProxyType({**(below.called if below else {}), **called}),
        readings=MappingProxyType({**resolved_readings, **of_below}),
        conventions=MappingProxyType(
            {
                name: Convention(name, str(form.why), _window(form))
                for name in ("counted", "days", "stated")
                if (form := getattr(conventions, name)) is not None
            }
        ),
        stated_ranks_as=Modality(conventions.stated.ranks_as) if conventions.stated else Modality.MUST,
        families=ordered,
        fingerprint=fingerprint(node, ledgers, below),
        stands_on=below,
        replaced=replaced,
    )
    return protocol, ledgers


def _areas(head: Head | None, below: Protocol | None) -> tuple[str, ...]:
    """Left out: one of the protocol's name, or those of the layer below where it has several."""
    if head is None:
        return ()
    if head.areas is None and below and len(below.areas) > 1:
        return below.areas
    return tuple(map(str, head.areas or [head.protocol]))


def _replaced(gone: dict[str, standing_on.Gone], rules: dict[str, Rule], bench: Bench) -> tuple[Replacement, ...]:
    """What does not hold of the layer below, with the paragraphs that say so: of a rule that replaces, its own."""
    found = []
    for name, one in gone.items():
        cite = one.drop.cite if one.drop else rules[one.by].cite if one.by in rules else []
        found.append(Replacement(name, one.by, one.why, bench.citations(cite)))
    return tuple(found)


def _window(form: BaseModel) -> Length | None:
    written = getattr(form, "in_", None)
    return None if written is None else wordings.length(written)


def fingerprint(node: Mapping, ledgers: dict[str, Ledger], below: Protocol | None = None) -> str:
    """Of what the files say, those of the layers below too: layout, comments, quotes and what authors accept do not
    change it."""
    rules = node._replace(named={key: value for key, value in node.entries if key != "accepts"})
    said = [plain(rules), {label: plain(each.node) for label, each in ledgers.items() if each.node}, list(ledgers)]
    if below:
        said.append(below.fingerprint)
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def _nodes_of(section: str, names: Iterable[str], node: Mapping) -> dict[str, Mapping]:
    """The nodes of a section's entries that could be read."""
    found = node.get(section)
    if not isinstance(found, Mapping):
        return {}
    wanted = set(names)
    return {key.text: value for key, value in found.entries if key.text in wanted and isinstance(value, Mapping)}


def _refuse_bad_names(head: Head | None, report: Report) -> None:
    if head is None:
        return
    for name in (head.protocol, *(head.areas or ())):
        if not NAME.fullmatch(name):
            refuse_name(name, name.span, report)
    heads.zone(head, report)


def _rules(node: Mapping, report: Report) -> list[Node]:
    section = node.get("rules")
    for key in ("sources", "rules"):
        if node.get(key) is None:
            assert node.first_key is not None
            start = node.first_key.span
            report.error("missing-key", f"'{key}' is missing here", start, _WHAT[key])
    if section is None:
        return []
    if isinstance(section, Scalar) and not section:
        report.error("too-few", "there is no rule here yet", node.key_span("rules"), _FIRST)
        return []
    if not isinstance(section, Sequence):
        report.error(
            "wrong-shape", "'rules' is a list, each rule with a dash", node.key_span("rules"), "write - id: NAME"
        )
        return []
    if not section.items:
        report.error("too-few", "this list is empty", node.key_span("rules"), "write at least one rule")
    return list(section.items)


_FIRST = "write the first beneath it: - id: NAME; `missingrules next` shows the paragraph to begin with"
_WHAT = {
    "sources": "add sources: the documents, each with its title, edition and ledger",
    "rules": "add rules: and under it one rule after another, each with a dash",
}


def _places(rules: list[Node], report: Report) -> dict[str, Span]:
    """Where each rule's id stands, also of a rule that is wrong."""
    found: dict[str, Span] = {}
    for rule in rules:
        id_ = rule.get("id") if isinstance(rule, Mapping) else None
        if isinstance(id_, Scalar) and id_:
            if id_.text in found:
                report.error(
                    "duplicate-id",
                    f"two rules are named '{id_.text}'; the first stands in line {found[id_.text].line}",
                    id_.span,
                    "give each its own id",
                )
            found.setdefault(id_.text, id_.span)
    return found


def _scope(sections: heads.Sections, bench: Bench) -> tuple[Condition, Citations]:
    form = sections.one("scope", ScopeForm)
    return (condition(form.when, bench), bench.citations(form.cite)) if form else (ALWAYS, ())


def _readings(
    forms: dict[str, tuple[Scalar, ReadingForm]], sections: heads.Sections, bench: Bench
) -> dict[str, Reading]:
    found: dict[str, Reading] = {}
    for name, (_, form) in forms.items():
        for option in form.options:
            if not NAME.fullmatch(option):
                refuse_name(option, option.span, bench.report)
        if form.default not in form.options:
            bench.report.unknown("unknown-option", "option of this reading", form.default, form.options)
        options = tuple(
            ReadingOption(str(each), bench.citations(o.cite, "reading")) for each, o in form.options.items()
        )
        found[name] = Reading(name, str(form.question), options, str(form.default), str(form.why))
    section = sections.node.get("readings")
    if isinstance(section, Mapping):
        for key, value in section.entries:
            for inner, _ in survey(value).readings:
                bench.error(
                    "reading-in-a-reading",
                    f"the reading '{key.text}' names a reading in turn",
                    inner.span,
                    "write each combination as an option of its own",
                )
    return found


def _refuse_unused(families: Families, sections: heads.Sections, report: Report) -> None:
    """A table or reading that nothing uses is a slip: a name was changed in one place only."""
    if len(report):
        return
    uses: tuple[tuple[str, Iterable[str], set[str]], ...] = (
        ("readings", families.readings, families.used_readings),
        ("tables", families.tables, families.used_tables),
    )
    for section, known, used in uses:
        node = sections.node.get(section)
        for unused in known:
            if unused not in used and isinstance(node, Mapping):
                report.error(
                    "never-used",
                    f"no rule uses the {section.removesuffix('s')} '{unused}'",
                    node.key_span(unused),
                    "use it, or take it out",
                )
