"""Facts as conditions name them, and what the trigger's own event or record says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from missingrules.domain.triggers import OnEvent, OnRecord
from missingrules.domain.vocabulary import FactKind, FactType, FactWord
from missingrules.reading.names import canonical

if TYPE_CHECKING:
    from missingrules.domain.vocabulary import EventWord
    from missingrules.reading.names import Bench
    from missingrules.reading.places import Text

# What a record says in lists, which no condition tests.
LISTS: Final = ("by", "chair", "attended", "to", "with", "included")


def tested_fact(key: Text, bench: Bench) -> FactWord | None:
    """The fact that a condition names, or the field of the trigger's event or record."""
    name = canonical(key)
    prefix, _, field = name.partition(".")
    if prefix == "event":
        return _event_field(key, field, bench)
    if prefix == "record":
        if field in LISTS:
            bench.error(
                "not-a-test",
                f"'{key}' names several people, and a condition tests one word",
                key.span,
                f"say it in the trigger: {{recorded: ACTION, {field}: [ROLE]}}"
                if field in ("by", "to")
                else "test another fact",
            )
            return None
        if any(isinstance(each, OnRecord) for each in bench.triggers()):
            return FactWord(name, FactKind.STATUS, FactType.TEXT, f"What is the record's {field.replace('_', ' ')}?")
        bench.error(
            "no-such-anchor",
            f"'{key}' needs a trigger that is a record",
            key.span,
            "give the rule a trigger such as {recorded: return_interview}, or test a fact",
        )
        return None
    return bench.fact(key)


def _event_field(key: Text, field: str, bench: Bench) -> FactWord | None:
    type_ = event_field(key, field, bench)
    if type_ is None:
        return None
    return FactWord(f"event.{field}", FactKind.STATUS, type_, f"What does the event say of {field.replace('_', ' ')}?")


def _fields_of(name: str, event: EventWord) -> str:
    if not event.fields:
        return f"the event '{name}' has no fields; those of an own event are introduced with it under 'events'"
    return f"the event '{name}' has: {', '.join(f'event.{each}' for each in event.fields)}"


def event_field(key: Text, field: str, bench: Bench) -> FactType | None:
    """The type of a field of the trigger's event; None with a mistake reported (or known elsewhere)."""
    events = [each.event for each in bench.triggers() if isinstance(each, OnEvent)]
    if not events:
        bench.error(
            "no-such-anchor",
            f"'{key}' needs a trigger that is an event",
            key.span,
            "give the rule a trigger such as {event: placement_started}, or test a fact",
        )
        return None
    found: FactType | None = None
    for name in events:
        event = bench.names.words.events.get(name)
        if event is None:
            return None
        found = event.fields.get(field)
        if found is None:
            # In a trigger fields stand without the prefix, which is then not in the file.
            bare = key.span.end_column - key.span.column < len(key)
            bench.report.unknown(
                "unknown-field",
                f"field of the event '{name}'",
                key.here(field) if bare else key,
                event.fields if bare else [f"event.{each}" for each in event.fields],
                _fields_of(name, event),
            )
    return found
