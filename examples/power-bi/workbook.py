"""A caseload to a workbook that Power BI loads as it is: the same tables under the same names, made anew when asked.

python workbook.py ../caseload --protocol ../wexcombe/wexcombe.yaml --as-of 2025-06-30T12:00:00+01:00 --output due.xlsx

Left out, `--as-of` is now. README.md has what to click.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("caseload", type=Path, help="a folder of tables (docs/audit.md)")
    parser.add_argument("--protocol", action="append", required=True, help="a protocol, by name or file")
    parser.add_argument("--as-of", help="the instant asked about")
    parser.add_argument("--output", type=Path, default=Path("duties.xlsx"))
    given = parser.parse_args()
    asked = [word for protocol in given.protocol for word in ("--protocol", protocol)]
    asked += ["--as-of", given.as_of] if given.as_of else []
    # The file is written whole or not at all: a refresh never sees half of it.
    asked += ["--format", "xlsx", "--output", str(given.output), "--force"]
    # 1 is "rows could not be used, and are named": the workbook is there, and its last table has them.
    return subprocess.run(
        [sys.executable, "-m", "missingrules", "audit", given.caseload, *asked], check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
