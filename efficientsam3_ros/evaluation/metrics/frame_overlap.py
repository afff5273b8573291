"""Masks of one phrase in one frame, truth beside prediction, compared once for all metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.evaluation.metrics.mask_iou import intersection_matrix


@dataclass(frozen=True, eq=False)
class FrameOverlap:
    """What every metric needs to know of one frame.

    Attributes:
        objects: Ids of the true objects in view.
        tracks: Ids of the visible tracks.
        object_areas: int64 (G,) pixels.
        track_areas: int64 (D,) pixels.
        common: int64 (G, D) pixels that both hold.
    """

    objects: tuple[int, ...]
    tracks: tuple[int, ...]
    object_areas: np.ndarray
    track_areas: np.ndarray
    common: np.ndarray

    @classmethod
    def of(cls, truth: Mapping[int, Rle], tracks: Mapping[int, Rle]) -> FrameOverlap:
        """Compare masks by id; empty ones are left out."""
        there = {number: mask for number, mask in truth.items() if mask.area}
        found = {number: mask for number, mask in tracks.items() if mask.area}
        return cls(
            tuple(there),
            tuple(found),
            np.array([mask.area for mask in there.values()], np.int64),
            np.array([mask.area for mask in found.values()], np.int64),
            intersection_matrix(list(there.values()), list(found.values())),
        )

    @property
    def iou(self) -> np.ndarray:
        """Float64 (G, D) mask IoU."""
        union = self.object_areas[:, None] + self.track_areas[None] - self.common
        return self.common / np.maximum(union, 1)
