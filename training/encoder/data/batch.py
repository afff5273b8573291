"""What a step of the encoders' distillation consumes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import torch
from torch import Tensor

T = TypeVar('T')


@dataclass(frozen=True, eq=False)
class PictureBatch:
    """B pictures, each with K masks to ask for.

    Attributes:
        images: float32 (B, 3, S, S), prepared by the teacher's preprocess.
        boxes: (B, K, 4) boxes of the masks: cx, cy, w, h, each 0..1.
        prompts: (B, K, 4) the first prompt of each: its box, jittered, or a point as a small box.
        asked: bool (B, K), False in slots without a mask.
        trunk: float16 (B, C, G, G), the teacher's trunk from a cache; (B, 0) without one.
    """

    images: Tensor
    boxes: Tensor
    prompts: Tensor
    asked: Tensor
    trunk: Tensor

    def to(self, device: torch.device) -> PictureBatch:
        """Move every tensor."""
        return moved(self, device)


@dataclass(frozen=True, eq=False)
class PhraseBatch:
    """Phrases.

    Attributes:
        token_ids: int64 (K, context) of the student, 0 pads.
        phrases: The same in words.
    """

    token_ids: Tensor
    phrases: tuple[str, ...]

    def to(self, device: torch.device) -> PhraseBatch:
        """Move every tensor."""
        return moved(self, device)


@dataclass(frozen=True, eq=False)
class EncoderBatch:
    """What a step reads; a part that is not trained is None."""

    pictures: PictureBatch | None
    phrases: PhraseBatch | None

    def to(self, device: torch.device) -> EncoderBatch:
        """Move every tensor."""
        return moved(self, device)


def moved(batch: T, device: torch.device) -> T:
    """Return a dataclass with all that knows ``to`` on a device."""
    values = {field.name: getattr(batch, field.name) for field in fields(batch)}  # type: ignore[arg-type]
    on_device = {k: v.to(device) if hasattr(v, 'to') else v for k, v in values.items()}
    return type(batch)(**on_device)


def joined_pictures(pictures: Sequence[PictureBatch]) -> PictureBatch:
    """Make one batch of several."""
    values: dict[str, Any] = {
        field.name: torch.cat([getattr(picture, field.name) for picture in pictures])
        for field in fields(PictureBatch)
    }
    return PictureBatch(**values)
