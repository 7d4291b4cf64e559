"""An answer held against what a scenario expects of it: every difference, with its place, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from missingrules.analysis.telling import Teller
from missingrules.domain.citations import NotStated
from missingrules.domain.coverage import Compared, Difference
from missingrules.domain.obligations import Undecided
from missingrules.domain.scenarios import Between, Moment, Texts, Who

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from missingrules.domain.answers import Ahead, Ambiguity, Concluded, Conflict, Forbidden, ProtocolAnswer, Question
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.people import People
    from missingrules.domain.scenarios import Absent, Detail, Expected, Part, Value, Wanted
    from missingrules.domain.source import Span

# Of these what is expected must be among what came; of all others it must be the same.
_AMONG: Final = frozenset({"readings", "cite", "affects", "rules", "would_add"})


def differences(answer: ProtocolAnswer, expected: Expected, anchor: date | None = None) -> tuple[Difference, ...]:
    """All that an answer does not keep of what is expected, in the order of the scenario; none if it keeps all.

    `anchor` is the day 0 of the scenario, for telling instants as its author writes them.
    """
    return _Check(answer, Teller(answer.protocol.clock, anchor)).all(expected)


def side_by_side(answer: ProtocolAnswer, wanted: Wanted, anchor: date | None = None) -> tuple[Compared, ...]:
    """Each field that is expected of an obligation beside what came of it."""
    return _Check(answer, Teller(answer.protocol.clock, anchor)).side_by_side(wanted)


class _Check:
    def __init__(self, answer: ProtocolAnswer, teller: Teller) -> None:
        name = f"{answer.protocol.name}/"
        self.answer = answer
        self.teller = teller
        self.actions = {each.key.removeprefix(name): each for each in answer.actions}
        self.phases = answer.phases.get()
        self.forbidden = [(one.key.removeprefix(name), one) for one in answer.forbidden]
        self.prefix = name
        self.found: list[Difference] = []

    def all(self, expected: Expected) -> tuple[Difference, ...]:
        for wanted in expected.obligations:
            self._obligation(wanted)
        for absent in expected.absent:
            self._absent(absent)
        for part in expected.parts:
            self._part(part)
        if expected.valid_until is not None:
            self._valid_until(expected.valid_until)
        return tuple(self.found)

    # --- obligations --------------------------------------------------------------------------------------------------

    def _obligation(self, wanted: Wanted) -> None:
        found = self.actions.get(wanted.key)
        if found is None:
            (rule,) = wanted.rules
            others = [f"{key} ({each.status})" for key, each in self.actions.items() if self._is_of(key, rule)]
            came = f"there is no such obligation; of this rule there is {', '.join(others) or 'none'}"
            self._differs(wanted.key, wanted.span, self._all_of(wanted), came)
            return
        for detail in wanted.details:
            is_ = self._is(found, detail.name)
            if not _agrees(detail, is_):
                self._differs(f"{wanted.key}, {detail.name}", detail.span, self._told(detail.value), self._told(is_))

    def _is(self, found: Obligation, name: str) -> Value:
        return self.phases[found.key].value if name == "phase" else OBLIGATION[name](found)

    def side_by_side(self, wanted: Wanted) -> tuple[Compared, ...]:
        found = self.actions.get(wanted.key)
        if found is None:
            return tuple(Compared(each.name, self._told(each.value), "", False) for each in wanted.details)
        return tuple(
            Compared(each.name, self._told(each.value), self._told(is_), _agrees(each, is_))
            for each in wanted.details
            for is_ in (self._is(found, each.name),)
        )

    def _absent(self, absent: Absent) -> None:
        name = absent.name
        found = [f"{key} ({each.status})" for key, each in self.actions.items() if self._is_of(key, name)]
        found += [f"{key} ({one.status})" for key, one in self.forbidden if self._is_of(key, name)]
        if name == absent.rule:
            found += [f"{one.what} is {one.effective}" for one in self.answer.conclusions if name in one.rules]
        if found:
            self._differs(name, absent.span, "nothing of it", ", ".join(found))

    # --- the rest of an answer ----------------------------------------------------------------------------------------

    def _part(self, part: Part) -> None:
        """Each wanted thing is matched by one that came, in everything that is said of it; others may be there."""
        came, reads, told = self._came(part.name)
        shown = "; ".join([told(one) for one in came]) or "none"
        if not part.wanted and came:
            self._differs(part.name, part.span, "none", shown)
        for wanted in part.wanted:
            if not any(self._matches(wanted, one, reads) for one in came):
                self._differs(part.name, wanted.span, self._all_of(wanted), shown)

    def _came(self, name: str) -> tuple[Sequence[Any], Mapping[str, Callable[[Any], Value]], Callable[[Any], str]]:
        """What came of a list, what each of it says, and how it is told."""
        match name:
            case "questions":
                return self.answer.questions, self._of_question(), self._question
            case "conclusions":
                return self.answer.conclusions, CONCLUSION, self._conclusion
            case "forbidden":
                return self.forbidden, FORBIDDEN, self._prohibition
            case "ambiguities":
                return self.answer.ambiguities, self._of_ambiguity(), self._ambiguity
            case "conflicts":
                return self.answer.conflicts, CONFLICT, self._conflict
            case _:
                return self.answer.ahead, AHEAD, self._ahead

    def _matches(self, wanted: Wanted, one: Any, reads: Mapping[str, Callable[[Any], Value]]) -> bool:
        if wanted.key and not self._is_of(one[0], wanted.key):
            return False
        for detail in wanted.details:
            if detail.name == "rule":
                if detail.value not in (one.duty.id, one.duty.rule):
                    return False
            elif not _agrees(detail, reads[detail.name](one)):
                return False
        return True

    def _is_of(self, key: str, name: str) -> bool:
        """Whether a key lies under `rule`, `rule.item`, `rule/SUBJECT` (of all acts of the rule) or is the name."""
        duty, rest = self.answer.protocol.split(key)
        of, subject = self.answer.protocol.split(name)
        return (duty == of or duty.startswith(f"{of}.")) and f"{rest}/".startswith(f"{subject}/" if subject else "")

    def _of_question(self) -> dict[str, Callable[[Question], Value]]:
        return {
            "fact": lambda one: one.fact,
            "episode": lambda one: one.episode,
            "record": lambda one: one.record,
            "by": lambda one: Moment(one.by),
            "affects": lambda one: Texts(frozenset(map(self._short, one.affects))),
        }

    def _of_ambiguity(self) -> dict[str, Callable[[Ambiguity], Value]]:
        return {
            "reading": lambda one: one.reading,
            "option": lambda one: one.option,
            "would_add": lambda one: Texts(frozenset(self._short(key) for key, _ in one.would_add)),
        }

    def _valid_until(self, detail: Detail) -> None:
        came = Moment(self.answer.valid_until)
        if came != detail.value:
            self._differs("valid_until", detail.span, self._told(detail.value), self._told(came))

    # --- in words -----------------------------------------------------------------------------------------------------

    def _differs(self, what: str, span: Span, expected: str, came: str) -> None:
        self.found.append(Difference(what, span, expected, came))

    def _told(self, value: Value) -> str:
        return self.teller.value(value)

    def _all_of(self, wanted: Wanted) -> str:
        said = [f"{detail.name} {self._told(detail.value)}" for detail in wanted.details]
        return ", ".join([wanted.key, *said] if wanted.key else said)

    def _short(self, key: str) -> str:
        return key.removeprefix(self.prefix)

    def _question(self, one: Question) -> str:
        ends = [f"{name} {value}" for name, value in (("episode", one.episode), ("record", one.record)) if value]
        by = [f"by {self.teller.instant(one.by)}"] if one.by is not None else []
        return f"{one.fact} ({', '.join([*ends, *by, *map(self._short, one.affects)])})"

    def _conclusion(self, one: Concluded) -> str:
        return (
            f"{one.what} of {one.episode or 'the child'}: recorded {one.recorded or 'nothing'}, "
            f"floor {one.floor or 'none'}, effective {one.effective or 'nothing'} ({', '.join(one.rules)})"
        )

    def _prohibition(self, pair: tuple[str, Forbidden]) -> str:
        key, one = pair
        return f"{key} {one.status}" + (f" by {one.record}, {self.teller.instant(one.at)}" if one.record else "")

    def _ambiguity(self, one: Ambiguity) -> str:
        return f"{one.reading} read as {one.option}: {', '.join(sorted(self._short(key) for key, _ in one.would_add))}"

    def _conflict(self, one: Conflict) -> str:
        return f"{one.what} of {one.episode or 'the child'}: {' or '.join(one.values)}"

    def _ahead(self, one: Ahead) -> str:
        return f"{one.duty.id} ({one.kind}, {one.count} more, {self.teller.instant(one.at)}, {one.subject})"


def _agrees(detail: Detail, came: Value) -> bool:
    wanted = detail.value
    if detail.name in ("fact", "what"):
        return _fact(wanted) == _fact(came)
    if detail.name in _AMONG and isinstance(wanted, Texts) and isinstance(came, Texts):
        return wanted.words <= came.words
    return wanted == came


def _fact(value: Value) -> str:
    """An episode's fact goes by its name alone too."""
    return str(value).removeprefix("episode.")


