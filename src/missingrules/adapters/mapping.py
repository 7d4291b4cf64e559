"""A mapping file -> what the columns of an export mean. Every mistake in it is told at its place."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from missingrules.adapters.layout import BORN, CHILD, ENDED, INSTANTS, RECORD, Column, Empty, How, Layout, same_name
from missingrules.adapters.stamps import DateForm
from missingrules.domain.vocabulary import FactType
from missingrules.reading.ledgers import wrong_format
from missingrules.reading.mapping_forms import ColumnTo, MappingFile
from missingrules.reading.nodes import read_file
from missingrules.reading.places import Text
from missingrules.reading.report import Report
from missingrules.reading.validate import check
from missingrules.tables.layout import fact_word

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from missingrules.adapters.layout import Pairs
    from missingrules.domain.vocabulary import FactWord
    from missingrules.interface.words import CaseWords
    from missingrules.reading.mapping_forms import ColumnRecord
    from missingrules.reading.nodes import Node

FORMAT: Final = "1"
_TRUTHS: Final = (("true", "true"), ("yes", "true"), ("false", "false"), ("no", "false"))
_OF_EPISODE: Final = ("id", ENDED, *INSTANTS)
_HOW: Final = {FactType.DATE: How.DATE, FactType.INSTANT: How.STAMP}
_EMPTY: Final = {each.value: each for each in Empty}


def read_mapping(path: Path, words: CaseWords) -> Layout:
    """What the file says. Raises `InvalidInput` with every mistake at its line and column."""
    return _Reading(words).layout(read_file(path))


class _Reading:
    """One file; one use each."""

    def __init__(self, words: CaseWords) -> None:
        self.words = words
        self.report = Report()
        self.taken: dict[str, Text] = {}
        self.misspelt = False

    def layout(self, node: Node) -> Layout:
        report = self.report
        form = None if wrong_format(node, FORMAT, "mapping", report) else check(MappingFile, node, report)
        if form is None:
            report.raise_any()
        assert form is not None
        names: dict[str, Text] = {}
        columns: list[Column] = []
        for name, said in form.columns.items():
            self._once(names, name)
            column = self._said(name, said)
            if column is not None:
                columns.append(column)
        for name in form.ignored:
            self._once(names, name)
        self._refuse_lacking(form)
        self._refuse_alike(form.dates)
        history_from = None if form.history_from is None else self._day(form.history_from)
        child = self._constants(form.child, CHILD)
        episode = self._constants(form.episode, "episode")
        report.raise_any()
        return Layout(
            name=str(form.mapping),
            columns=tuple(columns),
            wanted=tuple(column.name for column in columns),
            dates=tuple(DateForm(str(each)) for each in form.dates) or (DateForm.DAY_FIRST, DateForm.YEAR_FIRST),
            midnight=form.midnight == "time",
            child=child,
            episode=episode,
            ignored=tuple(map(str, form.ignored)),
            complete_from=history_from,
            encoding=str(form.encoding or "utf-8"),
            sheet=None if form.sheet is None else str(form.sheet),
        )

    def _once(self, names: dict[str, Text], name: Text) -> None:
        first = names.setdefault(same_name(name), name)
        if first is not name:
            message = f"the column '{first}' of line {first.span.line} has the same name"
            self.report.error("column-twice", message, name.span, "large and small letters and _ make no difference")

    def _refuse_lacking(self, form: MappingFile) -> None:
        if self.misspelt:
            # It may be the very one.
            return
        for target in (CHILD, "started_at"):
            if target not in self.taken:
                message = f"no column goes to {target}, and without it no row can be used"
                span = next(iter(form.columns)).span
                self.report.error("missing-key", message, span, f"write the column's name, and {target} behind it")

    def _refuse_alike(self, dates: list[Text]) -> None:
        alike = [each for each in dates if str(each) in (DateForm.DAY_FIRST, DateForm.MONTH_FIRST)]
        if len(set(alike)) > 1:
            message = f"{alike[0]} and {alike[1]} cannot be told apart: 02/06/2025 is a day in June, or in February"
            self.report.error("dates-alike", message, alike[1].span, "keep the one that the system writes")

    # --- columns --------------------------------------------------------------------------------------------------

    def _said(self, name: Text, said: Text | ColumnTo | ColumnRecord) -> Column | None:
        if isinstance(said, Text):
            return self._to(name, said, None, None)
        if isinstance(said, ColumnTo):
            return self._to(name, said.to, said.values, said.empty)
        if said.record not in self.words.actions:
            self.report.unknown("unknown-action", "action", said.record, self.words.actions)
            return None
        if said.outcome is not None and said.outcome not in self.words.outcomes_of(str(said.record)):
            outcomes = sorted(self.words.outcomes_of(str(said.record)))
            self.report.unknown("unknown-outcome", f"outcome of {said.record}", said.outcome, outcomes)
            return None
        outcome = None if said.outcome is None else str(said.outcome)
        return Column(str(name), RECORD, How.STAMP, action=str(said.record), outcome=outcome)

    def _to(self, name: Text, to: Text, values: Mapping[Text, Text] | None, empty: Text | None) -> Column | None:
        target = str(to)
        first = self.taken.setdefault(target, to)
        if first is not to:
            message = f"line {first.span.line} has a column that goes to {target}"
            self.report.error("target-twice", message, to.span, "leave one of the two out")
            return None
        if target in (ENDED, "returned_at") and {ENDED, "returned_at"} <= self.taken.keys():
            message = f"{ENDED} and returned_at cannot stand side by side: the first is the return, or the finding"
            self.report.error("target-twice", message, to.span, "leave one of the two out")
            return None
        word = None if target == CHILD or target in _OF_EPISODE else self._fact(to)
        if word is None and target != CHILD and target not in _OF_EPISODE:
            return None
        how = How.TEXT if word is None else _HOW.get(word.type, How.TEXT)
        how = How.STAMP if target == ENDED or target in INSTANTS else How.DATE if target == BORN else how
        codes: Pairs[str] = ()
        if values is not None:
            if word is None or how is not How.TEXT:
                message = f"{target} has no codes"
                self.report.error("values-not-here", message, next(iter(values), to).span, "leave values out")
                return None
            codes = self._codes(values, word)
        elif word is not None and word.type is FactType.YES_NO:
            codes = _TRUTHS
        elif word is not None and word.values:
            codes = tuple((value, value) for value in word.values)
        said = Empty.REFUSED if target in (CHILD, "started_at") else Empty.NOT_KNOWN
        if empty is not None:
            if str(empty) == Empty.NOT_YET.value and (how is not How.STAMP or target == "started_at"):
                message = f"only what has an instant can be {empty}"
                self.report.error("not-one-of", message, empty.span, "write not_known or refused")
            said = _EMPTY[str(empty)]
        return Column(str(name), target, How.CODE if codes else how, said, codes)

    def _codes(self, values: Mapping[Text, Text], word: FactWord) -> Pairs[str]:
        codes: dict[str, str] = {}
        for code, value in values.items():
            if codes.setdefault(code.strip().casefold(), str(value)) != value:
                message = f"the code '{code}' has two meanings"
                hint = "large and small letters make no difference"
                self.report.error("two-meanings", message, code.span, hint)
            self._value(value, word)
        return tuple(codes.items())

    def _value(self, value: Text, word: FactWord) -> None:
        known = tuple(dict(_TRUTHS)) if word.type is FactType.YES_NO else word.values
        if known and value not in known:
            self.report.unknown("bad-value", f"value of {word.name}", value, known, f"one of: {', '.join(known)}")

    def _fact(self, to: Text) -> FactWord | None:
        """The fact that a column goes to; None with a mistake."""
        owner, _, name = to.rpartition(".")
        word = fact_word(self.words, owner or "episode", name) if owner in ("", CHILD) else None
        if word is None:
            self.misspelt = True
            self.report.unknown("unknown-target", "place in a case", to, self._targets(), "look in docs/vocabulary.md")
        return word

    def _targets(self) -> list[str]:
        names = [full.partition(".")[::2] for full in (*self.words.facts, "episode.missing_from")]
        facts = [
            name if owner == "episode" else f"{owner}.{name}"
            for owner, name in names
            if owner in ("episode", CHILD) and fact_word(self.words, owner, name) is not None
        ]
        return [CHILD, *_OF_EPISODE, *facts]

    # --- what holds for all ---------------------------------------------------------------------------------------

    def _constants(self, said: Mapping[Text, Text], owner: str) -> Pairs[object]:
        found: dict[str, object] = {}
        for name, value in said.items():
            word = fact_word(self.words, owner, str(name))
            prefix = f"{owner}."
            if word is None:
                known = [full.removeprefix(prefix) for full in self.words.facts if full.startswith(prefix)]
                self.report.unknown("unknown-fact", f"fact of {owner}", name, known)
                continue
            target = str(name) if owner == "episode" else f"{owner}.{name}"
            if target in self.taken:
                message = f"a column goes to {target} too"
                self.report.error("target-twice", message, name.span, "leave one of the two out")
            self._value(value, word)
            found[str(name)] = str(value)
        return tuple(found.items())

    def _day(self, text: Text) -> date | None:
        try:
            return date.fromisoformat(text)
        except ValueError:
            hint = "write year, month and day: 2025-03-28 is 28 March 2025"
            self.report.error("bad-date", "this is not written as a date", text.span, hint)
            return None
