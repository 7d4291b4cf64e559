"""`missingrules import` and `audit --from` as on a terminal."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from missingrules.reading.cases import read_case
from tests.audit.command import run
from tests.tables.test_bad_tables import RULES

HEAD = "CHILD,DOB,MISSING,MIS_START,MIS_END\n"
GOOD = "1001,14/05/2009,A,28/03/2025,30/03/2025\n"
MIXED = f"{HEAD}{GOOD}1002,,M,01/02/2025,\n1003,,Z,01/02/2025,\n1003,,M,05/02/2025,06/02/2025\n"
FROM = ("--from", "ssda903", "--year", "2025")
WHOLE = """\
m.csv, column MIS_END: [found-not-back] of a missing child this is when it was found: when it was back is not in the \
file, and is not known
  = --found-is-return takes the one for the other
m.csv, column MIS_END: [no-end] 2 rows have no end here: not over at the end of 2025-03-31, and asked about a later \
time not known
m.csv: [no-records] there are no acts in it: a duty that counts as not done may have been done, and is not recorded here
  = read what arises and when, and no rates
"""
LOST = """\
m.csv, row 4, column MISSING: [unknown-code] what stands here is no code of this column
  = the codes are M, A
m.csv, row 5: [child-not-used] not used, since another row of this child cannot be: m.csv, row 4
"""


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "m.csv"
    path.write_text(MIXED.replace(",Z,", ",ZZZ,"), encoding="utf-8")
    return path


def test_without_an_output_the_rows_are_only_looked_at(export: Path) -> None:
    told = run("import", export, *FROM)
    assert told.code == 1
    assert told.out == "Nothing was written: no --output\n4 rows read, 2 used in 2 cases, 2 not used: named above\n"
    assert told.err == WHOLE + LOST
    assert [path.name for path in export.parent.iterdir()] == ["m.csv"]


def test_a_new_folder_has_a_file_a_case_that_its_owner_alone_can_read(export: Path) -> None:
    out = export.parent / "cases"
    told = run("import", export, *FROM, "--output", out, "--as-of", "2025-03-31T12:00:00+01:00")
    assert (told.code, told.out.splitlines()[0]) == (1, f"{out} was written")
    assert [path.name for path in sorted(out.iterdir())] == ["case-000001.json", "case-000002.json"]
    if sys.platform != "win32":
        assert [stat.S_IMODE(path.stat().st_mode) for path in (out, *out.iterdir())] == [0o700, 0o600, 0o600]
    # What is written is what cases are read from.
    one, two = (read_case(path) for path in sorted(out.iterdir()))
    assert (one.id, two.id, two.episodes[0].returned, two.episodes[0].located) == ("1001", "1002", None, None)
    again = run("import", export, *FROM, "--output", out)
    assert (again.code, again.out) == (2, "")
    assert again.err == (
        f"{WHOLE}error [file-there] {out} is there already, and not empty\n"
        "  = name a new folder, so that no case of another export is among them; or a file that ends with .jsonl\n"
    )
    assert run("import", export, *FROM, "--output", export.parent / "new", "--force").code == 2
    assert not (export.parent / "new").exists()


def test_a_file_has_a_case_a_line_and_is_not_replaced_unasked(export: Path) -> None:
    out = export.parent / "cases.jsonl"
    assert run("import", export, *FROM, "--output", out).code == 1
    assert [json.loads(line)["case"] for line in out.read_text(encoding="utf-8").splitlines()] == ["1001", "1002"]
    if sys.platform != "win32":
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
    out.write_text("mine", encoding="utf-8")
    told = run("import", export, *FROM, "--output", out)
    assert (told.code, out.read_text(encoding="utf-8")) == (2, "mine")
    assert told.err.endswith(
        f"error [file-there] {out} is there already\n  = name another file, or add --force to replace it\n"
    )
    assert run("import", export, *FROM, "--output", out, "--force").code == 1
    assert len(out.read_text(encoding="utf-8").splitlines()) == 2
    assert sorted(path.name for path in export.parent.iterdir()) == ["cases.jsonl", "m.csv"]


def test_an_export_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text(HEAD + GOOD, encoding="utf-8")
    link = tmp_path / "link.jsonl"
    link.symlink_to(path)
    assert run("import", path, *FROM, "--output", link, "--force").code == 2
    assert path.read_text(encoding="utf-8") == HEAD + GOOD


def test_the_rows_that_were_not_used_as_json_and_as_csv(export: Path) -> None:
    told = run("import", export, *FROM, "--format", "json")
    assert (told.code, told.err) == (1, "")
    data: dict[str, Any] = json.loads(told.out)
    assert data["input"] == {"rows_read": 4, "rows_used": 2, "rows_not_used": 2, "cases": 2}
    assert [each["code"] for each in data["columns_not_read"]] == ["found-not-back", "no-end", "no-records"]
    assert [(each["row"], each["column"], each["code"]) for each in data["not_used"]] == [
        (4, "MISSING", "unknown-code"),
        (5, None, "child-not-used"),
    ]
    told = run("import", export, *FROM, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(told.out)))
    assert [(row["file"], row["row"], row["code"]) for row in rows[3:]] == [
        ("m.csv", "4", "unknown-code"),
        ("m.csv", "5", "child-not-used"),
    ]


def test_nothing_used_is_bad_input(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text(f"{HEAD}1,,Z,01/02/2025,\n", encoding="utf-8")
    out = tmp_path / "cases.jsonl"
    told = run("import", path, *FROM, "--output", out)
    assert told.code == 2
    assert told.err.endswith("nothing could be used: no case was made\n")


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        ((), "export-wanted", "write --from ssda903, --from ssd_missing, or --from and the path of a mapping"),
        (("--from", "ssda903"), "year-wanted", "write --year 2025 for the return of the year to 31 March 2025"),
        (("--from", "ssda903", "--year", "25"), "year-wanted", "write --year 2025 for"),
        (("--from", "ssda930", "--year", "2025"), "unknown-export", "did you mean 'ssda903'?"),
        (("--from", "ssd_missing"), "history-wanted", "write --history-from 2019-07-01"),
        (("--from", "ssd_missing", "--history-from", "1/7/2019"), "bad-date", "write year, month and day"),
        ((*FROM, "--complete-to", "2025-03-31"), "option-alone", "leave it out"),
        (("--from", "none.yaml"), "file-unreadable", "check the spelling"),
        ((*FROM, "--force"), "option-alone", "add --output"),
    ],
)
def test_what_the_file_cannot_say_is_asked_for(export: Path, words: tuple[str, ...], code: str, hint: str) -> None:
    told = run("import", export, *words)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith(f"error [{code}] ")
    assert f"\n  = {hint}" in told.err


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("m.csv", "CHILD,DOB,MISSING,MIS_START\n1,,M,01/02/2025\n", "column-missing"),
        ("m.csv", "CHILD,Child,MISSING,MIS_START,MIS_END\n", "column-twice"),
        ("m.csv", "", "file-empty"),
        ("m.csv", HEAD + '1,,M,"01/02/2025\n', "table-syntax"),
        ("m.csv", HEAD + "1" * 2_000_000 + ",,M,01/02/2025,\n", "row-too-long"),
        ("m.csv", HEAD + '"' + "1\n" * 100_000 + '",,M,01/02/2025,\n', "row-too-long"),
        ("m.csv", ",".join(f"c{number}" for number in range(1001)) + "\n", "too-many-columns"),
        ("m.csv", "CHILD\udc80", "file-encoding"),
        ("m.pdf", "x", "file-unknown"),
        ("m.xlsx", "x", "file-unreadable"),
        ("m.xml", "", "xml-cut-off"),
    ],
)
def test_a_file_that_cannot_be_read_at_all(tmp_path: Path, name: str, text: str, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    told = run("import", path, *FROM)
    assert (told.code, told.out) == (2, "")
    assert f"error [{code}] " in told.err
    assert len(told.err) < 1000


def test_a_folder_is_no_export(tmp_path: Path) -> None:
    told = run("import", tmp_path, *FROM)
    assert told.code == 2
    assert told.err.startswith(f"error [file-unreadable] {tmp_path} is no file\n")


def test_of_many_unknown_columns_the_first_are_named(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    more = ",".join(f"Extra {number}" for number in range(195))
    path.write_text(f"{HEAD.strip()},{more}\n{GOOD.strip()},{','.join('x' * 195)}\n", encoding="utf-8")
    told = run("import", path, *FROM)
    assert (told.code, told.err.count("[unknown-column]")) == (0, 21)
    assert "m.csv, row 1: [unknown-column] 175 more columns are left out\n" in told.err


def test_the_audit_of_an_export_is_that_of_its_case_files(export: Path) -> None:
    asked = ("--protocol", RULES, "--as-of", "2025-03-31T12:00:00+01:00", "--format", "json", "--rows")
    out = export.parent / "cases.jsonl"
    run("import", export, *FROM, "--output", out, "--as-of", "2025-03-31T12:00:00+01:00")
    filed: dict[str, Any] = json.loads(run("audit", out, *asked).out)
    told = run("audit", export, *FROM, *asked)
    assert (told.code, told.err) == (1, WHOLE + LOST)
    data: dict[str, Any] = json.loads(told.out)
    assert data["rows"] == filed["rows"]
    assert data["totals"] == filed["totals"]
    assert data["input"] == {"rows_read": 4, "rows_used": 2, "rows_not_used": 2}
    several = run("audit", export, *FROM, *asked, "--jobs", "2")
    assert json.loads(several.out) == data


@pytest.mark.parametrize(
    ("as_of", "more", "interview"),
    [
        # Back on 30 March, at some second of it: the clocks went forward at one, so that 72 hours are over between
        # 01:00 and 23:59:59 on 2 April. Before, within, and after.
        ("2025-04-02T00:59:59+01:00", ("--found-is-return",), "due"),
        ("2025-04-02T12:00:00+01:00", ("--found-is-return",), "not_decidable"),
        ("2025-04-03T00:00:00+01:00", ("--found-is-return",), "overdue"),
        # Found on that day, and back nobody knows when.
        ("2025-04-10T12:00:00+01:00", (), "not_decidable"),
    ],
)
def test_a_day_decides_what_hangs_on_the_day_alone(
    tmp_path: Path, as_of: str, more: tuple[str, ...], interview: str
) -> None:
    path = tmp_path / "m.csv"
    path.write_text(f"{HEAD}1001,14/05/2009,M,28/03/2025,30/03/2025\n", encoding="utf-8")
    asked = ("--protocol", RULES, "--as-of", as_of, "--format", "json", "--rows")
    data: dict[str, Any] = json.loads(run("audit", path, *FROM, *more, *asked).out)
    stands = {row["rule"]: row["status"] for row in data["rows"]}
    # Within a day of the start: over by the end of 29 March, whatever the hour.
    assert (stands["interview"], stands["tell"]) == (interview, "overdue")


def test_options_of_an_export_say_nothing_without_it(export: Path) -> None:
    told = run("audit", export, "--protocol", RULES, "--as-of", "2025-03-31T12:00:00+01:00", "--year", "2025")
    assert (told.code, told.err) == (
        2,
        "error [option-alone] --year: only with --from\n  = say which export it is, or leave it out\n",
    )


def test_every_code_of_the_page_is_tried() -> None:
    page = (Path(__file__).parents[2] / "docs" / "codes.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(.+?)` \|", page.partition("## Exports")[2].partition("\n## ")[0], re.MULTILINE))
    here = Path(__file__).parent
    files = [*here.glob("*.py"), *here.glob("bad_mappings/*.txt"), here.parent / "fuzz" / "test_exports.py"]
    tried = {code for path in files for code in re.findall(r"[a-z]+(?:-[a-z]+)+", path.read_text(encoding="utf-8"))}
    assert listed - tried == set()
    # And each that can be given is on the page.
    given = here.parents[1] / "src" / "missingrules" / "adapters"
    codes = re.compile(
        r'(?:Diagnostic|Unreadable|error|_stop)\(\s*"([a-z-]+)"|, "([a-z]+(?:-[a-z]+)+)", (?:reason|f?")'
    )
    found = {
        each for path in given.glob("*.py") for pair in codes.findall(path.read_text("utf-8")) for each in pair if each
    }
    assert {code for code in found if f"| `{code}` |" not in page} == set()


def test_no_message_repeats_what_stands_in_a_row(tmp_path: Path) -> None:
    """Every cell wrong in turn, each with something of its own to betray."""
    good = {"CHILD": "G77", "DOB": "14/05/2009", "MISSING": "M", "MIS_START": "28/03/2025", "MIS_END": "30/03/2025"}
    secrets = ("Erika Mustermann", "O'Brien's", "14.05.2009", "=cmd|' /C calc'!A0", "05/14/2009", "Ella")
    for number, secret in enumerate(secrets):
        for column in good:
            path = tmp_path / f"{number}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(good)
                writer.writerow({**good, column: secret}.values())
                writer.writerow(good.values())
            for format in ("text", "json", "csv"):
                told = run("import", path, *FROM, "--format", format)
                for said in (secret, "G77", "14/05", "2009", "Erika"):
                    assert said not in told.out + told.err, (column, said, told)
