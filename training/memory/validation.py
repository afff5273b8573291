"""How well a memory follows objects by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import torch
from torch import Tensor

from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from training.data.clips.clip_batch import ClipBatch
from training.losses.masks import mask_iou
from training.memory.follower import best_mask
from training.memory.prompts.simulation import Interaction
from training.memory.rollout import Gate, Plan, rollout


@torch.no_grad()
def validate(
    network: VideoMemory,
    batches: Iterable[ClipBatch],
    gate: Gate,
    asked: Interaction | None = None,
) -> dict[str, float]:
    """Follow objects on their own masks after the first frame.

    Args:
        network: The memory.
        batches: Clips.
        gate: Which of its own masks it takes in.
        asked: How objects are asked for in the first frame, which then counts as well; by masks
            if None.

    Returns:
        Mean IoU in frames in which the object is visible (a mask of an object that is said to be
        absent counts as empty), the same in the first frame after an absence, accuracy of the
        object score in either case, and the mean error of the predicted quality.
    """
    ious, return_ious, right_absent, right_visible, errors = [], [], [], [], []
    for batch in batches:
        gone = torch.zeros_like(batch.visible[0])
        for step in rollout(network, batch, replace(Plan.free(batch), asked=asked), gate):
            visible, absent = batch.visible[step.index], batch.absent[step.index]
            seen = step.found.object_logits > 0
            mask = torch.where(seen[:, None, None], best_mask(step.found), -1.0)
            iou = mask_iou(mask, batch.masks[step.index])
            ious.append(iou[visible])
            return_ious.append(iou[visible & gone])
            right_absent.append(~seen[absent])
            right_visible.append(seen[visible])
            errors.append((step.found.qualities.amax(1) - iou).abs()[visible])
            gone = (gone | absent) & ~visible
    return {
        'val_iou': _mean(ious),
        'val_return_iou': _mean(return_ious),
        'val_absent_accuracy': _mean(right_absent),
        'val_visible_accuracy': _mean(right_visible),
        'val_quality_error': _mean(errors),
    }


def _mean(parts: list[Tensor]) -> float:
    """Return the mean over all frames, summed frame by frame; 0 of none."""
    total = 0.0
    for part in parts:
        total += float(part.sum())
    return total / max(1, sum(map(len, parts)))
