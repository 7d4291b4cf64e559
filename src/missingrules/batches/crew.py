"""Cases in pieces -> what becomes of each piece, in the order of the cases, in as many processes as asked.

Only so many pieces are in memory as there are processes: a caseload may be of any length. What is done with a piece
is not known here: an audit counts, a batch makes tables.
"""

from __future__ import annotations

import gc
import multiprocessing
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from missingrules.domain.audit import Rejected, Rejection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol as Rules
    from missingrules.interface.words import CaseWords

Spot = tuple[str, int | None]  # a file, and in a table the row
NOTHING: Final[Mapping[int, Spot]] = MappingProxyType({})


class Supplied(Protocol):
    """What a case can be made of, wherever it was written; it can be sent to another process."""

    @property
    def rows(self) -> int:
        """How many rows, or files, it was written in."""
        ...

    def case(self, protocols: Sequence[Rules], words: CaseWords, as_of: Instant) -> Case:
        """The case; raises `Rejected` with at least one rejection for each row."""
        ...

    def places(self) -> Iterator[tuple[str, int | None]]:
        """Where each of its rows stands: the file and, in a table, the row."""
        ...


class Chunk(Protocol):
    """Several of them together, which can be sent to another process."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Supplied]: ...


class Named(Protocol):
    """What becomes of a piece."""

    @property
    def ids(self) -> tuple[str | None, ...]:
        """What its cases are called, None in the place of one that was not used."""
        ...


Done = TypeVar("Done", bound=Named)
Finished = TypeVar("Finished", bound=Named, covariant=True)


class Work(Protocol[Finished]):
    """Does a piece. `again`: those in it that are not to be used, with the place of the one that is."""

    def __call__(self, chunk: Chunk, again: Mapping[int, Spot], /) -> Finished: ...


def pieces(cases: Iterable[Supplied], size: int) -> Iterator[Chunk]:
    """So many at a time, and in the last piece what is left."""
    stream = iter(cases)
    while chunk := tuple(islice(stream, size)):
        yield chunk


def shared(
    chunks: Iterator[Chunk],
    worker: Callable[[], Work[Done]],
    *,
    jobs: int,
    seen: dict[str, Spot] | None = None,
) -> Iterator[Done]:
    """What becomes of each piece, each case of a name once. `worker` is called once in every process that has work.

    Of cases that are called the same the first that can be used is, and a piece in which one comes again is done anew
    without it. `seen`: names that came before all these, with their places; it grows. RuntimeError where a process
    ends before its work is done.
    """
    here = _Here(worker)
    if jobs <= 1:
        yield from _once(((chunk, here.done(chunk)) for chunk in chunks), here, {} if seen is None else seen)
        return
    crew: list[_Hand[Done]] = [_Hand(worker) for _ in range(jobs)]
    try:
        yield from _once(_in_turn(crew, chunks), here, {} if seen is None else seen)
    finally:
        for hand in crew:
            hand.dismiss()


def twice(supplied: Supplied, first: Spot) -> Rejected:
    """Each row of a case that is called as one before it."""
    file, row = first
    reason = f"not used, since a case of this name came before: {file}" + (f", row {row}" if row is not None else "")
    hint = "put what belongs to one child into one case, or give each its own name"
    return Rejected(tuple(Rejection(*place, None, "case-again", reason, hint) for place in supplied.places()))


def _in_turn(crew: Sequence[_Hand[Done]], chunks: Iterator[Chunk]) -> Iterator[tuple[Chunk, Done]]:
    """Each gets a piece in its turn, and only when its last one is done: so nothing piles up, and order is kept."""
    waiting: list[tuple[Chunk, _Hand[Done]]] = []
    for number, chunk in enumerate(chunks):
        hand = crew[number % len(crew)]
        if len(waiting) == len(crew):
            before, same = waiting.pop(0)
            done = same.result()
            hand.give(chunk)
            waiting.append((chunk, hand))
            yield before, done
        else:
            hand.give(chunk)
            waiting.append((chunk, hand))
    for before, hand in waiting:
        yield before, hand.result()


def _once(found: Iterator[tuple[Chunk, Done]], here: _Here[Done], seen: dict[str, Spot]) -> Iterator[Done]:
    for chunk, done in found:
        again: dict[int, Spot] = {}
        for number, (supplied, id_) in enumerate(zip(chunk, done.ids, strict=True)):
            if id_ is None:
                continue
            first = next(supplied.places())
            before = seen.setdefault(id_, first)
            if before is not first:
                again[number] = before
        yield here.done(chunk, again) if again else done


class _Here(Generic[Done]):
    """The worker of this process, which is made only if it has something to do."""

    def __init__(self, worker: Callable[[], Work[Done]]) -> None:
        self._worker = worker
        self._made: Work[Done] | None = None

    def done(self, chunk: Chunk, again: Mapping[int, Spot] = NOTHING) -> Done:
        if self._made is None:
            self._made = self._worker()
        return self._made(chunk, again)


class _Hand(Generic[Done]):
    """A process that does pieces, one at a time."""

    def __init__(self, worker: Callable[[], Work[Done]]) -> None:
        # A fresh interpreter on every system: a copy of this one could hold what its threads hold.
        context = multiprocessing.get_context("spawn")
        self._line: Connection
        self._line, other = context.Pipe()
        self._process: BaseProcess = context.Process(target=_work, args=(other, worker), daemon=True)
        self._process.start()
        other.close()

    def give(self, chunk: Chunk) -> None:
        try:
            self._line.send(chunk)
        except BrokenPipeError:
            raise self._gone() from None

    def result(self) -> Done:
        try:
            found: Done | Exception = self._line.recv()
        except EOFError:
            raise self._gone() from None
        if isinstance(found, Exception):
            raise found
        return found

    def dismiss(self) -> None:
        self._line.close()
        self._process.terminate()
        self._process.join()

    def _gone(self) -> RuntimeError:
        return RuntimeError("a process ended before its work was done; try it with fewer jobs")


def lasting() -> None:
    """What is there by now, such as the rules, is not looked through for waste again: then what one piece left behind
    is found at once, before the next takes as much memory again."""
    gc.collect()
    gc.freeze()


def _work(line: Connection, worker: Callable[[], Work[Done]]) -> None:
    """What a process does: it does each piece that it is given until there is no more."""
    try:
        work = worker()
        lasting()
        while True:
            line.send(work(line.recv(), NOTHING))
            gc.collect()
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        return
    except Exception as error:
        # Told where the work was asked for, with its cause.
        line.send(error)
