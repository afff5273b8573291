"""Which truth belongs to which frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Pairing:
    """Frames and truth by stamps.

    Attributes:
        partners: int64 (N,), for each frame the index of its truth, -1 if it has none.
        unused: Truth entries without a frame.
        moved: Pairs whose stamps differ.
    """

    partners: np.ndarray
    unused: int
    moved: int

    def notes(self) -> tuple[str, ...]:
        """Return sentences on what does not pair."""
        alone = int(np.count_nonzero(self.partners < 0))
        total = len(self.partners)
        notes = []
        if alone:
            notes.append(f'{alone} of {total} frames have no truth and are not scored.')
        if self.unused:
            notes.append(f'{self.unused} entries of the truth have no frame and are not used.')
        if self.moved:
            notes.append(f'{self.moved} pairs differ in their stamps, within the tolerance.')
        return tuple(notes)


def pair(frames: np.ndarray, truth: np.ndarray, tolerance_ns: int = 0) -> Pairing:
    """Pair each frame with the nearest truth, each truth at most once.

    Args:
        frames: int64 (N,), stamps, ascending.
        truth: int64 (M,), stamps, ascending.
        tolerance_ns: Greatest difference of a pair; 0 pairs equal stamps only.
    """
    partners = np.full(len(frames), -1, np.int64)
    distances = np.zeros(len(frames), np.int64)
    if len(frames) and len(truth):
        behind = np.searchsorted(frames, truth).clip(0, len(frames) - 1)
        before = (behind - 1).clip(0)
        nearer = np.abs(truth - frames[before]) <= np.abs(truth - frames[behind])
        nearest = np.where(nearer, before, behind)
        for index, frame in enumerate(nearest.tolist()):
            distance = abs(int(truth[index]) - int(frames[frame]))
            free = partners[frame] < 0 or distance < distances[frame]
            if distance <= tolerance_ns and free:
                partners[frame], distances[frame] = index, distance
    used = int(np.count_nonzero(partners >= 0))
    return Pairing(partners, len(truth) - used, int(np.count_nonzero(distances)))
