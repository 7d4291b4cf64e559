"""Pages as a reader follows them: their files written, their edits made, their commands run.

`python -m tests.tutorial` writes what the commands say now into the pages; look at the difference before committing it.
A block of YAML or text behind `<!-- file: NAME -->` is a whole file, behind `<!-- end: NAME -->` goes at a file's end,
and a diff behind `<!-- change: NAME -->` is an edit in its middle. Commands stand in blocks of `console`, behind $.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from missingrules.cli.commands import app

if TYPE_CHECKING:
    from collections.abc import Container

DOCS: Final = Path(__file__).parents[1] / "docs"
PAGE: Final = DOCS / "encode-your-area.md"
AUDIT: Final = DOCS / "audit.md"
IMPORT: Final = DOCS / "import.md"
BATCH: Final = DOCS / "batch.md"
BLOCK: Final = re.compile(
    r"(?:<!-- (?P<what>file|end|change): (?P<name>\S+) -->\n)?```(?P<kind>\w+)\n(?P<body>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


def followed(page: str, folder: Path, only: Container[str] | None = None) -> str:
    """The page with what its commands say, after its steps were followed in order in an empty folder.

    With `only`, the other commands are passed over, and what is said of them is left out.
    """

    def step(block: re.Match[str]) -> str:
        what, kind, body = block["what"], block["kind"], block["body"]
        if kind == "console":
            commands = re.findall(r"^\$ (.+)$", body, re.M)
            chosen = [each for each in commands if only is None or each.split()[1] in only]
            told = "".join(f"$ {command}\n{_run(command, folder)}" for command in chosen)
            return block[0].replace(f"```console\n{body}```", f"```console\n{told}```")
        if what is None:
            return block[0]
        path = folder / block["name"]
        if what == "file":
            path.write_text(body, encoding="utf-8")
        elif what == "end":
            path.write_text(path.read_text(encoding="utf-8") + body, encoding="utf-8")
        else:
            path.write_text(_changed(path.read_text(encoding="utf-8"), body), encoding="utf-8")
        return block[0]

    return BLOCK.sub(step, page)


def _changed(text: str, diff: str) -> str:
    """The text with the lines marked - gone and those marked + in their place; the others say where."""
    lines = diff.splitlines()
    before = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
    after = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("-"))
    found = len(re.findall(f"^{re.escape(before)}", text, re.MULTILINE))
    assert found == 1, f"stands {found} times in the file:\n{before}"
    return re.sub(f"^{re.escape(before)}", lambda _: after, text, flags=re.MULTILINE)


def _run(command: str, folder: Path) -> str:
    program, *words = shlex.split(command)
    assert program == "missingrules", command
    # As on a terminal, with mistakes among the rest; in this process, since there are many.
    told = io.StringIO()
    kept = os.environ.pop("MISSINGRULES_PROTOCOLS", None)
    try:
        with contextlib.chdir(folder), contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
            app(words, prog_name=program)
    except SystemExit:
        pass
    finally:
        if kept is not None:
            os.environ["MISSINGRULES_PROTOCOLS"] = kept
    return told.getvalue()


if __name__ == "__main__":
    for each in (PAGE, AUDIT, IMPORT, BATCH):
        with tempfile.TemporaryDirectory() as made:
            each.write_text(followed(each.read_text(encoding="utf-8"), Path(made)), encoding="utf-8")
