"""Invented caseloads as rows of texts, with every word that the layout knows, and what may happen to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa

from missingrules.cli.common import protocols as read_protocols
from missingrules.domain.clock import instant_of
from missingrules.domain.vocabulary import EventWord, FactKind, FactType, FactWord
from missingrules.engine.columnar.gather import graded_by
from missingrules.interface.words import words_of
from missingrules.tables.layout import TABLES, fact_word

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

Row = dict[str, str]
Rows = dict[str, list[Row]]

AS_OF: Final = instant_of(datetime(2026, 1, 31, 12, 0, tzinfo=UTC))
PROTOCOLS: Final = read_protocols(("staffordshire", "buckinghamshire"))
LONDON: Final = ZoneInfo("Europe/London")


def _invented() -> dict[str, FactWord]:
    """A fact of each kind and type, of all who can have one."""
    found = {}
    for owner in ("child", "plan", "episode", "record", "event"):
        for kind in FactKind:
            for type_ in FactType:
                name = f"{owner}.{kind}_{type_}"
                values = ("one", "two", "true") if type_ in (FactType.CHOICE, FactType.SCALE) else ()
                found[name] = FactWord(name, kind, type_, "?", values)
    return found


_READ: Final = words_of(PROTOCOLS)
_EVENT: Final = EventWord(
    "something", "?", MappingProxyType({"judgement_number": FactType.TEXT, "starts_at": FactType.DATE})
)
WORDS: Final = replace(
    _READ,
    facts=MappingProxyType({**_READ.facts, **_invented()}),
    events=MappingProxyType({**_READ.events, "something": _EVENT}),
    clashing=frozenset({"child.cse_marker", "episode.judgement_text"}),
)
_GRADED: Final = graded_by([protocol.words for protocol in PROTOCOLS])


def graded(name: str) -> bool:
    word = WORDS.facts.get(name)
    return _GRADED(name) or (word is not None and word.kind in (FactKind.GRADING, FactKind.JUDGEMENT))


# --- what may stand in a cell -----------------------------------------------------------------------------------------

VALUES: Final = MappingProxyType(
    {
        FactType.YES_NO: ("true", "false", "yes", "no", "TRUE", "False", "null"),
        FactType.CHOICE: ("one", "two", "true", "~"),
        FactType.SCALE: ("one", "two", "null"),
        FactType.NUMBER: ("0", "7", "-3", "007", "123456789"),
        FactType.LENGTH: ("6 hours", "1 month", "5 working days", "72 hours"),
        FactType.DATE: ("2025-03-28", "2024-02-29", "null"),
        FactType.INSTANT: ("2025-03-28T22:30:00+00:00", "2025-06-01", "2025-06-01T10:00:00+01:00"),
        FactType.TEXT: ("northamptonshire", "a text, of several words", "7", "é", "Null"),
    }
)
ODD: Final = (
    "", " ", "~", "null", "Null", "NULL", "nULL", "none", "true", "no", "[]", "0", "-1", "1.0", "9" * 400, "٣", "²",
    "1_000", "é", "e\u0301", "\u200b", "\u202e", "\xa0", "\u2028", "\ufeff", "😀", "\x00", "\x07", "\x7f", "\t",
    "a\tb", "a\nb", "x" * 201, "child", "organisation", "E1", "E2", "e1", " E1", "E1 ", "E1;E2", "E1, E2", "E2,E1,E2",
    "E1;E1", ";", "E1;", "E1;null", "E99", "E1;E99", "R1", "C-000001", "notify", "Notify", "strategy_meetings",
    "return_interview", "police", "team_manager", "team_manger", "team_manager;polise", "police , social_worker",
    "telephon", "care_status_and_order", "done", "declined", "refused", "settled", "looked_after", "risk",
    "risk.recorded", "kind", "area", "protocol.area", "from", "missing_from", "plan.report_after", "report_after",
    "cse_marker", "date_of_birth", "history_from", "started_at", "id", "age", "missing", "stoke", "staffordshire",
    "buckinghamshire", "medium", "high", "absent", "something", "placement_planned", "2025-03-28", "2025-02-29",
    "2024-02-29", "2025-13-01", "0001-01-01", "1849-12-31", "1850-01-01", "2199-12-31", "2200-01-01", "9999-12-31",
    "1890-06-01", "1895-01-31", "2026-01-31", "2026-02-01", "2025-3-28", "20250328", "2025-W14", "٢٠٢٥-03-28",
    "2025-03-28T22:30:00+00:00", "2025-03-28T22:30:00Z", "2025-03-28T22:30:00z", "2025-03-28T22:30:00",
    "2025-03-28 22:30:00", "2025-03-28 22:30", "2025-03-28T22:30", "2025-03-28T22:30Z", "2025-03-28 22:30:00+00:00",
    "2025-03-28T22:30:00.0+00:00", "2025-03-28T22:30:00+0000", "2025-03-28T22:30:00+00", "2025-03-28T24:00:00+00:00",
    "2025-03-28T22:60:00+00:00", "2025-03-28T22:30:60+00:00", "2025-03-28T22:30:00+14:59",
    "2025-03-28T22:30:00+15:00", "2025-03-28T22:30:00+23:59", "2025-03-28T22:30:00+24:00",
    "2025-03-28T22:30:00-05:30", "2025-03-28T22:30:00+05:75", "2025-02-30T10:00:00+00:00",
    "2025-00-10T10:00:00+00:00", "2025-10-00T10:00:00+00:00", "1849-12-31T23:59:59+00:00",
    "1850-01-01T00:00:00+01:00", "2199-12-31T23:59:59-01:00", "2200-01-01T00:00:00+00:00", "2025-03-30 01:30",
    "2025-03-30T01:59:59", "2025-03-30 02:00", "2025-10-26 01:30", "2025-10-26 00:59:59", "2025-10-26T02:00:00",
    "2025-10-26T01:00:00+01:00", "2025-03-28_22:30:00+00:00", "2025-03-28T22:30:00 00:00",
    "2025-03-28T22.30.00+00:00", "2025/03/28 22:30:00", "2025-03-28T22:30:00+01:00", "1850-01-01 00:00",
    "1970-02-01 01:30", "1916-05-21 02:30", "1847-12-01 00:00", "2199-12-31 23:59", "2200-01-01 00:00",
    "٢٠٢٥-03-28T22:30:00",
)  # fmt: skip
WORDS_OF_RECORDS: Final = MappingProxyType(
    {
        "action": ("return_interview", "notify", "strategy_meeting", "risk_assessment"),
        "outcome": ("", "done", "declined", "null"),
        "by": ("", "police", "police; social_worker", "anybody", "null"),
        "chair": ("", "team_manager"),
        "attended": ("", "police,head_of_service"),
        "to": ("", "assistant_director", "somebody_else;police"),
        "with": ("", "police"),
        "about": ("", "care_status_and_orders", "weather"),
        "method": ("", "telephone", "pigeon"),
        "included": ("", "share_information", "notify;share_information"),
        "answers": ("", "V1", "a/b/c"),
    }
)


def written(when: datetime, draw: random.Random) -> str:
    """A time as people and programs write it."""
    how = draw.random()
    local = when.astimezone(LONDON)
    if how < 0.5:
        return when.isoformat()
    if how < 0.7:
        return local.isoformat()
    if how < 0.8:
        return when.strftime("%Y-%m-%dT%H:%M:%SZ")
    if how < 0.9:
        return local.strftime(draw.choice(("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")))
    return local.strftime("%Y-%m-%d") if how > 0.97 else local.isoformat()


def _fact(name: str, draw: random.Random) -> str:
    word = WORDS.facts[name]
    return draw.choice(word.values or VALUES[word.type])


FACTS: Final = {
    owner: sorted(
        name.partition(".")[2]
        for name, word in WORDS.facts.items()
        if name.startswith(f"{owner}.") and not word.built_in and name != "child.date_of_birth"
        and fact_word(WORDS, owner, name.partition(".")[2]) and name not in WORDS.clashing
    )
    for owner in ("child", "plan", "episode", "record", "event")
}  # fmt: skip


def caseload(children: int, draw: random.Random) -> Rows:
    """Children whose rows are plain or nearly so, in every way that the layout has."""
    rows: Rows = {"children": [], "episodes": [], "records": [], "events": [], "facts": []}
    columns = {owner: draw.sample(names, min(len(names), 6)) for owner, names in FACTS.items()}
    for number in range(1, children + 1):
        _child(f"C-{number:06}", columns, rows, draw)
    return rows


def _child(child: str, columns: dict[str, list[str]], rows: Rows, draw: random.Random) -> None:
    born = datetime(2008, 1, 1, tzinfo=UTC) + timedelta(days=draw.randrange(0, 3000))
    row = {"child": child, "date_of_birth": born.date().isoformat() if draw.random() < 0.9 else ""}
    row |= {name: _fact(f"child.{name}", draw) for name in columns["child"] if draw.random() < 0.3}
    row |= {f"plan.{name}": _fact(f"plan.{name}", draw) for name in columns["plan"] if draw.random() < 0.3}
    row |= {"history_from": draw.choice(("", "2024-01-01", "null")), "area": draw.choice(("", "stoke"))}
    rows["children"].append(row)
    others = [("", name) for name in FACTS["child"]] + [("", f"plan.{name}") for name in FACTS["plan"]]
    at = datetime(2025, 1, 2, tzinfo=UTC) + timedelta(minutes=draw.randrange(0, 60 * 24 * 100))
    ids: list[str] = []
    for place in range(1, draw.randrange(1, 5)):
        ids.append(f"E{place}")
        back = at + timedelta(minutes=draw.randrange(1, 4000))
        episode = {"child": child, "id": ids[-1], "started_at": written(at, draw), "returned_at": written(back, draw)}
        episode |= {"reported_at": written(at + (back - at) / 4, draw), "located_at": draw.choice(("", "null", "~"))}
        episode |= {"kind": draw.choice(("missing", "absent")), "missing_from": draw.choice(("home", "care", ""))}
        episode |= {name: _fact(f"episode.{name}", draw) for name in columns["episode"] if draw.random() < 0.3}
        rows["episodes"].append(episode)
        others += [(ids[-1], name) for name in FACTS["episode"] if name != "from"]
        for _ in range(draw.randrange(0, 4)):
            _act(child, ids, at, columns, rows, draw)
        at = back + timedelta(minutes=draw.randrange(0, 60 * 24 * 40))
    given = set()
    for episode_id, name in draw.sample(others, draw.randrange(0, 8)):
        owner = "episode" if episode_id else "plan" if name.startswith("plan.") else "child"
        given.add((owner, episode_id, name.removeprefix("plan.")))
        _dated(child, owner, episode_id, name, rows, draw)
    for of in (rows["children"][-1:], rows["episodes"][-len(ids) :] if ids else []):
        for one in of:
            for owner, episode_id, name in given:
                if owner == "episode" and one.get("id") == episode_id:
                    one.pop(name, None)
                elif owner != "episode" and "id" not in one:
                    one.pop(f"plan.{name}" if owner == "plan" else name, None)


def _act(
    child: str, ids: list[str], at: datetime, columns: dict[str, list[str]], rows: Rows, draw: random.Random
) -> None:
    when = at + timedelta(minutes=draw.randrange(0, 9000))
    row = {"child": child, "at": written(when, draw), "recorded_at": draw.choice(("", "null", written(when, draw)))}
    if draw.random() < 0.7:
        number = sum(1 for one in rows["records"] if one["child"] == child) + 1
        row |= {"id": f"R{number}", "episode": draw.choice(("", ids[-1], ids[0], "; ".join(dict.fromkeys(ids))))}
        row |= {name: draw.choice(words) for name, words in WORDS_OF_RECORDS.items()}
        row |= {name: _fact(f"record.{name}", draw) for name in columns["record"] if draw.random() < 0.2}
        rows["records"].append(row)
        return
    number = sum(1 for one in rows["events"] if one["child"] == child) + 1
    row |= {"id": draw.choice(("", f"V{number}")), "episode": draw.choice(("", ids[-1], "null"))}
    row |= {"event": draw.choice(("placement_planned", "something", "publicised", "crime_or_danger_apparent"))}
    row |= {name: _fact(f"event.{name}", draw) for name in columns["event"] if draw.random() < 0.2}
    if row["event"] in ("placement_planned", "something"):
        row["starts_at"] = draw.choice(("", "2025-05-01", "null", "2025-05-01 10:00"))
    rows["events"].append(row)


def _dated(child: str, owner: str, episode: str, name: str, rows: Rows, draw: random.Random) -> None:
    word = fact_word(WORDS, owner, name.removeprefix("plan."))
    assert word is not None
    row = {"child": child, "episode": episode, "fact": name}
    if word.kind is FactKind.TIMELESS or draw.random() < 0.2:
        rows["facts"].append({**row, "value": draw.choice(word.values or VALUES[word.type])})
        return
    at = datetime(2024, 6, 1, tzinfo=UTC)
    for _ in range(draw.randrange(1, 4)):
        value = draw.choice([one for one in word.values or VALUES[word.type] if one.casefold() not in ("null", "~")])
        to = at + timedelta(minutes=draw.randrange(60 * 24, 60 * 24 * 100))
        begins = draw.choice((at.date().isoformat(), written(at, draw)))
        dates = {"from": begins, "to": draw.choice((written(to, draw), to.date().isoformat()))}
        if word.kind is not FactKind.STATUS:
            dates = {"at": written(at, draw)}
        rows["facts"].append({**row, "value": value, **dates})
        at = to + timedelta(minutes=draw.choice((2000, 2000, 2000, 2000, 0, -60)))


# --- what may happen to them ------------------------------------------------------------------------------------------


def spoilt(rows: Rows, draw: random.Random, often: float) -> None:
    """Something happens to the rows of some children: cells change, rows come twice, go or move."""
    names = {kind: sorted({name for row in of for name in row}) for kind, of in rows.items()}
    children = sorted({row["child"] for row in rows["children"]})
    for child in children:
        if draw.random() >= often:
            continue
        for _ in range(draw.choice((1, 1, 1, 2, 3))):
            kind = draw.choice(
                [kind for kind, of in rows.items() if any(row.get("child") == child for row in of)] or [""]
            )
            if not kind:
                break
            places = [at for at, row in enumerate(rows[kind]) if row.get("child") == child]
            _change(rows[kind], draw.choice(places), names[kind], draw)


def _change(rows: list[Row], at: int, names: list[str], draw: random.Random) -> None:
    how, name = draw.random(), draw.choice(names)
    if how < 0.5:
        rows[at][name] = draw.choice(ODD)
    elif how < 0.65:
        rows[at][name] = draw.choice(rows).get(name, "")
    elif how < 0.75:
        rows[at][name] = rows[at].get(draw.choice(names), "")
    elif how < 0.82:
        rows[at][name] = f" {rows[at].get(name, '')}\t"
    elif how < 0.88:
        rows.insert(at, dict(rows[at]))
    elif how < 0.92:
        del rows[at]
    elif how < 0.93:
        rows.insert(draw.randrange(len(rows)), rows.pop(at))
    else:
        rows[at].pop(name, None)


def typed(tables: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """The tables as other programs keep them: columns in pieces and of other types, where what is no such thing is
    null."""
    found = {}
    for kind, table in tables.items():
        columns = {name: _typed(table.column(name).to_pylist(), draw) for name in table.column_names}
        made = pa.table(columns)
        cut = draw.randrange(len(made))
        found[kind] = pa.concat_tables([made.slice(0, cut), made.slice(cut)])
    return found


def _typed(cells: list[str | None], draw: random.Random) -> Any:
    kinds: list[tuple[Any, Any]] = [
        (pa.timestamp(draw.choice(("s", "ms", "us", "ns")), draw.choice(("UTC", "Europe/London", "+01:00"))), _moment),
        (pa.timestamp(draw.choice(("s", "ms", "us", "ns"))), _shown),
        (pa.date32(), _day),
        (pa.int64(), int),
        (pa.float64(), float),
        (pa.bool_(), {"true": True, "false": False}.__getitem__),
    ]
    for type_, how in draw.sample(kinds, len(kinds)):
        made = [_or_none(how, cell) for cell in cells]
        if sum(one is not None for one in made) > 0.8 * sum(bool(cell) for cell in cells) > 0 and draw.random() < 0.7:
            return pa.array(made, type_)
    texts = pa.array(cells, pa.string())
    return draw.choice((texts, texts.cast(pa.large_string()), texts.dictionary_encode(), texts.cast(pa.string_view())))


def _or_none(how: Any, cell: str | None) -> Any:
    try:
        return how(cell) if cell else None
    except (ValueError, KeyError, OverflowError):
        return None


def _moment(cell: str) -> datetime:
    found = datetime.fromisoformat(cell)
    if found.tzinfo is None:
        raise ValueError
    return found


def _shown(cell: str) -> datetime:
    return _moment(cell).astimezone(LONDON).replace(tzinfo=None)


def _day(cell: str) -> date:
    return date.fromisoformat(cell)


PLAIN: Final[Mapping[str, tuple[Row, ...]]] = MappingProxyType(
    {
        "children": (
            {
                "date_of_birth": "2010-05-05",
                "history_from": "2024-01-01",
                "area": "stoke",
                "known_to_social_care": "true",
            }
            | {"plan.report_after": "6 hours", "status_text": "a text", "grading_number": "7", "cse_marker": ""}
            | {"judgement_instant": "2025-06-01T10:00:00+01:00", "timeless_date": "2025-06-01"},
        ),
        "episodes": (
            {"id": "E1", "started_at": "2025-06-02T20:00:00+01:00", "reported_at": "2025-06-02T21:00:00+01:00"}
            | {"located_at": "2025-06-03T07:00:00+01:00", "returned_at": "2025-06-03T08:00:00+01:00", "kind": "missing"}
            | {"last_seen_at": "2025-06-02T19:00:00+01:00", "missing_from": "care", "exploitation_suspected": "false"},
            {"id": "E2", "started_at": "2025-06-12T20:00:00+01:00", "returned_at": "null", "kind": "missing"},
        ),
        "records": (
            {"id": "R1", "action": "return_interview", "at": "2025-06-05T10:00:00+01:00", "episode": "E1; E2"}
            | {"recorded_at": "2025-06-05", "outcome": "done", "by": "police", "chair": "team_manager", "answers": "V1"}
            | {"attended": "police", "to": "social_worker", "with": "police", "about": "weather", "method": "telephone"}
            | {"included": "notify", "status_text": "a text", "status_choice": "one", "timeless_instant": "2025-06-01"},
            {"id": "R2", "action": "notify", "at": "2025-06-02T22:00:00+01:00", "episode": "E1"},
        ),
        "events": (
            {"id": "V1", "event": "placement_planned", "at": "2025-06-04T10:00:00+01:00", "episode": "E1"}
            | {
                "recorded_at": "2025-06-05",
                "starts_at": "2025-07-01",
                "initial_meeting": "true",
                "status_text": "text",
            },
            {"event": "something", "at": "2025-06-04T10:00:00+01:00", "judgement_number": "a text"},
        ),
        "facts": (
            {"fact": "looked_after", "value": "true", "from": "2025-01-01", "to": "2025-06-10"},
            {"fact": "looked_after", "value": "false", "from": "2025-06-10"},
            {"fact": "risk", "value": "low", "episode": "E1", "at": "2025-06-02T21:00:00+01:00"},
            {"fact": "risk", "value": "high", "episode": "E1", "at": "2025-06-02T22:00:00+01:00"},
            {"fact": "plan.status_length", "value": "1 hour"},
            {"fact": "timeless_text", "value": "a text", "episode": "E2"},
        ),
    }
)


def one_odd_cell(share: float, draw: random.Random) -> Rows:
    """The same plain child again and again, each time with another cell of PLAIN empty, odd, or that of another row."""
    rows: Rows = {kind: [] for kind in PLAIN}
    number = 0
    for kind, of in PLAIN.items():
        names = sorted({name for row in of for name in row})
        for at, name in ((at, name) for at in range(len(of)) for name in names):
            for odd in dict.fromkeys((*ODD, *(row.get(each, "") for row in of for each in names))):
                if draw.random() < share:
                    number += 1
                    for other, plain in PLAIN.items():
                        rows[other] += ({"child": f"C-{number:06}", **row} for row in plain)
                    rows[kind][at - len(of)][name] = odd
    return rows


def arrow(rows: Rows, draw: random.Random, *, nulls: bool = False) -> dict[str, Any]:
    """The rows as Arrow tables; with `nulls` some empty cells are null."""
    found = {}
    for kind in TABLES:
        if not rows.get(kind):
            continue
        names = sorted({name for row in rows[kind] for name in row} | _NEEDED.get(kind, set()))
        draw.shuffle(names)
        cells = {
            name: [
                None if nulls and not row.get(name) and draw.random() < 0.5 else row.get(name, "") for row in rows[kind]
            ]
            for name in names
        }
        found[kind] = pa.table({name: pa.array(column, pa.string()) for name, column in cells.items()})
    return found


_NEEDED: Final = {
    "children": {"child", "nobody_reads_this"},
    "episodes": {"child", "id", "started_at"},
    "records": {"child", "id", "action", "at"},
    "events": {"child", "event", "at"},
    "facts": {"child", "fact", "value"},
}
