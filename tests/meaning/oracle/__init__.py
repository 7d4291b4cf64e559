"""A second, slow and simple telling of docs/meaning.md, against which the engine is compared."""

from tests.meaning.oracle.outcomes import Outcome, answer, conclusions, forbidden, questions
from tests.meaning.oracle.world import TooManyWorlds

__all__ = ["Outcome", "TooManyWorlds", "answer", "conclusions", "forbidden", "questions"]
