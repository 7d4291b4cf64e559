"""What a rule may name: the shared words, the file's own, and the bench at which a rule is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from missingrules.domain.citations import Citation
from missingrules.domain.people import Role
from missingrules.domain.triggers import triggers_of
from missingrules.reading.sayings import act_for

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from missingrules.domain.citations import Citations
    from missingrules.domain.protocol import Words
    from missingrules.domain.source import Span
    from missingrules.domain.triggers import Trigger
    from missingrules.domain.vocabulary import ActionWord, EventWord, FactWord
    from missingrules.reading.ledgers import Ledger
    from missingrules.reading.places import Text
    from missingrules.reading.report import Report
    from missingrules.reading.schema import ConventionsForm, TableForm
    from missingrules.reading.shapes import Cited

Found = TypeVar("Found")

NAME: Final = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
PREFIXES: Final = ("child", "episode", "plan", "event", "record", "protocol")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Every name of one protocol. A name whose own entry is wrong is `broken`: reported there and nowhere else."""

    words: Words
    roles: Mapping[str, Role]
    hours: frozenset[str]
    meetings: frozenset[str]
    rules: frozenset[str]
    readings: frozenset[str]
    tables: frozenset[str]
    conventions: ConventionsForm
    ledgers: Mapping[str, Ledger]
    broken: frozenset[tuple[str, str]]


@dataclass(slots=True)
class Memory:
    """What many rules of one file ask for alike, so that it is read once and is one object."""

    citations: dict[tuple[str | None, str, str], Citation] = field(default_factory=dict)
    # What was read, the conventions that it leans on, and what it was read from: kept, since keys have its identity.
    found: dict[Hashable, tuple[Any, frozenset[str], object]] = field(default_factory=dict)


