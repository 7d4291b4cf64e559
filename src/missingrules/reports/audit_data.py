"""What an audit comes to as plain data, for JSON, and as tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from missingrules.domain.audit import Broken, By, Count, Lacking, Rejection
from missingrules.formats.tables import Column, Table
from missingrules.reports.audit_names import HEADS, group_name, in_order
from missingrules.reports.audit_rows import BREACHES, COLUMNS, as_text, breach_row, row_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from missingrules.domain.audit import Breach, Finding, Group, Totals
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.formats.tables import Cell


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
        "prohibitions_broken": {
            "all": totals.all_broken._asdict(),
            "by_prohibition": [
                {"protocol": protocol, "rule": rule, "title": title, **broken._asdict()}
                for (protocol, rule, title), broken in totals.broken.items()
            ],
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
    return _named(COLUMNS, row_of(one))


def breach_data(one: Breach) -> dict[str, str | int | None]:
    """The same of a breach."""
    return _named(BREACHES, breach_row(one))


def _named(names: Iterable[str], cells: Sequence[Cell]) -> dict[str, str | int | None]:
    return {
        name: value if value is None or isinstance(value, int) else as_text(value)
        for name, value in zip(names, cells, strict=True)
    }


def to_text(data: object, indent: int | None = 1) -> str:
    """JSON as this command writes it."""
    return json.dumps(data, ensure_ascii=False, indent=indent)


def rejection_data(one: Rejection) -> dict[str, str | int | None]:
    return dict(one._asdict())


def totals_tables(totals: Totals, protocols: Sequence[Protocol]) -> Iterator[Table]:
    """The totals as tables: one for each kind of group, then the prohibitions and the facts that lack."""
    names = {each.name: each.title for protocol in protocols for each in protocol.layers}
    numbers = ("all", "rated", "rate_in_time_tenths_of_percent", *Count._fields)
    for by in By:
        rows = [
            (group_name(by, group, names, several=len(names) > 1), count.all, count.rated, count.tenths, *count)
            for group, count in in_order(by, totals.groups[by]).items()
        ]
        yield Table(f"by {HEADS[by]}", (Column(HEADS[by]), *_numbers(numbers)), rows)
    yield Table(
        "prohibitions",
        (*map(Column, ("protocol", "rule", "prohibition")), *_numbers(Broken._fields)),
        [(*of, *broken) for of, broken in totals.broken.items()],
    )
    yield Table(
        "facts that lack",
        (*map(Column, ("protocol", "fact", "ask")), *_numbers(Lacking._fields)),
        [(*of, totals.asks[of], *each) for of, each in totals.lacking.items()],
    )


def rejections_table(rejections: Sequence[Rejection]) -> Table:
    """What could not be used, and where it stands."""
    columns = tuple(Column(name, "number" if name == "row" else "text") for name in Rejection._fields)
    return Table("not used", columns, rejections)


def _numbers(names: Iterable[str]) -> Iterator[Column]:
    return (Column(name, "number") for name in names)


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
