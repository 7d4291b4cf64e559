"""`missingrules diff`: two areas, or two editions of one, held against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from missingrules.cli import common
from missingrules.domain.vocabulary import TOPICS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from missingrules.domain.protocol import Protocol

Named = Annotated[str, typer.Argument(metavar="NAME|PATH", help="A protocol, by name or file.", show_default=False)]
Topics = Annotated[
    list[str] | None,
    typer.Option("--topic", metavar="TOPIC", help="Only this topic; may be given several times.", show_default=False),
]
Readings = Annotated[
    list[str] | None,
    typer.Option(
        "--reading",
        metavar="ID=OPTION",
        help="How to read an unclear paragraph; may be given several times.",
        show_default=False,
    ),
]


def diff(first: Named, second: Named, topic: Topics = None, reading: Readings = None) -> None:
    """How two protocols differ by meaning: which asks for more, for less, or for something else, and where."""
    from missingrules.comparison.diff import diff as compared
    from missingrules.reports.differences import diff_report

    both = two(first, second)
    chosen = common.readings(reading or [], both)
    refuse_unknown_topics(topic or [])
    common.show(diff_report(compared(*both, topics=topic or [], readings=chosen)))


def two(first: str, second: str) -> tuple[Protocol, Protocol]:
    """Two protocols by name or file; of several editions of one the newest."""
    from missingrules.domain.diagnostics import InvalidInput

    try:
        return common.protocols([first])[-1], common.protocols([second])[-1]
    except InvalidInput as error:
        common.refuse(error.diagnostics)


def refuse_unknown_topics(topics: Sequence[str]) -> None:
    from missingrules.domain.diagnostics import Diagnostic, did_you_mean

    wrong = [each for each in topics if each not in TOPICS]
    if wrong:
        common.refuse(
            Diagnostic(
                "unknown-topic",
                f"--topic {each}: no topic has this name",
                hint=did_you_mean(each, TOPICS) or f"one of: {', '.join(TOPICS)}",
            )
            for each in wrong
        )
