"""What stands behind the rows of a batch: the case, found again in what was read, and the evaluator's answer."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from missingrules.adapters.given import Asked
from missingrules.batches.folder import WHOLE
from missingrules.calls.caseloads import Filed, hashed
from missingrules.domain.answers import Combined, Outlook
from missingrules.domain.audit import Rejected
from missingrules.domain.clock import calendar_version
from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean
from missingrules.domain.obligations import Later
from missingrules.engine.evaluate import evaluate
from missingrules.interface.leaves import read_instant
from missingrules.interface.shared import library_version
from missingrules.interface.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from missingrules.domain.answers import Answer, ProtocolAnswer
    from missingrules.domain.case import Case
    from missingrules.domain.protocol import Protocol

Data = dict[str, Any]


def evidence(folder: Path, case: str, protocols: Callable[[Sequence[str]], Sequence[Protocol]]) -> Answer:
    """The evaluator's answer to the question of the batch in `folder`, for one of its cases; the same as its rows.

    `protocols` gives those of these names. InvalidInput with every reason why the same answer cannot be had:
    `not-a-batch`, `other-library`, `other-calendar`, `other-protocol`, `protocol-not-at-hand`, `input-changed`; or
    `unknown-case`.
    """
    whole = _read(folder)
    asked, receipt = whole["asked"], whole["receipt"]
    given = protocols(list(dict.fromkeys(each["name"] for each in receipt["protocols"])))
    by_text = {(each.name, each.fingerprint): each for each in given}
    reasons = [*_versions(receipt), *_texts(receipt, given), *_inputs(asked)]
    if reasons:
        raise InvalidInput(reasons)
    rules = [by_text[each["name"], each["fingerprint"]] for each in receipt["protocols"]]
    found = _found(case, asked, rules)
    if found is None:
        message = f"no case of this name was answered in {folder}"
        hint = "see how it is called in the table cases, and whether it stands in rejected.csv"
        raise InvalidInput([Diagnostic("unknown-case", message, hint=hint)])
    return evaluate(
        rules,
        found,
        read_instant(asked["as_of"]),
        horizon_days=asked["horizon_days"],
        readings=asked["readings"],
        organisation=asked["organisation"],
    )


def of_one(answer: Answer, key: str) -> Answer:
    """The answer with nothing in it but one obligation and what is asked for it. InvalidInput (`unknown-row`) where
    there is none of that key."""
    keys = [one.key for part in answer.protocols for one in part.actions]
    if key not in keys:
        hint = did_you_mean(key, keys) or "it has a row in the table obligations"
        raise InvalidInput([Diagnostic("unknown-row", "no obligation of this case has that key", hint=hint)])
    parts = tuple(_of_one(part, key) for part in answer.protocols)
    return replace(answer, protocols=parts, combined=Later.of(Combined()))


def _of_one(part: ProtocolAnswer, key: str) -> ProtocolAnswer:
    return replace(
        part,
        actions=tuple(one for one in part.actions if one.key == key),
        conclusions=(),
        forbidden=(),
        conflicts=(),
        outlook=Later.of(Outlook((), (), None)),
        asking=Later(lambda: tuple(each for each in part.asking_of({key}) if key in each.affects)),
    )


def _read(folder: Path) -> Data:
    try:
        whole: Data = json.loads((folder / WHOLE).read_bytes())
    except (OSError, ValueError):
        whole = {}
    if not isinstance(whole, dict) or whole.get("format") != 1 or not {"asked", "receipt"} <= whole.keys():
        message = f"there is no finished batch in {folder}"
        hint = f"name the folder of --output, in which {WHOLE} stands"
        raise InvalidInput([Diagnostic("not-a-batch", message, hint=hint)])
    return whole


def _versions(receipt: Data) -> Iterator[Diagnostic]:
    if receipt["missingrules"] != (now := library_version()):
        message = f"missingrules {receipt['missingrules']} gave these rows, and this is {now}"
        yield Diagnostic("other-library", message, hint=f"install missingrules=={receipt['missingrules']}")
    if receipt["calendar"] != (now := calendar_version()):
        message = f"the working days were those of {receipt['calendar']}, and now are those of {now}"
        yield Diagnostic("other-calendar", message, hint="install the version of holidays that it names")


def _texts(receipt: Data, given: Sequence[Protocol]) -> Iterator[Diagnostic]:
    for one in receipt["protocols"]:
        of_name = [each.fingerprint for each in given if each.name == one["name"]]
        if not of_name:
            message = f"'{one['name']}' was asked ({one['edition']}, {one['fingerprint']}), and is not at hand"
            yield Diagnostic("protocol-not-at-hand", message, hint="give its file with --protocol")
        elif one["fingerprint"] not in of_name:
            message = f"'{one['name']}' has another text than that which was asked ({one['fingerprint']})"
            yield Diagnostic("other-protocol", message, hint="give the files of that time with --protocol")


def _inputs(asked: Data) -> Iterator[Diagnostic]:
    for one in asked["inputs"]:
        try:
            same = hashed(Path(one["file"])) == {"bytes": one["bytes"], "sha256": one["sha256"]}
        except InvalidInput as error:
            yield from error.diagnostics
            continue
        if not same:
            message = f"{one['file']} is not what it was when the batch was made"
            yield Diagnostic("input-changed", message, hint="put the file of that time in its place")


def _found(case: str, asked: Data, protocols: Sequence[Protocol]) -> Case | None:
    """The case of that name that was used: the first that can be."""
    words, now = words_of(protocols), read_instant(asked["as_of"])
    export = asked["from"] and _export(asked["from"])
    # A mapping says what columns mean, and has no cases.
    files = [Path(each["file"]) for each in asked["inputs"] if export is None or each["file"] != export.kind]
    for supplied in Filed(files, protocols, export).cases():
        # Of rows it is known whose they are, before they are read.
        if getattr(supplied, "child", case) != case:
            continue
        try:
            found = supplied.case(protocols, words, now)
        except Rejected:
            continue
        if found.id == case:
            return found
    return None


def _export(said: Data) -> Asked:
    days: Data = {name: date.fromisoformat(said[name]) for name in ("history_from", "complete_to") if name in said}
    return Asked(**said | days)
