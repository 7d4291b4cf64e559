"""A result, fresh or stored, as what is kept of it to tell what changes: all its duties, and by what it was made."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import pydantic_core
from pydantic import BaseModel, ConfigDict, Field

from missingrules.domain.changes import KEPT, Asked, Mark, Standing, Standings, Text, instant_in
from missingrules.domain.clock import Clock, Instant
from missingrules.domain.diagnostics import InvalidInput
from missingrules.domain.obligations import Status
from missingrules.interface.findings import Findings, nowhere
from missingrules.interface.rendering import plain_of
from missingrules.interface.result import Result
from missingrules.interface.shared import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from missingrules.domain.answers import Answer
    from missingrules.interface.findings import Place

_STATUSES: Final = ", ".join(Status)
_AGAIN: Final = "~"
_IN_RESULT: Final = "give a result as `missingrules evaluate --format json` writes it"


class _Stored(BaseModel):
    """What a result of any version must have; keys that it does not know are left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class _StoredText(_Stored):
    name: str
    edition: str = ""
    fingerprint: str = ""
    stands_on: list[_StoredText] = Field(default_factory=list)


class _StoredLibrary(_Stored):
    version: str = ""
    calendar: str = ""


class _StoredEvidence(_Stored):
    fact: str
    value: str | int
    source: str


class _StoredReading(_Stored):
    id: str
    option: str


class _StoredCitation(_Stored):
    document: str
    paragraph: str


class _StoredAction(_Stored):
    key: str
    status: str
    title: str = ""
    protocol: str | None = None
    episode: str | None = None
    triggered_at: str | None = None
    due: str | None = None
    due_between: list[str] | None = None
    done_at: str | None = None
    ended_at: str | None = None
    because: list[_StoredEvidence] = Field(default_factory=list)
    done_by_records: list[str] = Field(default_factory=list)
    readings: list[_StoredReading] = Field(default_factory=list)
    citations: list[_StoredCitation] = Field(default_factory=list)


class _StoredReceipt(_Stored):
    case: str = ""


class _StoredHead(_Stored):
    case: str
    receipt: _StoredReceipt | None = None
    as_of: str
    valid_until: str | None = None
    horizon_days: int | None = None
    protocols: list[_StoredText] = Field(default_factory=list)
    library: _StoredLibrary = Field(default_factory=_StoredLibrary)
    actions: list[_StoredAction]


def standings_of(result: Answer | Result | Standings | Mapping[str, Any]) -> Standings:
    """What is kept of an answer or a result: its duties by key, and by what it was made.

    Also of plain data, a result or standings as their JSON has them, of this version or an older one.

    Raises `InvalidInput` for plain data, with every mistake and its path: `wrong-shape`, `unknown-format`,
    `bad-timestamp`, and what else a stored result can have wrong (docs/codes.md, Cases).
    Source: docs/live.md.
    """
    if isinstance(result, Standings):
        return result
    if isinstance(result, Mapping):
        return stored_standings(result)
    data = result.model_dump(mode="json", by_alias=True) if isinstance(result, Result) else plain_of(result)
    return _standings(data)


def stored_standings(data: object, place: Place = nowhere) -> Standings:
    """The same from a result as plain data, as it was stored, also by an older version of this library.

    What it does not have is taken as not said, and never as changed. Raises `InvalidInput` with all mistakes, placed
    by `place`.
    """
    findings = Findings(place)
    if not isinstance(data, dict):
        findings.add("wrong-shape", "a result is made of names with values", (), _IN_RESULT)
        raise InvalidInput(findings.found)
    if data.get("format") != 1:
        findings.add("unknown-format", "only results of format 1 can be read", ("format",), _IN_RESULT)
        raise InvalidInput(findings.found)
    if findings.model(_StoredHead, data, ()) is None:
        raise InvalidInput(findings.found)
    for name in ("as_of", "valid_until"):
        if instant_in(data.get(name)) is None and (name == "as_of" or data.get(name) is not None):
            findings.add("bad-timestamp", "an instant with its offset is wanted here", (name,), _IN_RESULT)
    for number, action in enumerate(data["actions"]):
        if action["status"] not in list(Status):
            findings.add("bad-value", "no duty has this status", ("actions", number, "status"), f"one of: {_STATUSES}")
    if findings.found:
        raise InvalidInput(findings.found)
    return _standings(data)


