"""A rule read back in plain sentences, so that an officer can hold it against the paragraph."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from missingrules.domain import citations, conditions, deadlines, rules, triggers
from missingrules.domain.citations import NotStated
from missingrules.domain.clock import WEEKDAYS, Length
from missingrules.domain.conditions import CountTest, FactTest, HoursTest, Is, Known, Not, Range
from missingrules.domain.deadlines import DeadlineRows, OnDay
from missingrules.domain.people import PeopleRows
from missingrules.domain.protocol import bare, is_inherited, layer_of
from missingrules.domain.rules import Conclusion, Duty, Effect, Modality, Prohibition, UntilInstant
from missingrules.domain.vocabulary import FactType
from missingrules.engine.wording import period_text, test_text
from missingrules.reports.layout import bullets
from missingrules.reports.wording import listed, people, references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import RenderableType

    from missingrules.domain.comparisons import Ends
    from missingrules.domain.conditions import Condition
    from missingrules.domain.deadlines import Deadline
    from missingrules.domain.people import WhoEver
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Provision, RuleFamily, Until
    from missingrules.domain.triggers import Trigger

_WHEN: Final = {
    "started": "the child goes missing",
    "reported": "the child is reported missing",
    "located": "the child is located",
    "returned": "the child returns",
    "first_episode": "the child goes missing for the first time",
}
_ANCHORS: Final = {
    "started": "going missing",
    "last_seen": "the child being last seen",
    "reported": "the report",
    "located": "the child being located",
    "returned": "the return",
    "trigger": "then",
    "event": "then",
    "record": "then",
    "birthday": "the birthday",
    "undone": "then",
}
# A question that is answered by yes or no, so that it can be told as a statement.
_QUESTION: Final = re.compile(
    r"(Is|Are|Was|Were|Has|Have|Can|Does|Did|May|Must|Should) "
    r"(the child|the young person|the case|the episode|the parents|there|anybody|it|they) (.+)\?"
)
# Two questions in one: told as a statement, the second would still ask, and a "not" would reach only the first.
_SECOND_QUESTION: Final = re.compile(r", and (is|are|was|were|has|have|can|does|did|may|must|should|when)\b")
_SEVERAL: Final = re.compile(r" (and|or) ")
_NOBODY: Final = {
    Modality.MUST: "Nobody may",
    Modality.SHOULD: "Nobody should",
    Modality.MAY: "Nobody need",
    Modality.STATED: "The paper states that nobody may",
}
_EFFECTS: Final = {
    Effect.REQUIRE: "see to",
    Effect.CONSIDER: "consider",
    Effect.DECIDE: "decide on",
    Effect.AGREE: "agree on",
}


class Row(NamedTuple):
    """One line of a table: on what condition (empty: on any other), what then holds, and the paragraphs."""

    when: str
    what: str
    source: str

    def __str__(self) -> str:
        return f"{self.what}, {f'where {self.when}' if self.when else 'otherwise'} {self.source}"


class Listed(NamedTuple):
    """What hangs on the case, one line for each row: under which heading, and the rows."""

    heading: str
    rows: list[Row]


def rule_report(protocol: Protocol, family: RuleFamily, options: dict[str, str]) -> RenderableType:
    """A rule with its name, as sentences."""
    title = next((p.title for variant in family.variants.values() for p in variant), "")
    lines: list[RenderableType] = []
    for part in prose(protocol, family, options):
        if isinstance(part, Listed):
            lines.append(Padding(Text(part.heading), (0, 0, 0, 4)))
            lines.append(bullets(map(str, part.rows), 4))
        else:
            lines.append(Padding(Text(part), (0, 0, 0, 2)))
    return Group(Text(f"{family.id}: {title}", style="bold"), *lines)


def dropped_report(protocol: Protocol) -> RenderableType | None:
    """The rules of a lower layer that a protocol drops, and why; None if it drops none."""
    dropped = [one for one in protocol.replaced if one.by is None]
    if not dropped:
        return None
    own = protocol.own_documents
    lines = [
        Padding(Text(f"{one.rule}, because {one.why} [{references(one.citations, own)}]"), (0, 0, 0, 2))
        for one in dropped
    ]
    return Group(Text("Does not hold here:", style="bold"), *lines)


def prose(protocol: Protocol, family: RuleFamily, options: dict[str, str]) -> list[str | Listed]:
    """The sentences of a rule under these options, one paragraph for each of its acts, each with its lists; of an
    inherited rule, as the layer tells it that it comes from, after whose it is."""
    if is_inherited(family.id):
        layer = next(one for one in protocol.layers if one.name == layer_of(family.id))
        theirs = next(one for one in layer.families if one.id == bare(family.id))
        return [f"Inherited from {layer.name}: {layer.title}, {layer.edition.label}.", *prose(layer, theirs, options)]
    variant = family.variants[tuple(options[reading] for reading in family.readings)]
    out: list[str | Listed] = []
    for each in variant:
        teller = Teller(protocol)
        out += [teller.provision(each), *teller.lists]
    out = out or ["Under this reading the rule does not stand."]
    for name in dict.fromkeys((*family.readings, *(choice.reading for choice in family.shown))):
        reading = protocol.readings[name]
        others = [o.name for o in reading.options if o.name != options[name]]
        out.append(
            f"Reading {name}: {reading.question} Here {options[name]}, because {reading.why}; "
            f"it could also be {listed(others, 'or')}."
        )
    return [*out, *(f"Replaces {one.rule}, because {one.why}." for one in protocol.replaced if one.by == family.id)]


class Teller:
    """Tells one act; what hangs on the case is gathered in `lists`."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.lists: list[Listed] = []
        self.own = protocol.own_documents

    def provision(self, provision: Provision) -> str:
        if isinstance(provision, Duty):
            return " ".join(self.duty(provision))
        if isinstance(provision, Prohibition):
            what = f"{_NOBODY[provision.modality]} {self.act(provision.action)}"
            how = _also(provision.about, " about {}") + _also(provision.method, " by {}")
            to = _also(listed([self.protocol.roles[role].title for role in provision.to], "or"), " to {}")
            said = [f"{what}{how}{to}{_also(provision.outcome, ' as {}')}"]
        else:
            said = [self.conclusion(provision)]
        when = self.conditions(provision.guard)
        first = f"{said[0]}{', where ' + when if when else ''}."
        return " ".join([first, *self.exceptions(provision.guard), self.source(provision.citations)])

    def conclusion(self, found: Conclusion) -> str:
        if found.floor:
            return f"{_capital(_name(found.fact))} is at least {found.floor}"
        told = self.answered(found.fact, found.value) or f"{_name(found.fact)} is {_word(found.value)}"
        return _capital(told)

    def answered(self, fact: str, value: str | None) -> str | None:
        """A fact of yes or no as a statement, or with its question where that cannot be turned; None for others."""
        word = self.protocol.words.facts.get(fact)
        if word is None or word.type is not FactType.YES_NO or value not in ("true", "false"):
            return None
        asked = None if _SECOND_QUESTION.search(word.ask) else _QUESTION.fullmatch(word.ask)
        if asked is None or (value == "false" and _SEVERAL.search(asked[3])):
            return f"“{word.ask}” is answered {'yes' if value == 'true' else 'no'}"
        verb, subject, rest = asked.groups()
        return f"{subject} {verb.lower()} {'' if value == 'true' else 'not '}{rest}"

    def duty(self, duty: Duty) -> Iterator[str]:
        when = f"{_capital(self.trigger(duty.trigger))}"
        conditions = self.conditions(duty.guard)
        who = self.who(duty.by, "Who acts", "whoever is named below")
        who = "somebody (the paper does not say who)" if who in ("", "not stated") else who
        about = _also(duty.about, " about {}") + _also(duty.method, " ({})")
        whom = _whom("to", self.who(duty.to, "To whom", "whom the list below names"))
        whom += _whom("with", self.who(duty.with_, "With whom", "whom the list below names"))
        act = f"{_EFFECTS[duty.effect]} {self.act(duty.action)}{about}{whom}"
        by_when = self.repeat(duty) if duty.repeat else self.deadline(duty.deadline)
        condition = f", if {conditions}" if conditions else ""
        said = (
            f"the paper states that {who} will" if duty.modality is Modality.STATED else f"{who} {duty.modality.value}"
        )
        yield f"{when}{condition}: {said} {act}{by_when}."
        if duty.effect is Effect.REQUIRE:
            yield f"It is done when {self.protocol.words.actions[duty.action].meaning}."
        for name, people_, below in (("In the chair", duty.chair, ""), ("There", duty.attend, "")):
            if told := self.who(people_, name, below):
                yield f"{name}: {told}."
        yield from self.exceptions(duty.guard)
        if duty.until:
            yield f"It ends when {listed([self.until(part) for part in duty.until], 'or')}."
        if duty.superseded_by:
            yield f"It gives way to {duty.superseded_by}."
        if duty.aim:
            yield f"Aimed at: {duty.aim.text.replace('_', ' ')}."
        if duty.earlier_if and duty.earlier_if.condition:
            cited = references(duty.earlier_if.citations, self.own)
            yield f"Earlier where {self.condition(duty.earlier_if.condition)} ({cited})."
        yield self.source(duty.citations)

    def act(self, action: str) -> str:
        """An action by the area's own name, if it has one, and by the shared one."""
        own = self.protocol.called.get(action)
        return f"“{own}” ({_word(action)})" if own else f"“{_word(action)}”"

    def exceptions(self, guard: rules.Guard) -> Iterator[str]:
        for one in guard.unless:
            yield f"Not where {self.condition(one.condition)} ({references(one.citations, self.own)})."

    def source(self, citations: citations.Citations) -> str:
        return f"[{references(citations, self.own)}]"

    # --- when -----------------------------------------------------------------------------------------------------

    def trigger(self, trigger: Trigger) -> str:
        match trigger:
            case triggers.FirstOf(several):
                return ", or ".join(map(self.trigger, several)) + ", whichever is first"
            case triggers.OnInstant(which):
                return f"when {_WHEN[which]}"
            case triggers.OnEvent(event, fields):
                told = self.condition(fields)
                return f"when {self.protocol.words.events[event].meaning}{f' ({told})' if told else ''}"
            case triggers.OnRecord():
                return f"once it is on record that {self.record(trigger)}"
            case triggers.OnBirthday(age):
                return f"when the child turns {age}"
            case triggers.OnPeriod(every):
                return f"every {_period(every)}"
            case triggers.OnUndone(rule):
                return f"when the time for {rule} has passed with nothing recorded"
            case triggers.WhileMissing(ends_with):
                return f"while the child is missing{' and not located' if ends_with == 'located' else ''}"
            case triggers.MissingFor(length, more_than):
                how = length if isinstance(length, Length) else f"as long as {_name(length)} says"
                return f"once the child has been missing for {'more than' if more_than else 'at least'} {how}"
            case triggers.Becomes(test):
                return f"as soon as {self.condition(test)}"
            case triggers.EpisodesReach(at_least, counted):
                return f"when the child has {_happened(counted)} {at_least} times{_window(counted)}"

    def record(self, record: triggers.OnRecord) -> str:
        meaning = self.protocol.words.actions[record.action].meaning
        about = _also(record.about, ", about {}")
        outcome = f", with the outcome {_word(record.outcome)}" if record.outcome else ""
        to = f", to {listed([_word(r) for r in record.to], 'and')}" if record.to else ""
        by = f", by {listed([_word(r) for r in record.by], 'and')}" if record.by else ""
        return f"{meaning}{about}{outcome}{to}{by}"

    def until(self, part: Until) -> str:
        match part:
            case UntilInstant(which):
                return _WHEN[which]
            case triggers.OnRecord():
                return f"it is on record that {self.record(part)}"
            case triggers.OnBirthday(age):
                return f"the child turns {age}"
            case _:
                return self.condition(part)

    def ends(self, ends: Ends) -> str:
        """What ends a duty, whichever comes first: its `until`, the end of its series, the rule that follows it."""
        said = [self.until(part) for part in ends.until]
        if ends.lasting:
            said.append(f"the series is over, after {' and then '.join(map(str, ends.lasting))}")
        if ends.gives_way_to:
            said.append(f"it gives way to {ends.gives_way_to}")
        return ", or ".join(said)

    def conditions(self, guard: rules.Guard) -> str:
        kinds = listed([f"{kind}" for kind in guard.kinds], "or")
        said = [f"the episode is {kinds}"] if guard.kinds and guard.kinds != ("missing",) else []
        when = self.condition(guard.when)
        return " and ".join([*said, *([when] if when else [])])

    def condition(self, condition: Condition) -> str:
        match condition:
            case FactTest(fact, test):
                if isinstance(test, Is) and len(test.values) == 1 and (told := self.answered(fact, test.values[0])):
                    return told
                if isinstance(test, Known) and (told := self.answered(fact, "true")):
                    return (
                        f"it is known whether {told}"
                        if told[0] != "“"
                        else told.replace("is answered yes", "is answered")
                    )
                if fact == "episode.missing_for":
                    return f"the child has been missing for {_test(test)}"
                return f"{_name(fact)} is {_test(test)}"
            case CountTest(counted, test):
                return f"the child has {_happened(counted)} {_test(test)} times{_window(counted)}"
            case HoursTest(hours, outside):
                return f"it is {'outside' if outside else 'inside'} {_word(hours)} hours"
            case conditions.All(parts):
                parts = tuple(_together(parts))
                tested = {p.fact for p in parts if isinstance(p, FactTest) and not isinstance(p.test, Known)}
                # What is tested has to be known anyhow; an "either" comes last, so that no "and" runs on from its "or".
                parts = tuple(p for p in parts if not (isinstance(p, FactTest) and _is_idle(p, tested)))
                parts = tuple(sorted(parts, key=lambda part: isinstance(part, conditions.Any)))
                return " and ".join(dict.fromkeys(filter(None, map(self.condition, parts))))
            case conditions.Any(parts):
                each = list(map(self.condition, parts))
                return "either " + (", or " if any(" and " in one for one in each) else " or ").join(each)
            case Not(part):
                return f"it is not so that {self.condition(part)}"

    # --- who and by when ------------------------------------------------------------------------------------------

    def who(self, who: WhoEver | None, heading: str, below: str) -> str:
        """People in words; where they hang on the case, they are listed below."""
        if not isinstance(who, PeopleRows):
            return people(who) or ""
        rows = [(self.condition(row.condition), people(row.people) or "", row.citations) for row in who.rows]
        if len(rows) == 1 and not rows[0][0]:
            return rows[0][1]
        self.list(heading, rows)
        return below

    def list(self, heading: str, rows: Sequence[tuple[str, str, citations.Citations]]) -> None:
        """The rows of which the first that holds counts."""
        told = [Row(when, _capital(what), self.source(cited)) for when, what, cited in rows]
        self.lists.append(Listed(f"{heading}, by the first line that holds:", told))

    def deadline(self, deadline: Deadline | NotStated) -> str:
        if isinstance(deadline, NotStated):
            return "; the paper does not say by when"
        if isinstance(deadline, DeadlineRows):
            rows = [(self.condition(r.condition), self.deadline(r.deadline), r.citations) for r in deadline.rows]
            self.list("By when", [(when, by.lstrip("; ,"), cited) for when, by, cited in rows])
            return ", by the time listed below"
        match deadline:
            case deadlines.Within(length, anchor, same_day_counts):
                same = ", the day itself counting" if same_day_counts else ""
                since = "from then" if _ANCHORS.get(anchor) == "then" else f"of {_anchor(anchor)}"
                return f" within {length} {since}{same}"
            case OnDay(day, anchor, first):
                return f" on day {day} of {_anchor(anchor)} (the day itself being day {first})"
            case deadlines.Before(anchor):
                return f" before {_anchor(anchor)}"
            case deadlines.AtNext(meeting):
                return f" at the next {_word(meeting)}"
            case deadlines.SetBy(fact):
                word = self.protocol.words.facts.get(fact)
                return f", by the time given as {f'“{word.ask}”' if word else _name(fact)}"
            case deadlines.EndOfPeriod(every):
                return f" by the end of the {'day' if every.split()[0] in WEEKDAYS else _word(every)}"
            case deadlines.AtTheSameTime():
                return " at the same time"
            case deadlines.Word():
                return f" {_word(deadline.value)}"

    def repeat(self, duty: Duty) -> str:
        repeat = duty.repeat
        assert repeat is not None
        anchor = repeat.anchor
        if isinstance(anchor, OnDay):
            start = f"after day {anchor.day} (the first {repeat.phases[0].every} after it)"
        else:
            start = f"from {_anchor(anchor)}"
        phases = [f"every {p.every}{f' for {p.lasting}' if p.lasting else ''}" for p in repeat.phases]
        counted = ", counted from the one last held" if repeat.next_from == "last_held" else ""
        return f" {' and then '.join(phases)} {start}{counted}"


