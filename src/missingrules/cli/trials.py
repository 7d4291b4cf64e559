"""`missingrules test --mutants` and `--boundaries`: the rules changed, and the edges of their numbers as scenarios."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from missingrules.cli import common
from missingrules.cli.everyday import as_json
from missingrules.domain.coverage import Change, Changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from missingrules.analysis.mutants import Mutant
    from missingrules.domain.coverage import Known
    from missingrules.domain.diagnostics import Diagnostic
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.scenarios import Scenario


class Tried(NamedTuple):
    """The changes of one protocol; which of those that go unnoticed have no reason, and which reasons are left over.

    `known`: reasons were given for this protocol.
    """

    changes: Changes
    left: Sequence[Change]
    stale: Sequence[Known]
    known: bool

    @property
    def settled(self) -> bool:
        """Whether, of a protocol with reasons, each that is not noticed has one, and no reason is left."""
        return not (self.known and (self.left or self.stale))

    def data(self) -> dict[str, object]:
        from missingrules.reports.plain import mutants_data

        stale = [{"rule": each.rule, "change": each.change, "at": str(each.span)} for each in self.stale]
        return mutants_data(self.changes, self.left) | {"reasons_left_over": stale}


def mutants(
    asked: Sequence[tuple[Protocol, Sequence[Scenario]]],
    rules: Sequence[str],
    sample: int | None,
    reasons: Mapping[str, Sequence[Known]],
) -> list[Tried]:
    """Changes the rules of each protocol: what does none of its scenarios notice? The scenarios must hold.

    Of several rules, or of a sample, no others are changed. `reasons`, by protocol: what is known not to be noticed.
    """
    from missingrules.analysis.mutants import mutants_of
    from missingrules.reports.mutants import without_reason

    found = []
    for protocol, scenarios in asked:
        every = [m for m in mutants_of(protocol) if not rules or not set(rules).isdisjoint(m.change.rules)]
        if every:
            changes = _tried(protocol, scenarios, every, _sampled(every, sample))
            left, stale = without_reason(changes.unnoticed, reasons.get(protocol.name, ()))
            # Of some changes alone nobody can tell which reasons are left over.
            stale = [] if rules or sample is not None else stale
            found.append(Tried(changes, left, stale, protocol.name in reasons))
    return found


def tell(found: Sequence[Tried]) -> None:
    """What goes unnoticed and is not known to, protocol by protocol, and the counts of all."""
    from missingrules.reports.mutants import changes_table, unnoticed_report

    for each in found:
        if each.left:
            common.show(unnoticed_report(each.changes, each.left))
            common.write("\n")
        unnoticed = len(each.changes.unnoticed)
        if each.known and len(each.left) < unnoticed:
            many = common.counted(unnoticed - len(each.left), "more change is", "more changes are")
            common.write(f"{each.changes.protocol.name}: {many} not noticed, each with its reason\n\n")
        if each.stale:
            common.write("".join(f"{one.render()}\n" for one in _stale(each.stale)) + "\n")
    common.show(changes_table([each.changes for each in found]))


def reasons_in(files: Iterable[Path], protocols: Sequence[Protocol]) -> dict[str, tuple[Known, ...]]:
    """By protocol, which changes are known not to be noticed; every mistake of all files is told at once."""
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean
    from missingrules.reading.unnoticed import read_unnoticed

    names = [each.name for each in protocols]
    found: dict[str, tuple[Known, ...]] = {}
    problems: list[Diagnostic] = []
    for file in files:
        try:
            name, known = read_unnoticed(file)
        except InvalidInput as error:
            problems += error.diagnostics
            continue
        if name not in names:
            message = f"{file}: no scenario that is run is about '{name}'"
            hint = did_you_mean(name, names) or "leave the file out, or run that protocol's scenarios too"
            problems.append(Diagnostic("unknown-protocol", message, hint=hint))
        found[name] = (*found.get(name, ()), *known)
    if problems:
        common.refuse(problems)
    return found


def _stale(known: Iterable[Known]) -> list[Diagnostic]:
    from missingrules.domain.diagnostics import Diagnostic

    hint = "leave it out, or write the change as --mutants prints it, without the paragraphs"
    message = "no change of {} that goes unnoticed is this one"
    return [Diagnostic("reason-stale", message.format(each.rule), each.span, hint) for each in known]


def boundaries(asked: Sequence[tuple[Protocol, Sequence[Scenario]]], rules: Sequence[str], file: Path | None) -> None:
    """Writes the edges of the numbers of one protocol, or of some of its rules, as a scenario file."""
    from missingrules.analysis.boundaries import Bench
    from missingrules.analysis.edges import edges_of
    from missingrules.analysis.numbers import numbers_of
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput
    from missingrules.formats.whole import write_whole
    from missingrules.reports.edges import edges_text

    if len(asked) > 1:
        names = " and ".join(protocol.name for protocol, _ in asked)
        hint = "name the scenarios of one protocol at a time"
        common.refuse([Diagnostic("one-protocol", f"these scenarios are about {names}", hint=hint)])
    if file is not None and file.exists():
        hint = "write to a new file, and take from it what you accept"
        common.refuse([Diagnostic("file-there", f"{file} is there already, and is left as it is", hint=hint)])
    ((protocol, scenarios),) = asked
    numbers = [n for n in numbers_of(protocol) if not rules or not set(rules).isdisjoint(n.number.rules)]
    edges = edges_of(Bench(protocol), scenarios, numbers)
    if not edges.made:
        of = (
            "these rules have no numbers"
            if not numbers
            else "no scenario that holds expects one of these rules to fire"
        )
        common.refuse([Diagnostic("no-edges", f"nothing can be written: {of}", hint="write such a scenario first")])
    text = edges_text(edges, protocol)
    made = {
        "file": None if file is None else str(file),
        "scenarios": len(edges.made),
        "numbers_left_out": len(edges.left),
    }
    if file is None:
        if as_json():
            common.write_json({**made, "text": text})
        else:
            common.write(text)
        return
    try:
        # Never over a file that somebody has made meanwhile.
        write_whole(file, text.encode(), force=False, hint="name a new file in a folder that is there")
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    if as_json():
        common.write_json(made)
        return
    numbers_made = len(numbers) - len(edges.left)
    common.say(
        f"{common.counted(len(edges.made), 'scenario')} at {common.counted(numbers_made, 'number')} written to {file}: "
        "proposed, to accept or correct"
    )
    if edges.left:
        common.say(f"{common.counted(len(edges.left), 'number')} left out: listed at the end of the file")


def refuse_unknown_rules(rules: Iterable[str], protocols: Sequence[Protocol]) -> None:
    """InvalidInput told for a rule that none of the protocols has."""
    from missingrules.domain.diagnostics import Diagnostic, did_you_mean

    known = [family.id for protocol in protocols for family in protocol.families]
    wrong = [rule for rule in rules if rule not in known]
    if wrong:
        of = ", ".join(protocol.name for protocol in protocols)
        common.refuse(
            Diagnostic("unknown-rule", f"--rule {rule}: no rule of {of} has this id", hint=did_you_mean(rule, known))
            for rule in wrong
        )


def _tried(
    protocol: Protocol, scenarios: Sequence[Scenario], every: Sequence[Mutant], tried: Sequence[Mutant]
) -> Changes:
    from missingrules.analysis.boundaries import Bench, Held
    from missingrules.analysis.mutants import is_unnoticed
    from missingrules.analysis.same import is_same

    began = perf_counter()
    held = Held(Bench(protocol), scenarios)
    noticed, unnoticed, same = list[Change](), list[Change](), list[Change]()
    with common.progress() as bar:
        task = bar.add_task(protocol.name, total=len(tried)) if bar else None
        for mutant in tried:
            # What a scenario notices is not the same.
            if not is_unnoticed(held, mutant):
                noticed.append(mutant.change)
            elif is_same(protocol, mutant):
                same.append(mutant.change)
            else:
                unnoticed.append(mutant.change)
            if bar and task is not None:
                bar.advance(task)
    return Changes(
        protocol=protocol,
        scenarios=len(scenarios),
        all=len(every),
        same=tuple(same),
        tried=(*noticed, *unnoticed),
        unnoticed=tuple(unnoticed),
        seconds=perf_counter() - began,
    )


def _sampled(every: Sequence[Mutant], sample: int | None) -> Sequence[Mutant]:
    """So many of them, evenly spread, always the same ones."""
    if sample is None or sample >= len(every):
        return every
    return [every[number * len(every) // sample] for number in range(sample)]
