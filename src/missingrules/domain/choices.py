"""Readings as they are chosen, held against those that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from missingrules.domain.protocol import Protocol


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

    if problems := list(wrong()):
        raise InvalidInput(problems)
    return found


def readings_of(readings: Mapping[str, str] | None, protocols: Sequence[Protocol]) -> dict[str, str]:
    """The same of a mapping, as calls take it."""
    return chosen((readings or {}).items(), protocols)
