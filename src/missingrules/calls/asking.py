"""What is asked for, held against what there is: topics and acts by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean
from missingrules.domain.vocabulary import TOPICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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


def _refuse(found: Iterable[Diagnostic]) -> None:
    if problems := list(found):
        raise InvalidInput(problems)
