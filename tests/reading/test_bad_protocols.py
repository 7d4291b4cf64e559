"""Protocol files with mistakes, each with the exact words that refuse it, worked out by hand, in the file beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from missingrules.domain.diagnostics import InvalidInput
from missingrules.reading import forms, schema
from missingrules.reading.protocols import read_protocol
from missingrules.reading.shapes import Closed
from tests.reading.codes import READING, codes

HERE = Path(__file__).with_name("bad_protocols")
BAD = sorted(path.stem for path in HERE.glob("*.yaml"))
# These read other things than protocols, and have bad files of their own.
OTHERS = {"__init__", "cases", "nodes", "texts", "yaml_events", "catalogue"}
OTHERS |= {"days", "expected", "scenario_forms", "scenarios", "unnoticed", "caseloads", "results", "loading"}
MODULES = sorted(path.stem for path in READING.glob("*.py") if path.stem not in OTHERS)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_protocol_is_refused_in_these_words(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE)
    with pytest.raises(InvalidInput) as caught:
        read_protocol(f"{name}.yaml")
    assert f"{caught.value}\n" == (HERE / f"{name}.txt").read_text(encoding="utf-8")


def test_every_code_is_shown_by_a_bad_protocol() -> None:
    shown = {code for name in BAD for code in re.findall(r"\[([a-z-]+)\] ", (HERE / f"{name}.txt").read_text("utf-8"))}
    assert codes(*MODULES) - shown == set()


def test_every_code_is_listed() -> None:
    page = (READING.parents[2] / "docs" / "codes.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `([a-z-]+)` \|", page.partition("## Protocols")[2], re.MULTILINE))
    assert codes(*MODULES, "catalogue") - listed == set()


def test_the_page_on_the_format_names_every_key() -> None:
    page = (READING.parents[2] / "docs" / "protocol-format.md").read_text(encoding="utf-8")
    named = set(re.findall(r"[a-z_]+", page))
    keys = {
        info.alias or name
        for module in (forms, schema)
        for model in vars(module).values()
        if isinstance(model, type) and issubclass(model, Closed)
        for name, info in model.model_fields.items()
    }
    assert keys - named == set()


HEAD = (
    "format: 1\nprotocol: a\ntitle: A\nauthority: A\napplies_to: children\n"
    "sources: {p: {title: A, edition: {label: A}, ledger: sources/ledger.yaml}}\n"
    "roles: {police: {title: Police, agency: police}}\n"
)


def refused(folder: Path, text: str) -> set[str]:
    (folder / "sources").mkdir()
    ledger = (HERE / "sources" / "ledger.yaml").read_text(encoding="utf-8")
    (folder / "sources" / "ledger.yaml").write_text(ledger, encoding="utf-8")
    (folder / "hostile.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        read_protocol(folder / "hostile.yaml")
    return {each.code for each in caught.value.diagnostics}


def rules(number: int, more: str) -> str:
    return "rules:\n" + "".join(
        f'- {{id: r{n}, topic: media, cite: "1.1", modality: must, {more.replace("?", str(n))}}}\n'
        for n in range(number)
    )


@pytest.mark.parametrize(
    ("text", "codes_"),
    [
        pytest.param(HEAD.replace("sources/ledger", "x" * 10_000), {"ledger-not-found", "missing-key"}, id="long path"),
        pytest.param(
            HEAD + rules(3000, "trigger: started, require: notfy?, by: polise?, deadline: immediately"),
            {"unknown-action", "unknown-role"},
            id="thousands of unknown names",
        ),
        pytest.param(
            HEAD + rules(1000, "when: {risk: low}, conclude: {risk: at least low}"), {"cycle"}, id="everything a cycle"
        ),
        pytest.param(
            HEAD
            + "readings:\n"
            + "".join(
                f'  q{n}: {{question: Q, default: a, why: w, options: {{a: {{cite: "1.1"}}, b: {{cite: "1.1"}}}}}}\n'
                for n in range(9)
            )
            + rules(
                60,
                "trigger: started, require: notify, by: police, deadline: immediately, "
                f"if_read: {{{', '.join(f'q{n}: a' for n in range(9))}}}",
            ),
            {"too-many-readings"},
            id="readings without end",
        ),
    ],
)
def test_hostile_protocols_are_refused_in_good_time(text: str, codes_: set[str], tmp_path: Path) -> None:
    assert refused(tmp_path, text) == codes_
