"""A second, slow and simple telling of docs/meaning.md, against which the engine is compared."""

from tests.meaning.oracle.asking import questions
from tests.meaning.oracle.outcomes import Outcome, answer
from tests.meaning.oracle.reading import Otherwise, combinations, otherwise
from tests.meaning.oracle.standing import Classified, Forbidden, conclusions, conflicts, forbidden
from tests.meaning.oracle.world import TooManyWorlds

__all__ = [
    "Classified", "Forbidden", "Otherwise", "Outcome", "TooManyWorlds",
    "answer", "combinations", "conclusions", "conflicts", "forbidden", "otherwise", "questions",
]  # fmt: skip
