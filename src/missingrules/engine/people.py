"""By whom: people as a rule names them, or as the first true row of a table gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.domain.citations import NOT_STATED, NotStated
from missingrules.domain.obligations import Difference, Undecided
from missingrules.domain.people import People, PeopleRows, Role

if TYPE_CHECKING:
    from missingrules.domain.citations import Citations
    from missingrules.domain.clock import Instant
    from missingrules.domain.people import WhoEver
    from missingrules.engine.facts import Reader
    from missingrules.engine.places import Place
    from missingrules.engine.seen import Happening

Settled = People | NotStated | Undecided | None


def people(reader: Reader, who: WhoEver | None, place: Place, at: Instant, fired: Instant) -> tuple[Settled, Citations]:
    """Who it is as things stand at `at`, and the paragraphs of the rows that say so."""
    if isinstance(who, PeopleRows):
        return _rows(reader, who, place, fired if who.at_firing else at)
    if isinstance(who, People) and who.mode == "record_by":
        record = place.happening.record if place.happening else None
        named = (
            tuple(reader.protocol.roles.get(r) or Role(r, r.replace("_", " "), None, None) for r in record.by if record)
            if record
            else ()
        )
        return (People("all", named) if named else NOT_STATED), ()
    return who, ()


def _rows(reader: Reader, rows: PeopleRows, place: Place, at: Instant) -> tuple[Settled, Citations]:
    possible: list[People | NotStated] = []
    citations: list[Citations] = []
    for row in rows.rows:
        holds = reader.truth(row.condition, place).at(at)
        if holds is False:
            continue
        if row.people not in possible:
            possible.append(row.people)
        citations.append(row.citations)
        if holds:
            break
    cited = tuple(dict.fromkeys(c for one in citations for c in one))
    if not possible:
        return NOT_STATED, ()
    if len(possible) == 1:
        return possible[0], cited
    named = tuple(p for p in possible if isinstance(p, People))
    return Undecided(named, silent=NOT_STATED in possible), cited


def differences(by: Settled, chair: Settled, attend: Settled, act: Happening) -> tuple[Difference, ...]:
    """Where the record names other people than the paper; a silent record differs from nothing."""
    record = act.record
    if record is None or act.included:
        return ()
    out = []
    parts = (("by", by, record.by), ("chair", chair, record.chair), ("attend", attend, record.attended))
    for part, stated, recorded in parts:
        if isinstance(stated, People) and recorded and not _agrees(stated, recorded):
            out.append(Difference(record.id, part, people_text(stated), ", ".join(recorded)))  # type: ignore[arg-type]
    return tuple(out)


def _agrees(stated: People, recorded: tuple[str, ...]) -> bool:
    named = {role.name for role in stated.roles}
    if stated.mode == "all":
        return named <= set(recorded)
    if stated.mode == "any":
        return bool(named & set(recorded))
    return not named & set(recorded)


def people_text(who: Settled) -> str:
    """People in words, by their local titles."""
    if who is None:
        return ""
    if isinstance(who, NotStated):
        return "not stated"
    if isinstance(who, Undecided):
        return "undecided: " + "; or ".join(map(people_text, who.people)) + ("; or not stated" if who.silent else "")
    titles = [role.title for role in who.roles]
    if who.mode == "other_than":
        return "anybody other than " + ", ".join(titles)
    return (" or " if who.mode == "any" else " and ").join(titles)
