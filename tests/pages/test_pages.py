from __future__ import annotations

import base64
import hashlib
import re
import sys
from dataclasses import replace
from types import MappingProxyType

import pytest

from missingrules.domain.answers import Question
from missingrules.domain.citations import Citation, Edition
from missingrules.domain.diagnostics import InvalidInput
from missingrules.domain.obligations import Difference, Status
from missingrules.domain.people import People, Role
from missingrules.engine.evaluate import evaluate
from missingrules.interface.leaves import read_instant
from missingrules.pages import page as made
from missingrules.pages.case import WORDS, case_page, report_of
from missingrules.pages.document import document_of, protocol_page
from missingrules.reading.cases import read_case
from missingrules.reading.catalogue import editions
from missingrules.reading.protocols import read_protocol
from tests.answers import answer, duty, full, obligation, part, protocol, state
from tests.pages.made import SMALL, body, elements, name, quickly_sound, small, small_protocol, sound, told
from tests.scenarios.test_scenarios import FILES, NAMES, protocol_of, scenarios_of
from tests.test_cli import EXAMPLES, ROOT, refused, run

ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}{% raw %}",
    "</style></script></title></svg><b>",
    "'><a href='javascript:alert(1)'>x</a>",
    "&lt;script&gt; &amp; <!-- -->",
)
TURNED = "ab\N{RIGHT-TO-LEFT OVERRIDE}cd\N{RIGHT-TO-LEFT MARK}e"


@pytest.mark.parametrize(("example", "as_of"), EXAMPLES.items())
def test_every_example_is_a_sound_page_under_two_protocols(example: str, as_of: str) -> None:
    now = read_instant(as_of)
    protocols = [read_protocol(ROOT / f"protocols/{each}.yaml") for each in ("northamptonshire", "buckinghamshire")]
    asked = evaluate(protocols, read_case(ROOT / f"examples/{example}.yaml", protocols, now), now)
    page = case_page(asked)
    quickly_sound(page)
    report = report_of(asked)
    # Every duty has a place of its own, or stands in that of another paper's for the same act.
    assert set(report.anchors) == {one.key for each in asked.protocols for one in each.actions}
    assert set(report.anchors.values()) <= set(re.findall(r'id="(duty-\d+)"', page))


