"""All keys of one student: where they lie in a checkpoint, and which are left out."""

from __future__ import annotations

from collections.abc import Iterable

from efficientsam3_ros.model.image.trunks import TrunkSpec
from efficientsam3_ros.model.weights.keys.detector_keys import DETECTOR_RULES
from efficientsam3_ros.model.weights.keys.encoder_keys import (
    IMAGE_RULES,
    OUR_TRUNK,
    TEXT_RULES,
    TRUNK,
)
from efficientsam3_ros.model.weights.keys.key_rules import Piece, key_table
from efficientsam3_ros.model.weights.keys.parts import unused_reason
from efficientsam3_ros.model.weights.keys.trunk_keys import UNREAD, to_upstream

RULES = (*IMAGE_RULES, *TEXT_RULES, *DETECTOR_RULES)
"""Everything but the trunk, whose names depend on the student."""


def student_table(trunk: TrunkSpec, ours: Iterable[str]) -> dict[str, list[Piece]]:
    """Find the keys of a student with the ``sam3`` neck in a checkpoint (canonical keys).

    Raises:
        KeyError: If checkpoints hold no such key.
    """
    prefix, others = f'{OUR_TRUNK}.', []
    table: dict[str, list[Piece]] = {}
    for key in ours:
        if key.startswith(prefix):
            source = to_upstream(trunk, key.removeprefix(prefix))
            table[f'{TRUNK}.{source}'] = [Piece(key)]
        else:
            others.append(key)
    return table | key_table(RULES, others)


def left_out(trunk: TrunkSpec, key: str) -> str | None:
    """Return why a student leaves a checkpoint's key, None if it has no reason to."""
    prefix = f'{TRUNK}.'
    if key.startswith(prefix) and UNREAD[trunk.family].match(key.removeprefix(prefix)):
        return "the trunk's classifier or a constant, unused"
    return unused_reason(key)
