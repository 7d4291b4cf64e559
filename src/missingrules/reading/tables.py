"""Rows: facts to test, what the row gives, and its cite; written alike in a table and inline."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from missingrules.domain.conditions import All
from missingrules.reading.conditions import condition
from missingrules.reading.forms import FromTable
from missingrules.reading.located import place
from missingrules.reading.places import Text
from missingrules.reading.shapes import shown

if TYPE_CHECKING:
    from missingrules.domain.citations import Citations
    from missingrules.domain.conditions import Condition
    from missingrules.reading.forms import Rows
    from missingrules.reading.located import Tree
    from missingrules.reading.names import Bench
    from missingrules.reading.shapes import Cited


@dataclass(frozen=True, slots=True)
class Row:
    """A row as one key sees it: what it gives (None: the source leaves it out)."""

    condition: Condition
    key: Text
    gives: Tree | None
    citations: Citations


def rows_for(key: str, form: FromTable | Rows, bench: Bench) -> list[Row]:
    """The rows that give a key: of a table, those its inputs leave, or the ones written inline."""
    if isinstance(form, FromTable):
        return _of_table(key, form, bench)
    found = [_row(tree, key, key, (key,), {}, bench) for tree in form.rows]
    return [row for row in found if row]


def _of_table(key: str, form: FromTable, bench: Bench) -> list[Row]:
    table = bench.tables.get(form.table)
    if table is None:
        if not bench.is_broken("tables", form.table):
            bench.report.unknown(
                "unknown-table", "table", form.table, bench.names.tables, "introduce it under 'tables'"
            )
        return []
    if key in table.gives:
        column = key
    elif len(table.gives) == 1:
        column = str(table.gives[0])
    else:
        bench.error(
            "no-such-column",
            f"the table '{form.table}' gives {', '.join(table.gives)}, and not '{key}'",
            form.table.span,
            f"give the table a column '{key}'",
        )
        return []
    for name in form.with_:
        if name not in table.inputs:
            bench.report.unknown("unknown-input", f"input of the table '{form.table}'", name, table.inputs)
            return []
    for name in table.inputs:
        if name not in form.with_:
            bench.error(
                "missing-input",
                f"the table '{form.table}' wants its input '{name}'",
                form.table.span,
                f"write {{table: {form.table}, with: {{{name}: ...}}}}",
            )
            return []
    inputs: dict[str, str] = {str(name): str(value) for name, value in form.with_.items()}
    gives = tuple(table.gives)
    # Another reading of the table may change one row of it.
    asked = "row", key, column, gives, *inputs.items()
    found = [bench.once(asked, tree, partial(_row, tree, key, column, gives, inputs, bench)) for tree in table.rows]
    kept = [row for row in found if row]
    if inputs and not kept:
        given = ", ".join(f"{name}: {value}" for name, value in inputs.items())
        bench.error(
            "no-row-for-input",
            f"no row of the table '{form.table}' is for {given}",
            form.table.span,
            "write a row for it, with not_stated where the source gives nothing",
        )
    return kept


def _row(
    tree: dict[Text, Tree], asked: str, column: str, gives: tuple[str, ...], inputs: dict[str, str], bench: Bench
) -> Row | None:
    """One row; None where an input rules it out or the row is wrong."""
    given: tuple[Text, Tree] | None = None
    cite: Tree | None = None
    tests: dict[Text, Tree] = {}
    for key, value in tree.items():
        if key == column:
            given = key, value
        elif key == "cite":
            cite = value
        elif key in inputs:
            wanted = value if isinstance(value, list) else [value]
            if inputs[key] not in wanted:
                return None
        elif key == "not_stated":
            bench.error(
                "silence-in-the-row",
                "a row says what the source leaves out in the place of the value",
                key.span,
                f"write {column}: not_stated",
            )
            return None
        elif key not in gives:
            tests[key] = value
    if given is None:
        bench.error(
            "row-gives-nothing",
            f"this row does not say '{column}'",
            place(tree),
            f"add {column}, or {column}: not_stated where the source leaves it out",
        )
        return None
    if cite is None:
        bench.error("uncited", "this row has no cite", place(tree), "add cite, with the paragraph that gives the row")
        return None
    holds = condition(tests, bench) if tests else All(())
    citations = bench.citations(cited(cite, bench), asked)
    return Row(holds, given[0], None if given[1] == "not_stated" else given[1], citations)


def cited(tree: Tree, bench: Bench) -> list[Cited]:
    """The references under a `cite` that stands among facts."""
    found: list[Cited] = []
    for each in tree if isinstance(tree, list) else [tree]:
        if isinstance(each, Text) and each:
            found.append(each)
        elif isinstance(each, dict) and all(isinstance(value, Text) for value in each.values()):
            found.append({label: value for label, value in each.items() if isinstance(value, Text)})
        else:
            bench.error(
                "wrong-shape",
                f"a paragraph's reference is wanted here, found {shown(each)}",
                place(each) or place(tree),
                "write the reference as the ledger has it, or a list of references",
            )
    return found
