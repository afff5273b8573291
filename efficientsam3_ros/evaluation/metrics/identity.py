"""Do ids stay on their objects? CLEAR-MOT matching and identity switches.

Bernardin and Stiefelhagen, "Evaluating Multiple Object Tracking Performance: The CLEAR MOT
Metrics" (2008), with mask IoU as the distance. One phrase is one matcher.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.evaluation.metrics.mask_iou import iou_matrix

MATCH_IOU = 0.5


@dataclass(frozen=True)
class IdentityCounts:
    """Sums over frames; add two of them to join clips.

    Attributes:
        switches: Times a true object was matched by another track than the last one.
        matches: (frame, object) pairs that were found.
        misses: Pairs that were not.
        false_positives: Predicted masks without a true object.
    """

    switches: int = 0
    matches: int = 0
    misses: int = 0
    false_positives: int = 0

    def __add__(self, other: IdentityCounts) -> IdentityCounts:
        return IdentityCounts(
            self.switches + other.switches,
            self.matches + other.matches,
            self.misses + other.misses,
            self.false_positives + other.false_positives,
        )

    @property
    def mota(self) -> float:
        """Multi-object tracking accuracy, 1 at best, NaN without a true object."""
        truths = self.matches + self.misses
        errors = self.switches + self.misses + self.false_positives
        return 1 - errors / truths if truths else float('nan')


class IdentityMatcher:
    """Follows one phrase through one clip.

    Args:
        match_iou: Mask IoU from which a track stands for an object, 0..1.
    """

    def __init__(self, match_iou: float = MATCH_IOU) -> None:
        self._match_iou = match_iou
        self._last: dict[int, int] = {}

    def step(self, truth: Mapping[int, Rle], tracks: Mapping[int, Rle]) -> IdentityCounts:
        """Match one frame.

        Args:
            truth: True object id to mask, objects in view only.
            tracks: Track id to mask, visible tracks only.
        """
        objects, ids = list(truth), list(tracks)
        iou = iou_matrix([truth[o] for o in objects], [tracks[t] for t in ids])
        iou[iou < self._match_iou] = 0
        pairs = self._match(iou, objects, ids)
        switches = sum(self._last.get(o, t) != t for o, t in pairs.items())
        self._last.update(pairs)
        return IdentityCounts(
            switches, len(pairs), len(objects) - len(pairs), len(ids) - len(pairs)
        )

    def _match(self, iou: np.ndarray, objects: list[int], ids: list[int]) -> dict[int, int]:
        # CLEAR-MOT keeps a still valid pair before it looks for the best total: one above any
        # IoU makes the assignment do so.
        bonus = np.array([[self._last.get(o) == t for t in ids] for o in objects], bool)
        weight = iou + 2 * len(objects) * (bonus.reshape(iou.shape) & (iou > 0))
        rows, columns = linear_sum_assignment(weight, maximize=True)
        return {objects[r]: ids[c] for r, c in zip(rows, columns) if iou[r, c] > 0}
