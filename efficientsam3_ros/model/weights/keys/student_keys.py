"""All keys of one student: what a checkpoint's key becomes, or why it is left out."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from efficientsam3_ros.model.registry import STUDENTS
from efficientsam3_ros.model.weights.keys.detector_keys import (
    EXEMPLAR_RULES,
    MASK_HEAD_RULES,
    SCORING_RULES,
    TRANSFORMER_RULES,
)
from efficientsam3_ros.model.weights.keys.image_keys import IMAGE_RULES, OUR_TRUNK, TRUNK
from efficientsam3_ros.model.weights.keys.key_rules import KeyMap, Piece, join
from efficientsam3_ros.model.weights.keys.parts import unused_reason
from efficientsam3_ros.model.weights.keys.text_keys import TEXT_RULES
from efficientsam3_ros.model.weights.keys.trunk_keys import to_timm, to_upstream

RULES = KeyMap(
    (
        *IMAGE_RULES,
        *TEXT_RULES,
        *EXEMPLAR_RULES,
        *TRANSFORMER_RULES,
        *SCORING_RULES,
        *MASK_HEAD_RULES,
    )
)
"""Everything but the trunk, whose names depend on the student."""

_CLASSIFIER = "the trunk's classifier or a constant, unused"


class StudentKeys:
    """Translates between a checkpoint (canonical keys) and a student with the ``sam3`` neck.

    Args:
        variant: One of the nine students.
    """

    def __init__(self, variant: str) -> None:
        self._trunk = STUDENTS[variant]

    def forward(self, key: str) -> tuple[Piece, ...] | str | None:
        """Return what a key becomes, or in words why it is left out, or None if it is unknown."""
        reason = unused_reason(key)
        if reason is not None:
            return reason
        if not key.startswith(f'{TRUNK}.'):
            return RULES.forward(key)
        try:
            name = to_timm(self._trunk, key.removeprefix(f'{TRUNK}.'))
        except KeyError:
            return None
        return _CLASSIFIER if name is None else (Piece(key, f'{OUR_TRUNK}.{name}'),)

    def backward(self, key: str) -> Piece:
        """Return where one of our keys lies in a checkpoint.

        Raises:
            KeyError: If checkpoints hold no such key.
        """
        prefix = f'{OUR_TRUNK}.'
        if key.startswith(prefix):
            return Piece(f'{TRUNK}.{to_upstream(self._trunk, key.removeprefix(prefix))}', key)
        piece = RULES.backward(key)
        if piece is None:
            raise KeyError(f'Checkpoints hold nothing like {key}.')
        return piece

    def to_checkpoint(self, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Write our state under canonical keys, thirds joined.

        Raises:
            KeyError: If a key has no place in a checkpoint.
        """
        return join([self.backward(key) for key in state], state)
