"""What is read from CSV files and workbooks as people save them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from missingrules.domain.audit import Rejected
from missingrules.domain.diagnostics import InvalidInput
from missingrules.tables.caseload import caseload_of, tables_in
from tests.audit.command import run
from tests.audit.test_run import AS_OF, PROTOCOLS, WORDS
from tests.tables.test_bad_tables import ASKED

if TYPE_CHECKING:
    from pathlib import Path

    from missingrules.domain.case import Case

HEAD = ["child", "id", "kind", "started_at", "returned_at"]


def cases(*paths: Path) -> list[Case]:
    (tables,) = tables_in(paths)
    return [one.case(PROTOCOLS, WORDS, AS_OF) for one in caseload_of(tables, WORDS).children()]


@pytest.mark.parametrize(
    "text",
    [
        "child,id,kind,started_at\nA,E1,missing,2025-06-02T20:00:00+01:00\n",
        "\ufeffchild,id,kind,started_at\r\nA,E1,missing,2025-06-02T20:00:00+01:00\r\n",
        "child;id;kind;started_at\nA;E1;missing;2025-06-02 20:00\n",
        "child\tid\tkind\tstarted_at\nA\tE1\tmissing\t2025-06-02T20:00\n",
        '"Child","ID","Kind","Started at"\r\n"A","E1","missing","2025-06-02 20:00:00"\r\n\r\n,,,\r\n',
        'note,child,id,kind,started_at\n"two\nlines, ""quoted""",A,E1,missing,2025-06-02 20:00\n',
    ],
    ids=["plain", "mark-and-crlf", "semicolon", "tab", "as-excel-names-them", "quoted-newline"],
)
def test_a_table_as_programs_save_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "episodes.csv"
    path.write_bytes(text.encode())
    (case,) = cases(path)
    assert (case.id, case.episodes[0].id, case.episodes[0].started) == ("A", "E1", 1748890800)


def test_an_empty_cell_is_not_known_and_null_has_not_happened(tmp_path: Path) -> None:
    path = tmp_path / "episodes.csv"
    path.write_text(
        ",".join(HEAD) + "\nA,E1,missing,2025-06-02T20:00:00+01:00,\nB,E1,missing,2025-06-02T20:00:00+01:00,null\n",
        encoding="utf-8",
    )
    unknown, still = cases(path)
    assert str(unknown.episodes[0].returned) == "NotKnown.NOT_KNOWN"
    assert still.episodes[0].returned is None


def test_several_roles_stand_in_one_cell_and_dated_facts_in_rows(tmp_path: Path) -> None:
    for name, text in {
        "episodes": "child,id,kind,started_at\nA,E1,missing,2025-06-02 20:00\nA,E2,missing,2025-06-12 20:00\n",
        "records": 'child,id,action,at,by,episode\nA,R1,notify,2025-06-14,police; social_worker,"E1,E2"\n',
        "facts": "child,episode,fact,value,from,to,at\nA,,looked_after,TRUE,2025-01-01,2025-06-10,\n"
        "A,E2,risk,low,,,2025-06-12 21:00\nA,E2,risk,high,,,2025-06-13 21:00\n",
    }.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    (case,) = cases(*sorted(tmp_path.glob("*.csv")))
    record = case.records[0]
    assert (record.by, record.episode, record.also_of, record.at) == (
        ("police", "social_worker"),
        "E1",
        ("E2",),
        date(2025, 6, 14),
    )
    (span,) = case.child["looked_after"]
    assert (span.value, span.start, span.end) == ("true", date(2025, 1, 1), date(2025, 6, 10))
    assert [held.value for held in case.episodes[1].facts["risk"]] == ["low", "high"]


