"""What all commands share: reading what is asked for, telling what is wrong, and writing to any terminal."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, NoReturn

import typer

from missingrules.cli.everyday import BAD_INPUT, as_json, is_quiet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from rich.console import RenderableType
    from rich.progress import Progress

    from missingrules.domain.audit import Rejection
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.diagnostics import Diagnostic
    from missingrules.domain.protocol import Protocol
    from missingrules.engine.readings import TooMany

FOUND = 1


def instant(text: str | None) -> Instant:
    """The instant asked about. Only here does anything read the clock, and says so."""
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.diagnostics import Diagnostic
    from missingrules.interface.leaves import read_instant

    if text is None:
        import time

        now = Instant(int(time.time()))
        clock = Clock()
        say(f"as of {clock.local(now).isoformat()}, by this computer's clock", err=True)
        return now
    try:
        return read_instant(text)
    except ValueError as error:
        refuse([Diagnostic("bad-as-of", f"--as-of: {error}")])


def protocols(names: Iterable[str]) -> list[Protocol]:
    """The protocols asked for, all mistakes in all of them told at once; of one name, each edition in its turn."""
    from missingrules.reading.loading import load_protocols

    wanted = list(names)
    # Without a name all at hand would be loaded.
    return list(load_protocols(*wanted)) if wanted else []


def every_name() -> list[str]:
    """The names of all protocols at hand."""
    from missingrules.reading.loading import every_name

    return list(every_name())


def readings(pairs: Sequence[str], protocols: Sequence[Protocol]) -> dict[str, str]:
    """`ID=OPTION` pairs; InvalidInput with everything that is wrong with them."""
    from missingrules.domain.choices import chosen
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput

    told = [pair.partition("=") for pair in pairs]
    problems = [
        Diagnostic("bad-reading", f"--reading {name}: an option is wanted", hint="write ID=OPTION")
        for name, equals, _ in told
        if not equals
    ]
    try:
        found = chosen(((name, option) for name, equals, option in told if equals), protocols, "--reading ")
    except InvalidInput as error:
        raise InvalidInput([*problems, *error.diagnostics]) from None
    if problems:
        raise InvalidInput(problems)
    return found


def nearest_rule(rule: str, rules: Sequence[str]) -> str | None:
    """The rule that is meant, if one is near: an inherited one has the name of its layer before its own."""
    from missingrules.domain.diagnostics import did_you_mean
    from missingrules.domain.protocol import bare

    inherited = next((name for name in rules if bare(name) == rule), None)
    return f"the rule of the layer below is called {inherited}" if inherited else did_you_mean(rule, rules)


def refuse_unknown_roles(names: Sequence[str], protocols: Sequence[Protocol]) -> None:
    """InvalidInput for a role that none of the protocols has."""
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean

    known = {role for protocol in protocols for role in protocol.roles}
    found = [
        Diagnostic("unknown-role", f"--for {name}: no protocol here has this role", hint=did_you_mean(name, known))
        for name in names
        if name not in known
    ]
    if found:
        raise InvalidInput(found)


def every_reading(
    protocols: Sequence[Protocol],
    case: Case,
    as_of: Instant,
    horizon: int,
    chosen: Mapping[str, str],
    *,
    organisation: bool,
    as_json: bool,
) -> str | RenderableType:
    """What differs under every combination of the readings that the case touches, for `write` or for `show`."""
    from missingrules.engine.readings import TooMany, every_combination

    try:
        found = every_combination(
            protocols, case, as_of, horizon_days=horizon, readings=chosen, organisation=organisation
        )
    except TooMany as error:
        refuse([_too_many(error)])
    if as_json:
        from missingrules.interface.combinations import combinations_to_json

        return combinations_to_json(one for of_protocol in found for one in of_protocol)
    from missingrules.reports.combinations import combinations_report

    return combinations_report(case.id, as_of, found)


def _too_many(error: TooMany) -> Diagnostic:
    """How many there are, and how to have fewer: the fewest readings to fix, those with the most options first."""
    from missingrules.domain.diagnostics import Diagnostic

    left, fix = error.count, []
    by_options = sorted(error.readings, key=lambda reading: -len(reading.options))
    for reading in by_options:
        if left <= error.most:
            break
        left //= len(reading.options)
        fix.append(reading)
    written = " ".join(f"--reading {reading.id}={reading.default}" for reading in fix)
    others = [reading.id for reading in by_options if reading not in fix]
    message = (
        f"the case touches {len(error.readings)} readings of {error.protocol.name} in {error.count} combinations; "
        f"{error.most} are the most that are told"
    )
    hint = f"fix some: {written} leaves {left}" + (f"; the others are {', '.join(others)}" if others else "")
    return Diagnostic("too-many-readings", message, hint=hint)


def show(report: RenderableType) -> None:
    """On a terminal in its width and colours, otherwise as plain text of 80 columns."""
    if sys.stdout.isatty():
        from rich.console import Console

        console = Console(highlight=False)
        console.print(report, width=min(console.width, 100))
    else:
        from missingrules.reports.text import as_text

        write(as_text(report))


def write(text: str | bytes) -> None:
    """Bytes go through as they are: no line end is changed."""
    try:
        if isinstance(text, bytes):
            sys.stdout.buffer.write(text)
        else:
            sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody reads on; what is still to be flushed at exit goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from None


def write_json(data: object) -> None:
    """Plain data as one JSON document."""
    import json

    write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def say(text: str, *, err: bool = False) -> None:
    """What is no part of what was asked for and no finding: not if it is to be quiet, and never among JSON."""
    if is_quiet():
        return
    if err or as_json():
        print(text, file=sys.stderr)
    else:
        write(f"{text}\n")


def refuse(diagnostics: Iterable[Diagnostic]) -> NoReturn:
    for diagnostic in diagnostics:
        print(diagnostic.render(), file=sys.stderr)
    raise typer.Exit(BAD_INPUT)


def refuse_any(diagnostics: Iterable[Diagnostic]) -> None:
    """Refuses, if there is anything to refuse."""
    if found := list(diagnostics):
        refuse(found)


def progress(*, rated: bool = False) -> Progress | nullcontext[None]:
    """A bar on a terminal, and nothing anywhere else. `rated`: with the rate since it began, and what is left by it."""
    if is_quiet() or not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from missingrules.cli.rates import RateColumn

    left = RateColumn() if rated else TimeRemainingColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), left)
    return Progress(*columns, console=Console(stderr=True), transient=True)


def teller(bar: Progress | None) -> Callable[[Rejection], None]:
    """Names what cannot be used, above the bar where there is one."""
    if bar is None:
        return lambda rejection: print(rejection.render(), file=sys.stderr)
    return lambda rejection: bar.console.print(rejection.render(), markup=False, highlight=False, soft_wrap=True)


def counted(number: int, noun: str, several: str = "") -> str:
    return f"{number} {noun if number == 1 else several or noun + 's'}"
