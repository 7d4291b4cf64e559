from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import missingrules

HOMES = missingrules._HOMES
ROOT = Path(__file__).parents[1]


def test_the_face_is_complete() -> None:
    assert sorted(missingrules.__all__) == sorted(HOMES) == sorted(_checked())
    assert dir(missingrules) == sorted(missingrules.__all__)


def _checked() -> list[str]:
    """The names that a type checker sees, each from the module that the table names."""
    tree = ast.parse(Path(missingrules.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    names = []
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        for alias in node.names:
            assert node.module == f"missingrules.{HOMES[alias.name]}"
            names.append(alias.name)
    return names


@pytest.mark.parametrize("name", missingrules.__all__)
def test_every_name_is_there_and_documented(name: str) -> None:
    value = getattr(missingrules, name)
    # A NewType has no docstring of its own; its module says what it is.
    assert name == "Instant" or value.__doc__


def test_no_other_name() -> None:
    with pytest.raises(AttributeError):
        _ = missingrules.nothing_of_the_kind  # type: ignore[attr-defined]


def test_importing_loads_no_library() -> None:
    code = "import sys, missingrules; print([m for m in ('pydantic', 'yaml', 'holidays', 'rich') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# What begins a thread, a socket or a process is put down. Before Python 3.12 a thread is no event.
WATCH = """
import sys, _thread
begun = set()
events = {"_thread": "thread", "socket": "socket", "subprocess": "process"}
events |= {f"os.{name}": "process" for name in ("fork", "forkpty", "posix_spawn", "exec", "system", "spawn")}
sys.addaudithook(lambda event, _: begun.add(events.get(event) or events.get(event.split(".")[0])))
def beginning(begin):
    return lambda *given: begun.add("thread") or begin(*given)
for name in {"start_new_thread", "start_joinable_thread"} & set(dir(_thread)):
    setattr(_thread, name, beginning(getattr(_thread, name)))
"""


def test_evaluating_starts_no_thread_socket_or_process() -> None:
    # In a browser there are none (docs/browser.md).
    code = """
import missingrules
protocol = missingrules.read_protocol(sys.argv[1])
case = missingrules.read_case(sys.argv[2], [protocol])
answer = missingrules.evaluate([protocol], case, missingrules.read_instant("2025-03-31T12:00:00+01:00"))
assert missingrules.to_json(answer) and missingrules.rows_of(answer)
unfit = {"multiprocessing", "concurrent", "subprocess", "asyncio", "ssl", "typer", "rich"}
print(begun - {None}, unfit & set(sys.modules))
"""
    files = [ROOT / "protocols/northamptonshire.yaml", ROOT / "examples/looked-after-clock-change.yaml"]
    done = subprocess.run([sys.executable, "-c", WATCH + code, *files], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set() set()"


def test_what_begins_would_be_seen() -> None:
    code = """
import socket, subprocess, threading
threading.Thread(target=int).start()
socket.socket().close()
subprocess.run([sys.executable, "-c", ""], check=True)
print(sorted(begun - {None}))
"""
    done = subprocess.run([sys.executable, "-c", WATCH + code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['process', 'socket', 'thread']"
