"""One rule, its readings taken: duties, conclusions or prohibitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from missingrules.domain.conditions import ALWAYS, AtLeast, FactTest, Is
from missingrules.domain.rules import Conclusion, Guard, Prohibition
from missingrules.domain.triggers import EpisodesReach, triggers_of
from missingrules.domain.vocabulary import TOPICS
from missingrules.reading.conditions import condition, fact_test, kinds, parts_of
from missingrules.reading.dates import in_force
from missingrules.reading.duties import EFFECTS, duties
from missingrules.reading.forms import CalendarTrigger
from missingrules.reading.layers import Lacking, Layers, citations, exception, modality, refuse_idle_cites
from missingrules.reading.names import NAME, refuse_name
from missingrules.reading.people import roles
from missingrules.reading.places import Text
from missingrules.reading.shapes import last_of, where
from missingrules.reading.triggers import UNREAD, outcome, outcomes_of, trigger

if TYPE_CHECKING:
    from missingrules.domain.rules import Provision
    from missingrules.domain.triggers import Trigger
    from missingrules.reading import schema
    from missingrules.reading.located import Tree
    from missingrules.reading.names import Bench

# What a rule without a trigger may say, besides its effect.
STANDING: Final = frozenset(
    {"id", "topic", "title", "cite", "cites", "modality", "if_read", "rests_on", "in_force", "kinds", "when", "unless",
     "outside_scope", "replaces", "why"}
)  # fmt: skip
OF_FORBID: Final = frozenset({"forbid", "method", "outcome", "to", "about"})


def provisions(rule: schema.Rule, bench: Bench) -> tuple[Provision, ...]:
    """What a rule provides under one set of readings."""
    _check_heading(rule, bench)
    ones = [key for key in ("conclude", "forbid") if getattr(rule, key) is not None]
    acts = [key for key in EFFECTS if getattr(rule, key) is not None]
    if ones and (len(ones) + len(acts) > 1 or rule.cases is not None):
        names = [*ones, *acts, *(["cases"] if rule.cases is not None else [])]
        bench.error(
            "two-effects",
            f"a rule has one effect, and this one has {' and '.join(names)}",
            last_of([rule.cases if key == "cases" else getattr(rule, key) for key in names]),
            "make two rules of it",
        )
        return ()
    if rule.conclude is not None:
        _only(rule, STANDING | {"conclude"}, "concludes", bench)
        return _conclusions(rule, rule.conclude, bench)
    if rule.forbid is not None:
        _only(rule, STANDING | OF_FORBID, "forbids", bench)
        return _prohibition(rule, rule.forbid, bench)
    if rule.outcome is not None:
        bench.error(
            "key-not-here",
            "'outcome' belongs to a rule that forbids",
            rule.outcome.span,
            "leave it out; outcomes that count as done stand under met_by",
        )
    if rule.trigger is None:
        bench.error(
            "no-trigger",
            "nothing sets this rule off",
            rule.id.span,
            "add trigger, such as trigger: returned; only conclude and forbid do without",
        )
        return ()
    bench.trigger = trigger(rule.trigger, bench)
    bench.unread = any(part is UNREAD for part in triggers_of(bench.trigger))
    return duties(rule, bench.trigger, _guard(rule, _kinds(rule, bench.trigger, bench), bench), bench)


def _check_heading(rule: schema.Rule, bench: Bench) -> None:
    if not NAME.fullmatch(rule.id):
        refuse_name(rule.id, rule.id.span, bench.report)
    if rule.topic not in TOPICS:
        bench.report.unknown("unknown-topic", "topic", rule.topic, TOPICS, f"one of: {', '.join(TOPICS)}")
    if not rule.cite:
        bench.error("uncited", "this rule has no cite", rule.id.span, "add cite, with the paragraph it encodes")
    for word in rule.rests_on:
        if word not in bench.names.readings and not bench.is_broken("readings", word):
            bench.report.unknown("unknown-reading", "reading", word, bench.names.readings)


def _only(rule: schema.Rule, keys: frozenset[str], does: str, bench: Bench) -> None:
    for name in sorted(rule.model_fields_set - keys):
        value = getattr(rule, name)
        if value is not None:
            key = name.rstrip("_")
            hint = "leave it out" + (": the rule holds whenever 'when' does" if key == "trigger" else "")
            bench.error("key-not-here", f"a rule that {does} has no '{key}'", where(value) or rule.id.span, hint)


def _kinds(rule: schema.Rule, found: Trigger | None, bench: Bench) -> tuple[str, ...]:
    if rule.kinds is not None:
        return kinds(rule.kinds, bench)
    for each in parts_of(found):
        if isinstance(each, EpisodesReach):
            return each.counted.kinds
    return ("missing",)


def _guard(rule: schema.Rule, of_kinds: tuple[str, ...], bench: Bench) -> Guard:
    """What all provisions of the rule share; a duty adds its own conditions and exceptions."""
    span = in_force(rule.in_force, "this rule", rule.id, bench.report)
    # The scope says which children are meant; a duty of the calendar is of none.
    of_child = not isinstance(rule.trigger, CalendarTrigger)
    return Guard(kinds=of_kinds, in_force=span, in_scope=of_child and not rule.outside_scope)


def _whole_guard(rule: schema.Rule, of_kinds: tuple[str, ...], bench: Bench) -> Guard:
    base = _guard(rule, of_kinds, bench)
    return Guard(
        ALWAYS if rule.when is None else condition(rule.when, bench),
        tuple(exception(tree, bench) for tree in rule.unless or ()),
        base.kinds,
        base.in_force,
        base.in_scope,
    )


def _conclusions(rule: schema.Rule, tree: dict[Text, Tree], bench: Bench) -> tuple[Conclusion, ...]:
    refuse_idle_cites(rule, [rule], bench)
    found: list[Conclusion] = []
    cites = citations(Layers((rule,)), bench)
    for key, value in tree.items():
        fact = bench.fact(key)
        if fact is None:
            continue
        if fact.built_in:
            bench.error(
                "built-in-fact",
                f"'{key}' follows from the case itself, so no rule can conclude it",
                key.span,
                "leave the rule out; other rules can test this fact under when",
            )
            continue
        # What is true of the child holds with or without an episode.
        of_kinds = _kinds(rule, None, bench) if rule.kinds or fact.name.startswith("episode.") else ()
        said: str | None
        floor: str | None
        test = fact_test(key, fact, value, bench)
        match test:
            case FactTest(_, AtLeast(level, _)):
                said, floor = None, str(level)
            case FactTest(_, Is((one,))):
                said, floor = one, None
            case _:
                if isinstance(test, FactTest):
                    bench.error(
                        "not-one-value",
                        f"a conclusion gives '{key}' one value",
                        where(value) or key.span,
                        "write the value, or at least LEVEL for a floor",
                    )
                continue
        found.append(
            Conclusion(
                rule=str(rule.id),
                topic=str(rule.topic),
                title=_title(rule),
                fact=fact.name,
                value=said,
                floor=floor,
                guard=_whole_guard(rule, of_kinds, bench),
                citations=cites,
            )
        )
    return tuple(found)


def _prohibition(rule: schema.Rule, form: Text | schema.Forbidden, bench: Bench) -> tuple[Prohibition, ...]:
    refuse_idle_cites(rule, [rule], bench)
    if not isinstance(form, Text):
        bench.error(
            "not-yet",
            "forbidding a grading or a change cannot be encoded yet",
            where(form),
            "leave the rule out for now, and say so in the ledger",
        )
        return ()
    layers = Layers((rule,))
    lacking = Lacking()
    rank = modality(layers, lacking, bench)
    lacking.tell(rule, 1, bench)
    action = bench.action(form)
    if rule.outcome is not None and action:
        outcome(rule.outcome, outcomes_of(str(form), bench), bench)
    to: tuple[str, ...] = ()
    if rule.to is not None:
        if isinstance(rule.to, Text | list) and (people := roles(rule.to, bench)).mode == "all":
            to = tuple(role.name for role in people.roles)
        else:
            bench.error(
                "wrong-shape", "'to' of a prohibition is a role or a list of roles", where(rule.to), "list the roles"
            )
    return (
        Prohibition(
            rule=str(rule.id),
            topic=str(rule.topic),
            title=_title(rule),
            modality=rank,
            action=str(form),
            guard=_whole_guard(rule, _kinds(rule, None, bench), bench),
            method=layers.text("method"),
            outcome=layers.text("outcome"),
            to=to,
            about=layers.text("about"),
            citations=citations(layers, bench),
        ),
    )


def _title(rule: schema.Rule) -> str:
    return str(rule.title or rule.id.replace("-", " "))
