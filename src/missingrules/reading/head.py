"""Everything in a protocol file that comes before its tables and rules: documents, roles, words, conventions."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import time
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeVar

from missingrules.domain.citations import Edition
from missingrules.domain.clock import zone_exists
from missingrules.domain.people import Role
from missingrules.domain.protocol import Hours, Words
from missingrules.domain.vocabulary import (
    ACTIONS,
    AGENCIES,
    EVENTS,
    FACTS,
    LADDER,
    POLICE_LADDER,
    ActionWord,
    EventWord,
    FactKind,
    FactType,
    FactWord,
)
from missingrules.reading import schema, words
from missingrules.reading.dates import in_force
from missingrules.reading.ledgers import missing_ledger, read_ledger
from missingrules.reading.names import NAME, canonical, refuse_name
from missingrules.reading.nodes import Mapping, Sequence
from missingrules.reading.sayings import clock_for
from missingrules.reading.schema import ConventionsForm, Head, ProtocolFile, SourceForm
from missingrules.reading.shapes import Closed
from missingrules.reading.standing_on import clash
from missingrules.reading.validate import check

if TYPE_CHECKING:
    from pathlib import Path

    from missingrules.domain.protocol import Protocol
    from missingrules.domain.source import Span
    from missingrules.reading.ledgers import Ledger
    from missingrules.reading.nodes import Scalar
    from missingrules.reading.report import Report

Form = TypeVar("Form", bound=Closed)

SECTIONS: Final = tuple(name for name in ProtocolFile.model_fields if name not in Head.model_fields)
_FACT: Final = re.compile(r"(?:(?:child|episode|plan|record)\.)?[a-z][a-z0-9_]*")
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


class Sections:
    """The top-level sections of a file, each entry read on its own, so that one mistake hides no other."""

    def __init__(self, node: Mapping, report: Report) -> None:
        self.node = node
        self.report = report
        self.broken: set[tuple[str, str]] = set()

    def head(self) -> Head | None:
        """What stands beside the sections."""
        alone = self.node._replace(named={key: node for key, node in self.node.entries if key not in SECTIONS})
        return check(Head, alone, self.report, keys_of=ProtocolFile)

    def one(self, name: str, form: type[Form]) -> Form | None:
        """A section that has keys of its own, and no names."""
        section = self.node.get(name)
        read = check(form, section, self.report) if section is not None else None
        if section is not None and read is None:
            self.broken.add((name, ""))
        return read

    def named(self, name: str) -> bool:
        """Whether a section that is there is a map of names; what else it is, is reported."""
        if isinstance(self.node.get(name), Mapping):
            return True
        self.report.error(
            "wrong-shape",
            f"'{name}' wants names, each with what belongs to it",
            self.node.key_span(name),
            f"write {name}: and under it one name a line",
        )
        return False

    def entries(self, name: str, form: type[Form]) -> dict[str, tuple[Scalar, Form]]:
        """The named entries of a section."""
        section = self.node.get(name)
        found: dict[str, tuple[Scalar, Form]] = {}
        if section is None:
            return found
        if not self.named(name):
            return found
        assert isinstance(section, Mapping)
        pattern = _FACT if name == "facts" else NAME
        for key, value in section.entries:
            if not pattern.fullmatch(key.text):
                refuse_name(key.text, key.span, self.report, "-" if name in ("readings", "tables") else "_")
            read = check(form, value, self.report)
            if read is None:
                self.broken.add((name, canonical(key.text) if name == "facts" else key.text))
            else:
                found[key.text] = key, read
        return found


def edition(form: SourceForm, report: Report) -> Edition:
    said = form.edition
    published, checked = (None if word is None else str(word) for word in (said.published, said.checked))
    return Edition(str(said.label), published, checked, in_force(said.in_force, "this edition", said.label, report))


def ledgers(sections: Sections, folder: Path) -> tuple[dict[str, Ledger], dict[str, SourceForm]]:
    """The ledgers of the documents, by label; the first is the protocol's own."""
    found: dict[str, Ledger] = {}
    forms: dict[str, SourceForm] = {}
    report = sections.report
    read = sections.entries("sources", SourceForm)
    section = sections.node.get("sources")
    if isinstance(section, Mapping):
        # One that is wrong keeps its place: what is cited without a label is the first one's.
        found = {key.text: missing_ledger("") for key, _ in section.entries}
    for label, (_, form) in read.items():
        forms[label] = form
        path = folder / form.ledger
        if not os.path.isfile(path):  # unlike Path.is_file, it takes any text for a name
            report.error(
                "ledger-not-found",
                f"there is no file {form.ledger} beside this one",
                form.ledger.span,
                "the path runs from the folder of this file, such as sources/NAME.yaml",
            )
            found[label] = missing_ledger(str(form.ledger))
            continue
        found[label] = read_ledger(path, str(form.ledger), report)
    return found, forms


