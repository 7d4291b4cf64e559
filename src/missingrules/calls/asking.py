"""What is asked for, held against what there is: topics, acts and readings by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean
from missingrules.domain.vocabulary import TOPICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from missingrules.domain.protocol import Protocol


def refuse_unknown_topics(topics: Iterable[str], option: str = "") -> None:
    """InvalidInput for each that is no topic; `option` is where it was asked for, for the message."""
    _refuse(
        Diagnostic(
            "unknown-topic",
            f"{option}{each}: no topic has this name",
            hint=did_you_mean(each, TOPICS) or f"one of: {', '.join(TOPICS)}",
        )
        for each in topics
        if each not in TOPICS
    )


def refuse_unknown_actions(actions: Iterable[str], protocols: Sequence[Protocol], option: str = "") -> None:
    """InvalidInput for each act that none of the protocols has."""
    known = {name for each in protocols for name in each.words.actions}
    _refuse(
        Diagnostic("unknown-action", f"{option}{each}: neither protocol has this act", hint=did_you_mean(each, known))
        for each in actions
        if each not in known
    )


def chosen(pairs: Iterable[tuple[str, str]], protocols: Sequence[Protocol], option: str = "") -> dict[str, str]:
    """Readings by id with the option taken; InvalidInput for each that no protocol has, or that is taken twice."""
    known: dict[str, list[str]] = {}
    for protocol in protocols:
        for reading in protocol.readings.values():
            known.setdefault(reading.id, []).extend(each.name for each in reading.options)
    found: dict[str, str] = {}

    def wrong() -> Iterator[Diagnostic]:
        for name, taken in pairs:
            told = f"{option}{name}={taken}"
            if name not in known:
                hint = did_you_mean(name, known) or (f"the readings are {', '.join(known)}" if known else None)
                yield Diagnostic("bad-reading", f"{told}: there is no reading '{name}'", hint=hint)
            elif taken not in known[name]:
                hint = f"the options are {', '.join(dict.fromkeys(known[name]))}"
                yield Diagnostic("bad-reading", f"{told}: the reading '{name}' has no option '{taken}'", hint=hint)
            elif found.setdefault(name, taken) != taken:
                yield Diagnostic("bad-reading", f"{told}: '{name}' is given two options", hint="give it one")

    _refuse(wrong())
    return found


def readings_of(readings: Mapping[str, str] | None, protocols: Sequence[Protocol]) -> dict[str, str]:
    """The same of a mapping, as calls take it."""
    return chosen((readings or {}).items(), protocols)


def _refuse(found: Iterable[Diagnostic]) -> None:
    if problems := list(found):
        raise InvalidInput(problems)
