"""Files that are made to use up a machine are refused in little memory and without a long wait."""

from __future__ import annotations

import itertools
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# What a command may take: Python with all that it loads takes a sixth of it.
MOST_BYTES: Final = 600_000_000
# Of the processor's time; a busy machine may let it wait for longer.
SECONDS: Final = 60
COMMAND: Final = """
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (%d, %d))
    resource.setrlimit(resource.RLIMIT_CPU, (%d, %d))
except (ImportError, ValueError, OSError):
    pass  # a system that sets no such bound, where the time alone is held
from missingrules.cli import main
main()
"""


def _lines(of: str, many: int) -> bytes:
    return (of * many).encode()


COMMANDS: Final = (("check",), ("fmt", "--check"), ("sources", "index"))
HOSTILE: Final[dict[str, Callable[[], bytes]]] = {
    "fifty megabytes": lambda: _lines("a: b\n", 10_000_000),
    "a line of ten megabytes": lambda: b"a: " + b"x" * 10_000_000,
    "a line of two megabytes": lambda: b"a: " + b"x" * 1_990_000,
    "brackets": lambda: b"[" * 100_000,
    "brackets that are closed": lambda: b"a: " + b"[" * 100_000 + b"]" * 100_000,
    "braces": lambda: b"{a: " * 100_000,
    "steps": lambda: b"".join(b" " * depth + b"a:\n" for depth in range(1_500)),
    "dashes": lambda: b"- " * 500_000,
    "names": lambda: b"".join(b"k%d: 1\n" % number for number in range(40_000)),
    "rules": lambda: b"format: 1\nprotocol: a\nrules:\n" + b"- {id: a, topic: b}\n" * 20_000,
    "references of references": lambda: (
        b"scenarios:\n- &a [x]\n" + b"".join(b"- &%c [%s]\n" % (98 + at, b"*%c, " % (97 + at) * 9) for at in range(20))
    ),
    "blanks": lambda: b" " * 1_990_000,
    "line ends": lambda: b"\n" * 1_990_000,
    "comments": lambda: b"# x\n" * 100_000 + b"a: 1\n",
    "no characters": lambda: bytes(1_990_000),
    "bytes of no encoding": lambda: b"\xff\xfe" * 900_000,
}


# By turns, so that each file meets one command and each command several files.
TURNS: Final = [(name, words) for name, words in zip(HOSTILE, itertools.cycle(COMMANDS), strict=False)]


@pytest.mark.parametrize(("name", "words"), TURNS)
def test_little_memory_and_no_long_wait(name: str, words: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "hostile.yaml"
    file.write_bytes(HOSTILE[name]())
    command = [sys.executable, "-c", COMMAND % (MOST_BYTES, MOST_BYTES, SECONDS, SECONDS), *words, str(file)]
    done = subprocess.run(command, capture_output=True, timeout=10 * SECONDS, check=False)
    assert done.returncode in (0, 1, 2), done.stderr[-500:]
    assert b"Traceback" not in done.stderr
    # A line of two megabytes is shown around its mistake only; of sixty thousand mistakes each is told.
    assert len(done.stdout) + len(done.stderr) < 100 * file.stat().st_size + 100_000
