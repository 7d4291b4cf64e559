"""The schemas for editors: what the reader takes they take too, as an editor sees it, and much of what it refuses."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from typer.testing import CliRunner

from missingrules.authoring.meanings import FATE_MEANS, KIND_MEANS, PLACE_MEANS
from missingrules.authoring.names import FileNames, names_of
from missingrules.authoring.schema import PUBLISHED, schema_of
from missingrules.cli.commands import app
from missingrules.domain.diagnostics import InvalidInput
from missingrules.domain.vocabulary import KINDS, PLACES
from missingrules.reading.ledgers import FATES
from missingrules.reading.nodes import Mapping, at, plain, read_file
from missingrules.reading.protocols import read_protocol
from tests.authoring.editor import core, older

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
BAD = ROOT / "tests" / "reading" / "bad_protocols"
PROTOCOLS = sorted((ROOT / "protocols").glob("*.yaml"))
LEDGERS = sorted((ROOT / "protocols" / "sources").glob("*.yaml"))
SCENARIOS = sorted((ROOT / "tests" / "scenarios").glob("*/*.yaml"))
GOOD = ROOT / "tests" / "reading" / "good_protocols"


@cache
def validator(kind: str, path: Path | None = None) -> Draft7Validator:
    return Draft7Validator(schema_of(kind, names_of(path) if path else None))


def named(paths: list[Path]) -> list[Any]:
    return [pytest.param(path, id=f"{path.parent.name}/{path.stem}") for path in paths]


def complaints(checked: Draft7Validator | Draft202012Validator, tree: object) -> list[str]:
    return [f"{list(error.absolute_path)}: {error.message[:200]}" for error in checked.iter_errors(tree)]


@pytest.mark.parametrize("kind", PUBLISHED)
def test_the_published_schema_is_what_is_generated(kind: str) -> None:
    published = (ROOT / "schemas" / f"{kind}.schema.json").read_text(encoding="utf-8")
    made = CliRunner().invoke(app, ["schema", "--of", kind])
    assert made.exit_code == 0
    assert published == made.stdout, "make schemas"


@pytest.mark.parametrize("kind", ["protocol", "ledger", "scenarios"])
def test_a_schema_is_one_that_editors_read(kind: str) -> None:
    schema = schema_of(kind)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(schema)


@pytest.mark.parametrize("path", named([*PROTOCOLS, GOOD / "everything.yaml"]))
def test_what_the_reader_takes_an_editor_takes(path: Path) -> None:
    assert complaints(validator("protocol", path), core(path)) == []
    assert complaints(validator("protocol", path), plain(read_file(path))) == []
    assert complaints(validator("protocol"), older(path)) == []


@pytest.mark.parametrize("path", named([*LEDGERS, *(GOOD / "sources").glob("*.yaml")]))
def test_ledgers_are_taken(path: Path) -> None:
    for tree in (plain(read_file(path)), core(path), older(path)):
        assert complaints(validator("ledger"), tree) == []


@pytest.mark.parametrize("path", named(SCENARIOS))
def test_scenarios_are_taken(path: Path) -> None:
    for tree in (plain(read_file(path, shared=True)), core(path), older(path)):
        assert complaints(validator("scenarios"), tree) == []


def properties(tree: object, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(tree, dict):
        for key, each in tree.items():
            if key == "properties" and isinstance(each, dict):
                for name, schema in each.items():
                    yield f"{path}/{name}", schema
            yield from properties(each, f"{path}/{key}")
    elif isinstance(tree, list):
        for each in tree:
            yield from properties(each, path)


@pytest.mark.parametrize("kind", ["protocol", "ledger", "scenarios"])
@pytest.mark.parametrize("own", [False, True])
def test_every_key_is_explained(kind: str, own: bool) -> None:
    schema = schema_of(kind, names_of(PROTOCOLS[0]) if own and kind != "ledger" else None)
    for path, each in properties(schema):
        if "/if/" in path:
            continue
        if set(each) == {"$ref"}:
            each = schema["definitions"][each["$ref"].rpartition("/")[2]]
        assert each.get("description"), path


def words_offered(schema: Any, kind: str) -> dict[str, str]:
    """The words of a definition, with what an editor shows of each."""
    found: dict[str, str] = {}
    for each in (schema["definitions"][kind], *schema["definitions"][kind].get("anyOf", ())):
        found |= dict(zip(each.get("enum", ()), each.get("enumDescriptions", ()), strict=True))
    return found


def test_shared_words_are_offered_with_their_meaning() -> None:
    schema = schema_of("protocol")
    assert words_offered(schema, "topic")["return_interview"] == "the independent interview after the return"
    assert words_offered(schema, "action")["reopen_case"] == "the case was opened again"
    assert words_offered(schema, "event")["placement_started"] == "a placement began"
    assert "started" in words_offered(schema, "anchor")
    assert {"immediately", "without_delay"} <= words_offered(schema, "deadline_words").keys()
    assert schema["definitions"]["test.child.looked_after"]["description"] == "Is the child looked after?"


def test_every_word_that_a_rule_may_have_has_a_meaning() -> None:
    assert set(KIND_MEANS) == set(KINDS)
    assert set(PLACE_MEANS) == set(PLACES)
    assert len(FATE_MEANS) == len(FATES)


def test_a_files_own_names_are_offered() -> None:
    schema = schema_of("protocol", names_of(ROOT / "protocols" / "northamptonshire.yaml"))
    assert words_offered(schema, "role")["mash_manager"] == "MASH Manager"
    assert words_offered(schema, "action")["hold_forum"] == "the forum on exploitation and missing persons met"
    assert words_offered(schema, "rule")["abduction-reported"] == "A child taken by force is reported to the police"
    assert words_offered(schema, "reference")["7.20 bullet 5"] == "Strategy Meetings for Missing Children"
    assert "five-days" in schema["definitions"]["options"]["properties"]
    assert "need_to_know" in schema["definitions"]["document"]["properties"]


def test_a_file_half_written_has_names_too(tmp_path: Path) -> None:
    half = tmp_path / "half.yaml"
    half.write_text(
        "format: 1\nprotocol: half\nroles:\n  police: {title: Police}\nfacts:\n  planned: {ask: Is it}\nrules:\n"
    )
    names = names_of(half)
    assert names.roles == {"police": "Police"}
    assert names.facts["planned"].ask == "Is it"
    Draft7Validator.check_schema(schema_of("protocol", names))
    half.write_text("format: 1\n")
    assert names_of(half) == FileNames(areas=("",))
    Draft7Validator.check_schema(schema_of("protocol", names_of(half)))


# --- mistakes ---------------------------------------------------------------------------------------------------------

# Codes whose mistakes no schema sees, all or (with how many) some of those in the bad files, and why.
UNSEEN: dict[str, tuple[int, str]] = {
    "anchor-has-a-name": (2, "it depends on the trigger, another key of the rule"),
    "child-left-out": (2, "each kind of child may have a key of its own, or stand under not_stated"),
    "cites-nothing": (1, "what the keys of a rule are is known only when its items and cases are read with it"),
    "count-incomplete": (1, "the file's conventions may say what a count leaves out"),
    "cycle": (4, "it takes several rules"),
    "dates-upside-down": (2, "a schema compares no two values"),
    "duplicate-id": (2, "a schema does not look from one entry of a list to the next"),
    "first-day-not-said": (1, "the file's conventions may say it"),
    "hours-upside-down": (1, "a schema compares no two values"),
    "key-not-here": (1, "whether a rule replaces another is known only when its other keys are read"),
    "layer-broken": (1, "a schema opens no other file"),
    "layer-clash": (7, "a schema opens no other file"),
    "layer-cycle": (2, "a schema opens no other file"),
    "layer-not-found": (2, "a schema opens no other file"),
    "layer-of-another-zone": (1, "a schema opens no other file"),
    "layer-of-the-same-name": (1, "a schema opens no other file"),
    "ledger-not-found": (2, "a schema opens no file"),
    "missing-input": (1, "which inputs a table wants is said elsewhere in the file"),
    "missing-key": (1, "shown at in_force, where it is; the reader shows it at the rule"),
    "never-used": (2, "it takes the whole file"),
    "no-effect": (1, "a case may say what follows, or the rule for all of its cases"),
    "no-row-for-input": (1, "it takes the rows of a table and the key that names it"),
    "no-such-anchor": (8, "it depends on the trigger, another key of the rule"),
    "no-such-column": (1, "what a table gives is said elsewhere in the file"),
    "not-a-length": (1, "a pattern knows no largest length"),
    "not-a-name": (1, "shown at the line of the options: editors underline the name, and this check the map"),
    "not-in-the-layer": (2, "a schema opens no other file"),
    "not-true-or-false": (2, "YAML takes True for true before a schema sees it"),
    "not-yet": (1, "the keys are of the language; it is this version that does not read them"),
    "reading-without-value": (1, "options without a value are right where if_read names them"),
    "repeat-of-the-calendar": (1, "it depends on the trigger, another key of the rule"),
    "row-gives-nothing": (1, "which columns are asked of a row depends on the keys that name its table"),
    "said-twice": (
        3,
        "it takes a rule with its items, or a kind of child with the list of those of whom nothing is said",
    ),
    "same-day-not-said": (1, "the file's conventions may say it"),
    "silence-not-listed": (1, "of a rule with items or cases each may say it for itself"),
    "stands-on-nothing": (1, "it takes the whole file"),
    "stated-without-convention": (1, "the file's conventions may say it"),
    "too-many-readings": (1, "it takes a product"),
    "triggered-by-itself": (1, "a schema compares no two values"),
    "unknown-zone": (1, "the zones of the world are not among the words"),
}
# Of these the YAML itself does not hold: the editor's own reader tells.
NO_YAML = {"broken-entries-are-told-once"}


def findings(name: str) -> list[tuple[str, int]]:
    """The codes that the reader gives in the file itself, with their lines."""
    with pytest.raises(InvalidInput) as caught:
        read_protocol(f"{name}.yaml")
    spans = [(each.code, each.span) for each in caught.value.diagnostics]
    return [(code, span.line) for code, span in spans if span and span.source.name == f"{name}.yaml"]


def underlined(path: Path) -> set[int]:
    """The lines at which an editor with the file's own schema shows a mistake."""
    node = read_file(path)
    found: set[int] = set()
    for error in validator("protocol", path.resolve()).iter_errors(core(path)):
        steps = tuple(error.absolute_path)
        here = at(node, steps)
        if error.validator in ("additionalProperties", "propertyNames") and isinstance(here, Mapping):
            found |= {key.span.line for key in here.named if f"'{key}'" in error.message}
            continue
        found.add(here.span.line)
        owner = at(node, steps[:-1])
        if steps and isinstance(owner, Mapping) and (span := owner.key_span(str(steps[-1]))):
            found.add(span.line)
    return found


