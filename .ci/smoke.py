"""What must work on every interpreter: run from the project's folder, with the installed library alone."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import missingrules as mr

CASE = Path("examples", "looked-after-clock-change.yaml")


def asked(*words: str) -> object:
    """What a command says in JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "missingrules", *words, "--json"], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def main() -> None:
    at = "2025-03-31T12:00:00+01:00"
    protocols = mr.load_protocols()
    now = mr.instant_of(at)
    (one,) = (each for each in protocols if each.name == "northamptonshire")
    case = mr.read_case(CASE, [one], now)
    answer = mr.evaluate([one], case, now)
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder, "result.json")
        kept.write_text(mr.to_json(answer), encoding="utf-8", newline="")
        mr.replay(mr.read_result(kept), case, [one])
        said = asked("replay", str(kept), str(CASE))
    assert isinstance(said, dict)
    assert said["same"] is True
    audited = mr.audit([one], [case], now)
    assert audited.totals.cases == 1
    asked("--version")
    assert asked("evaluate", str(CASE), "--protocol", "northamptonshire", "--as-of", at) == json.loads(
        mr.to_json(answer)
    )
    duties = len(answer.protocols[0].actions)
    print(f"Python {platform.python_version()}: {len(protocols)} protocols, {duties} duties, replayed")


if __name__ == "__main__":
    main()