@pytest.mark.parametrize("path", sorted((ROOT / "protocols").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_protocol_is_a_sound_page_with_a_place_for_each_rule(path: object) -> None:
    read = read_protocol(str(path))
    page = protocol_page(read, {})
    quickly_sound(page)
    ids = set(re.findall(r'id="([^"]+)"', page))
    assert {f"rule-{family.id}" for family in read.own} <= ids
    assert {f"reading-{each}" for each in read.readings} <= ids


def test_a_protocol_that_stands_on_another_tells_whose_a_rule_is() -> None:
    base, own = protocol("country"), small_protocol()
    inherited = replace(own.families[0], id="country/meeting")
    layered = replace(
        own, stands_on=replace(base, families=(own.families[0],), readings=own.readings), families=(inherited,)
    )
    (topic,) = document_of(layered, {}).topics
    assert topic.rules[0].anchor == "rule-country.meeting"
    assert topic.rules[0].inherited == "Inherited from Country: Testshire Missing Children Protocol, third edition."
    sound(protocol_page(layered, {}))


def test_the_small_case_as_it_stands_in_the_page() -> None:
    """`small/case.html`, read through by eye beside the case and the protocol; the values as in test_timeline.py."""
    assert body(case_page(small())) == (SMALL / "case.html").read_text(encoding="utf-8")


def test_every_kind_of_thing_that_an_answer_can_hold_is_told() -> None:
    text = told(sound(case_page(full())))
    for words in (
        "Tell the Assistant Director", "chaired by a practice manager", "Hold the return interview", "a note",
        "No locked doors", "child.placed cannot be home and care at once", "Hold a late meeting",
        "What is the level of risk?",
        "still missing on Tue 1 Jul 2025", "risk counts as medium (recorded: low)", "record R1 names police",
        "as soon as possible", "Consult the press office",
    ):  # fmt: skip
        assert words in text, words


def test_every_status_has_a_word_and_a_shape() -> None:
    page = case_page(full())
    assert set(WORDS) == set(Status)
    assert {f"shape-{each}" for each in Status} <= {one.get("id") for one in elements(sound(page))}
    assert len(set(WORDS.values())) == len(WORDS)


FIELDS = {
    "case": "S-1",
    "placed_in": "milton_keynes",
    "id": "R1",
    "by": "police",
    "chair": "police",
    "attended": "police",
    "to": "police",
    "with": "police",
    "about": "child",
    "method": "telephone",
    "included": "notify",
    "answers": "R9",
    "outcome": "held",
}


def hostile_case(field: str, attack: str) -> str:
    """A case of which one field holds the attack."""
    said = {key: "'" + (attack if key == field else text).replace("'", "''") + "'" for key, text in FIELDS.items()}
    record = ", ".join(f"{key}: {text}" for key, text in said.items() if key not in ("case", "placed_in", "outcome"))
    outcome = f", outcome: {said['outcome']}" if field == "outcome" else ""
    return f"""
format: 1
case: {said["case"]}
child: {{date_of_birth: 2010-05-05, looked_after: true, placed_in: {said["placed_in"]}}}
episodes:
  - {{id: E1, kind: missing, missing_from: home, started_at: 2025-02-10T20:00:00+00:00,
     returned_at: 2025-02-11T08:00:00+00:00}}
records:
  - {{action: return_interview, at: 2025-02-12T10:00:00+00:00, episode: E1, {record}{outcome}}}
"""


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("attack", [*ATTACKS, TURNED])
def test_what_a_case_says_is_shown_and_never_obeyed(field: str, attack: str) -> None:
    """What stands for a word of the vocabulary, a role or an id is refused before there is a page."""
    try:
        asked = small(case=hostile_case(field, attack))
    except InvalidInput:
        assert field != "case" or attack == TURNED
        return
    root = sound(case_page(asked))
    (heading,) = [one for one in elements(root) if name(one) == "h1"]
    assert told(heading) == f"Case {attack if field == 'case' else 'S-1'}"


def test_the_harmless_case_has_a_page() -> None:
    assert "Interview" in told(sound(case_page(small(case=hostile_case("", "")))))


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_protocol_or_an_answer_says_is_shown_and_never_obeyed(attack: str) -> None:
    """Every free text that can reach a page, at once."""
    who = People("all", (Role(attack, attack, None, None),))
    cited = (Citation("testshire", attack, attack),)
    hostile = duty(title=attack, about=attack, method=attack, citations=cited)
    whole = replace(
        protocol(), title=attack, authority=attack, applies_to=attack, edition=Edition(attack, attack, attack),
        roles=MappingProxyType({"police": Role("police", attack, None, None)}),
        called=MappingProxyType({"strategy_meeting": attack}),
    )  # fmt: skip
    one = obligation(
        hostile, Status.MET, discharged_at=0, discharged_by=(attack,), by=who, chair=who, recipients=who, with_=who,
        due_basis=attack, notes=(attack,), differences=(Difference(attack, "by", attack, attack),),
    )  # fmt: skip
    other = obligation(hostile, by=who, chair=who, recipients=who, with_=who, key="testshire/other/E1/1")
    asked = replace(
        answer(
            part(
                one, other, protocol=whole,
                questions=(Question("child.x", attack, "E1", attack, ("testshire/other/E1/1",)),),
            ),
            episodes=(state()._replace(kind=attack, id=attack),),
        ),
        case=attack,
    )  # fmt: skip
    assert attack in told(sound(case_page(asked)))
    assert attack in told(sound(protocol_page(replace(whole, families=small_protocol().families,
                                                      readings=small_protocol().readings), {})))  # fmt: skip


def test_marks_that_turn_the_writing_are_written_out() -> None:
    asked = replace(full(), case=TURNED)
    page = case_page(asked)
    assert "Case <bdi>ab[U+202E]cd[U+200F]e</bdi>" in page
    assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x08]", page)


def test_the_policy_lets_in_the_pages_own_style_and_script_and_nothing_else() -> None:
    page = case_page(small())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    hashes = {
        kind: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for kind, text in re.findall(r"<(style|script)>(.*?)</\1>", page, re.DOTALL)
    }
    assert policy[1].replace("&#39;", "'") == (
        f"default-src 'none'; style-src 'sha256-{hashes['style']}'; script-src 'sha256-{hashes['script']}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_an_answer_without_anything_is_a_page_too() -> None:
    assert "Nothing is due." in told(sound(case_page(answer(part()))))


def test_a_protocol_tells_its_tables_readings_and_paragraphs() -> None:
    found = document_of(small_protocol(), {"who-chairs": "director"})
    assert [topic.title for topic in found.topics] == [
        "Repeat review", "Return interview", "Senior notification", "Strategy meeting"
    ]  # fmt: skip
    (reading,) = found.readings
    assert [(option.name, option.taken) for option in reading.options] == [("team-manager", False), ("director", True)]
    assert reading.rules == (("rule-meeting", "Meet"),)
    assert reading.why == "it was asked for so"
    rules = {rule.id: rule for topic in found.topics for rule in topic.rules}
    assert "In the chair: Assistant Director." in rules["meeting"].acts[0].says
    (table,) = rules["interview"].acts[0].tables
    assert table.caption == "Who acts, by the first line that holds"
    assert [tuple(row) for row in table.rows] == [
        ("the child is looked after", "Social Worker", "3"), ("the child is not looked after", "Police", "3")
    ]  # fmt: skip
    assert rules["no-blame"].acts[0].word == "MUST NOT"
    assert rules["tell"].acts[0].source == "1 (Invented)"
    assert found.whom[0][0] == "The rules hold where the child's age is under 18."


# --- by command ---

CASE = ("evaluate", "examples/looked-after-clock-change.yaml", "--protocol", "northamptonshire")
NOW = ("--as-of", "2025-03-31T12:00:00+01:00")


def test_the_same_bytes_each_time_and_nothing_but_the_file(tmp_path: object) -> None:
    file = f"{tmp_path}/report.html"
    done = run(*CASE, *NOW, "--format", "html", "--output", file)
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, f"{file} was written\n", b"")
    shown = run(*CASE, *NOW, "--format", "html", PYTHONHASHSEED="7")
    with open(file, "rb") as written:
        assert written.read() == shown.stdout
    quickly_sound(shown.stdout.decode())


def test_a_protocol_by_command(tmp_path: object) -> None:
    file = f"{tmp_path}/protocol.html"
    done = run("show", "barnet", "--format", "html", "--output", file)
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, f"{file} was written\n", b"")
    with open(file, "rb") as written:
        assert written.read() == run("show", "barnet", "--format", "html", PYTHONHASHSEED="7").stdout
    assert editions("barnet")


