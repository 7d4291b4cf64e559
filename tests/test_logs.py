"""The log has counts, kinds of files and times, and never anything of a child."""

from __future__ import annotations

import json
import logging
import re
import shutil
from pathlib import Path
from typing import Any, Final

import pytest

import missingrules
from missingrules.domain.logs import LOGGER, timed
from tests.fuzz.commands import run

ROOT: Final = Path(__file__).parents[1]
NOW: Final = "2025-03-31T12:00:00+01:00"
PROTOCOL: Final = "northamptonshire"
# Each stands in one free place of a case, or in the name of a file; none is a word of ours.
MARKS: Final = re.compile(r"zz[a-z]+zz|2009-08-07|2025-03-2[0-9]", re.IGNORECASE)
MESSAGE: Final = re.compile(
    r"[a-z' ]+( \((yaml|yml|json|jsonl|csv|xlsx|txt|other)\))?: (done|failed)( [a-z_]+=\d+)* in \d+\.\d ms"
)


def _case() -> dict[str, Any]:
    """Marked words wherever a case takes any."""
    return {
        "format": 1,
        "case": "zzcasezz",
        "child": {"date_of_birth": "2009-08-07", "looked_after": True, "placed_in": "zzplacezz"},
        "episodes": [
            {"id": "zzepisodezz", "kind": "missing", "missing_from": "care", "started_at": "2025-03-28T22:30:00+00:00",
             "reported_at": "2025-03-28T23:05:00+00:00", "returned_at": None},
        ],
        "events": [],
        "records": [
            {"id": "zzrecordzz", "action": "strategy_meeting", "at": "2025-03-29T14:00:00+00:00", "about": "zzaboutzz",
             "episode": "zzepisodezz", "chair": "zzchairzz", "by": "zzbyzz", "to": ["zztozz"], "method": "zzmethodzz"},
        ],
    }  # fmt: skip


def _said(records: list[logging.LogRecord]) -> list[str]:
    """All that the records hold, however a handler would write it."""
    return [str({**vars(each), "message": each.getMessage()}) for each in records]


def _through_every_call(folder: Path) -> None:
    protocols = missingrules.load_protocols(PROTOCOL)
    now = missingrules.instant_of(NOW)
    file = folder / "zzfilezz.json"
    file.write_text(json.dumps(_case()), encoding="utf-8")
    case = missingrules.read_case(file, protocols, now)
    assert missingrules.case_of(_case(), protocols, now) == case
    assert missingrules.read_case_text(json.dumps(_case()), "zznamezz", protocols, now) == case
    missingrules.applying(protocols, case, now)
    answer = missingrules.evaluate(protocols, case, now, organisation=True)
    missingrules.evaluate(missingrules.load_protocols(), case, now, where_applies=True)
    missingrules.rows_of(answer)
    result = missingrules.result_of(answer)
    kept = folder / "zzkeptzz.json"
    kept.write_text(missingrules.to_json(answer), encoding="utf-8")
    missingrules.replay(missingrules.read_result(kept), case, protocols)
    missingrules.explain(protocols[0], case, now, "strategy-meeting-after-a-day")
    later = missingrules.evaluate(protocols, case, missingrules.instant_of("2025-04-02T12:00:00+01:00"))
    found = missingrules.changes(missingrules.read_standings(kept), later, (case, case))
    missingrules.to_json(found)
    missingrules.Tasks(case.id).apply(missingrules.changes(None, result)).apply(found)
    missingrules.follow(protocols, answer, (case, case), later.as_of)
    list(missingrules.diff_cases(protocols[0], protocols[0], [case], now))
    missingrules.audit(protocols, [case, case], now, rows=True)
    missingrules.audit(protocols, [file], now, rows=True)


