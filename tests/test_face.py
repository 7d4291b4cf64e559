"""The face: complete, typed, documented with units, errors and source; and its page, which runs."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import missingrules
from tests.promise.kept import codes

if TYPE_CHECKING:
    from collections.abc import Iterator

HOMES = missingrules._HOMES
ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "face.md").read_text(encoding="utf-8")
FUNCTIONS = [name for name in missingrules.__all__ if inspect.isfunction(getattr(missingrules, name))]


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


def test_there_are_twenty_two_functions_and_the_types_that_they_take_and_give() -> None:
    assert len(FUNCTIONS) == 22
    types = set(missingrules.__all__) - set(FUNCTIONS)
    named = {word for name in FUNCTIONS for word in _words(getattr(missingrules, name))}
    ours = {name for name in named if name[0].isupper() and name not in _OTHERS}
    assert ours <= types
    # What is beside them: what a call raises, what stands in what it gives, and what is made of it.
    assert types - ours == {"CaseFile", "Change", "Diagnostic", "InvalidInput", "Refused", "Standing", "Tasks"}


def test_no_name_is_a_room_of_the_house_too() -> None:
    # What is imported as a room would take the place of the name.
    rooms = {path.stem for path in Path(missingrules.__file__).parent.iterdir()}
    assert not rooms & set(missingrules.__all__)


_OTHERS = {"Any", "Callable", "Collection", "Iterable", "Iterator", "Mapping", "None", "PathLike", "Sequence"}


def _words(function: Any) -> Iterator[str]:
    signature = inspect.signature(function)
    for annotation in [signature.return_annotation, *(each.annotation for each in signature.parameters.values())]:
        yield from re.findall(r"[A-Za-z_]+", str(annotation))


@pytest.mark.parametrize("name", missingrules.__all__)
def test_every_name_is_there_and_documented(name: str) -> None:
    value = getattr(missingrules, name)
    # A NewType has no docstring of its own; its module says what it is.
    assert name == "Instant" or value.__doc__


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_typed_and_names_its_errors_and_its_source(name: str) -> None:
    function = getattr(missingrules, name)
    signature = inspect.signature(function)
    assert signature.return_annotation is not inspect.Signature.empty
    assert all(each.annotation is not inspect.Parameter.empty for each in signature.parameters.values())
    said = inspect.getdoc(function) or ""
    raises = re.search(r"^Raises (.+?)(?=^Source: )", said, re.MULTILINE | re.DOTALL)
    assert raises, said
    assert re.search(r"^Source: \S+", said, re.MULTILINE), said
    told = set(re.findall(r"`([a-z]+(?:-[a-z0-9]+)+)`", raises[1]))
    assert told <= set(codes())
    assert told or raises[1].startswith(("nothing.", "`InvalidInput` with every mistake")), name
    for page in re.findall(r"\b((?:docs|schemas)/[a-z./-]+\.(?:md|json))", said):
        assert (ROOT / page).is_file(), page
    if "as_of" in signature.parameters and name != "case_of":
        assert "`as_of`" in said


def test_no_other_name() -> None:
    with pytest.raises(AttributeError):
        _ = missingrules.nothing_of_the_kind  # type: ignore[attr-defined]


def test_importing_loads_no_library() -> None:
    code = "import sys, missingrules; print([m for m in ('pydantic', 'yaml', 'holidays', 'rich') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_names_every_name_and_no_other() -> None:
    blocks = "\n".join(re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL))
    assert set(re.findall(r"\bmr\.(\w+)", blocks)) == set(missingrules.__all__)
    assert set(re.findall(r"\*\*`(\w+)\(", PAGE)) == set(FUNCTIONS)


def test_the_examples_of_the_page_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("MISSINGRULES_PROTOCOLS", raising=False)
    space: dict[str, Any] = {}
    for number, block in enumerate(re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL), start=1):
        exec(compile(block, f"docs/face.md, example {number}", "exec"), space)


# --- what no example shows --------------------------------------------------------------------------------------------


def _codes(error: missingrules.InvalidInput) -> list[str]:
    return [each.code for each in error.diagnostics]


def test_what_cannot_be_used_is_told_by_its_code() -> None:
    (one,) = missingrules.load_protocols("northamptonshire")
    (other,) = missingrules.load_protocols("barnet")
    now = missingrules.instant_of("2025-03-31T12:00:00+01:00")
    case = missingrules.case_of({"format": 1, "case": "C"})
    asked: list[tuple[Any, list[str]]] = [
        (
            lambda: missingrules.load_protocols("nowhere", "none.yaml"),
            ["unknown-protocol", "file-unreadable"],
        ),
        (lambda: missingrules.load_protocols("barnet", "protocols/barnet.yaml"), ["two-protocols"]),
        (lambda: missingrules.instant_of("2025-03-31T12:00:00"), ["naive-timestamp"]),
        (lambda: missingrules.instant_of("2025-03-31"), ["bad-timestamp"]),
        (lambda: missingrules.evaluate([], case, now), ["no-protocol"]),
        (lambda: missingrules.evaluate([one], case, now, readings={"day-seven": "x"}), ["bad-reading"]),
        (lambda: missingrules.explain(one, case, now, "no-such-rule"), ["unknown-rule"]),
        (lambda: missingrules.diff(one, other, topics=["x"]), ["unknown-topic"]),
        (lambda: missingrules.diff(one, other, readings={"x": "y"}), ["bad-reading"]),
        (lambda: missingrules.witness(one, other, actions=["x"]), ["unknown-action"]),
        (lambda: missingrules.diff_cases(one, other, [], now), ["two-areas"]),
        (lambda: missingrules.audit([], [case], now), ["no-protocol"]),
        (lambda: missingrules.audit([one], [case], now, jobs=2), ["not-in-processes"]),
        (lambda: missingrules.audit(["barnet"], ["no-such-folder"], now), ["file-unreadable"]),
        (lambda: missingrules.standings_of({"format": 2}), ["unknown-format"]),
    ]
    for call, wanted in asked:
        with pytest.raises(missingrules.InvalidInput) as caught:
            call()
        assert sorted(_codes(caught.value)) == sorted(wanted)


def test_an_audit_of_cases_is_that_of_their_files_in_one_process_or_two(tmp_path: Path) -> None:
    (one,) = missingrules.load_protocols("northamptonshire")
    now = missingrules.instant_of("2025-06-30T12:00:00+01:00")
    data = [
        {
            "format": 1,
            "case": f"C{number}",
            "episodes": [
                {"id": "E1", "kind": "missing", "missing_from": "home",
                 "started_at": f"2025-06-0{number}T20:00:00+01:00",
                 "returned_at": f"2025-06-0{number}T23:00:00+01:00"},
            ],
        }
        for number in (1, 2, 3)
    ]  # fmt: skip
    stream = (missingrules.case_of(each, [one], now) for each in data)
    found = missingrules.audit([one], stream, now, rows=True)
    assert (found.totals.cases, found.rows_read, found.rows_used, found.not_used) == (3, 3, 3, ())
    assert {each.case for each in found.findings} == {"C1", "C2", "C3"}
    # The sum of single evaluations.
    alone = [missingrules.audit([one], [missingrules.case_of(each, [one], now)], now, rows=True) for each in data]
    assert found.findings == tuple(each for audit in alone for each in audit.findings)
    for each in data:
        path = tmp_path / f"{each['case']}.json"
        path.write_text(missingrules.CaseFile.model_validate(each).model_dump_json(by_alias=True, exclude_unset=True))
    for protocols, jobs in ((["northamptonshire"], 1), (["northamptonshire"], 2), ([one], 1)):
        filed = missingrules.audit(protocols, [tmp_path], now, rows=True, jobs=jobs)
        assert (filed.totals, filed.findings) == (found.totals, found.findings)


def test_a_case_given_twice_is_used_once() -> None:
    (one,) = missingrules.load_protocols("northamptonshire")
    now = missingrules.instant_of("2025-06-30T12:00:00+01:00")
    case = missingrules.case_of({"format": 1, "case": "Adam Smith"})
    found = missingrules.audit([one], [case, case], now)
    assert (found.totals.cases, found.rows_read, found.rows_used) == (1, 2, 1)
    assert [(each.file, each.code) for each in found.not_used] == [("case 2 of those given", "case-again")]
    assert "Adam" not in str(found.not_used)
