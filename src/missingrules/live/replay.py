"""An answer had again, years later: the same question to the same rules on the same case, or why that cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.domain.clock import calendar_version
from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.domain.receipt import hash_of
from missingrules.engine.evaluate import evaluate
from missingrules.interface.leaves import read_instant
from missingrules.interface.rendering import result_of
from missingrules.interface.shared import library_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from missingrules.domain.answers import Answer
    from missingrules.domain.case import Case
    from missingrules.domain.protocol import Protocol
    from missingrules.interface.result import ReceiptOut, Result


def replay(result: Result, case: Case, protocols: Sequence[Protocol]) -> Answer:
    """The answer that `result` holds, worked out anew from its receipt; of `protocols` those that it names are asked.

    It is given only if all of it is the same. `case` is the case as it stood then, `protocols` the texts of that time.

    Raises `InvalidInput` with every reason why the same answer cannot be had: `no-receipt`, `other-library`,
    `other-calendar`, `other-case`, `other-protocol`, `protocol-not-at-hand`; or, where none of these differs,
    `other-answer`.
    Source: docs/case-and-result.md, The receipt.
    """
    receipt = result.receipt
    if receipt is None:
        message = "this result has no receipt: nothing says from what it was worked out"
        raise InvalidInput([Diagnostic("no-receipt", message)])
    found = _asked(receipt, protocols)
    reasons = [*_reasons(result, receipt, case), *(each for each in found if isinstance(each, Diagnostic))]
    if reasons:
        raise InvalidInput(reasons)
    answer = evaluate(
        [each for each in found if not isinstance(each, Diagnostic)],
        case,
        read_instant(result.as_of),
        horizon_days=result.horizon_days,
        readings=receipt.readings,
        organisation=receipt.organisation,
        where_applies=receipt.where_applies,
    )
    if (again := result_of(answer)) != result:
        parts = [name for name in type(result).model_fields if getattr(again, name) != getattr(result, name)]
        message = f"the same question gives another answer now, in: {', '.join(parts)}"
        raise InvalidInput([Diagnostic("other-answer", message, hint="the result was changed since it was written")])
    return answer


def _asked(receipt: ReceiptOut, protocols: Sequence[Protocol]) -> list[Protocol | Diagnostic]:
    """Each protocol that was asked, by the fingerprint of its text; or why it cannot be."""
    by_text = {(each.name, each.fingerprint): each for each in protocols}
    names = {each.name for each in protocols}
    found: list[Protocol | Diagnostic] = []
    for one in receipt.protocols:
        if protocol := by_text.get((one.name, one.fingerprint)):
            found.append(protocol)
        elif one.name in names:
            message = f"'{one.name}' has another text than the one that was asked ({one.edition}, {one.fingerprint})"
            found.append(Diagnostic("other-protocol", message, hint="give the files of that time with --protocol"))
        else:
            message = f"'{one.name}' was asked ({one.edition}, {one.fingerprint}), and is not at hand"
            found.append(Diagnostic("protocol-not-at-hand", message, hint="give its file with --protocol"))
    return found


def _reasons(result: Result, receipt: ReceiptOut, case: Case) -> Iterator[Diagnostic]:
    if (now := library_version()) != result.library.version:
        message = f"missingrules {result.library.version} gave this answer, and this is {now}"
        yield Diagnostic("other-library", message, hint=f"install missingrules=={result.library.version}")
    if (now := calendar_version()) != result.library.calendar:
        message = f"the working days were those of {result.library.calendar}, and now are those of {now}"
        yield Diagnostic("other-calendar", message, hint="install the version of holidays that it names")
    if (now := hash_of(case)) != receipt.case:
        message = f"the case is another than the one that was asked about: {now}, and not {receipt.case}"
        yield Diagnostic("other-case", message, hint="give the case as it stood then")
