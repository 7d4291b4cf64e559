"""What a new edition of a paper does to the paragraphs, and to the rules that stand on them."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Touched(NamedTuple):
    """A paragraph that is not as it was, and the rules that cite it. `figures`: those of the text now in its place."""

    what: Literal["moved", "changed", "gone"]
    ref: str
    heading: str
    before: tuple[str, ...]
    figures: tuple[str, ...]
    rules: tuple[str, ...]


class Impact(NamedTuple):
    """All that is touched, in the ledger's order; `new_words` stand where nothing stood; `kept` are as they were."""

    touched: tuple[Touched, ...]
    new_words: int
    kept: int
