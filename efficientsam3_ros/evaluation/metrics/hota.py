"""HOTA: higher order tracking accuracy, of masks.

Luiten et al., "HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking" (IJCV 2021), as
TrackEval (JonathonLuiten/TrackEval) computes it. pHOTA of SAM 3 is the same with every
(video, phrase) pair as a sequence of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from efficientsam3_ros.evaluation.metrics.counts import Counts
from efficientsam3_ros.evaluation.metrics.frame_overlap import FrameOverlap

ALPHAS = np.arange(5, 100, 5) / 100
"""IoU thresholds .05, .10, ... .95."""

_EPS = np.finfo(float).eps


def _zeros() -> np.ndarray:
    return np.zeros(len(ALPHAS))


@dataclass(frozen=True, eq=False)
class HotaCounts(Counts):
    """Sums over sequences, each float64 (19,), see ``ALPHAS``.

    Attributes:
        tp: Matched pairs.
        fn: True masks without a partner.
        fp: Predicted masks without a partner.
        association: Sum over the matched pairs of their tracks' association accuracy.
    """

    tp: np.ndarray = field(default_factory=_zeros)
    fn: np.ndarray = field(default_factory=_zeros)
    fp: np.ndarray = field(default_factory=_zeros)
    association: np.ndarray = field(default_factory=_zeros)

    @classmethod
    def of(cls, frames: Sequence[FrameOverlap]) -> HotaCounts:
        """Count one sequence: all frames of one phrase, in any order."""
        rows = _index(n for frame in frames for n in frame.objects)
        columns = _index(n for frame in frames for n in frame.tracks)
        places = [
            (
                np.array([rows[n] for n in f.objects], int),
                np.array([columns[n] for n in f.tracks], int),
            )
            for f in frames
        ]
        count_g, count_p, alignment = _alignment(frames, places, len(rows), len(columns))
        matches = np.zeros((len(ALPHAS), len(rows), len(columns)))
        for frame, (r, c) in zip(frames, places):
            i, j = linear_sum_assignment(alignment[np.ix_(r, c)] * frame.iou, maximize=True)
            matches[:, r[i], c[j]] += frame.iou[i, j] >= ALPHAS[:, None] - _EPS
        pooled = np.maximum(1, count_g[:, None] + count_p[None] - matches)
        tp = matches.sum(axis=(1, 2))
        association = (matches * (matches / pooled)).sum(axis=(1, 2))
        return cls(tp, count_g.sum() - tp, count_p.sum() - tp, association)

    @property
    def hota(self) -> float:
        """Mean over the thresholds of sqrt(DetA x AssA), 0..1; NaN without any mask."""
        return self._mean(np.sqrt(self._deta() * self._assa()))

    @property
    def deta(self) -> float:
        """Detection accuracy, mean over the thresholds, 0..1; NaN without any mask."""
        return self._mean(self._deta())

    @property
    def assa(self) -> float:
        """Association accuracy, mean over the thresholds, 0..1; NaN without any mask."""
        return self._mean(self._assa())

    def _deta(self) -> np.ndarray:
        return self.tp / np.maximum(1, self.tp + self.fn + self.fp)

    def _assa(self) -> np.ndarray:
        return self.association / np.maximum(1, self.tp)

    def _mean(self, values: np.ndarray) -> float:
        some = self.tp[0] + self.fn[0] + self.fp[0]
        return float(values.mean()) if some else float('nan')


def _index(numbers: Iterable[int]) -> dict[int, int]:
    return {number: place for place, number in enumerate(dict.fromkeys(numbers))}


def _alignment(
    frames: Sequence[FrameOverlap], places: Sequence[tuple[np.ndarray, np.ndarray]], g: int, p: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return frames of each object (g,), of each track (p,), and their soft overlap (g, p)."""
    count_g, count_p, common = np.zeros(g), np.zeros(p), np.zeros((g, p))
    for frame, (r, c) in zip(frames, places):
        iou = frame.iou
        total = iou.sum(axis=0)[None] + iou.sum(axis=1)[:, None] - iou
        common[np.ix_(r, c)] += np.divide(iou, total, out=np.zeros_like(iou), where=total > _EPS)
        count_g[r] += 1
        count_p[c] += 1
    return count_g, count_p, common / np.maximum(count_g[:, None] + count_p[None] - common, _EPS)
