"""A case system in one file: reads messages, one JSON object a line, and keeps case files and tasks up to date.

    python examples/live.py --protocol examples/wexcombe/wexcombe.yaml --into build/live < examples/live-day.jsonl

A message is one state of one entry of one child:

    {"child": "C1", "at": "2025-06-02T21:40:00+01:00", "part": "episodes", "id": "E1", "revision": 1, "entry": {...}}

`part` is `child`, `plan`, `episodes`, `events` or `records` (of the first two there is one entry each, without `id`);
`at` is when the message came; `entry` is what stands in a case file, or null if it is withdrawn. The highest revision
counts, in whatever order they come, so that one that comes twice, or late, changes nothing. A message with the part
`clock` says only what time it is.

Everything about a child stands in one file, which is written whole or not at all: what is known of the case, the tasks,
and in `told` what there was to do about them, numbered on. The process may be stopped at any instant and started again
with the same lines. What it prints is what it adds to `told`; whoever must miss nothing reads on there.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import missingrules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from missingrules import Changes, Instant, Protocol

State = dict[str, Any]
LISTS = ("episodes", "events", "records")
PARTS = ("child", "plan", *LISTS)
# Changes for which somebody has something to do; of the others the task alone is brought forward.
TOLD = {
    "raised": "raise", "renumbered": "rename", "arisen": "open", "overdue": "overdue", "reopened": "open",
    "decided": "open", "undecided": "hold", "moved": "move", "deferred": "hold", "discharged": "close",
    "ceased": "close", "missed": "close", "withdrawn": "withdraw",
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Keeps case files and tasks from messages on standard input.")
    parser.add_argument("--protocol", action="append", required=True, help="a protocol file")
    parser.add_argument("--into", type=Path, required=True, help="a folder for one file a child")
    given = parser.parse_args(arguments)
    given.into.mkdir(parents=True, exist_ok=True)
    keeper = Keeper(list(missingrules.load_protocols(*given.protocol)), given.into)
    for line in sys.stdin:
        for told in keeper.take(json.loads(line)):
            print(json.dumps(told, ensure_ascii=False), flush=True)


class Keeper:
    """The files of all children, and what messages do to them."""

    def __init__(self, protocols: Sequence[Protocol], folder: Path) -> None:
        self.protocols, self.folder = protocols, folder

    def take(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """What there is to tell after a message; nothing of one that is known already."""
        state = self.load(message["child"])
        now = max(message["at"], state["as_of"] or message["at"], key=missingrules.instant_of)
        if message["part"] == "clock":
            if now == state["as_of"]:
                return []
        elif not _is_newer(state, message):
            return []
        state["as_of"] = now
        told = self._follow(state, missingrules.instant_of(now))
        state["told"] += told
        # It stands in the file before it goes out.
        self.save(state)
        return told

    def _follow(self, state: State, as_of: Instant) -> list[dict[str, Any]]:
        """Brings the tasks forward, if the case can be used as it stands."""
        child = state["child"]
        data = _case(child, state["entries"])
        try:
            case = missingrules.case_of(data, self.protocols, as_of)
        except missingrules.InvalidInput as error:
            # A record may come before its episode: the tasks stay as they are until the case is whole.
            state["waits"] = [each.message for each in error.diagnostics]
            return []
        state["waits"] = []
        before = was = None
        if state["tasks"] is not None:
            before = missingrules.standings_of(state["tasks"])
            was = missingrules.case_of(state["case"], self.protocols)
        tasks = missingrules.Tasks(child, before)
        told: list[dict[str, Any]] = []
        for step in missingrules.follow(self.protocols, before, (was, case), as_of).steps:
            tasks = tasks.apply(step)
            told += _told(step, len(state["told"]) + len(told))
        if tasks.standings is not None:
            state["tasks"] = json.loads(missingrules.to_json(tasks.standings))
        state["case"] = data
        return told

    def load(self, child: str) -> State:
        path = self.folder / f"{_name(child)}.json"
        if path.exists():
            return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]
        return {"child": child, "as_of": None, "entries": {}, "case": None, "tasks": None, "told": [], "waits": []}

    def save(self, state: State) -> None:
        """Under another name first, then under its own: whoever reads finds the file as it was or as it is."""
        handle, made = tempfile.mkstemp(dir=self.folder, prefix=".", suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(state, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        os.replace(made, self.folder / f"{_name(state['child'])}.json")


def _name(child: str) -> str:
    """A name that every file system takes, another one for every child."""
    return "".join(c if c.isascii() and (c.isdigit() or c.islower()) else f"%{ord(c):x}." for c in child)


def _is_newer(state: State, message: dict[str, Any]) -> bool:
    """Puts an entry in its place, if this state of it is not known yet."""
    place = f"{message['part']}/{message.get('id', '')}"
    known = state["entries"].get(place)
    if message["part"] not in PARTS or (known is not None and known["revision"] >= message["revision"]):
        return False
    state["entries"][place] = {"revision": message["revision"], "entry": message["entry"]}
    return True


def _case(child: str, entries: dict[str, Any]) -> dict[str, Any]:
    """The case file as it stands; what is withdrawn is not in it."""
    case: dict[str, Any] = {"format": 1, "case": child, **{part: [] for part in LISTS}}
    for place, known in sorted(entries.items()):
        part, _, id_ = place.partition("/")
        if known["entry"] is None:
            continue
        if part in LISTS:
            case[part].append({"id": id_, **known["entry"]})
        else:
            case[part] = known["entry"]
    return case


def _told(changes: Changes, first: int) -> Iterable[dict[str, Any]]:
    """What a case system has to do about each task, numbered on for each child."""
    data = json.loads(missingrules.to_json(changes))
    number = first
    for each in data["changes"]:
        if each["kind"] in TOLD:
            number += 1
            yield {
                "child": data["case"], "number": number, "do": TOLD[each["kind"]], "key": each["key"],
                "key_before": each["key_before"], "title": each["title"], "status": each["status"], "due": each["due"],
                "because": each["caused_by"], "paragraphs": [cited["paragraph"] for cited in each["citations"]],
            }  # fmt: skip


if __name__ == "__main__":
    main()
