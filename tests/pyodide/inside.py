"""What runs inside Pyodide: `asked` has the protocol and the instant, case.yaml is the case; makes result.json."""

import sys
from importlib.metadata import distributions
from pathlib import Path

there = set(sys.modules)  # by Pyodide itself
import missingrules  # noqa: E402
from missingrules import read_case_text  # noqa: E402

name, instant = asked  # type: ignore[name-defined]  # noqa: F821
protocols = missingrules.load_protocols(name)
case = missingrules.read_case("case.yaml", protocols)
answer = missingrules.evaluate(protocols, case, missingrules.instant_of(instant))
Path("result.json").write_text(missingrules.to_json(answer), encoding="utf-8")
assert missingrules.rows_of(answer)

found: tuple[missingrules.Diagnostic, ...] = ()
try:
    read_case_text("format: 1\ncase: C-1\nepisodes:\n  - {id: E1, startd_at: 2025-03-28}\n")
except missingrules.InvalidInput as error:
    found = error.diagnostics
# The key that nobody knows stands in line 4, column 14.
assert (4, 14) in [(each.span.line, each.span.column) for each in found if each.span], found

print(f"pyodide: Python {sys.version.split()[0]} on {sys.platform}, with")
print("  " + ", ".join(sorted(f"{each.name} {each.version}" for each in distributions())))
loaded = {each.split(".")[0] for each in set(sys.modules) - there}
assert not loaded & {"typer", "rich", "multiprocessing", "concurrent", "subprocess"}, loaded
