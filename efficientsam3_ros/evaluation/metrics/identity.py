"""Do ids stay on their objects? CLEAR-MOT matching and its counts.

Bernardin and Stiefelhagen, "Evaluating Multiple Object Tracking Performance: The CLEAR MOT
Metrics" (2008), with mask IoU as the distance, as TrackEval (JonathonLuiten/TrackEval) counts
them. One phrase is one matcher.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from efficientsam3_ros.evaluation.metrics.counts import Counts
from efficientsam3_ros.evaluation.metrics.frame_overlap import FrameOverlap

MATCH_IOU = 0.5
"""Mask IoU from which a track stands for an object."""

_MOSTLY_TRACKED, _MOSTLY_LOST = 0.8, 0.2


@dataclass(frozen=True)
class IdentityCounts(Counts):
    """Sums over frames; add two of them to join clips.

    Attributes:
        switches: Times a true object was matched by another track than the last one.
        matches: (frame, object) pairs that were found.
        misses: Pairs that were not.
        false_positives: Predicted masks without a true object.
        fragmentations: Times an object was matched, missed while in view, and matched again.
        mostly_tracked: Objects matched in more than 80 % of the frames in which they are in view.
        partly_tracked: Objects in between.
        mostly_lost: Objects matched in less than 20 %.
    """

    switches: int = 0
    matches: int = 0
    misses: int = 0
    false_positives: int = 0
    fragmentations: int = 0
    mostly_tracked: int = 0
    partly_tracked: int = 0
    mostly_lost: int = 0

    @property
    def mota(self) -> float:
        """Multi-object tracking accuracy, 1 at best, NaN without a true object."""
        truths = self.matches + self.misses
        errors = self.switches + self.misses + self.false_positives
        return 1 - errors / truths if truths else float('nan')


@dataclass
class _Life:
    """What became of one true object so far."""

    seen: int = 0
    matched: int = 0
    interrupted: bool = False


class IdentityMatcher:
    """Follows one phrase through one clip.

    Attributes:
        pairs: Object id to the track that was matched in the last frame.
        switched: Objects that changed their track in the last frame.
    """

    def __init__(self) -> None:
        self._last: dict[int, int] = {}
        self._previous: dict[int, int] = {}
        self._lives: dict[int, _Life] = {}
        self.pairs: dict[int, int] = {}
        self.switched: frozenset[int] = frozenset()

    def step(self, frame: FrameOverlap) -> IdentityCounts:
        """Match one frame's visible tracks with the objects in view."""
        pairs = self._match(frame)
        self.switched = frozenset(o for o, t in pairs.items() if self._last.get(o, t) != t)
        fragmentations = self._live(frame, pairs)
        self._last.update(pairs)
        if frame.objects and frame.tracks:
            # As in TrackEval, a frame in which one side is empty leaves the preference as it is.
            self._previous = pairs
        self.pairs = pairs
        found = len(pairs)
        return IdentityCounts(
            switches=len(self.switched),
            matches=found,
            misses=len(frame.objects) - found,
            false_positives=len(frame.tracks) - found,
            fragmentations=fragmentations,
        )

    def lifetimes(self) -> IdentityCounts:
        """Count the objects so far by how much of their time they were tracked."""
        shares = [life.matched / life.seen for life in self._lives.values()]
        tracked = sum(share > _MOSTLY_TRACKED for share in shares)
        lost = sum(share < _MOSTLY_LOST for share in shares)
        return IdentityCounts(
            mostly_tracked=tracked,
            partly_tracked=len(shares) - tracked - lost,
            mostly_lost=lost,
        )

    def _match(self, frame: FrameOverlap) -> dict[int, int]:
        objects, ids = frame.objects, frame.tracks
        iou = frame.iou
        iou[iou < MATCH_IOU] = 0
        # CLEAR-MOT keeps a still valid pair before it looks for the best total: more than all
        # IoU together makes the assignment do so.
        kept = np.array([[self._previous.get(o) == t for t in ids] for o in objects], bool)
        weight = iou + 2 * len(objects) * (kept.reshape(iou.shape) & (iou > 0))
        rows, columns = linear_sum_assignment(weight, maximize=True)
        return {objects[r]: ids[c] for r, c in zip(rows, columns) if iou[r, c] > 0}

    def _live(self, frame: FrameOverlap, pairs: Mapping[int, int]) -> int:
        """Note who was matched; return how many objects came back after an interruption."""
        returned = 0
        for number in frame.objects:
            life = self._lives.setdefault(number, _Life())
            life.seen += 1
            if number in pairs:
                returned += life.interrupted
                life.matched += 1
            life.interrupted = bool(life.matched) and number not in pairs
        return returned
