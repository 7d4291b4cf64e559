"""The only door to durable_rules: a context that is told what is supplied and answers; any doubt is an error.

Its `Host` is not used: that runs two threads which look for work of their own, and only log what goes wrong in them.
A stream has a rule set of its own with one context in it, so that no two children can ever meet.
"""

from __future__ import annotations

import copy
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from missingrules.adapters.durable.gates import TRUTHS
from missingrules.adapters.durable.hashes import colliding, is_plain
from missingrules.adapters.durable.rule_sets import TELL
from missingrules.adapters.durable.supplies import ANOTHER, Kind
from missingrules.domain.diagnostics import Diagnostic, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType, TracebackType

    from missingrules.adapters.durable.rule_sets import RuleSet
    from missingrules.adapters.durable.supplies import Supply, Value

LARGEST: Final = (1 << 53) - 1


class StreamBroken(Exception):
    """Something was not as it must be. What the stream said before stands; it says nothing any more."""


class Stream:
    """One context of one rule set, open until it is closed. Use it in a `with`.

    `context` names what is being followed, in printable ASCII; nothing of it leaves this process.
    InvalidInput without durable_rules, and for a name that it would take for another.
    """

    def __init__(self, rule_set: RuleSet, context: str) -> None:
        self.rule_set = rule_set
        self.context = context
        self._supplies = {supply.name: supply for supply in rule_set.supplies}
        self._nodes = {node.name: node for node in rule_set.nodes}
        self._said: dict[str, str] = {}  # what each node says now
        self._told: dict[str, str] = {}  # what each output was told to say now
        self._given: dict[str, dict[str, Any]] = {}  # the message of each supply
        self._after = _after(rule_set)
        self._trouble: list[str] = []
        self._broken = False
        names = [*self._supplies, *self._nodes]
        # durable_rules keeps a message of its own for each context.
        if not is_plain(context) or colliding([*dict.fromkeys(names), f"sid-{context}"]):
            message = f"durable_rules cannot keep a context named {context!r}"
            raise InvalidInput([Diagnostic("not-for-durable", message, hint="name it otherwise, in plain letters")])
        engine = _durable()
        self._core = engine.durable_rules_engine
        rules = copy.deepcopy({name: dict(rule) for name, rule in rule_set.rules.items()})
        for rule in rules.values():
            rule["run"] = self._action(str(rule["run"]))
        self._rules = engine.Ruleset(rule_set.name, None, rules) if rules else None

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def tell(self, supplies: Mapping[str, Value]) -> Mapping[str, str]:
        """What every output says now, by the name of its node: `true`, `false` or `unknown`.

        The first time everything has to be supplied, later what has changed. ValueError for a supply that is missing,
        unheard of, or not of its kind: then nothing has changed. StreamBroken where durable_rules did anything but what
        the rules say, or said that something went wrong; every later call raises it too.
        """
        if self._broken:
            raise StreamBroken(f"{self.context}: this stream was broken before, or is closed")
        messages = {name: self._message(name, value) for name, value in supplies.items()}
        if not self._given and (missing := [name for name in self._supplies if name not in messages]):
            raise ValueError(f"nothing is supplied for {', '.join(missing)}")
        changed = {name: made for name, made in messages.items() if self._given.get(name) != made}
        try:
            self._change(changed)
        except BaseException as error:
            self._broken = True
            if isinstance(error, StreamBroken) or not isinstance(error, Exception):
                raise
            raise StreamBroken(f"{self.context}: {type(error).__name__}: {error}") from error
        return MappingProxyType({**self.rule_set.fixed, **self._told})

    def close(self) -> None:
        """Gives back what durable_rules holds. The stream says nothing any more."""
        rules, self._rules, self._broken = self._rules, None, True
        if rules is None:
            return
        # A context in which no rule has fired is not deleted: durable_rules would read memory that it never set.
        if self._told:
            self._core.delete_state(rules._handle, self.context)
        self._core.delete_ruleset(rules._handle)

    # --- one change ---------------------------------------------------------------------------------------------------

    def _change(self, changed: Mapping[str, dict[str, Any]]) -> None:
        """What hangs on what has changed is taken back first, and must then be said anew, all of it and once each."""
        if self._rules is None or not changed:
            return
        anew = {name for supply in changed for name in self._after[supply]}
        for name in [*self._said, *self._given]:
            if name in anew or name in changed:
                self._rules.retract_fact({"id": name, "sid": self.context})
                self._said.pop(name, None)
        for name in anew | set(changed):
            self._told.pop(name, None)
        self._must_hold({*self._said, *(name for name in self._given if name not in changed)})
        for name, message in changed.items():
            self._given[name] = message
            self._run(self._rules.assert_fact(dict(message)))
        expected = {name for name in self._nodes if self._nodes[name].layer}
        if self._said.keys() != expected:
            self._fail(f"said of {len(self._said)} nodes what was to be said of {len(expected)}")
        outputs = {output.node.name for output in self.rule_set.outputs} - self.rule_set.fixed.keys()
        if self._told.keys() != outputs:
            self._fail(f"told {len(self._told)} outputs of {len(outputs)}")
        self._must_hold({*self._said, *self._given})

    def _run(self, state: int) -> None:
        """Lets durable_rules run every action that is due, and looks wherever it puts what went wrong."""
        assert self._rules is not None
        done: list[tuple[Any, Any]] = []
        self._rules.do_actions(state, lambda error, result: done.append((error, result)))
        if self._trouble:
            self._fail(self._trouble[0])
        if len(done) != 1:
            self._fail(f"ended {len(done)} times")
        if done[0][0] is not None:
            self._fail(f"{type(done[0][0]).__name__}: {done[0][0]}")
        held = self._rules.get_state(self.context)
        if "exception" in held or held.get("sid") != self.context:
            self._fail(str(held.get("exception", "the state of another context")))

    def _must_hold(self, names: set[str]) -> None:
        """Looks at the facts that durable_rules really has."""
        assert self._rules is not None
        if not names and not self._given:
            return
        facts = self._rules.get_facts(self.context)
        held = {f["id"]: f for f in facts if f.get("id") != f"sid-{self.context}"}
        if held.keys() != names or any(f.get("sid") != self.context for f in held.values()):
            self._fail(f"holds {len(held)} facts where {len(names)} were left with it")
        for name, said in self._said.items():
            if held[name].get("truth") != said:
                self._fail(f"holds of '{name}' what was not said")

    # --- actions ------------------------------------------------------------------------------------------------------

    def _action(self, run: str) -> Any:
        """What durable_rules calls when a rule fires. It swallows every exception, so that they are kept here too."""

        def act(c: Any) -> None:
            try:
                if c.s.sid != self.context:
                    self._fail(f"fired for the context {c.s.sid!r}")
                self._hear(c.a.node, c.a.truth) if run == TELL else self._say(*run.split(": ", 1))
            except BaseException as error:
                self._trouble.append(f"{type(error).__name__}: {error}")
                raise

        return act

    def _say(self, truth: str, name: str) -> None:
        """A rule has made a node: the next may read it."""
        if name in self._said:
            self._fail(f"two rules fired for '{name}'")
        self._said[name] = truth
        message = {"id": name, "sid": self.context, "layer": self._nodes[name].layer, "node": name, "truth": truth}
        assert self._rules is not None
        self._rules.assert_fact(message)

    def _hear(self, name: str, truth: str) -> None:
        if name in self._told:
            self._fail(f"told '{name}' twice")
        if truth not in TRUTHS:
            self._fail(f"told of '{name}' that it is {truth!r}")
        self._told[name] = truth

    def _fail(self, what: str) -> None:
        raise StreamBroken(f"{self.context}: durable_rules {what}")

    def _message(self, name: str, value: Value) -> dict[str, Any]:
        supply = self._supplies.get(name)
        if supply is None:
            raise ValueError(f"no rule asks for '{name}'")
        return {"id": name, "sid": self.context, "layer": 0, "node": name, **_content(supply, value)}


