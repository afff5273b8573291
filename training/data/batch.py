"""What a training step consumes."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """B images, each asked P phrases.

    Attributes:
        images: float32 (B, 3, H, W), normalised.
        token_ids: int64 (B * P, T), phrases of image 0 first.
        masks: float32 (G, H/2, W/2) soft instance masks: the share of each cell that is covered.
        boxes: (G, 4) cx, cy, w, h of the visible part, each 0..1.
        places: (G, 2) x, y of a pixel on the instance near its centre, each 0..1.
        image_of: int64 (G,) image of each instance.
        identity: int64 (G,) equal for one physical object seen in several images.
        noun: int64 (G,) row of the vocabulary's nouns, -1 where it is none of them.
        color: int64 (G,) row of ``phrases.COLOR_NAMES``, -1 where it is none of them.
        positive: bool (B * P, G) whether the phrase is true of the instance (and its image asked).
        exemplar: int64 (B * P,) index of the instance given as exemplar box, -1 for none.
        masked: bool (G,) whether the mask is known; else it is zero and only the box is.
        ignored: float32 (B * P, H/8, W/8) share of each cell of which nobody knows whether the
            phrase is true of it: what is found there is neither right nor wrong.
        complete: bool (B,) whether everything on the image is an instance or ignored, so that
            the rest is background.
    """

    images: Tensor
    token_ids: Tensor
    masks: Tensor
    boxes: Tensor
    places: Tensor
    image_of: Tensor
    identity: Tensor
    noun: Tensor
    color: Tensor
    positive: Tensor
    exemplar: Tensor
    masked: Tensor
    ignored: Tensor
    complete: Tensor

    @property
    def phrases(self) -> int:
        """Phrases asked of each image."""
        return self.token_ids.shape[0] // self.images.shape[0]

    def to(self, device: torch.device) -> Batch:
        """Move every tensor."""
        return Batch(**{name: value.to(device) for name, value in vars(self).items()})
