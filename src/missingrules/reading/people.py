"""Who acts: roles, lists of roles, and rows that decide between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.domain.citations import NOT_STATED
from missingrules.domain.people import People, PeopleRow, PeopleRows
from missingrules.domain.triggers import OnRecord
from missingrules.reading import forms
from missingrules.reading.forms import AllOfThem, AnyOfThem, FromTable, OtherThan, Rows
from missingrules.reading.places import Text
from missingrules.reading.tables import rows_for
from missingrules.reading.validate import check_cell

if TYPE_CHECKING:
    from missingrules.domain.citations import NotStated
    from missingrules.domain.people import WhoEver
    from missingrules.reading.located import Tree
    from missingrules.reading.names import Bench


def people(key: str, form: forms.People, bench: Bench) -> WhoEver:
    """Whom a key names, decided or by rows."""
    if isinstance(form, FromTable):
        asked = "people", key, *form.with_.items()
        return bench.once(asked, bench.tables.get(form.table), lambda: _rows(key, form, bench))
    if isinstance(form, Rows):
        return _rows(key, form, bench)
    return roles(form, bench)


def _rows(key: str, form: FromTable | Rows, bench: Bench) -> PeopleRows:
    rows = rows_for(key, form, bench)
    return PeopleRows(
        tuple([PeopleRow(row.condition, _cell(row.key, row.gives, bench), row.citations) for row in rows])
    )


def roles(form: forms.Roles, bench: Bench) -> People:
    match form:
        case Text():
            if form == "record.by":
                if not any(isinstance(each, OnRecord) for each in bench.triggers()):
                    bench.error(
                        "no-such-anchor",
                        "'record.by' needs a trigger that is a record",
                        form.span,
                        "name the role, or give the rule a trigger such as {recorded: return_interview}",
                    )
                return People("record_by")
            return People("all", (bench.role(form),))
        case list():
            return People("all", tuple(bench.role(each) for each in form))
        case AllOfThem():
            return People("all", tuple(bench.role(each) for each in form.all))
        case AnyOfThem():
            return People("any", tuple(bench.role(each) for each in form.any))
        case OtherThan():
            return People("other_than", tuple(bench.role(each) for each in form.other_than))
    raise AssertionError(form)


def _cell(key: Text, tree: Tree | None, bench: Bench) -> People | NotStated:
    if tree is None:
        return NOT_STATED
    form = check_cell(forms.ROLES_CELL, forms.Roles, key, tree, bench.report)
    return NOT_STATED if form is None else roles(form, bench)
