"""What a student says of pictures, as its exported graphs do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from efficientsam3_ros.model.detector.heads import Detections
from efficientsam3_ros.model.layers.layers import mask_bias
from efficientsam3_ros.model.student import Student

Levels = tuple[Tensor, Tensor, Tensor]
"""(1, width, 4G, 4G), (1, width, 2G, 2G) and (1, width, G, G)."""


@dataclass(frozen=True, eq=False)
class Exemplars:
    """Boxes that are shown with K phrases, in padded slots.

    Attributes:
        boxes: (K, E, 4) cx, cy, w, h, each 0..1.
        labels: int64 (K, E), 1 an example, 0 a counter-example.
        valid: (K, E), 1 = used slot.
    """

    boxes: Tensor
    labels: Tensor
    valid: Tensor

    @classmethod
    def none(cls, like: Tensor, phrases: int) -> Exemplars:
        """Return no slots, on the device of a tensor."""
        boxes = like.new_zeros(phrases, 0, 4)
        return cls(boxes, boxes[..., 0].long(), boxes[..., 0])

    def to(self, device: torch.device) -> Exemplars:
        """Move every tensor."""
        return Exemplars(*(value.to(device) for value in vars(self).values()))

    def padded(self, slots: int) -> Exemplars:
        """Return them in (K, slots) slots, no fewer than there are; added ones are unused."""
        more = slots - self.boxes.shape[1]
        boxes = F.pad(self.boxes, (0, 0, 0, more))
        return Exemplars(boxes, F.pad(self.labels, (0, more)), F.pad(self.valid, (0, more)))


def joined(parts: Sequence[Exemplars]) -> Exemplars:
    """Return those of one picture after the other, in (sum of K, largest E) slots."""
    slots = max(part.boxes.shape[1] for part in parts)
    columns = zip(*(vars(part.padded(slots)).values() for part in parts))
    return Exemplars(*(torch.cat(column) for column in columns))


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
        rows = slice(phrase, phrase + 1)
        pixels = self.pixels(student, rows)
        return student.detector.mask_head.instances(self.found.queries[rows, queries], pixels)[0]

    def pixels(self, student: Student, rows: slice | Tensor) -> Tensor:
        """Return what the masks of some phrases are read from, (k, width, 4G, 4G)."""
        head, prompt, bias = student.detector.mask_head, self.prompt[rows], self.mask[rows]
        return head.pixels(*self.levels, self.found.memory[rows], prompt, mask_bias(bias))


def answers(
    student: Student,
    images: Tensor,
    token_ids: Sequence[Tensor],
    exemplars: Sequence[Exemplars | None] | None = None,
    auxiliary: bool = False,
    places: Sequence[Tensor | None] | None = None,
) -> list[Answer]:
    """Ask phrases of pictures, all of them together.

    Args:
        student: The network.
        images: (B, 3, S, S), prepared.
        token_ids: int64 (K, context) of each picture.
        exemplars: Of each picture, if any are shown.
        auxiliary: Whether the queries answer once more without self-attention, for training.
        places: (K, Q) cells of each picture that proposals start from in place of their peaks; of
            all pictures or of none.
    """
    first, second, third = student.image_encoder(images)[:3]
    counts = [len(ids) for ids in token_ids]
    given = exemplars or [None] * len(counts)
    asked = zip(given, counts, strict=True)
    shown = joined([each or Exemplars.none(third, count) for each, count in asked])
    pictures = torch.arange(len(counts)).repeat_interleave(torch.tensor(counts))
    # Picture by picture there would be many small products in the place of a few.
    coarse, ids = third[pictures.to(third.device)], torch.cat(list(token_ids))
    known = [own for own in places or () if own is not None]
    at = torch.cat(known) if known else None
    together = _detected(student, coarse, ids, shown, auxiliary, at)
    levels = zip(first.split(1), second.split(1))
    parts = zip(levels, *(_split(part, counts) for part in together), strict=True)
    return [Answer(found, seen, prompt, mask) for seen, found, prompt, mask in parts]


def answer(
    student: Student,
    levels: Levels,
    token_ids: Tensor,
    exemplars: Exemplars | None = None,
    auxiliary: bool = False,
    places: Tensor | None = None,
) -> Answer:
    """Ask phrases of the levels of one picture.

    Args:
        student: The network.
        levels: Of the picture; gradients flow into them.
        token_ids: int64 (K, context).
        exemplars: Shown with the phrases, if any.
        auxiliary: Whether the queries answer once more without self-attention, for training.
        places: (K, Q) cells that proposals start from in place of their peaks.
    """
    level_0, level_1, level_2 = levels
    shown = exemplars or Exemplars.none(level_2, len(token_ids))
    found, prompt, mask = _detected(student, level_2, token_ids, shown, auxiliary, places)
    return Answer(found, (level_0, level_1), prompt, mask)


def _detected(
    student: Student,
    level_2: Tensor,
    token_ids: Tensor,
    shown: Exemplars,
    auxiliary: bool,
    places: Tensor | None,
) -> tuple[Detections, Tensor, Tensor]:
    """Return detections, prompt tokens and which are valid.

    Args:
        student: The network.
        level_2: (1 or K, width, G, G), of one picture or of the picture of each phrase.
        token_ids: int64 (K, context).
        shown: Slots of the phrases.
        auxiliary: As in :func:`answers`.
        places: (K, Q) cells, as in :func:`answer`.
    """
    text, valid = student.text_encoder(token_ids)
    # The exemplar encoder's own token belongs to every prompt (SAM 3).
    tokens, there = _encoded(student, level_2, shown)
    prompt, mask = torch.cat([text, tokens], 1), torch.cat([valid, there], 1)
    return student.detector.detect(level_2, prompt, mask, auxiliary, places), prompt, mask


def _split(value: Any, counts: Sequence[int]) -> list[Any]:
    """Split what holds a row for each phrase of all pictures into that of each picture."""
    if isinstance(value, Tensor):
        return list(value.split(list(counts)))
    if value is None:
        return [None] * len(counts)
    if is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value)]
        columns = zip(*(_split(getattr(value, name), counts) for name in names))
        return [replace(value, **dict(zip(names, column))) for column in columns]
    return list(zip(*(_split(item, counts) for item in value)))


def _encoded(student: Student, level_2: Tensor, shown: Exemplars) -> tuple[Tensor, Tensor]:
    boxes = shown.boxes.to(level_2.dtype)
    points, labels = boxes.new_zeros(len(boxes), 0, 2), shown.labels[:, :0]
    valid = shown.valid.to(boxes.dtype)
    tokens: tuple[Tensor, Tensor] = student.exemplar_encoder(
        level_2, boxes, shown.labels, valid, points, labels, points[..., 0]
    )
    return tokens
