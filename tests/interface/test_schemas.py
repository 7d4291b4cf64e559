from __future__ import annotations

import json

from missingrules.interface.schemas import schemas


def test_the_schemas_are_closed_and_told_in_words() -> None:
    for name, schema in schemas().items():
        assert schema["additionalProperties"] is False
        json.dumps(schema)
        for part in (schema, *schema["$defs"].values()):
            assert part.get("description") or "enum" in part, (name, part["title"])


def test_a_case_names_its_keys_as_they_are_written() -> None:
    schema = schemas()["case"]
    assert schema["required"] == ["format", "case"]
    assert schema["properties"]["format"]["enum"] == [1, "1"]
    assert {"with", "by", "included"} <= schema["$defs"]["RecordEntry"]["properties"].keys()
    assert {"from", "to"} <= schema["$defs"]["DatedStatus"]["properties"].keys()
    episode = schema["$defs"]["EpisodeEntry"]
    assert episode["required"] == ["id", "started_at"]
    assert episode["properties"]["id"]["pattern"]
    # Null says "not yet", a key left out "not known": no default may make them one.
    assert "default" not in episode["properties"]["returned_at"]


def test_a_result_always_has_all_its_keys() -> None:
    schema = schemas()["result"]
    action = schema["$defs"]["Action"]
    assert set(action["required"]) == action["properties"].keys()
    assert "with" in action["properties"]
    assert {"if", "then"} <= schema["$defs"]["NextOut"]["properties"].keys()
