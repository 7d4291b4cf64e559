"""What stands behind a row of a batch, found again; or every reason why it cannot be."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.audit.command import run
from tests.batch import made
from tests.batch.made import AS_OF, ASKED, HAND, key_of

GIVEN = ("--protocol", HAND / "town.yaml", "--protocol", HAND / "shire.yaml")


@pytest.fixture
def done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A batch of a copy of the caseload."""
    shutil.copytree(HAND, tmp_path / "hand")
    monkeypatch.chdir(tmp_path)
    assert run("batch", "hand/cases", *ASKED, "--output", "out", "--jobs", "1").code == 1
    return tmp_path


def test_what_stands_behind_a_row(done: Path) -> None:
    told = run("evidence", "out", *GIVEN, "--case", "B", "--key", "town/meeting/E1/1")
    assert told.code == 0, told.err
    assert "CANNOT BE DECIDED YET" in told.out
    assert "Is the child looked after?" in told.out
    assert "Interview" not in told.out
    whole = json.loads(run("evidence", "out", *GIVEN, "--case", "B", "--json").out)
    rows = {key_of(row): row["status"] for row in made.made(done / "out").rows["obligations"] if row["case"] == "B"}
    assert {one["key"]: one["status"] for one in whole["actions"]} == rows
    assert whole["as_of"] == AS_OF


def test_evidence_that_cannot_be_had_is_told_why(done: Path) -> None:
    def refused(*words: str | Path) -> str:
        told = run("evidence", *words)
        assert (told.code, told.out) == (2, "")
        return told.err

    assert refused("hand", *GIVEN, "--case", "A").startswith("error [not-a-batch] there is no finished batch in hand\n")
    for case in ("D", "X", "E"):
        message = "error [unknown-case] no case of this name was answered in out\n"
        assert refused("out", *GIVEN, "--case", case).startswith(message)
    assert refused("out", *GIVEN, "--case", "A", "--key", "town/meeting/E2/1") == (
        "error [unknown-row] no obligation of this case has that key\n  = did you mean 'town/meeting/E1/1'?\n"
    )
    assert "[protocol-not-at-hand] 'town' was asked (first, sha256:" in refused("out", "--case", "A")
    for name in ("town.yaml", "cases/records.csv"):
        file = Path("hand", name)
        file.write_text(file.read_text("utf-8").replace("Meet,", "Talk,").replace("A,R1", "A,R2"), encoding="utf-8")
    message = refused("out", "--protocol", "hand/town.yaml", "--protocol", "hand/shire.yaml", "--case", "A")
    assert "[other-protocol] 'town' has another text" in message
    assert "[input-changed] hand/cases/records.csv is not what it was when the batch was made\n" in message
    Path("hand/cases/records.csv").unlink()
    assert "[file-unreadable] hand/cases/records.csv could not be read" in refused("out", *GIVEN, "--case", "A")
    whole = json.loads(Path("out/batch.json").read_text("utf-8"))
    whole["receipt"] |= {"missingrules": "0.0.1", "calendar": "none"}
    Path("out/batch.json").write_text(json.dumps(whole), encoding="utf-8")
    message = refused("out", *GIVEN, "--case", "A")
    assert "[other-library]" in message
    assert "[other-calendar]" in message