def _content(supply: Supply, value: Value) -> dict[str, Any]:
    """A supply as a message says it."""
    match supply.kind:
        case Kind.TRUTH:
            if value not in TRUTHS or (supply.decided and value == TRUTHS[2]):
                raise ValueError(
                    f"'{supply.name}' is true or false{'' if supply.decided else ' or unknown'}, not {value!r}"
                )
            return {"truth": value}
        case Kind.NUMBER:
            if value is None:
                return {"known": 0}
            if type(value) is not int or abs(value) > LARGEST:
                raise ValueError(f"'{supply.name}' is a whole number or not known, not {value!r}")
            return {"known": 1, "number": value}
        case Kind.VALUE:
            if value is None:
                return {"known": 0}
            if value not in (*supply.values, ANOTHER):
                raise ValueError(f"'{supply.name}' is one of {', '.join(supply.values)} or {ANOTHER}, not {value!r}")
            return {"known": 1, "value": value}
    raise AssertionError(supply.kind)


def _after(rule_set: RuleSet) -> dict[str, set[str]]:
    """By supply the nodes that hang on it, through however many others."""
    behind: dict[str, set[str]] = {}  # by node the supplies on which it hangs
    out: dict[str, set[str]] = {supply.name: set() for supply in rule_set.supplies}
    for node in rule_set.nodes:
        found = {node.supply} if node.supply else set()
        for each in node.inputs:
            found |= behind[each.name]
        behind[node.name] = {name for name in found if name}
        if node.layer:
            for supply in behind[node.name]:
                out[supply].add(node.name)
    return out


def _durable() -> ModuleType:
    """durable_rules' own engine, below its language and its host."""
    try:
        from durable import engine
    except ImportError as error:
        message = f"durable_rules is not installed, or does not work here: {error}"
        hint = "python -m pip install 'missingrules[durable]', with a C compiler and a Python before 3.13"
        raise InvalidInput([Diagnostic("not-installed", message, hint=hint)]) from None
    return engine  # type: ignore[no-any-return]
