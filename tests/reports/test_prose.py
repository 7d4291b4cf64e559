"""Rules read back in sentences that were written by hand from the rules."""

from __future__ import annotations

from pathlib import Path

from tests.test_cli import refused, run

HERE = Path(__file__).with_name("prose")


def test_every_kind_of_rule_is_read_back() -> None:
    done = run("show", HERE / "prose.yaml")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == (HERE / "prose.txt").read_text(encoding="utf-8")


def test_one_rule_under_another_reading() -> None:
    done = run("show", HERE / "prose.yaml", "call", "--reading", "hours-or-days=day")
    assert "within 1 day from then" in " ".join(done.stdout.decode().split())
    assert "Here day, because" in done.stdout.decode()


def test_a_rule_that_is_not_there() -> None:
    assert refused("show", HERE / "prose.yaml", "meeting") == (
        "error [unknown-rule] no rule of this protocol has the id 'meeting'\n  = did you mean 'meetings'?\n"
    )
