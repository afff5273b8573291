"""How well a memory follows objects by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from training.data.clips.clip_batch import ClipBatch
from training.losses.masks import mask_iou
from training.memory.rollout import Gate, Plan, best_mask, rollout


@dataclass
class _Counts:
    """Sums over object frames."""

    iou: float = 0.0
    visible: int = 0
    return_iou: float = 0.0
    returns: int = 0
    right_absent: int = 0
    absent: int = 0
    right_visible: int = 0
    quality_error: float = 0.0

    def metrics(self) -> dict[str, float]:
        """Return the metrics by name."""
        visible = max(1, self.visible)
        return {
            'val_iou': self.iou / visible,
            'val_return_iou': self.return_iou / max(1, self.returns),
            'val_absent_accuracy': self.right_absent / max(1, self.absent),
            'val_visible_accuracy': self.right_visible / visible,
            'val_quality_error': self.quality_error / visible,
        }


@torch.no_grad()
def validate(network: VideoMemory, batches: Iterable[ClipBatch], gate: Gate) -> dict[str, float]:
    """Follow objects on their own masks after the first frame.

    Returns:
        Mean IoU in frames in which the object is visible (a mask of an object that is said to be
        absent counts as empty), the same in the first frame after an absence, accuracy of the
        object score in either case, and the mean error of the predicted quality.
    """
    counts = _Counts()
    for batch in batches:
        gone = torch.zeros_like(batch.visible[0])
        for step in rollout(network, batch, Plan.free(batch), gate):
            visible, absent = batch.visible[step.index], batch.absent[step.index]
            seen = step.found.object_logits > 0
            mask = torch.where(seen[:, None, None], best_mask(step.found), -1.0)
            iou = mask_iou(mask, batch.masks[step.index])
            _count(counts, iou, seen, visible, absent, gone)
            error = (step.found.qualities.amax(1) - iou).abs()
            counts.quality_error += float(error[visible].sum())
            gone = (gone | absent) & ~visible
    return counts.metrics()


def _count(
    counts: _Counts, iou: Tensor, seen: Tensor, visible: Tensor, absent: Tensor, gone: Tensor
) -> None:
    counts.iou += float(iou[visible].sum())
    counts.visible += int(visible.sum())
    counts.right_visible += int((seen & visible).sum())
    counts.right_absent += int((~seen & absent).sum())
    counts.absent += int(absent.sum())
    counts.return_iou += float(iou[visible & gone].sum())
    counts.returns += int((visible & gone).sum())
