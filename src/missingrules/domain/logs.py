"""What is logged, at DEBUG: counts, kinds of files and times. Never a word of a case, nor the name of a file.

Nothing is shown unless the program that uses the library asks for it.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

LOGGER: Final = logging.getLogger("missingrules")
LOGGER.addHandler(logging.NullHandler())

# Of other endings nothing is said: what stands after a dot may be anything.
KINDS: Final = frozenset({"yaml", "yml", "json", "jsonl", "ndjson", "csv", "xlsx", "xlsm", "txt"})


class Counts(Protocol):
    """Takes what there was to count. Numbers alone, so that no text can come into a log."""

    def __call__(self, **counts: int) -> None: ...


@contextmanager
def timed(what: str, kind: str = "") -> Iterator[Counts]:
    """Logs `what`, a text of ours, with the counts that are given meanwhile and the milliseconds; also where it fails.

    `kind` is a file's ending, with or without its dot, of which only a known one is written down.
    """
    if not LOGGER.isEnabledFor(logging.DEBUG):
        yield lambda **counts: None
        return
    found: dict[str, int] = {}

    def count(**counts: int) -> None:
        found.update({name: int(number) for name, number in counts.items()})

    began = perf_counter()
    outcome = "failed"
    try:
        yield count
        outcome = "done"
    finally:
        ending = kind.lower().removeprefix(".")
        of = f" ({ending if ending in KINDS else 'other'})" if kind else ""
        counted = "".join(f" {name}={number}" for name, number in found.items())
        LOGGER.debug("%s%s: %s%s in %.1f ms", what, of, outcome, counted, 1000 * (perf_counter() - began))
