"""J (region similarity) and F (boundary accuracy) of video object segmentation.

Definition of DAVIS (Perazzi et al., CVPR 2016, section 4) as the SA-V evaluator
(facebookresearch/sam2, ``sav_dataset``) computes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
import math

import cv2
import numpy as np

from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.evaluation.metrics.counts import Counts, share

_BOUND_THRESHOLD = 0.008
"""Boundary tolerance as a share of the image diagonal."""


@dataclass(frozen=True)
class RegionBoundaryCounts(Counts):
    """Sums over objects: the mean of a data set is over objects, not over videos.

    Attributes:
        j_sum: Of the objects' J.
        f_sum: Of their F.
        idle_sum: Of the J&F that an always empty answer would get.
        objects: Objects that are scored.
    """

    j_sum: float = 0.0
    f_sum: float = 0.0
    idle_sum: float = 0.0
    objects: int = 0

    @classmethod
    def of_object(
        cls,
        truth: Sequence[Rle],
        predicted: Sequence[Rle],
        series: np.ndarray,
        drop_ends: bool = True,
    ) -> RegionBoundaryCounts:
        """Count one object of one clip; nothing if it is not scored.

        Args:
            truth: Its true mask in every frame, empty where it is not seen.
            predicted: The masks of the track that stands for it, same length.
            series: float64 (T, 2): J and F in every frame.
            drop_ends: Leave out the clip's first and last frame, as DAVIS and SA-V do.
        """
        scored = evaluated_frames(truth, predicted, drop_ends)
        if not scored:
            return cls()
        j, f = series[scored.start : scored.stop].mean(axis=0)
        # Frames in which truth and answer are both empty count as perfect.
        idle = evaluated_frames(truth, [Rle.empty(1, 1)] * len(truth), drop_ends)
        empty = sum(not truth[index].area for index in idle) / len(idle)
        return cls(float(j), float(f), empty, 1)

    @property
    def j(self) -> float:
        """Mean J, 0..1; NaN without an object."""
        return share(self.j_sum, self.objects)

    @property
    def f(self) -> float:
        """Mean F, 0..1; NaN without an object."""
        return share(self.f_sum, self.objects)

    @property
    def jf(self) -> float:
        """(J + F) / 2."""
        return (self.j + self.f) / 2

    @property
    def idle_jf(self) -> float:
        """J&F of an always empty answer: frames without the object count as perfect."""
        return share(self.idle_sum, self.objects)


def region_boundary(truth: Rle, predicted: Rle) -> tuple[float, float]:
    """Return (J, F), each 0..1, of one object in one frame.

    Both masks empty gives (1, 1), one empty (0, 0).

    Raises:
        ValueError: If the masks belong to images of different size.
    """
    if (truth.height, truth.width) != (predicted.height, predicted.width):
        raise ValueError(
            f'Truth is {truth.width}x{truth.height}, the prediction '
            f'{predicted.width}x{predicted.height}; score at the resolution of the truth.'
        )
    if not truth.area or not predicted.area:
        same = float(truth.area == predicted.area)
        return same, same
    a, b = _common_crop(truth, predicted)
    union = np.count_nonzero(a | b)
    radius = math.ceil(_BOUND_THRESHOLD * math.hypot(truth.height, truth.width))
    return np.count_nonzero(a & b) / union, _boundary_f(a, b, radius)


def region_boundary_series(truth: Sequence[Rle], predicted: Sequence[Rle]) -> np.ndarray:
    """Return float64 (T, 2): (J, F) of one object in every frame.

    Raises:
        ValueError: If the lengths or the image sizes differ.
    """
    if len(truth) != len(predicted):
        raise ValueError(f'{len(truth)} true frames but {len(predicted)} predicted ones.')
    return np.array([region_boundary(t, p) for t, p in zip(truth, predicted)]).reshape(-1, 2)


def evaluated_frames(
    truth: Sequence[Rle], predicted: Sequence[Rle], drop_ends: bool = True
) -> range:
    """Return the indices of the frames that enter an object's means; none if it is not scored.

    An object counts from the frame in which it is first seen, in truth or prediction: an early
    false mask brings its frames in. One that the truth never shows in these is not scored.

    Args:
        truth: Its true mask in every frame, empty where it is not seen.
        predicted: The masks of the track that stands for it, same length.
        drop_ends: Leave out the clip's first and last frame, as DAVIS and SA-V do.
    """
    frames = range(1, len(truth) - 1) if drop_ends else range(len(truth))
    first = next((i for i in frames if truth[i].area or predicted[i].area), frames.stop)
    seen = any(truth[i].area for i in frames)
    return range(first, frames.stop) if seen else range(0)


def _common_crop(a: Rle, b: Rle) -> tuple[np.ndarray, np.ndarray]:
    """Cut both masks to one window: both regions and a margin of one pixel for the boundary."""
    x0, y0 = max(min(a.x, b.x) - 1, 0), max(min(a.y, b.y) - 1, 0)
    x1 = min(max(a.x + a.roi_width, b.x + b.roi_width) + 1, a.width)
    y1 = min(max(a.y + a.roi_height, b.y + b.roi_height) + 1, a.height)
    return a.decode()[y0:y1, x0:x1], b.decode()[y0:y1, x0:x1]


def _boundary(mask: np.ndarray) -> np.ndarray:
    """Mark pixels that differ from their East, South or South-East neighbour (bool, same shape).

    Beyond the last row and column the mask is taken to continue.
    """
    padded = np.pad(mask, ((0, 1), (0, 1)), mode='edge')
    east, south, corner = padded[:-1, 1:], padded[1:, :-1], padded[1:, 1:]
    return (mask ^ east) | (mask ^ south) | (mask ^ corner)


@lru_cache(maxsize=8)
def _disk(radius: int) -> np.ndarray:
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    return (x * x + y * y <= radius * radius).astype(np.uint8)


def _boundary_f(truth: np.ndarray, predicted: np.ndarray, radius: int) -> float:
    edge_t, edge_p = _boundary(truth), _boundary(predicted)
    count_t, count_p = np.count_nonzero(edge_t), np.count_nonzero(edge_p)
    if not count_t or not count_p:
        return float(count_t == count_p)
    near_t = cv2.dilate(edge_t.view(np.uint8), _disk(radius)).view(bool)
    near_p = cv2.dilate(edge_p.view(np.uint8), _disk(radius)).view(bool)
    precision = np.count_nonzero(edge_p & near_t) / count_p
    recall = np.count_nonzero(edge_t & near_p) / count_t
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
