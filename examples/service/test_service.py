"""The service asked as a browser and as a system would; due instants worked by hand from ../wexcombe/wexcombe.txt."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import service
from fastapi.testclient import TestClient

import missingrules

HERE = Path(__file__).parent
AS_OF = "2025-06-30T12:00:00+01:00"
CASE = """\
format: 1
case: C-02
child: {date_of_birth: 2010-09-14, looked_after: true, placed_by_another_authority: false}
episodes:
  - {id: E1, kind: missing, missing_from: care, expected_home: 2025-06-29T23:30:00+01:00,
     started_at: 2025-06-29T23:30:00+01:00, reported_at: 2025-06-30T01:00:00+01:00, located_at: null, returned_at: null,
     risk: [{value: medium, at: 2025-06-30T01:30:00+01:00}]}
"""
JSON = {"Accept": "application/json", "Content-Type": "application/yaml"}


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(service.make_app(missingrules.load_protocols(HERE.parent / "wexcombe/wexcombe.yaml")))


def test_the_form(client: TestClient) -> None:
    got = client.get("/")
    assert got.status_code == 200
    assert "<textarea" in got.text
    assert client.get("/docs").status_code == client.get("/openapi.json").status_code == 404


def test_json_in_and_out(client: TestClient) -> None:
    got = client.post("/", params={"as_of": AS_OF}, content=CASE, headers=JSON)
    actions = {each["rule"]: each for each in got.json()["actions"]}
    # 3.1, medium: 4 hours from the report at 01:00; 4.1: three working days after Monday.
    told, meeting = actions["tell-team-manager"], actions["meeting"]
    assert (told["due"], told["status"]) == ("2025-06-30T05:00:00+01:00", "overdue")
    assert (meeting["due"], meeting["status"]) == ("2025-07-03T23:59:59+01:00", "due")


def test_a_browser_gets_the_page(client: TestClient) -> None:
    got = client.post("/", data={"case": CASE.replace("\n", "\r\n"), "as_of": AS_OF})
    assert got.status_code == 200
    assert got.headers["content-type"].startswith("text/html")
    assert "The Team Manager is told" in got.text
    assert got.headers["cache-control"] == "no-store"


def test_without_an_instant_it_is_now(client: TestClient) -> None:
    assert client.post("/", content=CASE, headers=JSON).json()["as_of"] > AS_OF


def test_mistakes_have_code_line_and_column(client: TestClient) -> None:
    spoilt = CASE.replace("located_at", "found_at")
    got = client.post("/", params={"as_of": AS_OF}, content=spoilt, headers=JSON)
    assert got.status_code == 422
    (error,) = got.json()["errors"]
    column = spoilt.splitlines()[5].index("found_at") + 1
    assert (error["code"], error["line"], error["column"]) == ("unknown-fact", 6, column)
    page = client.post("/", data={"case": spoilt, "as_of": AS_OF})
    assert page.status_code == 422
    assert f"case:6:{column}" in page.text


def test_an_empty_form_is_told_so(client: TestClient) -> None:
    got = client.post("/", data={"case": "", "as_of": ""})
    assert got.status_code == 422
    assert "file-empty" in got.text


def test_an_instant_that_is_none(client: TestClient) -> None:
    got = client.post("/", params={"as_of": "today"}, content=CASE, headers=JSON)
    assert (got.status_code, got.json()["errors"][0]["code"]) == (422, "bad-timestamp")


def test_what_was_put_in_is_never_run(client: TestClient) -> None:
    got = client.post("/", data={"case": "</textarea><script>alert(1)</script>", "as_of": '"><script>'})
    assert "<script>" not in got.text


def test_a_flood_is_refused(client: TestClient) -> None:
    assert client.post("/", content="#" * (service.MOST + 1), headers=JSON).status_code == 413


def test_nothing_of_a_case_is_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client.post("/", params={"as_of": AS_OF}, content=CASE.replace("C-02", "Marker-77"), headers=JSON)
    client.post("/", content=CASE.replace("C-02", "[Marker-77"), headers=JSON)
    assert "Marker-77" not in caplog.text
