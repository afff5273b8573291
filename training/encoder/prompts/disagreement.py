"""Where a student and its teacher disagree, and the point that says so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Correction:
    """A point where two masks differ.

    Attributes:
        x: 0..1 of the picture.
        y: 0..1 of the picture.
        label: 1 where the student misses what the teacher sees, 0 where it sees more.
    """

    x: float
    y: float
    label: int


def corrections(
    found: np.ndarray, wanted: np.ndarray, least: int, rng: np.random.Generator
) -> list[Correction | None]:
    """Draw a point of each pair of masks from the pixels in which they differ, all alike.

    Args:
        found: bool (K, h, w), the student's masks.
        wanted: bool (K, h, w), the teacher's.
        least: Pixels that must differ; below there is nothing to correct.
        rng: Draws; as often for each mask, whatever the masks are.

    Returns:
        K points, None where too few pixels differ.
    """
    draws = rng.random(len(found))
    return [_of(f, w, least, float(d)) for f, w, d in zip(found, wanted, draws)]


def _of(found: np.ndarray, wanted: np.ndarray, least: int, draw: float) -> Correction | None:
    places = np.flatnonzero(found != wanted)
    if len(places) < max(1, least):
        return None
    height, width = found.shape
    row, column = divmod(int(places[int(draw * len(places))]), width)
    return Correction((column + 0.5) / width, (row + 0.5) / height, int(wanted[row, column]))
