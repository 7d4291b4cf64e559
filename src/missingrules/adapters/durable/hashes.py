"""The 32-bit hash by which durable_rules tells ids, contexts and names apart: it never compares what it has hashed.

Two texts of one hash are one thing to it. So nothing is handed over before this module has seen that all differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_BASIS: Final = 2_166_136_261
_PRIME: Final = 16_777_619
_MASK: Final = 0xFFFF_FFFF
# What JSON writes as it is, and C reads as it is: its own reader takes no escapes back.
_REFUSED: Final = '"\\'


def hash_of(text: str) -> int:
    """FNV-1a of 32 bits, as `src/rules/state.c` of durable_rules has it; of ASCII alone."""
    found = _BASIS
    for byte in text.encode("ascii"):
        found = ((found ^ byte) * _PRIME) & _MASK
    return found


def is_plain(text: str) -> bool:
    """Whether it can be handed over: something, printable ASCII, no quotation mark, no backslash."""
    return bool(text) and text.isascii() and text.isprintable() and not any(char in text for char in _REFUSED)


def colliding(texts: Iterable[str]) -> tuple[str, str] | None:
    """Two different texts that durable_rules takes for one; None if there are none."""
    seen: dict[int, str] = {}
    for text in texts:
        other = seen.setdefault(hash_of(text), text)
        if other != text:
            return other, text
    return None
