"""A text held against its ledger: where each paragraph stands in it, and what has changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from missingrules.papers.text import fingerprint, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from missingrules.papers.text import Word
    from missingrules.reading.ledgers import Paragraph

# A few words are found in many places: they are looked for nearby only.
FEW, NEAR = 8, 400


class Place(NamedTuple):
    """Where a paragraph stands: its words from `first` to before `last`. `moved`: not in the ledger's order."""

    paragraph: Paragraph
    first: int
    last: int
    moved: bool = False


class Gap(NamedTuple):
    """Words of the text of which no paragraph gives account, and the paragraphs missing between the same neighbours."""

    first: int
    last: int
    missing: tuple[Paragraph, ...]


class Alignment(NamedTuple):
    """Every paragraph found, in the ledger's order, and what is left of the text and of the ledger."""

    words: list[Word]
    places: list[Place]
    gaps: list[Gap]

    @property
    def is_whole(self) -> bool:
        """Whether text and ledger account for each other, in order, to the last word."""
        return not self.gaps and not any(place.moved for place in self.places)


def align(paragraphs: Sequence[Paragraph], text: str) -> Alignment:
    """Where each paragraph of a ledger stands in a text; those that were never indexed stand nowhere."""
    words = words_of(text)
    at, missing = 0, []
    places: dict[int, Place] = {}
    for number, paragraph in enumerate(paragraphs):
        found = _find(paragraph, words, at)
        if found is None:
            missing.append(number)
        else:
            places[number] = Place(paragraph, found, found + paragraph.words)
            at = found + paragraph.words
    taken = sorted((place.first, place.last) for place in places.values())
    for number in missing:
        paragraph = paragraphs[number]
        for first, last in _between(taken, len(words)):
            found = _find(paragraph, words[:last], first) if paragraph.words >= FEW else None
            if found is not None:
                places[number] = Place(paragraph, found, found + paragraph.words, moved=True)
                taken = sorted([*taken, (found, found + paragraph.words)])
                break
    return Alignment(words, [places[n] for n in sorted(places)], _gaps(paragraphs, places, len(words)))


def _find(paragraph: Paragraph, words: Sequence[Word], start: int) -> int | None:
    """The first place from `start` on whose words are the paragraph's."""
    count = paragraph.words
    if not count or not paragraph.fingerprint:
        return None
    end = len(words) - count + 1
    if count < FEW:
        end = min(end, start + NEAR)
    return next((i for i in range(start, end) if fingerprint(words[i : i + count]) == paragraph.fingerprint), None)


def _between(taken: Sequence[tuple[int, int]], end: int) -> list[tuple[int, int]]:
    """The stretches of the text that are not taken."""
    out, at = [], 0
    for first, last in [*taken, (end, end)]:
        if first > at:
            out.append((at, first))
        at = max(at, last)
    return out


def _gaps(paragraphs: Sequence[Paragraph], places: dict[int, Place], end: int) -> list[Gap]:
    """What is left, in order of the text: words with the missing paragraphs that stood there, or either alone."""
    after: dict[int, list[Paragraph]] = {}  # by where the last paragraph found before it ends
    at = 0
    for number, paragraph in enumerate(paragraphs):
        place = places.get(number)
        if place is None:
            after.setdefault(at, []).append(paragraph)
        elif not place.moved:
            at = place.last
    left = dict(_between(sorted((p.first, p.last) for p in places.values()), end))
    return [Gap(at, left.get(at, at), tuple(after.get(at, ()))) for at in sorted({*after, *left})]
