"""The library where nobody installed it, and names for files that another system refuses."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path, PurePath, PureWindowsPath
from typing import Final

import pytest

from missingrules.authoring.new import Known, begin
from missingrules.domain.diagnostics import InvalidInput
from missingrules.formats import whole
from missingrules.formats.names import unfit_name, windows_reason
from missingrules.reading.catalogue import looks_like_a_path
from tests.fuzz.commands import run

ROOT: Final = Path(__file__).parents[1]
ASKED: Final = ("--protocol", "northamptonshire", "--as-of", "2025-03-31T12:00:00+01:00", "--json")


def test_an_unzipped_wheel_runs_with_its_folder_on_the_path_alone(tmp_path: Path) -> None:
    """Laid out as a wheel is (pyproject.toml), in a folder with a space and an accent in its name."""
    home = tmp_path / "ohne Rechte é"
    shutil.copytree(ROOT / "src" / "missingrules", home / "missingrules", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "protocols", home / "missingrules" / "protocols")
    away = tmp_path / "away"
    away.mkdir()
    case = shutil.copy(ROOT / "examples" / "looked-after-clock-change.yaml", away / "case é.yaml")
    words = [sys.executable, "-m", "missingrules", "evaluate", case, *ASKED]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MISSINGRULES")}
    done = subprocess.run(
        words, capture_output=True, cwd=away, env=kept | {"PYTHONPATH": str(home)}, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    code = "import missingrules; print(missingrules.__file__)"
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        cwd=away,
        env=kept | {"PYTHONPATH": str(home), "PYTHONIOENCODING": "utf-8"},
        encoding="utf-8",
        check=True,
    )
    assert Path(told.stdout.strip()).is_relative_to(home)
    assert done.stdout == run("evaluate", case, *ASKED).out


@pytest.mark.parametrize(
    "name",
    [
        "con", "NUL", "aux.html", "com1", "LPT9.csv", "prn.tar.gz", "a:b.csv", "what?.md", "a|b", 'say "x".txt',
        "end.", "end ", "tab\t.csv", "conin$", "com¹",
    ],
)  # fmt: skip
def test_names_that_windows_refuses(name: str) -> None:
    assert windows_reason(name)
    found = unfit_name(PurePath("folder", name), windows=True)
    assert found is not None
    assert (found.code, bool(found.hint)) == ("file-name", True)
    assert unfit_name(PurePath("folder", name), windows=False) is None


@pytest.mark.parametrize("name", ["console.csv", "nullable.html", "aux_1.md", "com10", "é ü.xlsx", "a.b.c", ".hidden"])
def test_names_that_windows_takes(name: str) -> None:
    assert windows_reason(name) is None
    assert unfit_name(PurePath("folder", name), windows=True) is None


def test_a_folder_itself_is_no_name() -> None:
    assert unfit_name(PureWindowsPath("C:\\"), windows=True) is None
    assert unfit_name(PurePath("."), windows=True) is None


def test_such_a_name_is_refused_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "unfit_name", lambda path: unfit_name(path, windows=True))
    with pytest.raises(InvalidInput, match="file-name"):
        whole.refuse_unsafe(tmp_path / "nul.csv", (), force=True)
    with pytest.raises(InvalidInput, match="file-name"):
        whole.write_whole(tmp_path / "nul.csv", b"x")
    assert list(tmp_path.iterdir()) == []


def test_an_area_is_called_so_that_everybody_can_have_its_files(tmp_path: Path) -> None:
    paper = tmp_path / "paper.txt"
    paper.write_text("1 Purpose\n\n1.1 The carer must tell the police within 6 hours.\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="'aux' cannot be the name of an area"):
        begin(Known("aux"), paper, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_path_is_one_with_either_stroke() -> None:
    assert looks_like_a_path("areas/north")
    assert looks_like_a_path("north.yml")
    assert not looks_like_a_path("north")
    if os.sep == "\\":
        assert looks_like_a_path("areas\\north")


def test_files_are_opened_with_their_encoding() -> None:
    """Left to the system, a text would be read or written otherwise on another one."""
    import ast

    found = []
    for file in [*(ROOT / "src").rglob("*.py"), ROOT / ".ci" / "smoke.py", *(ROOT / "examples").glob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            words = {each.arg for each in node.keywords}
            texts = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            binary = any("b" in each and set(each) <= set("rwaxb+t") for each in texts)
            is_method = isinstance(node.func, ast.Attribute)
            if is_method and name in ("read_text", "write_text") and "encoding" not in words:
                found.append(f"{file.name}:{node.lineno}")
            if name == "open" and not binary and "encoding" not in words and isinstance(node.func, ast.Name):
                found.append(f"{file.name}:{node.lineno}")
            # What writes text says that line ends are to stay as they are.
            if name == "write_text" and "newline" not in words:
                found.append(f"{file.name}:{node.lineno}")
    assert found == []
