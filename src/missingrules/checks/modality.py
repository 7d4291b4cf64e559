"""The word of a rule (must, should, may) held against the words of the paragraphs that it cites."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from missingrules.checks.frame import Finding
from missingrules.domain.rules import Conclusion, Modality
from missingrules.logic.situations import identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from missingrules.checks.frame import Subject


def _words(*words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


# What shows that a paragraph has a word of this strength.
PLAIN: Final = {
    Modality.MUST: _words("must", "shall", "will"),
    Modality.SHOULD: _words("should", "ought"),
    Modality.MAY: _words("may", "can", "could", "might"),
}
# What bears a rule of this strength out, more generously: a warning is only for where there is nothing of the kind.
BEARING: Final = {
    Modality.MUST: _words(
        "must", "shall", "will", "requires?", "required", "requirement", "needs?", "needed", "ha(?:s|ve) to",
        "(?:is|are) to", "ensures?", "duty", "duties", "obliged", "obligation", "responsib(?:le|ility|ilities)",
    ),
    Modality.SHOULD: _words(
        "should", "ought", "expect(?:s|ed|ation)?", "recommend(?:s|ed)?", "advised", "advisable", "good practice",
        "best practice", "appropriate",
    ),
    Modality.MAY: _words(
        "may", "can", "could", "might", "consider(?:s|ed|ing|ation)?", "options?", "optional", "discretion",
        "possible", "possibly", "able to", "permitted", "requests?", "if necessary", "where necessary",
    ),
}  # fmt: skip


def differs(subject: Subject) -> Iterator[Finding]:
    """A rule stronger or weaker than any word of the paragraphs that it cites; `stated` is not asked."""
    seen: set[tuple[str, Modality]] = set()
    for variant in subject.variants:
        for provision in variant.provisions:
            if isinstance(provision, Conclusion) or provision.modality not in BEARING:
                continue
            id_, rank = identity(provision), provision.modality
            cited = [(each.document, each.paragraph) for each in provision.citations]
            if (id_, rank) in seen or not all(document in subject.texts for document, _ in cited):
                continue
            seen.add((id_, rank))
            text = " ".join(subject.texts[document].get(ref, "") for document, ref in cited)
            found = {other: word[0].lower() for other, words in PLAIN.items() if (word := words.search(text))}
            if found and not BEARING[rank].search(text):
                others = _listed(found.values())
                message = f"this says '{rank}', and the paper has {others} there and no word of that strength"
                hint = "write the source's own word, or cite the paragraph that has this one"
                yield Finding(message, subject.where.key(id_, "modality"), hint)


def _listed(words: Iterable[str]) -> str:
    return " and ".join(f"'{word}'" for word in words)
