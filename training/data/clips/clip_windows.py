"""Which moments of a simulated film are worth training a memory on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SEEN = 0.002
"""Share of the image from which an object counts as seen."""
GONE = 0.0003
"""Share of the image below which it counts as gone; between the two nothing is counted."""
_RETURN_WORTH = 3.0
_LOSS_WORTH = 1.0
_COVER_WORTH = 0.5


def visible_shares(ids: np.ndarray, objects: int) -> np.ndarray:
    """Return float64 (objects,): the share of the image of ids 1 to ``objects``."""
    return np.bincount(ids.ravel(), minlength=objects + 1)[1 : objects + 1] / ids.size


def interest(shares: np.ndarray) -> float:
    """Say how much a clip tests a memory: objects that come back, get lost, or get covered.

    Args:
        shares: (F, N) visible share of the image of each object.
    """
    return float(sum(_interest(column) for column in shares.T))


def _interest(shares: np.ndarray) -> float:
    worth, state, largest = 0.0, '', 0.0
    covered = False
    for share in shares:
        if share >= SEEN:
            worth += _RETURN_WORTH if state == 'gone' else 0.0
            state, largest = 'seen', max(largest, share)
            covered |= share < 0.5 * largest
        elif share < GONE and state == 'seen':
            worth += _LOSS_WORTH
            state = 'gone'
    return worth + _COVER_WORTH * covered


def choose_windows(
    shares: np.ndarray,
    rng: np.random.Generator,
    count: int,
    frames: int,
    strides: Sequence[int],
) -> list[range]:
    """Choose clips of one film: the most eventful ones, the last an ordinary one.

    Args:
        shares: (F, N) visible share of each object in every frame of the film.
        rng: Draws the candidates.
        count: Number of clips.
        frames: Frames of a clip.
        strides: Possible distances of its frames in the film.

    Returns:
        Numbers of their frames in the film.

    Raises:
        ValueError: If the film is shorter than a clip.
    """
    candidates: list[range] = []
    for stride in strides:
        last = len(shares) - (stride * (frames - 1) + 1)
        if last >= 0:
            starts = rng.integers(0, last + 1, 8).tolist()
            candidates += [range(start, start + stride * frames, stride) for start in starts]
    if not candidates:
        raise ValueError(f'A film of {len(shares)} frames holds no clip of {frames}.')
    chosen: list[range] = []
    while len(chosen) < count - 1:
        chosen.append(max(candidates, key=lambda w: _worth(w, shares, chosen)))
    return [*chosen, candidates[int(rng.integers(len(candidates)))]]


def _worth(window: range, shares: np.ndarray, chosen: list[range]) -> float:
    """Interest, less for what was chosen already."""
    fresh = sum(not any(index in other for other in chosen) for index in window) / len(window)
    return fresh * interest(shares[list(window)])