def _is_idle(test: FactTest, tested: set[str]) -> bool:
    return isinstance(test.test, Known) and test.fact in tested


def _together(parts: Iterable[Condition]) -> Iterator[Condition]:
    """The parts of an "all", with those of an "all" in it."""
    for part in parts:
        if isinstance(part, conditions.All):
            yield from _together(part.parts)
        else:
            yield part


def _whom(joint: str, named: str) -> str:
    return (
        f" {joint} somebody (the paper does not say whom)" if named == "not stated" else _also(named, f" {joint} {{}}")
    )


def _period(every: str) -> str:
    """Monday and Friday; week."""
    return " ".join(word.capitalize() if word.rstrip(",") in WEEKDAYS else word for word in period_text(every).split())


def _name(fact: str) -> str:
    """A fact in words; of an episode without its prefix."""
    owner, _, rest = fact.partition(".")
    words = (rest or owner).replace("_", " ").replace(".", " ")
    if owner in ("event", "record"):
        return f"the “{words}” of the {owner}"
    return f"the {owner}'s {words}" if owner in ("child", "plan") else f"the episode's {words}"


def _word(word: str | None) -> str:
    return (word or "").replace("_", " ")


def _anchor(anchor: str) -> str:
    return _ANCHORS.get(anchor) or _name(anchor)


def _also(word: str | None, form: str) -> str:
    return form.format(_word(word)) if word else ""


def _happened(counted: conditions.Counted) -> str:
    """What has come to pass so many times."""
    if set(counted.kinds) == {"absent"}:
        return "been absent"
    return "been missing or absent" if "absent" in counted.kinds else "gone missing"


def _window(counted: conditions.Counted) -> str:
    if isinstance(counted.window, NotStated):
        return ""
    from_ = f" from {listed(counted.missing_from, 'or')}" if counted.missing_from else ""
    return f"{from_} in {'a ' if isinstance(counted.window, str) else ''}{counted.window}"


def _test(test: conditions.Test) -> str:
    if isinstance(test, Is):
        return listed([_word(value) for value in test.values], "or")
    if isinstance(test, Range) and test.low == test.high:
        return str(test.low)
    return _word(test_text(test))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
