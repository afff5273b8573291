"""A batch of one image with two things, asked three phrases."""

from __future__ import annotations

import torch

from training.data.batch import Batch


def two_squares() -> Batch:
    """Return one image with a square top left and a square bottom right, asked three phrases."""
    masks = torch.zeros(2, 16, 16)
    masks[0, 0:8, 0:8] = 1
    masks[1, 8:16, 8:16] = 1
    return Batch(
        images=torch.zeros(1, 3, 32, 32),
        token_ids=torch.zeros(3, 4, dtype=torch.long),
        masks=masks,
        boxes=torch.tensor([[0.25, 0.25, 0.5, 0.5], [0.75, 0.75, 0.5, 0.5]]),
        places=torch.tensor([[0.25, 0.25], [0.75, 0.75]]),
        image_of=torch.zeros(2, dtype=torch.long),
        identity=torch.arange(2),
        noun=torch.tensor([1, 0]),
        color=torch.tensor([2, -1]),
        positive=torch.tensor([[True, True], [False, True], [False, False]]),
        exemplar=torch.full((3,), -1),
        masked=torch.ones(2, dtype=torch.bool),
        ignored=torch.zeros(3, 4, 4),
        complete=torch.ones(1, dtype=torch.bool),
    )
