"""What an audit comes to as plain data, for JSON, and as flat rows, for sheets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from missingrules.domain.audit import By, Count
from missingrules.reports.audit_names import HEADS, group_name, in_order
from missingrules.reports.audit_rows import COLUMNS, as_text, row_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from missingrules.domain.audit import Finding, Group, Rejection, Totals
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.reports.audit_rows import Value


def head_data(protocols: Sequence[Protocol], clock: Clock, as_of: Instant) -> dict[str, Any]:
    """Of what the audit is: the instant and the texts that were asked."""
    asked = [
        {"name": p.name, "title": p.title, "edition": p.edition.label, "fingerprint": p.fingerprint} for p in protocols
    ]
    return {"format": 1, "as_of": clock.local(as_of).isoformat(), "protocols": asked}


def totals_data(totals: Totals, protocols: Sequence[Protocol]) -> dict[str, Any]:
    """Every number of the totals, those of each group under `by`."""
    names = {each.name: each.title for protocol in protocols for each in protocol.layers}
    return {
        "cases": totals.cases,
        "episodes": totals.episodes,
        "cases_with_organisation": totals.with_organisation,
        "all": count_data(totals.whole),
        "by": {
            by.value: [
                {**_key(by, group), "name": group_name(by, group, names, several=False), **count_data(count)}
                for group, count in in_order(by, totals.groups[by]).items()
            ]
            for by in By
        },
        "lacking": [
            {
                "protocol": of[0],
                "fact": of[1],
                "ask": totals.asks[of],
                "obligations": each.obligations,
                "cases": each.cases,
            }
            for of, each in totals.lacking.items()
        ],
        "not_in_force": [
            {"protocol": name, "edition": edition, "times": times}
            for (name, edition), times in totals.not_in_force.items()
        ],
    }


def count_data(count: Count) -> dict[str, int | float | None]:
    """The numbers of a count, with their sum, what a rate is of, and the rate in percent (null: of none)."""
    rate = None if count.tenths is None else count.tenths / 10
    return {"all": count.all, "rated": count.rated, "rate_in_time": rate, **count._asdict()}


def row_data(one: Finding) -> dict[str, str | int | None]:
    """A finding by the names of its columns; times as ISO 8601 with their offset."""
    return {
        name: value if value is None or isinstance(value, int) else as_text(value)
        for name, value in zip(COLUMNS, row_of(one), strict=True)
    }


def to_text(data: object, indent: int | None = 1) -> str:
    """JSON as this command writes it."""
    return json.dumps(data, ensure_ascii=False, indent=indent)


def rejection_data(one: Rejection) -> dict[str, str | int | None]:
    return dict(one._asdict())


def totals_sheets(totals: Totals, protocols: Sequence[Protocol]) -> Iterator[tuple[str, list[str], list[list[Value]]]]:
    """The totals as sheets, one for each kind of group: its name, its head, its rows."""
    names = {each.name: each.title for protocol in protocols for each in protocol.layers}
    numbers = ["all", "rated", "rate_in_time_tenths_of_percent", *Count._fields]
    for by in By:
        rows: list[list[Value]] = [
            [group_name(by, group, names, several=len(names) > 1), count.all, count.rated, count.tenths, *count]
            for group, count in in_order(by, totals.groups[by]).items()
        ]
        yield f"by {HEADS[by]}", [HEADS[by], *numbers], rows
    lacking: list[list[Value]] = [
        [protocol, fact, totals.asks[protocol, fact], each.obligations, each.cases]
        for (protocol, fact), each in totals.lacking.items()
    ]
    yield "facts that lack", ["protocol", "fact", "ask", "obligations", "cases"], lacking


def rejection_rows(rejections: Sequence[Rejection]) -> tuple[list[str], list[list[Value]]]:
    """Head and rows of what could not be used."""
    return ["file", "row", "column", "code", "reason", "hint"], [list(each) for each in rejections]


def _key(by: By, group: Group) -> dict[str, str | None]:
    """What tells a group from others beside its name."""
    match by:
        case By.DUTY:
            return {"protocol": str(group[0]), "rule": str(group[1])}
        case By.ROLE:
            return {"protocol": str(group[0])}
        case By.AREA:
            return {"protocol": str(group[0]), "area": None if group[1] is None else str(group[1])}
        case _:
            return {}