def roles(sections: Sections) -> dict[str, Role]:
    found: dict[str, Role] = {}
    for name, (_, form) in sections.entries("roles", schema.RoleForm).items():
        if form.grade is not None and form.grade not in (*LADDER, *POLICE_LADDER):
            sections.report.unknown(
                "unknown-grade",
                "grade of the shared ladder",
                form.grade,
                (*LADDER, *POLICE_LADDER),
                f"lowest first: {', '.join(LADDER)}; police: {', '.join(POLICE_LADDER)}; agencies and teams have none",
            )
        if form.agency not in AGENCIES:
            sections.report.unknown("unknown-agency", "agency", form.agency, AGENCIES, f"one of: {', '.join(AGENCIES)}")
        grade = None if form.grade is None else str(form.grade)
        found[name] = Role(name, str(form.title), grade, str(form.agency))
    return found


def called(sections: Sections, words: Words) -> dict[str, str]:
    """The area's own names for actions, by action."""
    alone = {key: node for key, node in sections.node.entries if key == "called"}
    if not alone or not sections.named("called"):
        return {}
    form = check(schema.CalledForm, sections.node._replace(named=alone), sections.report)
    if form is None:
        return {}
    for action in form.called:
        if action not in words.actions and ("actions", str(action)) not in sections.broken:
            sections.report.unknown(
                "unknown-action", "action", action, words.actions, "write an action as the rules of this file name it"
            )
    return {str(action): str(name) for action, name in form.called.items()}


def vocabulary(sections: Sections, areas: tuple[str, ...], below: Protocol | None = None) -> Words:
    """The shared words, those of the layer below, and the file's own."""
    theirs = below.words if below else Words(FACTS, ACTIONS, EVENTS)
    facts = dict(theirs.facts)
    area = facts["protocol.area"]
    facts["protocol.area"] = FactWord(area.name, area.kind, area.type, area.ask, areas, area.built_in)
    own_facts: set[str] = set()
    for written, (key, fact) in sections.entries("facts", schema.FactForm).items():
        name = canonical(written)
        if name in FACTS:
            _refuse_shared("fact", written, key.span, sections)
            continue
        if name in own_facts:
            sections.report.error("duplicate-id", f"the fact '{name}' is introduced twice", key.span, "keep one")
        own_facts.add(name)
        one = FactWord(name, FactKind(fact.kind), FactType(fact.type), str(fact.ask), _values(fact, sections))
        if below and (same := theirs.facts.get(name)):
            if not _is_same_fact(one, same):
                values = f" of {', '.join(same.values)}" if same.values else ""
                clash("fact", name, f"a {same.kind}, {same.type}{values}", below, key.span, sections.report)
            # A choice may have values here of which the layer below does not speak.
            one = replace(one, values=tuple(dict.fromkeys(same.values + one.values)))
        facts[name] = one
    actions = dict(theirs.actions)
    own = sections.entries("actions", schema.ActionForm)
    for name, (key, action) in own.items():
        if name in ACTIONS:
            _refuse_shared("action", name, key.span, sections)
            continue
        for other in action.also:
            if other not in theirs.actions and other not in own and ("actions", str(other)) not in sections.broken:
                sections.report.unknown("unknown-action", "action", other, {*theirs.actions, *own})
        actions[name] = ActionWord(
            name,
            str(action.means),
            tuple(map(str, action.done)),
            tuple(map(str, action.not_done)),
            tuple(map(str, action.also)),
        )
        if below and (was := theirs.actions.get(name)) and replace(was, meaning=actions[name].meaning) != actions[name]:
            clash("action", name, was.meaning, below, key.span, sections.report)
    events = dict(theirs.events)
    for name, (key, event) in sections.entries("events", schema.EventForm).items():
        if name in EVENTS:
            _refuse_shared("event", name, key.span, sections)
            continue
        fields = {str(field): FactType(type_) for field, type_ in event.fields.items()}
        events[name] = EventWord(name, str(event.means), MappingProxyType(fields))
        if below and (known := theirs.events.get(name)) and known.fields != fields:
            clash("event", name, known.meaning, below, key.span, sections.report)
    return Words(MappingProxyType(facts), MappingProxyType(actions), MappingProxyType(events))


