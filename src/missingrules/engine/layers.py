"""Protocols that stand on one layer, asked at once: what they inherit alike is said once, by the first that has it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from missingrules.domain.protocol import layer_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from missingrules.domain.answers import ProtocolAnswer


def said_once(parts: Sequence[ProtocolAnswer]) -> tuple[ProtocolAnswer, ...]:
    """The answers without what an earlier one says of the same rule of the same text, standing alike.

    Where it stands otherwise, since the protocols above conclude otherwise, both are kept.
    """
    if len(parts) < 2 or not any(part.protocol.stands_on for part in parts):
        return tuple(parts)
    seen: set[Hashable] = set()
    kept = []
    for part in parts:
        texts = {layer.name: layer.fingerprint for layer in part.protocol.layers}
        acts = {(o.key, texts[o.protocol], o.stand): o for o in part.actions}
        barred = {(f.key, texts[layer_of(f.key)], f.status, f.record, f.at): f for f in part.forbidden}
        kept.append(
            replace(
                part,
                actions=tuple(o for how, o in acts.items() if how not in seen),
                forbidden=tuple(f for how, f in barred.items() if how not in seen),
            )
        )
        seen.update((*acts, *barred))
    return tuple(kept)