def test_the_schema_sees_what_a_schema_can_see(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    unseen: dict[str, int] = {}
    for path in sorted(Path().glob("*.yaml")):
        try:
            read_file(path)
        except InvalidInput:
            continue
        lines = underlined(path)
        for code, line in findings(path.stem):
            unseen[code] = unseen.get(code, 0) + (line not in lines)
    assert {code: number for code, number in unseen.items() if number} == {
        code: number for code, (number, _) in UNSEEN.items()
    }


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_schema_of_a_protocol_goes_into_a_file(tmp_path: Path) -> None:
    out = tmp_path / "barnet.schema.json"
    done = CliRunner().invoke(app, ["schema", str(ROOT / "protocols" / "barnet.yaml"), "--output", str(out)])
    assert (done.exit_code, done.stdout) == (0, f"{out} was written\n")
    assert json.loads(out.read_text(encoding="utf-8"))["$schema"].endswith("draft-07/schema#")


def test_what_cannot_be_done_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("a: [1\n")
    for arguments, said in (
        ([str(tmp_path / "none.yaml")], "file-unreadable"),
        ([str(broken)], "yaml-syntax"),
        (["--output", str(tmp_path / "no" / "folder.json")], "file-unwritable"),
        ([str(broken), "--of", "ledger"], "same-for-all"),
        (["--output", str(broken)], "file-there"),
        (["--force"], "option-alone"),
    ):
        done = CliRunner().invoke(app, ["schema", *arguments])
        assert done.exit_code == 2
        assert f"[{said}]" in done.stderr
