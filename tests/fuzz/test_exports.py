"""Exports spoilt in every way, and files made to use up a machine: a clear message, little memory and no long wait; no
network, and no file but the one named."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import missingrules
from missingrules.adapters import sheets
from missingrules.domain.diagnostics import InvalidInput
from tests.adapters.test_mapping import MAPPING
from tests.adapters.test_ssda903 import ROWS, csv_of, xml_of
from tests.audit.command import run
from tests.fuzz.commands import examples, folder
from tests.fuzz.test_hostile import COMMAND, MOST_BYTES, SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

RETURN: Final = ("--from", "ssda903", "--year", "2025")
EXTRACT: Final = ("--from", "ssd_missing", "--history-from", "2019-07-01")
TOLD: Final = re.compile(r"\[[a-z-]+\] \S")
COMMAS: Final = csv_of(ROWS).encode()
TAGS: Final = xml_of(ROWS).encode()


def book_of(rows: tuple[tuple[str, ...], ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in (("CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"), *rows):
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


BOOK: Final = book_of(ROWS)


def ends_well(data: bytes, name: str, *words: str) -> None:
    """It ends with 0, 1 or 2 and says why; what could not be used is named."""
    with folder() as made:
        path = made / name
        path.write_bytes(data)
        told = run("import", path, *words)
        assert told.code in (0, 1, 2)
        assert "Traceback" not in told.err
        assert told.code == 0 or TOLD.search(told.err) or told.err.endswith("no case was made\n"), told
        # Nothing was made beside it.
        assert [each.name for each in made.iterdir()] == [name]


def spoilt(good: bytes) -> st.SearchStrategy[bytes]:
    """Cut off, with bytes in it that do not belong there, or with a piece twice."""
    at = st.integers(0, len(good))
    return st.one_of(
        at.map(lambda end: good[:end]),
        st.tuples(at, st.binary(max_size=20)).map(lambda each: good[: each[0]] + each[1] + good[each[0] :]),
        st.tuples(at, at).map(lambda each: good[: each[0]] + good[min(each) :]),
        st.tuples(at, at).map(lambda each: good[: min(each)] + good[max(each) :]),
    )


@examples(60)
@given(
    st.binary(max_size=300), st.sampled_from(("x.csv", "x.xml", "x.xlsx", "x.tsv")), st.sampled_from((RETURN, EXTRACT))
)
def test_bytes_of_no_kind(data: bytes, name: str, words: tuple[str, ...]) -> None:
    ends_well(data, name, *words)


@examples(60)
@given(spoilt(COMMAS) | st.text(alphabet='CHILD,DOB;\n"\t=1/M', max_size=200).map(lambda more: COMMAS + more.encode()))
def test_spoilt_commas(data: bytes) -> None:
    ends_well(data, "x.csv", *RETURN)


@examples(60)
@given(spoilt(TAGS))
def test_spoilt_tags(data: bytes) -> None:
    ends_well(data, "x.xml", *RETURN)


@examples(15)
@given(spoilt(BOOK))
def test_spoilt_workbooks(data: bytes) -> None:
    ends_well(data, "x.xlsx", *RETURN)


@examples(40)
@given(spoilt(MAPPING.encode()))
def test_spoilt_mappings(data: bytes) -> None:
    with folder() as made:
        path, mapping = made / "x.csv", made / "m.yaml"
        path.write_bytes(COMMAS)
        mapping.write_bytes(data)
        told = run("import", path, "--from", mapping)
        assert told.code in (0, 1, 2)
        assert "Traceback" not in told.err


# --- files that are made to use up a machine --------------------------------------------------------------------------

ENTITIES: Final = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(12))
OPEN: Final = b"<EXPSSDA903><CHILD><HEADER><CHILDID>1</CHILDID>"
SPELL: Final = b"<AMISSING><MISSING>A</MISSING><MIS_START>01/06/2024</MIS_START><MIS_END/></AMISSING>"
HEAD: Final = b"CHILD,DOB,MISSING,MIS_START,MIS_END\n"


HOSTILE: Final[dict[str, tuple[str, Callable[[], bytes]]]] = {
    "entities of entities": ("xml", lambda: f"<!DOCTYPE r [{ENTITIES}]><r>&e11;</r>".encode()),
    "a file from elsewhere": ("xml", lambda: b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>'),
    "a type from the network": ("xml", lambda: b'<!DOCTYPE r SYSTEM "http://192.0.2.1/x.dtd"><r/>'),
    "deep": ("xml", lambda: b"<a>" * 1_000_000),
    "one tag": ("xml", lambda: b"<EXPSSDA903 a='" + b"x" * 30_000_000),
    "one text": ("xml", lambda: OPEN + b"<AMISSING><MISSING>" + b"x" * 30_000_000),
    "one comment": ("xml", lambda: OPEN + b"<!--" + b"x" * 30_000_000),
    "one child": ("xml", lambda: OPEN + SPELL * 200_000),
    "many names": ("xml", lambda: OPEN + b"".join(b"<AMISSING><N%d/></AMISSING>" % n for n in range(300_000))),
    "one cell": ("csv", lambda: HEAD + b"x" * 2_000_000 + b",,M,01/06/2024,\n"),
    "one line": ("csv", lambda: HEAD + b"1," * 20_000_000),
    "one quotation": ("csv", lambda: HEAD + b'"' + b"1,\n" * 10_000_000),
    "no line": ("csv", lambda: b"x" * 50_000_000),
    "no characters": ("csv", lambda: bytes(20_000_000)),
    "long cells": ("csv", lambda: HEAD + (b"1," + b"9" * 120_000 + b",M,01/06/2024,\n") * 200),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_little_memory_and_no_long_wait(name: str, tmp_path: Path) -> None:
    ending, make = HOSTILE[name]
    file = tmp_path / f"hostile.{ending}"
    file.write_bytes(make())
    limits = COMMAND % (MOST_BYTES, MOST_BYTES, SECONDS, SECONDS)
    command = [sys.executable, "-c", limits, "import", str(file), *RETURN]
    done = subprocess.run(command, capture_output=True, timeout=10 * SECONDS, check=False)
    assert done.returncode in (1, 2), done.stderr[-500:]
    assert b"Traceback" not in done.stderr
    assert TOLD.search(done.stderr.decode())
    assert len(done.stdout) + len(done.stderr) < 100_000


def test_a_workbook_that_unpacks_to_far_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "_MOST_UNPACKED", 1_000_000)
    path = tmp_path / "x.xlsx"
    path.write_bytes(BOOK)
    with ZipFile(path, "a", ZIP_DEFLATED) as parts:
        parts.writestr("xl/media/x.bin", b" " * 1_000_000)
    with pytest.raises(InvalidInput, match="file-too-large"):
        sheets.sheet_source(path, None)


WATCH: Final = """
import sys
opened = []
def look(event, args):
    if event in ("open", "socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.listdir"):
        opened.append((event, str(args[0])))
