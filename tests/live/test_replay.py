"""An answer had again by its receipt, and every reason why it cannot be."""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml

from missingrules.domain.diagnostics import InvalidInput
from missingrules.domain.receipt import hash_of
from missingrules.engine.evaluate import evaluate
from missingrules.interface.leaves import read_instant
from missingrules.interface.rendering import result_of, to_json
from missingrules.live import replay as module
from missingrules.live.replay import replay
from missingrules.reading.cases import read_case_text
from missingrules.reading.protocols import read_protocol
from missingrules.reading.results import read_result_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.domain.case import Case
    from missingrules.domain.protocol import Protocol
    from missingrules.interface.result import Result

ROOT: Final = Path(__file__).parents[2]
EXAMPLE: Final = (ROOT / "examples" / "placed-in-another-county.yaml").read_text(encoding="utf-8")
NOW: Final = read_instant("2025-11-14T10:00:00+00:00")


@lru_cache(maxsize=1)
def _protocols() -> tuple[Protocol, ...]:
    return tuple(read_protocol(ROOT / "protocols" / f"{name}.yaml") for name in ("buckinghamshire", "northamptonshire"))


def _case(text: str = EXAMPLE) -> Case:
    return read_case_text(text, "case", _protocols(), NOW)


def _result(**asked: Any) -> Result:
    return read_result_text(to_json(evaluate(_protocols(), _case(), NOW, **asked)))


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"horizon_days": 7, "organisation": True},
        {"where_applies": True},
        {"readings": {"day-seven": "next-date-is-day-one"}},
    ],
    ids=str,
)
def test_the_same_answer(asked: dict[str, Any]) -> None:
    stored = _result(**asked)
    assert result_of(replay(stored, _case(), tuple(reversed(_protocols())))) == stored


def _refused(result: Result, case: Case, protocols: tuple[Protocol, ...]) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        replay(result, case, protocols)
    return [one.code for one in caught.value.diagnostics]


def test_every_reason_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stored = _result()
    text = (ROOT / "protocols" / "buckinghamshire.yaml").read_text(encoding="utf-8")
    (tmp_path / "sources").mkdir()
    ledger = (ROOT / "protocols" / "sources" / "buckinghamshire.yaml").read_text(encoding="utf-8")
    (tmp_path / "sources" / "buckinghamshire.yaml").write_text(ledger, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(text.replace("title: the child's family", "title: the family"), encoding="utf-8")
    monkeypatch.setattr(module, "library_version", lambda: "99")
    monkeypatch.setattr(module, "calendar_version", lambda: "another")
    other_case = _case(EXAMPLE.replace("medium", "high"))
    codes = _refused(stored, other_case, (read_protocol(tmp_path / "b.yaml"),))
    assert codes == ["other-calendar", "other-case", "other-library", "other-protocol", "protocol-not-at-hand"]


def test_a_result_that_was_changed() -> None:
    stored = _result()
    first = stored.actions[0].model_copy(update={"title": "Another"})
    assert _refused(stored.model_copy(update={"actions": [first, *stored.actions[1:]]}), _case(), _protocols()) == [
        "other-answer"
    ]


def test_a_result_without_a_receipt() -> None:
    assert _refused(_result().model_copy(update={"receipt": None}), _case(), _protocols()) == ["no-receipt"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', "\x00"])
def test_what_is_no_result(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_result_text(text)
    assert [one.code for one in caught.value.diagnostics] == ["not-a-result"]


# --- the case's hash --------------------------------------------------------------------------------------------------


def _written() -> Any:
    """The example with only texts, as its JSON has them."""
    return json.loads(json.dumps(yaml.safe_load(EXAMPLE), default=lambda value: value.isoformat()))


def test_the_same_history_written_otherwise_has_the_same_hash() -> None:
    data = _written()
    data["records"].reverse()
    data["records"][0]["to"] = [data["records"][0].pop("to")[0]]
    data["child"] = dict(reversed(data["child"].items()))
    assert hash_of(_case(json.dumps(data, indent=1))) == hash_of(_case())


def test_the_form_that_is_hashed_does_not_change_unseen() -> None:
    born = "format: 1\ncase: C-1\nchild: {date_of_birth: 2010-05-05}\n"
    canonical = '[1,{"child":{"date_of_birth":[{"value":{"date":"2010-05-05"}}]},"id":"C-1"}]'
    assert hash_of(read_case_text(born, "case")) == f"sha256:{sha256(canonical.encode()).hexdigest()}"


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(inner, (*path, key))
    else:
        yield path


def test_whatever_is_left_out_gives_another_hash() -> None:
    # Also `null`: not to have returned is another thing than nobody knowing of it.
    whole, seen = hash_of(_case()), 0
    for path in list(_leaves(_written())):
        data = _written()
        inner = data
        for key in path[:-1]:
            inner = inner[key]
        del inner[path[-1]]
        try:
            case = _case(json.dumps(data, indent=1))
        except InvalidInput:
            continue
        seen += 1
        assert hash_of(case) != whole, path
    assert seen > 20
