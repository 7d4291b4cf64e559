"""Importing and evaluating begins no thread, socket or process: in a browser there are none (docs/browser.md)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

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
    code = """
import missingrules
protocols = missingrules.load_protocols(sys.argv[1])
case = missingrules.read_case(sys.argv[2], protocols)
answer = missingrules.evaluate(protocols, case, missingrules.instant_of("2025-03-31T12:00:00+01:00"))
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