def _through_every_mistake(folder: Path) -> None:
    protocols = missingrules.load_protocols(PROTOCOL)
    bad = folder / "zzbadzz.json"
    spoilt = _case()
    spoilt["child"]["zzfactzz"] = "zzvaluezz"
    spoilt["episodes"][0]["started_at"] = "zztimezz"
    bad.write_text(json.dumps(spoilt), encoding="utf-8")
    for path in (bad, folder / "zznonezz.yaml", folder / "zzthing.zzendingzz"):
        for read in (missingrules.read_case, missingrules.read_result, missingrules.read_standings):
            with pytest.raises(missingrules.InvalidInput):
                read(path)
    with pytest.raises(missingrules.InvalidInput):
        missingrules.case_of(spoilt, protocols)
    assert missingrules.audit(protocols, [bad], missingrules.instant_of(NOW)).not_used


def _through_commands(folder: Path) -> None:
    file, bad = folder / "zzfilezz.json", folder / "zzbadzz.json"
    asked = ("--protocol", PROTOCOL, "--as-of", NOW)
    for words in (
        ("evaluate", file, *asked),
        ("evaluate", file, *asked, "--every-reading"),
        ("evaluate", bad, *asked),
        ("applies", file, "--as-of", NOW),
        ("explain", file, *asked, "--rule", "strategy-meeting-after-a-day"),
        ("replay", folder / "zzkeptzz.json", file),
        ("changes", folder / "zzkeptzz.json", folder / "zzkeptzz.json"),
        ("audit", folder / "zztableszz", *asked, "--jobs", "1"),
        ("import", folder / "zzexportzz.csv", "--from", "ssda903", "--year", "2025"),
    ):
        run(*words)


def test_nothing_of_a_child_comes_into_any_record(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    caplog.set_level(logging.DEBUG)
    _through_every_call(tmp_path)
    _through_every_mistake(tmp_path)
    tables = tmp_path / "zztableszz"
    tables.mkdir()
    (tables / "episodes.csv").write_text(
        "child,id,kind,missing_from,started_at,returned_at\n"
        "zzchildzz,zzonezz,missing,home,2025-03-28T20:00:00+00:00,null\n"
        "zzotherzz,zztwozz,missing,home,zztimezz,null\n",
        encoding="utf-8",
    )
    (tmp_path / "zzexportzz.csv").write_text(
        "CHILD,DOB,MISSING,MIS_START,MIS_END\nzzchildzz,07/08/2009,M,28/03/2025,30/03/2025\n", encoding="utf-8"
    )
    _through_commands(tmp_path)
    records = caplog.records
    said = _said(records)
    ours = [each for each in records if each.name.startswith("missingrules")]
    assert {each.levelno for each in ours} == {logging.DEBUG}
    assert len({each.getMessage().partition(":")[0] for each in ours}) > 8
    assert not [each for each in said if MARKS.search(_without_places(each))]
    for each in ours:
        assert MESSAGE.fullmatch(each.getMessage()), each.getMessage()


def _without_places(said: str) -> str:
    # When a record was made and in which of our files says nothing of a child.
    return re.sub(r"'(?:pathname|asctime|created|relativeCreated)': [^,}]+", "", said)


def test_a_marked_word_would_be_seen() -> None:
    assert MARKS.search("zzchairzz")
    assert MARKS.search("ZZCASEZZ")


def test_counts_are_numbers_whatever_is_given(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "missingrules"), timed("case read", ".yaml") as said:
        said(episodes=2)
    with caplog.at_level(logging.DEBUG, "missingrules"), pytest.raises(ValueError, match="zz"), timed("x") as said:
        said(episodes="zzwordzz")  # type: ignore[arg-type]
    first, second = (each.getMessage() for each in caplog.records)
    assert re.fullmatch(r"case read \(yaml\): done episodes=2 in \d+\.\d ms", first)
    assert "zz" not in second


def test_nothing_is_shown_unless_it_is_asked_for(tmp_path: Path) -> None:
    assert any(isinstance(each, logging.NullHandler) for each in LOGGER.handlers)
    shutil.copy(ROOT / "examples" / "looked-after-clock-change.yaml", tmp_path / "case.yaml")
    told = run("applies", tmp_path / "case.yaml", "--as-of", NOW)
    assert told.err == ""
