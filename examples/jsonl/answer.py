"""A filter: a case a line goes in, its answer a line comes out. In memory is one case at a time.

python answer.py --protocol ../wexcombe/wexcombe.yaml --as-of 2025-06-30T12:00:00+01:00 < cases.jsonl > answers.jsonl

With `--rows` comes a line for each duty. A line that cannot be used is told on standard error by its number, the column
and the code of the mistake, never by what stands in it; the others are answered, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import missingrules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from missingrules import Answer, Instant, Protocol


def answers(lines: Iterable[str], protocols: Sequence[Protocol], as_of: Instant) -> Iterator[Answer | str]:
    """The answer to each line that holds a case, or where the mistakes of the line are."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            case = missingrules.read_case_text(line, f"line {number}", protocols, as_of)
        except missingrules.InvalidInput as error:
            for each in error.diagnostics:
                yield f"line {number}, column {each.span.column if each.span else 1}: [{each.code}]"
        else:
            yield missingrules.evaluate(protocols, case, as_of)


def lines_of(answer: Answer, *, rows: bool) -> Iterator[str]:
    """The whole answer as one line of JSON, or one for each of its duties."""
    if not rows:
        yield missingrules.result_of(answer).model_dump_json(by_alias=True)
        return
    for row in missingrules.rows_of(answer):
        # A name that Python cannot have ends with a line there: `with_`.
        named = {name.rstrip("_"): value for name, value in asdict(row).items()}
        yield json.dumps(named, default=datetime.isoformat, ensure_ascii=False)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--protocol", action="append", required=True, help="a protocol file")
    parser.add_argument("--as-of", required=True, type=missingrules.instant_of)
    parser.add_argument("--rows", action="store_true", help="a line for each duty")
    given = parser.parse_args()
    protocols = missingrules.load_protocols(*given.protocol)
    # JSON lines are UTF-8 with one sign at their end, on every system.
    lines = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace", newline="\n")
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n", line_buffering=True)
    spoilt = False
    for answer in answers(lines, protocols, given.as_of):
        if isinstance(answer, str):
            spoilt = True
            print(answer, file=sys.stderr)
            continue
        for line in lines_of(answer, rows=given.rows):
            print(line, file=out)
    return int(spoilt)


if __name__ == "__main__":
    sys.exit(main())
