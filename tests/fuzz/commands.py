"""A command in this process, which must end as commands end: with 0, 1 or 2, and never with a traceback."""

from __future__ import annotations

import contextlib
import io
import re
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, settings
from typer.main import get_command

from missingrules.cli.commands import app

if TYPE_CHECKING:
    from collections.abc import Iterator

# What a finding begins with: a place where it has one, how bad it is, and its code.
FINDING: Final = re.compile(r"^(?P<place>.+:\d+:\d+: )?(?:error|warning) \[[a-z-]+\] \S", re.MULTILINE)
# Of a whole file, or of what was asked: these have no place in a text.
PLACELESS: Final = re.compile(
    r"\[(?:file-[a-z-]+|layout-unsafe|unknown-paragraph|unknown-rule|text-without-words|missing-key|wrong-shape|no-scenario"
    r"|two-protocols|fate-without-reason)\]"
)


# Hypothesis's own number of examples, by which ours are counted.
USUAL: Final = 100


class Told(NamedTuple):
    code: int
    out: str
    err: str


def examples(number: int) -> settings:
    """So many examples, and in another profile as many times more as that has; each is to end in good time."""
    profile = settings.get_profile(settings.get_current_profile_name())
    many = number * profile.max_examples // USUAL
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    # What is found is short as it is; to make it shorter would take minutes.
    phases = [Phase.explicit, Phase.reuse, Phase.generate]
    # In the suite the same examples each time; new ones are looked for in a long run.
    return settings(
        max_examples=many,
        deadline=timedelta(seconds=20),
        suppress_health_check=slow,
        phases=phases,
        derandomize=profile.max_examples == USUAL,
    )


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """An empty folder for one example."""
    with TemporaryDirectory() as made:
        yield Path(made)


# Made once: typer would make it anew for every call.
_COMMAND: Final = get_command(app)


def run(*words: str | Path) -> Told:
    """What a command says; AssertionError where it breaks, or refuses without a word on what and where."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as done:
        _COMMAND([str(word) for word in words], prog_name="missingrules")
    told = Told(int(done.value.code or 0), out.getvalue(), err.getvalue())
    assert told.code in (0, 1, 2), words
    assert "Traceback" not in told.err
    if told.code == 2:
        found = list(FINDING.finditer(told.err))
        assert found, (words, told.err)
        assert all(each["place"] or PLACELESS.search(told.err, each.start()) for each in found), told.err
    return told