def who(people: People | NotStated | Undecided | None) -> Who:
    """People of an answer as a scenario expects them."""
    if people is None:
        return Who("none")
    if isinstance(people, NotStated):
        return Who("not_stated")
    if isinstance(people, Undecided):
        options = {who(each) for each in people.people} | ({Who("not_stated")} if people.silent else set())
        return Who("undecided", options=frozenset(options))
    return Who(people.mode, frozenset(role.name for role in people.roles))


def _texts(words: Iterable[str]) -> Texts:
    return Texts(frozenset(words))


# What each thing of an answer says under the names that a scenario has for it.
OBLIGATION: Final[Mapping[str, Callable[[Obligation], Value]]] = {
    "status": lambda o: str(o.status),
    "modality": lambda o: str(o.duty.modality),
    "action": lambda o: o.duty.action,
    "episode": lambda o: o.episode,
    "due": lambda o: Moment(o.due),
    # Which row of a table gave it stands behind it in brackets.
    "deadline": lambda o: o.due_basis.partition(" (")[0],
    "due_between": lambda o: Between(o.due_between),
    "triggered_at": lambda o: Moment(o.triggered_at),
    "discharged_at": lambda o: Moment(o.discharged_at),
    "ended_at": lambda o: Moment(o.ended_at),
    "discharged_by": lambda o: _texts(o.discharged_by),
    "by": lambda o: who(o.by),
    "chair": lambda o: who(o.chair),
    "recipients": lambda o: who(o.recipients),
    "attendees": lambda o: who(o.attendees),
    "with": lambda o: who(o.with_),
    "differences": lambda o: _texts(f"{each.record} {each.part}" for each in o.differences),
    "readings": lambda o: _texts(f"{each.reading}: {each.option}" for each in o.readings),
    "cite": lambda o: _texts(each.paragraph for each in o.citations),
}
CONCLUSION: Final[Mapping[str, Callable[[Concluded], Value]]] = {
    "what": lambda one: one.what,
    "episode": lambda one: one.episode,
    "recorded": lambda one: one.recorded,
    "floor": lambda one: one.floor,
    "effective": lambda one: one.effective,
    "rules": lambda one: _texts(one.rules),
    "cite": lambda one: _texts(each.paragraph for each in one.citations),
}
FORBIDDEN: Final[Mapping[str, Callable[[tuple[str, Forbidden]], Value]]] = {
    "status": lambda pair: pair[1].status,
    "modality": lambda pair: str(pair[1].prohibition.modality),
    "action": lambda pair: pair[1].prohibition.action,
    "record": lambda pair: pair[1].record,
    "at": lambda pair: Moment(pair[1].at),
    "cite": lambda pair: _texts(each.paragraph for each in pair[1].prohibition.citations),
}
CONFLICT: Final[Mapping[str, Callable[[Conflict], Value]]] = {
    "what": lambda one: one.what,
    "episode": lambda one: one.episode,
    "values": lambda one: _texts(one.values),
}
AHEAD: Final[Mapping[str, Callable[[Ahead], Value]]] = {
    "kind": lambda one: one.kind,
    "count": lambda one: str(one.count),
    "at": lambda one: Moment(one.at),
    "subject": lambda one: one.subject,
}
