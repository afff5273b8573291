"""IoU of whole tracks: common pixels of all frames over the union of all frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from efficientsam3_ros.evaluation.metrics.frame_overlap import FrameOverlap


@dataclass(frozen=True, eq=False)
class VolumeIou:
    """Space-time overlap of one phrase in one clip.

    A frame in which one side is missing adds the other side's area to the union. Tracks without
    a pixel do not appear: the public code gives two empty ones IoU 1.

    Attributes:
        objects: Ids of the true objects, ascending.
        tracks: Ids of the tracks, ascending.
        iou: float64 (objects, tracks).
    """

    objects: tuple[int, ...]
    tracks: tuple[int, ...]
    iou: np.ndarray

    @classmethod
    def of(cls, frames: Sequence[FrameOverlap]) -> VolumeIou:
        """Add up the frames of a clip."""
        objects = sorted({number for frame in frames for number in frame.objects})
        tracks = sorted({number for frame in frames for number in frame.tracks})
        row = {number: i for i, number in enumerate(objects)}
        column = {number: i for i, number in enumerate(tracks)}
        common = np.zeros((len(objects), len(tracks)), np.int64)
        areas_1, areas_2 = np.zeros(len(objects), np.int64), np.zeros(len(tracks), np.int64)
        for frame in frames:
            rows = np.array([row[n] for n in frame.objects], np.intp)
            columns = np.array([column[n] for n in frame.tracks], np.intp)
            common[np.ix_(rows, columns)] += frame.common
            areas_1[rows] += frame.object_areas
            areas_2[columns] += frame.track_areas
        union = areas_1[:, None] + areas_2[None] - common
        return cls(tuple(objects), tuple(tracks), common / np.maximum(union, 1))

    def partners(self) -> dict[int, int]:
        """Return object id to the track that stands for it, one for one, largest total IoU."""
        rows, columns = linear_sum_assignment(self.iou, maximize=True)
        return {
            self.objects[r]: self.tracks[c] for r, c in zip(rows, columns) if self.iou[r, c] > 0
        }