def _is_same_fact(one: FactWord, other: FactWord) -> bool:
    of_scale = one.type is not FactType.SCALE or one.values == other.values
    return (one.kind, one.type) == (other.kind, other.type) and of_scale


def _refuse_shared(what: str, name: str, span: Span, sections: Sections) -> None:
    sections.report.error(
        "shared-word",
        f"the {what} '{name}' is a shared word, which every protocol has already",
        span,
        "take it out, or give your own another name",
    )


def _values(fact: schema.FactForm, sections: Sections) -> tuple[str, ...]:
    wanted = fact.type in ("choice", "scale")
    if wanted and not fact.values:
        sections.report.error(
            "values-missing",
            f"a {fact.type} needs its values",
            fact.type.span,
            "add values: [LOWEST, …, HIGHEST]" if fact.type == "scale" else "add values: [ONE, OTHER]",
        )
    if fact.values and not wanted:
        sections.report.error(
            "values-not-here",
            f"only a choice or a scale has values, and this is of type {fact.type}",
            fact.values[0].span,
            "take them out, or make it a choice",
        )
    for value in fact.values or ():
        if value == "known":
            sections.report.error(
                "reserved-value",
                "'known' cannot be a value: as a test it asks whether anything is known",
                value.span,
                "give the value another name, such as established",
            )
    return tuple(map(str, fact.values or ()))


def conventions(sections: Sections) -> ConventionsForm:
    return sections.one("conventions", ConventionsForm) or ConventionsForm()


def accepts(sections: Sections) -> None:
    """Reports what is wrong with the entries of `accepts`, which say nothing of the rules."""
    section = sections.node.get("accepts")
    if section is not None and not isinstance(section, Sequence):
        sections.report.error(
            "wrong-shape", "'accepts' is a list, each entry with a dash", sections.node.key_span("accepts"),
            "write - {code: CODE, at: RULE, why: …}",
        )  # fmt: skip
    elif section is not None:
        for each in section.items:
            check(schema.AcceptForm, each, sections.report)


def hours(sections: Sections) -> dict[str, tuple[Hours, schema.HoursForm]]:
    """Named hours of the week, without their citations, which need the ledgers."""
    found: dict[str, tuple[Hours, schema.HoursForm]] = {}
    report = sections.report
    for name, (_, form) in sections.entries("hours", schema.HoursForm).items():
        days: set[int] = set()
        for each in form.days:
            some = words.weekdays(each)
            if some is None:
                report.error(
                    "not-days",
                    f"'{each}' is no day of the week",
                    each.span,
                    "write monday to friday"
                    if each in ("weekday", "weekdays")
                    else "write monday, or monday to friday",
                )
            days |= some or set()
        ends: list[time] = []
        for word in (form.from_, form.to):
            match = _TIME.fullmatch(word)
            if not match:
                report.error("not-a-time", f"'{word}' is no time of day", word.span, clock_for(word))
            ends.append(time(int(match[1]), int(match[2])) if match else time())
        if ends[0] >= ends[1] and all(_TIME.fullmatch(word) for word in (form.from_, form.to)):
            report.error(
                "hours-upside-down",
                "these hours end before they begin",
                form.to.span,
                "name the hours of one day; with outside, the night is what is left",
            )
        found[name] = Hours(name, frozenset(days), ends[0], ends[1], form.closed is not None, ()), form
    return found


def zone(head: Head, report: Report) -> str:
    if head.zone is None:
        return "Europe/London"
    if not zone_exists(head.zone):
        report.error("unknown-zone", f"no time zone is named '{head.zone}'", head.zone.span, "write Europe/London")
    return str(head.zone)
