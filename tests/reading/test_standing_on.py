"""A protocol on another: what comes out of a file that stands on a county's, which stands on a country's."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from missingrules.domain.citations import Citation
from missingrules.domain.conditions import All, FactTest
from missingrules.domain.people import People
from missingrules.domain.protocol import Protocol, Replacement
from missingrules.domain.rules import Conclusion, Duty, Provision
from missingrules.domain.triggers import FirstOf, OnInstant, OnUndone
from missingrules.reading.protocols import read_protocol

HERE = Path(__file__).parent
LAYERS = HERE / "bad_protocols" / "layers"
OF_TOWN = Citation("bad", "1.1", "Telling the police")


def only(protocol: Protocol, rule: str) -> Provision:
    (family,) = (one for one in protocol.families if one.id == rule)
    ((provision,),) = family.variants.values()
    return provision


@pytest.fixture(scope="module")
def town() -> Protocol:
    return read_protocol(HERE / "good_protocols" / "town.yaml")


def test_what_holds_and_what_was_replaced(town: Protocol) -> None:
    # The country's ring was dropped and its other duties were replaced by the county, the county's by the town.
    assert {family.id for family in town.families} == {"tell", "escalate", "country/at-risk"}
    assert [family.id for family in town.own] == ["tell", "escalate"]
    assert [layer.name for layer in town.layers] == ["town", "county", "country"]
    assert town.replaced == (
        Replacement("county/tell-soon", "tell", "an hour is enough here", (OF_TOWN,)),
        Replacement("county/escalate-soon", "escalate", "it follows tell", (OF_TOWN,)),
    )
    county = town.layers[1]
    assert ("country/ring", None) in {(one.rule, one.by) for one in county.replaced}
    assert [one.citations[0].paragraph for one in county.replaced if one.by is None] == ["1.2"]


def test_a_reading_goes_with_the_last_rule_that_depends_on_it(town: Protocol) -> None:
    assert [list(layer.readings) for layer in town.layers] == [[], [], ["who-rings"]]


def test_words_of_the_layers_below_by_their_names(town: Protocol) -> None:
    tell, escalate = only(town, "tell"), only(town, "escalate")
    assert isinstance(tell, Duty)
    assert isinstance(escalate, Duty)
    # A title of the town's own; who is known below alone is as below.
    assert isinstance(tell.to, People)
    assert tell.to.roles[0].title == "the town's manager"
    assert isinstance(escalate.by, People)
    assert escalate.by.roles[0].title == "the police"
    assert escalate.action == "ring_round"
    assert town.words.facts["child.in_hostel"].ask == "Is it a hostel of the town?"
    assert "office" in town.hours
    assert escalate.trigger == FirstOf((OnUndone("tell"), OnInstant("located")))


def test_silence_is_not_filled_from_what_is_replaced(town: Protocol) -> None:
    tell = only(town, "tell")
    assert isinstance(tell, Duty)
    assert tell.by == "not_stated"


def test_an_inherited_rule_has_the_scope_of_its_own_file(tmp_path: Path) -> None:
    shutil.copytree(HERE / "bad_protocols" / "sources", tmp_path / "sources")
    (tmp_path / "layers").mkdir()
    below = (LAYERS / "country.yaml").read_text(encoding="utf-8")
    scope = 'scope: {when: {child.age: under 18}, cite: "1.1"}\n'
    (tmp_path / "layers" / "country.yaml").write_text(below + scope, encoding="utf-8")
    above = (LAYERS / "county.yaml").read_text(encoding="utf-8")
    (tmp_path / "layers" / "county.yaml").write_text(above, encoding="utf-8")
    county = read_protocol(tmp_path / "layers" / "county.yaml")
    at_risk = only(county, "country/at-risk")
    assert isinstance(at_risk, Conclusion)
    assert not at_risk.guard.in_scope
    assert isinstance(at_risk.guard.when, All)
    facts = [part.fact for part in at_risk.guard.when.parts if isinstance(part, FactTest)]
    assert facts == ["episode.level", "child.age"]
    below_ = only(county.layers[1], "at-risk")
    assert isinstance(below_, Conclusion)
    assert below_.guard.in_scope
    # In all else it is the same.
    assert replace(at_risk, rule="at-risk", guard=below_.guard) == below_


def test_fingerprints_cover_the_layers_below(tmp_path: Path) -> None:
    shutil.copytree(HERE / "bad_protocols" / "sources", tmp_path / "sources")
    shutil.copytree(LAYERS, tmp_path / "layers")
    before = read_protocol(tmp_path / "layers" / "county.yaml").fingerprint
    assert before == read_protocol(LAYERS / "county.yaml").fingerprint
    country = tmp_path / "layers" / "country.yaml"
    country.write_text(country.read_text(encoding="utf-8").replace("24 hours", "23 hours"), encoding="utf-8")
    assert read_protocol(tmp_path / "layers" / "county.yaml").fingerprint != before


def test_areas_are_those_below_where_the_file_says_nothing_and_there_are_several(tmp_path: Path) -> None:
    shutil.copytree(HERE / "bad_protocols" / "sources", tmp_path / "sources")
    shutil.copytree(LAYERS, tmp_path / "layers")
    assert read_protocol(tmp_path / "layers" / "county.yaml").areas == ("county",)
    country = tmp_path / "layers" / "country.yaml"
    text = country.read_text(encoding="utf-8").replace(
        "protocol: country\n", "protocol: country\nareas: [east, west]\n"
    )
    country.write_text(text, encoding="utf-8")
    assert read_protocol(tmp_path / "layers" / "county.yaml").areas == ("east", "west")


def test_a_name_finds_the_layer_in_the_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(HERE / "bad_protocols" / "sources", tmp_path / "sources")
    (tmp_path / "layers").mkdir()
    shutil.copy(LAYERS / "country.yaml", tmp_path / "layers")
    shutil.copytree(HERE / "bad_protocols" / "sources", tmp_path / "own" / "sources")
    own = (LAYERS / "county.yaml").read_text(encoding="utf-8")
    own = own.replace("country.yaml", "country").replace("../sources", "sources")
    (tmp_path / "own" / "county.yaml").write_text(own, encoding="utf-8")
    monkeypatch.setenv("MISSINGRULES_PROTOCOLS", str(tmp_path / "layers"))
    assert [layer.name for layer in read_protocol(tmp_path / "own" / "county.yaml").layers] == ["county", "country"]