def workbook(path: Path, sheets: dict[str, list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_with_times_dates_numbers_and_truths(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "caseload.xlsx",
        {
            "Notes": [["nobody reads this"]],
            "children": [["child", "date_of_birth", "looked_after", None], [17, date(2010, 5, 5), True, None]],
            "Episodes": [
                HEAD,
                [17, "E1", "missing", datetime(2025, 6, 2, 20, 0), date(2025, 6, 3)],  # noqa: DTZ001
                [None, None, None, None, None],
            ],
        },
    )
    (case,) = cases(path)
    assert case.id == "17"
    assert case.child["date_of_birth"][0].value == date(2010, 5, 5)
    assert case.child["looked_after"][0].value == "true"
    assert (case.episodes[0].started, case.episodes[0].returned) == (1748890800, date(2025, 6, 3))


def test_a_formula_in_a_workbook_is_told_and_not_run(tmp_path: Path) -> None:
    path = workbook(tmp_path / "caseload.xlsx", {"episodes": [HEAD, ["A", "E1", "missing", "=NOW()", None]]})
    with pytest.raises(Rejected) as caught:
        cases(path)
    (found,) = caught.value.rejections
    assert found.render() == (
        "caseload.xlsx, sheet episodes, row 2, column started_at: [cell-formula] a formula stands here, and formulas "
        "are not run\n  = write the value itself"
    )


def refused(*paths: Path) -> str:
    told = run("audit", *paths, *ASKED)
    assert (told.code, told.out) == (2, "")
    return told.err


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "cases.txt"
    text.write_text("x", encoding="utf-8")
    assert refused(text) == (
        f"error [file-unknown] {text} is of no kind that is read\n"
        "  = case files end with .yaml, .yml, .json, .jsonl, .ndjson, tables with .csv, .parquet, .xlsx, .xlsm\n"
    )
    assert refused(tmp_path / "none.csv") == (
        f"error [file-unreadable] there is no file {tmp_path / 'none.csv'}\n"
        "  = check the spelling of its name and folder\n"
    )
    empty = tmp_path / "empty" / "episodes.csv"
    empty.parent.mkdir()
    assert refused(empty.parent) == (
        f"error [file-unreadable] {empty.parent} has no cases in it\n"
        "  = name a folder with files that end with .yaml, .yml, .json, .jsonl, .ndjson, .csv, .parquet, .xlsx, .xlsm\n"
    )
    empty.write_bytes(b"")
    assert refused(empty) == f"error [file-empty] {empty} is empty\n  = its first row names the columns\n"
    empty.write_bytes("child,id,started_at\nM\u00fcller,E1,2025-06-02\n".encode("latin-1"))
    assert refused(empty) == (
        f'error [file-encoding] {empty} is not written in UTF-8\n  = save it again as "CSV UTF-8"\n'
    )
    false = tmp_path / "false.xlsx"
    false.write_bytes(b"no workbook")
    assert refused(false).startswith(f"error [file-unreadable] {false} could not be read as a workbook\n")
    other = workbook(tmp_path / "other.xlsx", {"Sheet1": [["child"]]})
    assert refused(other).startswith(f"error [table-missing] {other} has no sheet that is a table of a caseload\n")


def test_two_tables_of_one_kind_are_refused(tmp_path: Path) -> None:
    for name in ("episodes", "Episodes"):
        (tmp_path / f"{name}.csv").write_text("child,id,started_at\n", encoding="utf-8")
    with pytest.raises(
        InvalidInput, match=r"\[table-twice\] Episodes.csv and episodes.csv are both a table of episodes"
    ):
        cases(*sorted(tmp_path.glob("*.csv")))


def test_nothing_is_written_over_what_is_read_nor_over_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "episodes.csv"
    path.write_text("child,id,started_at\nA,E1,2025-06-02\n", encoding="utf-8")
    there = tmp_path / "audit.md"
    there.write_text("mine", encoding="utf-8")
    told = run("audit", path, *ASKED, "--output", path, "--force")
    assert (told.code, told.err) == (
        2,
        f"error [file-there] {path} is what is read: nothing is ever written over it\n  = name another file\n",
    )
    assert "[file-there]" in run("audit", path, *ASKED, "--output", ASKED[1], "--force").err
    told = run("audit", path, *ASKED, "--output", there)
    assert (told.code, told.err) == (
        2,
        f"error [file-there] {there} is there already\n  = name another file, or add --force to replace it\n",
    )
    told = run("audit", path, *ASKED, "--output", tmp_path)
    assert (told.code, told.err) == (
        2,
        f"error [file-unwritable] {tmp_path} could not be written: it is a folder\n  = name a file in it\n",
    )
    assert (path.read_text(encoding="utf-8")[:5], there.read_text(encoding="utf-8")) == ("child", "mine")
    # The ending says the format.
    assert run("audit", path, *ASKED, "--output", there, "--force").code == 0
    assert there.read_text(encoding="utf-8").startswith("# Audit as of ")


@pytest.mark.parametrize("format", ["text", "json", "csv", "md", "xlsx"])
def test_of_a_file_that_could_not_be_finished_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    path = tmp_path / "episodes.csv"
    path.write_text("child,id,started_at\nA,E1,2025-06-02\n", encoding="utf-8")
    output = tmp_path / "audit"
    output.write_text("before", encoding="utf-8")
    monkeypatch.setattr("missingrules.audits.run.findings_of", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run("audit", path, *ASKED, "--format", format, "--output", output, "--force")
    assert output.read_text(encoding="utf-8") == "before"
    assert {each.name for each in tmp_path.iterdir()} == {"episodes.csv", "audit"}


@pytest.mark.parametrize("format", ["text", "json", "csv", "md"])
def test_a_pipe_and_a_file_of_an_audit_are_the_same(tmp_path: Path, format: str) -> None:
    path = tmp_path / "episodes.csv"
    path.write_text("child,id,started_at\nA,E1,2025-06-02\n", encoding="utf-8")
    output = tmp_path / "audit"
    asked = ("audit", path, *ASKED, "--format", format)
    assert run(*asked, "--output", output).code == 0
    assert output.read_bytes() == run(*asked).made
    assert output.read_bytes().startswith(b"\xef\xbb\xbf") == (format == "csv")


def test_a_workbook_through_a_pipe_has_what_the_file_has(tmp_path: Path) -> None:
    path = tmp_path / "episodes.csv"
    path.write_text("child,id,started_at\nA,E1,2025-06-02\n", encoding="utf-8")
    asked = ("audit", path, *ASKED, "--format", "xlsx")
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    for output in (first, second):
        assert run(*asked, "--output", output).code == 0
    assert first.read_bytes() == second.read_bytes() == run(*asked).made


@pytest.mark.parametrize("given", [(), ("--output", "audit.csv")])
def test_a_table_that_is_gone_before_the_end_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...]
) -> None:
    path = tmp_path / "episodes.csv"
    path.write_text("child,id,started_at\nA,E1,2025-06-02\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def gone(*_: object, **__: object) -> None:
        raise FileNotFoundError(2, "No such file or directory", "records.csv")

    monkeypatch.setattr("missingrules.audits.run.findings_of", gone)
    told = run("audit", path, *ASKED, "--format", "csv", *given)
    assert (told.code, told.err) == (
        2,
        "error [file-unreadable] records.csv could not be read: no such file or directory\n"
        "  = leave the files in their place till the end\n",
    )
    assert [each.name for each in tmp_path.iterdir()] == ["episodes.csv"]
