"""`missingrules export --to durable`: what is written, and that the host of docs/durable.md can run it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from missingrules.adapters.durable.hashes import hash_of
from missingrules.adapters.durable.moments import Moments
from missingrules.adapters.durable.outputs import Place
from missingrules.adapters.durable.rule_sets import rule_sets
from missingrules.cli.commands import app
from missingrules.interface.leaves import read_instant
from missingrules.reading.protocols import read_protocol
from tests.adapters.durable.agree import TEXTS
from tests.meaning.build import at, case, episode

if TYPE_CHECKING:
    from missingrules.adapters.durable.supplies import Value

ROOT = Path(__file__).parents[3]
STAFFORDSHIRE = ROOT / "protocols" / "staffordshire.yaml"


def run(*words: str | Path) -> Any:
    return CliRunner().invoke(app, ["export", *map(str, words)])


@pytest.fixture(scope="module")
def exported() -> dict[str, Any]:
    done = run(STAFFORDSHIRE, "--to", "durable")
    assert done.exit_code == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_it_has_all_that_a_host_needs(exported: dict[str, Any]) -> None:
    assert (exported["format"], exported["version"]) == ("missingrules-durable", 1)
    assert exported["protocol"]["name"] == "staffordshire"
    assert exported["readings"] == {r.id: r.default for r in read_protocol(STAFFORDSHIRE).readings.values()}
    assert sorted(exported["rule_sets"]) == [f"staffordshire.{place}" for place in ("child", "episode", "organisation")]
    for one in exported["rule_sets"].values():
        nodes = {*one["nodes"], *one["fixed"]}
        assert {told["node"] for told in one["tells"]} <= nodes
        assert all(told["citations"] for told in one["tells"])
        assert all(node["hash"] == hash_of(name) for name, node in one["nodes"].items())
        # Every node that a rule asks for or makes is there, and every supply is asked for.
        patterns = [pattern["$and"] for r in one["rules"].values() for each in r["all"] for pattern in each.values()]
        asked = {part["node"] for pattern in patterns for part in pattern if "node" in part}
        assert asked <= nodes | {each["name"] for each in one["supply"]}
        assert {each["name"] for each in one["supply"]} <= asked
        assert {r["run"].partition(": ")[2] for r in one["rules"].values() if r["run"] != "tell"} <= nodes


def test_every_duty_conclusion_and_prohibition_is_told(exported: dict[str, Any]) -> None:
    protocol = read_protocol(STAFFORDSHIRE)
    rules = {p.rule for f in protocol.families for v in f.variants.values() for p in v}
    told = {one["name"] for s in exported["rule_sets"].values() for one in s["tells"] if one["kind"] != "fact"}
    assert rules == {name.partition(".")[0] for name in told}


def test_a_file_is_written_whole_and_replaced_by_leave_alone(tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    done = run(STAFFORDSHIRE, "--to", "durable", "--output", file)
    assert (done.exit_code, done.stdout) == (0, f"{file} was written\n")
    assert file.read_text(encoding="utf-8") == run(STAFFORDSHIRE, "--to", "durable").stdout
    again = run(STAFFORDSHIRE, "--to", "durable", "--output", file)
    assert again.exit_code == 2
    assert "[file-there]" in again.stderr
    assert run(STAFFORDSHIRE, "--to", "durable", "--output", file, "--force").exit_code == 0


def test_a_rule_that_cannot_be_said_is_named_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "rules.json"
    monkeypatch.setattr("missingrules.adapters.durable.rule_sets.MOST_IN_A_LAYER", 10)
    done = run(STAFFORDSHIRE, "--to", "durable", "--output", file)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "error [not-for-durable] staffordshire.episode: durable_rules has no room for " in done.stderr
    assert not file.exists()


def test_a_reading_may_be_chosen_and_one_that_is_not_there_is_refused() -> None:
    reading = next(iter(read_protocol(STAFFORDSHIRE).readings.values()))
    option = reading.options[-1].name
    made = json.loads(run(STAFFORDSHIRE, "--to", "durable", "--reading", f"{reading.id}={option}").stdout)
    assert made["readings"][reading.id] == option
    refused = run(STAFFORDSHIRE, "--to", "durable", "--reading", "nothing=said")
    assert refused.exit_code == 2
    assert "[bad-reading]" in refused.stderr


def test_the_host_of_the_page_runs_the_file(exported: dict[str, Any]) -> None:
    pytest.importorskip("durable.engine", reason="durable_rules is not installed", exc_type=ImportError)
    page = (ROOT / "docs" / "durable.md").read_text(encoding="utf-8")
    host = re.search(r"## A host\n.*?```python\n(.*?)```", page, re.DOTALL)
    assert host is not None
    names: dict[str, Any] = {}
    exec(host[1], names)
    protocol = read_protocol(STAFFORDSHIRE)
    as_of = read_instant("2025-06-12T09:00:00+01:00")
    child = case(episode("E1", at("2025-06-10 20:00"), None, located=None, reported=None, risk="medium"))
    moments = Moments(protocol, child, as_of)
    rules = rule_sets(protocol)[Place.EPISODE]
    place = moments.reader.places[0]
    supplied = moments.supplies(rules.supplies, place, as_of)
    kinds = {each["name"]: each["kind"] for each in exported["rule_sets"][rules.name]["supply"]}
    messages = [{"node": name, **content(kinds[name], value)} for name, value in supplied.items()]
    told = names["said"](exported["rule_sets"][rules.name], "E1", messages)
    for output in rules.outputs:
        if output.guard is not None:
            assert told[output.node.name] == TEXTS[moments.reader.guard(output.guard, place).at(as_of)], output.name
    assert set(told.values()) == {"true", "false", "unknown"}
    # What is left out is told of, and not taken for unknown.
    with pytest.raises(RuntimeError, match="nothing was told of"):
        names["said"](exported["rule_sets"][rules.name], "E2", messages[1:])


def content(kind: str, value: Value) -> dict[str, Any]:
    if kind == "truth":
        return {"truth": value}
    return {"known": 0} if value is None else {"known": 1, kind: value}
