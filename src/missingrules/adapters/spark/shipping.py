"""Protocols as bytes, so that whoever answers needs no file of theirs, and reads none."""

from __future__ import annotations

import io
import pickle
import zlib
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from missingrules.domain.protocol import Protocol


def packed(protocols: Sequence[Protocol]) -> bytes:
    """These protocols as bytes for another process of the same version of the library."""
    sink = io.BytesIO()
    _Pickler(sink, pickle.HIGHEST_PROTOCOL).dump(tuple(protocols))
    return zlib.compress(sink.getvalue())


def unpacked(data: bytes) -> tuple[Protocol, ...]:
    """The protocols again."""
    found: tuple[Protocol, ...] = pickle.loads(zlib.decompress(data))
    return found


class _Pickler(pickle.Pickler):
    """Pickle does not know mappings that nobody can write in."""

    def reducer_override(self, of: Any) -> Any:
        return (_frozen, (dict(of),)) if isinstance(of, MappingProxyType) else NotImplemented


def _frozen(of: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(of)
