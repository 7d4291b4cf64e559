"""Names that are introduced and never used, and roles whose title says a rank that their grade does not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from missingrules.checks.frame import Finding
from missingrules.domain.vocabulary import LADDER, POLICE_LADDER
from missingrules.reading.names import canonical
from missingrules.reading.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.checks.frame import Subject
    from missingrules.reading.nodes import Node

# What is introduced, by section. Tables and readings that no rule uses are refused when the file is read.
SECTIONS: Final = {
    "roles": "role", "facts": "fact", "actions": "action", "events": "event", "hours": "set of hours",
    "meetings": "meeting",
}  # fmt: skip
# Where names are used. What the area calls a shared action uses nothing.
USING: Final = ("scope", "conventions", "readings", "tables", "rules", "actions")
# Under these stand sentences and references, and no names.
PROSE: Final = frozenset({"title", "why", "question", "ask", "means", "cite"})
# A name inside a line such as `within 3 days of child.seen_on`.
WORD: Final = re.compile(r"[a-z0-9_.-]+")
# A practitioner of any kind is no rank by name, and a police officer without more is none.
_NO_RANK: Final = ("practitioner", "chief_officer")


def unused(subject: Subject) -> Iterator[Finding]:
    """A role, fact, action, event, meeting or set of hours that is introduced and that no rule uses."""
    said: set[str] = set()
    for section in USING:
        node = subject.root.get(section)
        if isinstance(node, Mapping) and section == "actions":
            for _, own in node.entries:
                if isinstance(own, Mapping) and (also := own.get("also")) is not None:
                    _words(also, said)
        elif node is not None:
            _words(node, said)
    facts = {canonical(word) for word in said}
    for section, what in SECTIONS.items():
        for key, _ in subject.where.entries(section):
            used = canonical(key) in facts if section == "facts" else key in said
            if not used:
                yield Finding(f"no rule uses the {what} '{key}'", key.span, "use it, or take it out")


def _words(node: Node, said: set[str]) -> None:
    if isinstance(node, Scalar):
        if " " in node:
            said.update(WORD.findall(node))
        else:
            said.add(str(node))
    elif isinstance(node, Sequence):
        for each in node.items:
            _words(each, said)
    else:
        for key, value in node.named.items():
            if key not in PROSE:
                said.add(str(key))
                _words(value, said)


def _ranks(ladder: tuple[str, ...]) -> re.Pattern[str]:
    """The titles of a ladder, the longest first: a chief inspector is no inspector."""
    words = sorted((each.replace("_", " ") for each in ladder if each not in _NO_RANK), key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(words)})s?\b(?!['’]|s['’])", re.IGNORECASE)


RANKS: Final = _ranks(LADDER)
POLICE_RANKS: Final = _ranks(POLICE_LADDER)


def off_the_ladder(subject: Subject) -> Iterator[Finding]:
    """A role whose title says a rank of the shared ladder, and which has no grade."""
    for key, _ in subject.where.entries("roles"):
        role = subject.protocol.roles[str(key)]
        if role.grade is None:
            found = (POLICE_RANKS if role.agency == "police" else RANKS).search(role.title)
            if found:
                grade = found[1].lower().replace(" ", "_")
                message = f"the title '{role.title}' says a rank, and '{key}' has no grade"
                hint = f"add grade: {grade}, or accept under 'accepts' that it is no rank here"
                yield Finding(message, key.span, hint)
