"""Two invented areas side by side, each difference worked out by hand from their files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from missingrules.comparison.diff import diff
from missingrules.domain.comparisons import Aspect, Relation
from missingrules.reading.protocols import read_protocol
from tests.test_cli import refused, run

HERE: Final = Path(__file__).with_name("invented")
HILL, VALE = HERE / "hill.yaml", HERE / "vale.yaml"


def test_the_text() -> None:
    done = run("diff", HILL, VALE)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == (HERE / "hill-beside-vale.txt").read_text(encoding="utf-8")


def test_the_text_of_what_ends_a_duty() -> None:
    ends = HERE.with_name("ends")
    done = run("diff", ends / "moor.yaml", ends / "fen.yaml")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == (ends / "moor-beside-fen.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("names", [("invented/hill", "invented/vale"), ("ends/moor", "ends/fen")])
def test_the_other_way_round_is_the_same_turned(names: tuple[str, str]) -> None:
    one, other = (read_protocol(HERE.parent / f"{name}.yaml") for name in names)
    there, back = diff(one, other), diff(other, one)
    assert (there.only_first, there.only_second) == (back.only_second, back.only_first)
    turned = {(pair.second, pair.first): {(p.aspect, p.relation.turned) for p in pair.points} for pair in back.pairs}
    assert {(pair.first, pair.second): {(p.aspect, p.relation) for p in pair.points} for pair in there.pairs} == turned


def test_a_protocol_beside_itself_is_the_same() -> None:
    protocol = read_protocol(HILL)
    found = diff(protocol, protocol)
    assert (found.only_first, found.only_second) == ((), ())
    assert {pair.relation for pair in found.pairs} == {Relation.SAME}
    assert len(found.pairs) == 5


def test_another_edition_is_compared_rule_by_rule(tmp_path: Path) -> None:
    text = HILL.read_text(encoding="utf-8").replace("within 48 hours", "within 24 hours")
    (tmp_path / "ledger.yaml").write_text((HERE / "ledger.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    newer = tmp_path / "newer.yaml"
    newer.write_text(text.replace("label: invented", "label: newer"), encoding="utf-8")
    found = diff(read_protocol(HILL), read_protocol(newer))
    (changed,) = (pair for pair in found.pairs if pair.relation is not Relation.SAME)
    (point,) = (point for point in changed.points if point.relation is not Relation.SAME)
    assert (point.aspect, point.relation) == (Aspect.DEADLINE, Relation.LOOSER)
    assert "A meeting is held (by when): invented within 48 hours of going missing [2]; newer" in " ".join(
        run("diff", HILL, newer).stdout.decode().split()
    )


CASE: Final = """\
format: 1
case: C-1
child: {date_of_birth: 2012-05-01}
episodes:
  - {id: E1, missing_from: home, kind: missing, started_at: 2025-06-02T10:00:00+01:00, reported_at: null,
     returned_at: null, risk: high}
"""


def test_what_another_edition_changes_in_cases(tmp_path: Path) -> None:
    """Of 24 hours in place of 48: gone since Monday at 10:00, the meeting was due on Tuesday at 10:00: overdue."""
    (tmp_path / "ledger.yaml").write_text((HERE / "ledger.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    newer = tmp_path / "newer.yaml"
    newer.write_text(HILL.read_text(encoding="utf-8").replace("within 48 hours", "within 24 hours"), encoding="utf-8")
    cases = tmp_path / "cases"
    cases.mkdir()
    (cases / "one.yaml").write_text(CASE, encoding="utf-8")
    (cases / "two.yaml").write_text(CASE.replace("C-1", "C-2").replace("risk: high", "risk: low"), encoding="utf-8")
    at = ("--as-of", "2025-06-03T12:00:00+01:00")
    done = run("diff", HILL, newer, "--cases", cases, *at)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == (
        "\nCase C-1\n"
        "  changes   A meeting is held (episode E1): due Tue 3 Jun 2025 10:00 BST (was\n"
        "            Wed 4 Jun 2025 10:00 BST); overdue (was due)\n"
        "\n2 cases: 1 with duties that change\n"
    )
    assert "[two-areas] --cases: hill and vale are two areas" in refused("diff", HILL, VALE, "--cases", cases, *at)
    (cases / "one.yaml").write_text(CASE.replace("+01:00", ""), encoding="utf-8")
    assert "one.yaml:5:" in refused("diff", HILL, newer, "--cases", cases, *at)


def test_the_data() -> None:
    said = json.loads(run("diff", HILL, VALE, "--topic", "strategy_meeting", "--format", "json").stdout)
    (pair,) = said["pairs"]
    assert (pair["first"]["rule"], pair["second"]["rule"], pair["relation"]) == ("meeting", "talk", "different")
    assert {each["aspect"]: each["relation"] for each in pair["aspects"]} == {
        "applies": "looser",
        "modality": "same",
        "deadline": "stricter",
        "by": "same",
        "chair": "looser",
    }
    cited = [{"document": "invented", "paragraph": "2", "heading": "Meetings"}]
    assert [each["first"]["citations"] for each in pair["aspects"]] == [cited] * 5


def test_what_is_not_there() -> None:
    assert "[unknown-topic] --topic strategy_meetings: no topic has this name" in refused(
        "diff", HILL, VALE, "--topic", "strategy_meetings"
    )
    assert "[unknown-protocol]" in refused("diff", HILL, "nowhere")
    assert "[unknown-action] --action vist: neither protocol has this act" in refused(
        "prove", HILL, "--at-least-as-strict-as", VALE, "--action", "vist"
    )


def test_a_proof_and_its_counterexample() -> None:
    """The interview: the vale's is stronger and sooner, so it is at least as strict; the hill's is not."""
    words = ("--topic", "return_interview")
    done = run("prove", VALE, "--at-least-as-strict-as", HILL, *words)
    assert done.returncode == 0
    assert done.stdout.decode().startswith("Vale asks for no less than Hill in all ")
    done = run("prove", HILL, "--at-least-as-strict-as", VALE, *words)
    assert done.returncode == 1
    told = done.stdout.decode()
    assert "Hill should, Vale must: The child is visited [4]; An interview is held [4]" in told
    # Monday 2 June at 11:00 plus 72 hours, and the end of the fifth working day after it.
    assert "Hill by Mon 9 Jun 2025, end of day, Vale by Thu 5 Jun 2025 11:00 BST" in told


def test_the_page_shows_what_the_commands_say(tmp_path: Path) -> None:
    page = (HERE.parents[2] / "docs" / "compare.md").read_text(encoding="utf-8")
    assert f"```\n{(HERE / 'hill-beside-vale.txt').read_text(encoding='utf-8')}```" in page
    told = run("diff", HILL, VALE, "--witness", "--topic", "return_interview").stdout.decode()
    assert f"```\n{told.replace(f'{HERE}/', '')}```" in page
    case = tmp_path / "case.yaml"
    case.write_text(told, encoding="utf-8")
    done = run("evaluate", case, "--protocol", HILL, "--protocol", VALE, "--as-of", "2025-06-02T11:00:00+01:00")
    assert done.returncode == 0
    assert "The child is visited" in done.stdout.decode()
