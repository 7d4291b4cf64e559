"""Rules under every combination of the readings that they depend on."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from missingrules.domain.citations import Choice
from missingrules.domain.rules import Conclusion, Duty, RuleFamily
from missingrules.reading.bind import bind, mentioned, survey, values_of
from missingrules.reading.names import Bench, Memory
from missingrules.reading.nodes import Mapping, Scalar, Sequence
from missingrules.reading.rules import provisions
from missingrules.reading.schema import Rule, TableForm
from missingrules.reading.validate import check

if TYPE_CHECKING:
    from collections.abc import Mapping as Map

    from missingrules.domain.citations import Citations, Reading
    from missingrules.domain.rules import Provision
    from missingrules.reading.bind import Survey
    from missingrules.reading.located import Known
    from missingrules.reading.names import Names
    from missingrules.reading.nodes import Node
    from missingrules.reading.report import Report

# Every combination is read on its own, so their number is bounded: of one rule, and of all.
MOST_COMBINATIONS: Final = 512
MOST_IN_ALL: Final = 20_000

Options = tuple[str, ...]


class Families:
    """Reads the rules of one protocol, each under all its readings."""

    def __init__(
        self,
        names: Names,
        readings: Map[str, Reading],
        reading_nodes: Map[str, Mapping],
        table_nodes: Map[str, Node],
        report: Report,
    ) -> None:
        self.names = names
        self.readings = readings
        self.reading_nodes = reading_nodes
        self.options = {name: tuple(option.name for option in each.options) for name, each in readings.items()}
        self.choices = {(name, each): Choice(name, each) for name, options in self.options.items() for each in options}
        self.values = {name: values_of(node) for name, node in reading_nodes.items()}
        self.tables = {name: survey(node) for name, node in table_nodes.items()}
        self.report = report
        self.used_readings: set[str] = set()
        self.used_tables: set[str] = set()
        self.combinations = 0
        self.memory = Memory()
        self._tables: dict[tuple[str, Options], TableForm | None] = {}
        self._in_table: dict[str, Options] = {}
        self._known: Known = {}
        self._bad_tables = {name for name, found in self.tables.items() if self._refuse_unknown(found)}

    def read(self, node: Node) -> tuple[Rule, RuleFamily] | None:
        """One rule with all its variants, or None where no variant could be read."""
        surveyed = survey(node)
        if self._refuse_unknown(surveyed):
            return None
        found, tables = mentioned(surveyed, self.values, self.tables)
        self.used_readings.update(found)
        self.used_tables.update(tables)
        if self._bad_tables & tables.keys():
            return None
        names = tuple(name for name in found if name in self.readings)
        if self._too_many(node, names):
            return None
        variants: dict[Options, tuple[Provision, ...]] = {}
        rule: Rule | None = None
        known: Known = {}
        forms: dict[int, Rule] = {}
        for combination in product(*(self.options[name] for name in names)):
            taken = dict(zip(names, combination, strict=True))
            before = self.report.times
            bound = bind(surveyed, self._entries(taken), self.report) if names else node
            if self.report.times > before:
                continue
            if bound is None:
                variants[combination] = ()
                continue
            # Many choices leave the same node: what is sound is read once, mistakes each time that they are met.
            read = forms.get(id(bound)) or check(Rule, bound, self.report, known=known if names else None)
            if read is None:
                continue
            rule = forms[id(bound)] = read
            bench = Bench(self.names, self.report, self._bound_tables(tuple(tables), taken), self.memory)
            self.report.near = read.id
            variants[combination] = provisions(read, bench)
            self.report.near = None
        if rule is None:
            return None
        self.used_readings.update(rule.rests_on)
        shown = tuple(Choice(str(word), self.readings[word].default) for word in rule.rests_on if word in self.readings)
        return rule, RuleFamily(str(rule.id), names, MappingProxyType(self._with_choices(names, variants)), shown)

    def _refuse_unknown(self, surveyed: Survey) -> bool:
        """Whether a node names readings that nobody has introduced, or options that they do not have."""
        before = self.report.times
        broken = False
        for name, wanted in surveyed.readings:
            if name.text not in self.readings:
                if ("readings", name.text) in self.names.broken:
                    broken = True
                else:
                    self._unknown("unknown-reading", "reading", name, tuple(self.readings))
                continue
            each = wanted.items if isinstance(wanted, Sequence) else (wanted,)
            for option in each:
                if isinstance(option, Scalar) and option.text not in self.options[name.text]:
                    self._unknown(
                        "unknown-option", f"option of the reading '{name.text}'", option, self.options[name.text]
                    )
        return broken or self.report.times > before

    def _unknown(self, code: str, what: str, name: Scalar, known: Options) -> None:
        self.report.unknown(code, what, name, known)

    def _too_many(self, node: Node, names: Options) -> bool:
        number = 1
        for name in names:
            number *= len(self.readings[name].options)
        self.combinations += number
        if number > MOST_COMBINATIONS or self.combinations > MOST_IN_ALL:
            self.combinations -= number
            self.report.error(
                "too-many-readings",
                f"this rule depends on {len(names)} readings, which combine in {number} ways",
                (node if not isinstance(node, Mapping) or node.first_key is None else node.first_key).span,
                "make several rules of it, each with the readings it needs",
            )
            return True
        return False

    def _entries(self, taken: Map[str, str]) -> dict[str, tuple[str, Mapping]]:
        found: dict[str, tuple[str, Mapping]] = {}
        for name, option in taken.items():
            options = self.reading_nodes[name].get("options")
            entry = options.get(option) if isinstance(options, Mapping) else None
            if isinstance(entry, Mapping):
                found[name] = option, entry
        return found

    def _bound_tables(self, tables: Options, taken: Map[str, str]) -> dict[str, TableForm]:
        """The tables as the readings leave them; each is read once for each combination of its own."""
        found: dict[str, TableForm] = {}
        for name in tables:
            surveyed = self.tables.get(name)
            if surveyed is None:
                continue
            if name not in self._in_table:
                self._in_table[name] = tuple(mentioned(surveyed, self.values, self.tables)[0])
            own = {each: taken[each] for each in self._in_table[name] if each in taken}
            key = name, tuple(own.values())
            if key not in self._tables:
                bound = bind(surveyed, self._entries(own), self.report) if own else surveyed.node
                self._tables[key] = (
                    check(TableForm, bound, self.report, known=self._known) if bound is not None else None
                )
            if form := self._tables[key]:
                found[name] = form
        return found

    def _with_choices(
        self, names: Options, variants: dict[Options, tuple[Provision, ...]]
    ) -> dict[Options, tuple[Provision, ...]]:
        """Each provision with the readings that make a difference to it, and their citations."""
        if not names:
            return variants
        matters: dict[str, set[int]] = {}
        by_id = {combination: _by_identity(found) for combination, found in variants.items()}
        for combination, found in by_id.items():
            for place, name in enumerate(names):
                options = self.options[name]
                for option in options[options.index(combination[place]) + 1 :]:
                    other = by_id.get((*combination[:place], option, *combination[place + 1 :]), {})
                    for id_ in found.keys() | other.keys():
                        if place not in matters.get(id_, ()) and found.get(id_) != other.get(id_):
                            matters.setdefault(id_, set()).add(place)
        return {
            combination: tuple(
                self._chosen(
                    each,
                    tuple(
                        [
                            self.choices[names[place], combination[place]]
                            for place in sorted(matters.get(_identity(each), ()))
                        ]
                    ),
                )
                for each in provided
            )
            for combination, provided in variants.items()
        }

    def _chosen(self, provision: Provision, choices: tuple[Choice, ...]) -> Provision:
        if not choices:
            return provision
        cited: Citations = ()
        for choice in choices:
            options = self.readings[choice.reading].options
            cited += next(option.citations for option in options if option.name == choice.option)
        citations = tuple(dict.fromkeys((*provision.citations, *cited)))
        return replace(provision, choices=choices, citations=citations)


def _by_identity(provisions_: tuple[Provision, ...]) -> dict[str, list[Provision]]:
    found: dict[str, list[Provision]] = {}
    for each in provisions_:
        found.setdefault(_identity(each), []).append(each)
    return found


def _identity(provision: Provision) -> str:
    if isinstance(provision, Duty):
        return provision.id
    if isinstance(provision, Conclusion):
        return f"{provision.rule}={provision.fact}"
    return provision.rule
