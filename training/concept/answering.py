"""What a student says of one picture, as its exported graphs do."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from efficientsam3_ros.model.detector.heads import Detections
from efficientsam3_ros.model.layers.layers import mask_bias
from efficientsam3_ros.model.student import Student


@dataclass(frozen=True, eq=False)
class Answer:
    """Detections of K phrases in one picture; masks are made of those that are asked for.

    Attributes:
        found: Of the detector.
        levels: (1, width, 4G, 4G) and (1, width, 2G, 2G), what masks are made of besides.
        prompt: Tokens of the phrases (K, L, width).
        mask: (K, L), 1 = valid.
    """

    found: Detections
    levels: tuple[Tensor, Tensor]
    prompt: Tensor
    mask: Tensor

    def masks(self, student: Student, phrase: int, queries: Tensor) -> Tensor:
        """Return mask logits (N, 4G, 4G) of some queries (N,) of a phrase."""
        head, rows = student.detector.mask_head, slice(phrase, phrase + 1)
        prompt, bias = self.prompt[rows], mask_bias(self.mask[rows])
        pixels = head.pixels(*self.levels, self.found.memory[rows], prompt, bias)
        return head.instances(self.found.queries[rows, queries], pixels)[0]


def answers(student: Student, images: Tensor, token_ids: list[Tensor]) -> list[Answer]:
    """Ask phrases of pictures; the trunk sees them together.

    Args:
        student: The network.
        images: (B, 3, S, S), prepared.
        token_ids: int64 (K, context) of each picture.
    """
    levels = student.image_encoder(images)[:3]
    return [
        _answer(student, [level[n : n + 1] for level in levels], ids)
        for n, ids in enumerate(token_ids)
    ]


def _answer(student: Student, levels: list[Tensor], token_ids: Tensor) -> Answer:
    level_0, level_1, level_2 = levels
    text, valid = student.text_encoder(token_ids)
    cls, there = _without_exemplars(student, level_2, len(token_ids))
    prompt, mask = torch.cat([text, cls], 1), torch.cat([valid, there], 1)
    found = student.detector.detect(level_2, prompt, mask)
    return Answer(found, (level_0, level_1), prompt, mask)


def _without_exemplars(student: Student, level_2: Tensor, phrases: int) -> tuple[Tensor, Tensor]:
    """Return the exemplar encoder's own token, which belongs to every prompt (SAM 3)."""
    boxes, points = level_2.new_zeros(phrases, 0, 4), level_2.new_zeros(phrases, 0, 2)
    labels = torch.zeros(phrases, 0, dtype=torch.long, device=level_2.device)
    none = boxes[..., 0]
    tokens: tuple[Tensor, Tensor] = student.exemplar_encoder(
        level_2, boxes, labels, none, points, labels, none
    )
    return tokens