def standings_of_tasks(case: str, as_of: Instant, of: Standings, duties: Iterable[Standing]) -> Standings:
    """Standings put together anew, with the digest that they have; made by what `of` was made by."""
    found = {each.key: each for each in duties}
    mark = _mark((case, of.input, as_of, of.asked), found)
    return Standings(case, mark, of.asked, MappingProxyType(found), of.input, of.valid_until)


def standings_to_json(standings: Standings) -> str:
    """As JSON text, from which `read_standings_text` makes them again; it ends with a line break."""
    return pydantic_core.to_json(_to_data(standings), indent=2).decode() + "\n"


def _to_data(standings: Standings) -> dict[str, Any]:
    asked, clock = standings.asked, Clock()
    return {
        "format": 1,
        "case": standings.case,
        "as_of": iso(clock, standings.as_of),
        "valid_until": None if standings.valid_until is None else iso(clock, standings.valid_until),
        "horizon_days": asked.horizon_days,
        "protocols": _protocols(asked),
        "library": {"version": asked.library, "calendar": asked.calendar},
        "receipt": {"case": standings.input},
        "actions": [dict(each.said) for each in standings.duties.values()],
    }


def _protocols(asked: Asked) -> list[dict[str, Any]]:
    """Each with its layers, as a result has them."""
    out: list[dict[str, Any]] = []
    for text in asked.texts:
        one = {"name": text.protocol, "edition": text.edition, "fingerprint": text.fingerprint}
        if text.above:
            out[-1].setdefault("stands_on", []).append(one)
        else:
            out.append(one)
    return out


def _standings(data: Mapping[str, Any]) -> Standings:
    duties: dict[str, Standing] = {}
    for action in data["actions"]:
        # A duty that two protocols inherit stands twice where it stands otherwise for each.
        times = sum(1 for key in duties if key.partition(_AGAIN)[0] == action["key"]) if action["key"] in duties else 0
        key = f"{action['key']}{_AGAIN}{times + 1}" if times else action["key"]
        duties[key] = _standing(action, key)
    library = data.get("library") or {}
    asked = Asked(
        texts=tuple(_texts(data.get("protocols") or ())),
        library=library.get("version", ""),
        calendar=library.get("calendar", ""),
        horizon_days=data.get("horizon_days"),
    )
    as_of = instant_in(data["as_of"])
    assert as_of is not None  # whoever calls has looked
    case, digest = data["case"], (data.get("receipt") or {}).get("case") or ""
    mark = _mark((case, digest, as_of, asked), duties)
    return Standings(case, mark, asked, MappingProxyType(duties), digest, instant_in(data.get("valid_until")))


def _standing(action: Mapping[str, Any], key: str) -> Standing:
    said = {name: action[name] for name in KEPT if name in action}
    if said.get("due_between") is not None:
        said["due_between"] = list(said["due_between"])
    if "readings" in said:
        # What would differ otherwise is no part of how the duty stands.
        said["readings"] = [{"id": each["id"], "option": each["option"]} for each in said["readings"]]
    return Standing(key, Status(action["status"]), MappingProxyType(said))


def _texts(protocols: Sequence[Mapping[str, Any]], above: str = "") -> Iterator[Text]:
    for each in protocols:
        yield Text(each["name"], each.get("edition") or "", each.get("fingerprint") or "", above)
        yield from _texts(each.get("stands_on") or (), above or each["name"])


def _mark(head: tuple[str, str, Instant, Asked], duties: Mapping[str, Standing]) -> Mark:
    whole = [*head, [dict(sorted(duties[key].said.items())) for key in sorted(duties)]]
    return Mark(head[2], f"sha256:{hashlib.sha256(pydantic_core.to_json(whole)).hexdigest()}")
