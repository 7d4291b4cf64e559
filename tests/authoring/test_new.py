"""`missingrules new` and `missingrules next`, as a policy officer types them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from missingrules.reading.ledgers import FATES
from tests.test_cli import refused, run

if TYPE_CHECKING:
    from pathlib import Path

TEXT: Final = """Invented Missing Protocol

1. Telling the police

1.1 Every child under 18 is covered.

1.2 The social worker must tell the police.

1.3 Others may help:

- the school
- the carers must look for the child within 2 hours

2. Afterwards

2.1 The child should be offered an interview within 72 hours. May is warm.
"""
HEAD: Final = ("--authority", "Invented: a council", "--applies-to", "all children", "--edition", "undated")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "invented.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def begin(folder: Path, *more: str) -> Path:
    done = run("new", "invented", "--source", folder / "invented.txt", "--folder", folder, *more)
    assert (done.returncode, done.stderr) == (0, b""), done.stderr
    return folder / "invented.yaml"


def said(*words: str | Path, code: int = 0) -> str:
    done = run(*words)
    assert done.returncode == code, done.stdout + done.stderr
    assert b"Traceback" not in done.stderr
    return done.stdout.decode()


def test_a_new_area_asks_for_what_nobody_can_know(folder: Path) -> None:
    file = begin(folder)
    told = said("check", file, code=1).replace(f"{folder}/", "")
    assert re.findall(r"^invented.yaml:\d+:\d+: error \[(.+?)\]", told, re.MULTILINE) == [
        *["wrong-shape"] * 3,
        "too-few",
    ]
    assert "  = write it after the colon: whose protocol it is\n" in told
    assert "there is no rule here yet" in told
    assert "title: Invented Missing Protocol" in file.read_text(encoding="utf-8")


def test_the_examples_read_cleanly_once_they_are_no_comments(folder: Path) -> None:
    file = begin(folder, *HEAD)
    scenarios = folder / "scenarios" / "invented" / "first.yaml"
    for each in (file, scenarios):
        first, rest = each.read_text(encoding="utf-8").split("\n", 1)
        each.write_text(first + "\n" + re.sub(r"^# ", "", rest, flags=re.MULTILINE), encoding="utf-8")
    # What is left is what nobody has said of the paragraphs.
    assert said("check", file, code=1).endswith("\n1 protocol file: 1 finding\n")
    assert said("test", folder / "scenarios", "--protocol", file) == "1 scenario in 1 file: all hold\n"
    # The examples' numbers stand where they are cited; what is left is what nobody has said of the paragraphs.
    told = said("sources", "check", file, "--texts", folder, code=1)
    assert set(re.findall(r"error \[(.+?)\]", told)) == {"paragraph-not-accounted-for"}


def test_the_paragraphs_are_listed_in_order_and_none_of_their_words(folder: Path) -> None:
    text = begin(folder).read_text(encoding="utf-8")
    assert re.findall(r"^## (\d.+)$", text, re.MULTILINE) == [
        "1.1: 18",
        "1.2: must",
        "1.3: may",
        "1.3 bullet 1",
        "1.3 bullet 2: must, 2 hours",
        "2.1: should, 72 hours",
    ]
    assert "school" not in text


def test_nothing_is_written_over(folder: Path) -> None:
    file = begin(folder)
    file.write_text("mine", encoding="utf-8")
    message = refused("new", "invented", "--source", folder / "invented.txt", "--folder", folder)
    assert message.count("[file-exists]") == 3
    assert file.read_text(encoding="utf-8") == "mine"
    # One that is there is enough to write none.
    (folder / "other" / "sources").mkdir(parents=True)
    (folder / "other" / "sources" / "invented.yaml").write_text("mine", encoding="utf-8")
    refused("new", "invented", "--source", folder / "invented.txt", "--folder", folder / "other")
    assert [path.name for path in (folder / "other").iterdir()] == ["sources"]


def test_a_folder_that_cannot_be_written_in(folder: Path) -> None:
    (folder / "scenarios").write_text("a file where a folder is wanted", encoding="utf-8")
    message = refused("new", "invented", "--source", folder / "invented.txt", "--folder", folder)
    assert "[file-unwritable]" in message
    assert not (folder / "invented.yaml").exists()
    assert not (folder / "sources" / "invented.yaml").exists()


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Invented Town", "such as invented_town"),
        ("../invented", "such as invented"),
        ("", "small letters"),
        ("é", "small letters"),
        ("-a", "such as a"),
        ("a" * 61, "60 letters at the most"),
        ("a\nb", "such as a_b"),
    ],
)
def test_names_that_no_area_can_have(folder: Path, name: str, hint: str) -> None:
    message = refused("new", "--source", folder / "invented.txt", "--folder", folder, "--", name)
    assert "[not-a-name]" in message
    assert hint in message
    assert [path.name for path in folder.iterdir()] == ["invented.txt"]


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        (b"%PDF-1.7\n...", "file-not-text", "is a PDF, not plain text"),
        (b"PK\x03\x04rest", "file-not-text", "is a Word or other office file"),
        (b"{\\rtf1 text}", "file-not-text", "is a rich text file"),
        (b"<!DOCTYPE HTML><p>text", "file-not-text", "is a web page"),
        ("Größe\n".encode("utf-16"), "file-encoding", "at byte 0 in line 1"),
        (b"1.1 A text\0 with a sign", "file-not-text", "signs in it that no text has"),
        (b"1.1 One\n1.2 The police\x92s", "file-encoding", "byte 22 in line 2"),
        (b"", "text-without-words", "has no words in it"),
        (b" \n\t- \n<p></p>", "text-without-words", "text recognition"),
        (b"word " * 1_000_000, "file-too-large", "2,000,000 bytes"),
        (b"Note\n\n" * 10_001, "file-too-large", "10,001 pieces"),
    ],
)
def test_what_is_no_text_of_a_paper(folder: Path, content: bytes, code: str, told: str) -> None:
    (folder / "paper.txt").write_bytes(content)
    message = refused("new", "invented", "--source", folder / "paper.txt", "--folder", folder)
    assert f"error [{code}]" in message
    assert told in message
    assert "\n  = " in message
    assert not (folder / "invented.yaml").exists()


def test_texts_that_are_not_there(folder: Path) -> None:
    assert "there is no file" in refused("new", "a", "--source", folder / "nothing.txt", "--folder", folder)
    assert "is a folder" in refused("new", "a", "--source", folder, "--folder", folder)


def test_next_leads_through_the_paper_in_its_order(folder: Path) -> None:
    file = begin(folder)
    first = said("next", file).replace(f"{folder}/", "")
    assert first.startswith(
        "3 of 9 paragraphs are accounted for, 6 to go\n\nnext: 1.1, under 'Telling the police' (line 5"
    )
    assert "  1.1 Every child under 18 is covered.\n" in first
    second = said("next", file, "--is", "context").replace(f"{folder}/", "")
    assert second.startswith(
        "sources/invented.yaml: fate: context written to 1.1\n"
        "4 of 9 paragraphs are accounted for, 5 to go\n\n"
        "next: 1.2, under"
    )
    assert "notify: somebody was told" in second
    assert "      modality: must\n" in second
    bullet = said("next", file, "--ref", "1.3 bullet 2")
    assert "  1.3 Others may help: …\n\n  the carers must look for the child within 2 hours\n" in bullet
    assert "      deadline: within 2 hours of" in bullet


def test_next_until_nothing_is_left(folder: Path) -> None:
    file = begin(folder, *HEAD)
    rule = (
        "  - {id: tell, topic: notification, title: Tell, cite: 1.2, modality: must, trigger: started,\n"
        "     require: notify, by: social_worker, not_stated: [deadline]}\n"
    )
    text = file.read_text(encoding="utf-8").replace("# roles:", "roles:").replace("#   social", "  social")
    file.write_text(text.replace("\nrules:\n", f"\nrules:\n{rule}"), encoding="utf-8")
    told = said("check", file, code=1)
    assert "[paragraph-not-accounted-for] '1.1' has no fate, and " in told
    assert told.endswith("\n1 protocol file: 1 finding\n")
    told = said("next", file)
    assert "cited by a rule, and has no fate yet: 1.2\n" in told
    assert "next: 1.1," in told
    assert "fate: encoded written to 1.2\n" in said("next", file, "--cited")
    refs = [word for ref in ("1.1", "1.3", "1.3 bullet 1", "1.3 bullet 2") for word in ("--ref", ref)]
    said("next", file, "--is", "guidance", *refs)
    last = said("next", file, "--is", "not_encoded", "--reason", "an example: with a colon, and a comma")
    assert "all 9 paragraphs are accounted for\n" in last
    assert said("sources", "check", file, "--texts", folder).endswith("nothing found\n")
    ledger = folder / "sources" / "invented.yaml"
    assert 'reason: "an example: with a colon, and a comma"' in ledger.read_text().replace("'", '"')


def test_fates_that_do_not_fit_the_rules_come_next(folder: Path) -> None:
    file = begin(folder, *HEAD)
    ledger = folder / "sources" / "invented.yaml"
    assert "and no rule cites it" in said("next", file, "--ref", "1.1", "--is", "encoded")
    before = ledger.read_text(encoding="utf-8")
    said("next", file, "--ref", "1.1", "--is", "definition")
    # One word is another, and everything else as it was.
    assert ledger.read_text(encoding="utf-8") == before.replace("fate: encoded", "fate: definition")
    assert "it is accounted for" in said("next", file, "--ref", "1.1")


def test_all_that_is_left_beneath_a_reference(folder: Path) -> None:
    file = begin(folder)
    # 1.3 is there itself; the bullets beneath are not meant with it.
    assert "written to 1.3\n" in said("next", file, "--is", "context", "--ref", "1.3")
    # The heading is accounted for, and nothing but its whole reference changes it.
    assert "written to 1.3 bullet 1, 1.3 bullet 2\n" in said("next", file, "--is", "guidance", "--ref", "1.3 bullet")
    message = refused("next", file, "--is", "context", "--ref", "1.3 bullet")
    assert "all paragraphs that begin with '1.3 bullet' are accounted for" in message


def test_what_a_cell_says_is_shown_with_its_row(folder: Path) -> None:
    (folder / "invented.txt").write_text(
        "1 Telling\nTime | Who\n24 hours | Manager\nStaff must call:\n(a) the police\n", encoding="utf-8"
    )
    file = begin(folder)
    assert "\n  24 hours | Manager …\n\n  Manager\n" in said("next", file, "--ref", "1 row 2 cell 2")
    item = said("next", file, "--ref", "1 (a)")
    assert "\n  Staff must call: …\n\n  (a) the police\n" in item
    assert "modality: must" in item


def test_a_ledger_keeps_its_layout_and_its_comments(folder: Path) -> None:
    file = begin(folder)
    ledger = folder / "sources" / "invented.yaml"
    text = ledger.read_text(encoding="utf-8")
    entry = re.search(r"  - \{ref: '1.1', (.+)\}\n", text)
    assert entry is not None
    block = "  - ref: '1.1' # mine\n    heading: Telling\n    words: 7\n    fingerprint: 0b4d  # theirs\n  # after\n"
    text = text.replace(entry[0], block).replace("\n", "\r\n")
    ledger.write_bytes(text.encode())
    said("next", file, "--is", "context")
    assert ledger.read_bytes().decode() == text.replace(
        "fingerprint: 0b4d  # theirs", "fingerprint: 0b4d\r\n    fate: context  # theirs"
    )


def test_a_text_that_is_not_the_ledgers(folder: Path) -> None:
    file = begin(folder)
    (folder / "invented.txt").write_text("Quite another text.\n", encoding="utf-8")
    done = run("next", file)
    assert done.returncode == 0
    assert b"is not the text that" in done.stderr
    (folder / "invented.txt").rename(folder / "elsewhere.txt")
    assert b"are shown with --texts" in run("next", file).stderr
    (folder / "elsewhere.txt").write_text(TEXT, encoding="utf-8")
    assert "Every child under 18" in said("next", file, "--texts", folder / "elsewhere.txt")


def test_what_next_refuses(folder: Path) -> None:
    file = begin(folder)
    assert "[unknown-fate]" in refused("next", file, "--is", "contxt")
    assert "did you mean 'context'?" in refused("next", file, "--is", "contxt")
    assert "add --reason" in refused("next", file, "--is", "not_encoded")
    assert "did you mean '1.3 bullet 1'?" in refused("next", file, "--ref", "1.3 bulet 1")
    assert "[file-unreadable]" in refused("next", folder / "nothing.yaml")
    file.write_text("- a list\n", encoding="utf-8")
    assert "is no protocol file" in refused("next", file)
    file.write_text("format: 1\nsources: {protocol: {ledger: sources/none.yaml}}\n", encoding="utf-8")
    assert "[ledger-not-found]" in refused("next", file)
    file.write_text("format: 1\n", encoding="utf-8")
    assert "names no ledger" in refused("next", file)


def test_every_fate_can_be_said(folder: Path) -> None:
    file = begin(folder)
    for fate in FATES:
        said("next", file, "--ref", "1.1", "--is", fate, "--reason", "an example")
    assert "reason: an example" in (folder / "sources" / "invented.yaml").read_text(encoding="utf-8")
