"""`examples/live.py` as a process: stopped between two lines, it goes on as if it never had been."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from tests.live.keeping import EXAMPLE
from tests.live.stream import RULES, stream
from tests.meaning.test_worked_cases import compose, sections_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.live.stream import Message


def _started(folder: Path, into: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(EXAMPLE), "--protocol", str(folder / "worked.yaml"), "--into", str(folder / into)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _files(folder: Path) -> dict[str, Any]:
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("[!.]*.json")}


def _lines(messages: tuple[Message, ...]) -> str:
    return "".join(json.dumps(each) + "\n" for each in messages)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_killed_between_two_lines_and_started_again(tmp_path: Path) -> None:
    compose(sections_of(RULES, "a stream"), tmp_path)
    messages = stream(Random(7), 2).messages
    whole = _started(tmp_path, "whole")
    printed, _ = whole.communicate(_lines(messages))
    assert whole.returncode == 0
    assert printed.count("\n") == sum(len(each["told"]) for each in _files(tmp_path / "whole").values())

    # It has done the first third, has the second third before it, and is stopped somewhere in it.
    third = len(messages) // 3
    broken = _started(tmp_path, "broken")
    assert broken.stdin is not None
    assert broken.stdout is not None
    broken.stdin.write(_lines(messages[: 2 * third]))
    broken.stdin.flush()
    for _ in range(5):
        assert broken.stdout.readline()
    broken.send_signal(signal.SIGKILL)
    broken.communicate()
    assert broken.returncode == -signal.SIGKILL
    assert _files(tmp_path / "broken") != _files(tmp_path / "whole")

    again = _started(tmp_path, "broken")
    again.communicate(_lines(messages))
    assert again.returncode == 0
    assert _files(tmp_path / "broken") == _files(tmp_path / "whole")
