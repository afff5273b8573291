"""A batch of one image, 32 pixels square, whose left half is a thing."""

from __future__ import annotations

import torch

from training.data.batch import Batch


def one_thing(noun: int, color: int = -1, complete: bool = True) -> Batch:
    """Return it.

    Args:
        noun: Row of the vocabulary's nouns, -1 for none of them.
        color: Row of the colors, -1 if it is unknown.
        complete: Whether the right half is known to be empty.
    """
    masks = torch.zeros(1, 16, 16)
    masks[0, :, :8] = 1
    return Batch(
        images=torch.zeros(1, 3, 32, 32),
        token_ids=torch.zeros(1, 4, dtype=torch.long),
        masks=masks,
        boxes=torch.tensor([[0.25, 0.5, 0.5, 1.0]]),
        places=torch.tensor([[0.25, 0.5]]),
        image_of=torch.zeros(1, dtype=torch.long),
        identity=torch.zeros(1, dtype=torch.long),
        noun=torch.tensor([noun]),
        color=torch.tensor([color]),
        positive=torch.ones(1, 1, dtype=torch.bool),
        exemplar=torch.full((1,), -1),
        masked=torch.ones(1, dtype=torch.bool),
        ignored=torch.zeros(1, 4, 4),
        complete=torch.tensor([complete]),
    )