@dataclass(slots=True)
class Bench:
    """Where one rule is read: the names, the list of mistakes, and what its parts need to know of the whole."""

    names: Names
    report: Report
    tables: Mapping[str, TableForm]
    memory: Memory = field(default_factory=Memory)
    trigger: Trigger | None = None
    # Whether the trigger has a mistake, so that nobody can say what may run from it.
    unread: bool = False
    leaned: set[str] = field(default_factory=set)
    # Whether anything read since this was last set to False turned on the trigger.
    asked: bool = False

    def triggers(self) -> tuple[Trigger, ...]:
        """What sets the rule off, for what may be said of some triggers alone."""
        self.asked = True
        return () if self.trigger is None else triggers_of(self.trigger)

    def once(self, key: Hashable, source: object, read: Callable[[], Found]) -> Found:
        """What many rules or variants share. Where it turns on the trigger, or has a mistake, it is read for each anew.

        The key tells all that it depends on, the source by identity.
        """
        if known := self.memory.found.get((key, id(source))):
            self.leaned |= known[1]
            return known[0]  # type: ignore[no-any-return]
        times, leaned, asked = self.report.times, self.leaned, self.asked
        self.leaned, self.asked = set(), False
        found = read()
        if self.report.times == times and not self.asked:
            self.memory.found[key, id(source)] = found, frozenset(self.leaned), source
        self.leaned |= leaned
        self.asked |= asked
        return found

    def is_broken(self, section: str, name: str) -> bool:
        return (section, name) in self.names.broken

    def fact(self, word: Text) -> FactWord | None:
        """The fact of this name, with its prefix filled in."""
        name = canonical(word)
        found = self.names.words.facts.get(name)
        if found is None and not self.is_broken("facts", name):
            known = [short(each) for each in self.names.words.facts]
            self.report.unknown(
                "unknown-fact", "fact", word, known, "a fact of this area's own is introduced under 'facts'"
            )
        return found

    def action(self, word: Text) -> ActionWord | None:
        found = self.names.words.actions.get(word)
        if found is None and not self.is_broken("actions", word):
            self.report.unknown(
                "unknown-action",
                "action",
                word,
                self.names.words.actions,
                act_for(word),
            )
        return found

    def event(self, word: Text) -> EventWord | None:
        found = self.names.words.events.get(word)
        if found is None and not self.is_broken("events", word):
            self.report.unknown(
                "unknown-event",
                "event",
                word,
                self.names.words.events,
                "an event of this area's own is introduced under 'events'",
            )
        return found

    def role(self, word: Text) -> Role:
        found = self.names.roles.get(word)
        if found is None:
            if not self.is_broken("roles", word):
                title = word.casefold()
                meant = next((role.name for role in self.names.roles.values() if role.title.casefold() == title), None)
                self.report.unknown(
                    "unknown-role",
                    "role",
                    word,
                    () if meant else self.names.roles,
                    f"write {meant}: the title is for people"
                    if meant
                    else "who acts is introduced under 'roles', with a title",
                )
            return Role(str(word), str(word), None, None)
        return found

    def rule(self, word: Text) -> str:
        if word not in self.names.rules:
            below = next((name for name in self.names.rules if name.endswith(f"/{word}")), None)
            whole = word.partition(".")[0]
            hint = f"the rule of the layer below is called {below}" if below else None
            if whole in self.names.rules:
                hint = f"a whole rule is wanted here: give this act of '{whole}' a rule of its own, and name that"
            self.report.unknown(
                "unknown-rule",
                "rule",
                word,
                () if hint else self.names.rules,
                hint,
            )
        return str(word)

    def citations(self, references: list[Cited], supports: str = "duty") -> Citations:
        """The paragraphs of the ledgers that references name."""
        found: dict[Citation, None] = {}
        for reference in references:
            pairs = reference.items() if isinstance(reference, dict) else ((None, reference),)
            for label, paragraph in pairs:
                key = label, paragraph, supports
                citation = self.memory.citations.get(key)
                if citation is None:
                    citation = self._citation(label, paragraph, supports)
                    if citation is None:
                        continue
                    self.memory.citations[key] = citation
                found[citation] = None
        return tuple(found)

    def _citation(self, label: Text | None, paragraph: Text, supports: str) -> Citation | None:
        ledgers = self.names.ledgers
        if label is not None and label not in ledgers:
            if not self.is_broken("sources", label):
                self.report.unknown("unknown-source", "source", label, ledgers)
            return None
        name = str(label) if label is not None else next(iter(ledgers), None)
        ledger = ledgers.get(name) if name is not None else None
        if ledger is None:
            return None
        if not ledger.seen:
            self.report.error(
                "paragraph-not-seen",
                f"'{paragraph}' cannot be cited: the text of '{ledger.title}' is not at hand",
                paragraph.span,
                "cite the paragraph that refers to it",
            )
            return None
        heading = ledger.headings.get(paragraph)
        if heading is None:
            if not ledger.broken:
                parts = [f"'{each}'" for each in ledger.headings if each.startswith(f"{paragraph} ")]
                # A number that is nearly another is no nearer to it.
                is_number = re.fullmatch(r"[0-9.]+", paragraph) is not None
                self.report.unknown(
                    "unknown-paragraph",
                    "paragraph",
                    paragraph,
                    () if parts or is_number else ledger.headings,
                    f"the ledger has {', '.join(parts[:6])}"
                    if parts
                    else f"the paragraphs of this document are listed in {ledger.file}",
                )
            return None
        return Citation(ledger.document, str(paragraph), heading, supports)

    def error(self, code: str, message: str, span: Span | None, hint: str | None = None) -> None:
        self.report.error(code, message, span, hint)


def canonical(word: str) -> str:
    """The fact's full name: what has no prefix belongs to the episode, `area` to the protocol."""
    if word == "area":
        return "protocol.area"
    return str(word) if word.partition(".")[0] in PREFIXES else f"episode.{word}"


def short(name: str) -> str:
    """The fact's name as authors write it."""
    return "area" if name == "protocol.area" else name.removeprefix("episode.")


def refuse_name(name: str, span: Span, report: Report, join: str = "-") -> None:
    """Names become parts of keys, so they keep to small letters, digits and joining signs."""
    small = re.sub(r"[^a-z0-9]+", join, name.lower()).strip(join)
    report.error(
        "not-a-name",
        f"'{name}' cannot be a name: names have small letters, digits, hyphens and underscores",
        span,
        f"write {small}" if small else None,
    )
