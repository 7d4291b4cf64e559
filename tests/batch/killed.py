"""`python -m tests.batch.killed N WORDS…`: missingrules, in a process that is killed when it is about to do its Nth
step on files. With N 0 nothing happens, and the number of steps is what it prints last."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any, Final

from missingrules.cli.commands import app

STEPS: Final = ("fsync", "replace", "unlink", "rmdir", "mkdir")


def main() -> None:
    at, words = int(sys.argv[1]), sys.argv[2:]
    done = 0

    def counted(real: Any) -> Any:
        def step(*given: Any, **named: Any) -> Any:
            nonlocal done
            done += 1
            if done == at:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*given, **named)

        return step

    for name in STEPS:
        setattr(os, name, counted(getattr(os, name)))
    try:
        app(words, prog_name="missingrules")
    finally:
        print(done)


if __name__ == "__main__":
    main()