sys.addaudithook(look)
from missingrules.cli import main
before = len(opened)
try:
    main()
finally:
    # Modules are loaded on the way; what is data is of no module.
    for event, name in opened:
        if event != "open" or not name.endswith((".py", ".pyc", ".so", ".toml", "entry_points.txt", "METADATA")):
            print("SAW", event, name, file=sys.stderr)
"""


@pytest.mark.parametrize("text", [TAGS.decode(), HOSTILE["a file from elsewhere"][1]().decode()], ids=["good", "bad"])
def test_no_network_and_no_file_but_the_one_named(text: str, tmp_path: Path) -> None:
    file = tmp_path / "return.xml"
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", WATCH, "import", str(file), *RETURN]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10 * SECONDS, check=False)
    seen = re.findall(r"^SAW (\S+) (.+)$", done.stderr, re.MULTILINE)
    # Python itself looks into the folders of its modules and of the zones.
    ours = [(event, name) for event, name in seen if event != "os.listdir" and not _of_python(name)]
    assert {event for event, _ in ours} <= {"open"}
    assert {name for _, name in ours} == {str(file)}


def _of_python(name: str) -> bool:
    places = (sys.prefix, sys.base_prefix, str(Path(missingrules.__file__).parent))
    return name.startswith(places) or any(part in name for part in ("zoneinfo", "/proc/", "/dev/"))
