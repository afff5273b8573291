"""A picture of SA-1B as a step reads it: prepared, with masks to ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from efficientsam3_ros.core.preprocess import Preprocess
from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame
from training.encoder.data.batch import PictureBatch
from training.encoder.prompts.first import FirstPrompt, box_of, point_of

WHOLE = (0.5, 0.5, 1.0, 1.0)
"""Stands in a slot without a mask."""


@dataclass(frozen=True)
class PictureDraw:
    """Makes a batch of one picture of it.

    Attributes:
        preprocess: The teacher's, and so the student's.
        first: First prompts.
        masks: Masks of a picture that are asked for.
        trunk: Returns the teacher's trunk (C, G, G) of a picture by its name, from a cache; None
            where the teacher looks itself.
    """

    preprocess: Preprocess
    first: FirstPrompt
    masks: int
    trunk: Callable[[str], Tensor] | None = None

    def __call__(self, labeled: LabeledFrame, rng: np.random.Generator) -> PictureBatch:
        """Draw masks and their first prompts."""
        found = labeled.truth.instances
        chosen = rng.permutation(len(found))[: self.masks]
        boxes = np.tile(np.array(WHOLE, np.float32), (self.masks, 1))
        prompts = boxes.copy()
        for slot, number in enumerate(chosen):
            instance = found[int(number)]
            point = point_of(instance, labeled.origins.get(instance.track_id), rng)
            boxes[slot] = box_of(instance)
            prompts[slot] = self.first.draw(boxes[slot], point, rng)
        trunk = torch.empty(0) if self.trunk is None else self.trunk(labeled.name)
        return PictureBatch(
            images=torch.from_numpy(self.preprocess(labeled.frame.rgb)),
            boxes=torch.from_numpy(boxes)[None],
            prompts=torch.from_numpy(prompts)[None],
            asked=torch.arange(self.masks)[None] < len(chosen),
            trunk=trunk[None],
        )