def test_output_takes_text_and_json_too(tmp_path: object) -> None:
    for words in ((*CASE, *NOW, "--format", "json"), (*CASE, *NOW), ("show", "barnet")):
        file = f"{tmp_path}/out"
        assert run(*words, "--output", file, "--force").stdout.decode() == f"{file} was written\n"
        with open(file, "rb") as written:
            assert written.read() == run(*words).stdout


def test_what_the_page_cannot_do_is_refused() -> None:
    message = refused(*CASE, *NOW, "--format", "html", "--full")
    assert message == (
        "error [whole-json] --full: not for html\n  = leave them out: the page always has the whole answer\n"
    )
    message = refused(*CASE, *NOW, "--format", "html", "--every-reading")
    assert message == ("error [whole-answers] --every-reading cannot be written as html\n  = ask for text or json\n")
    message = refused("show", "barnet", "some-rule", "--format", "html")
    assert message == (
        "error [whole-protocol] a page shows a whole protocol\n"
        "  = leave out some-rule: the page has an address for each rule, #rule-ID\n"
    )


def test_a_file_that_cannot_be_written_is_told(tmp_path: object) -> None:
    message = refused(*CASE, *NOW, "--format", "html", "--output", f"{tmp_path}/none/x.html")
    assert message.startswith("error [file-unwritable] ")


def test_without_jinja2_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    made._templates.cache_clear()
    with pytest.raises(InvalidInput) as raised:
        case_page(full())
    assert str(raised.value) == (
        "error [not-installed] HTML needs jinja2, which is not installed\n"
        "  = python -m pip install 'missingrules[html]'"
    )


@pytest.mark.parametrize("area", NAMES)
def test_scenarios_of_an_area_are_sound_pages(area: str) -> None:
    """Histories of every shape: dates alone, returns that nobody wrote down, the organisation's own duties."""
    read = protocol_of(area)
    files = [file for file in FILES if file.parent.name == area][::4]
    scenarios = [one for file in files for one in scenarios_of(file).scenarios]
    for scenario in scenarios[:: len(scenarios) // 6 + 1]:
        asked = evaluate(
            [read], scenario.case, scenario.as_of, readings=scenario.readings, organisation=scenario.organisation
        )
        page = case_page(asked)
        assert not re.search(
            r"\bNone\b|\d{4}-\d\d-\d\dT", re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.DOTALL)
        )
        quickly_sound(page)
