"""Answers about pixels of which the truth says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from efficientsam3_ros.core import FrameResult, Rle

MOST_UNLABELED = 0.5
"""Share of a mask's pixels up to which it is still scored."""


def without_unlabeled(
    results: Sequence[FrameResult | None], unlabeled: Sequence[Rle]
) -> tuple[FrameResult | None, ...]:
    """Return results without the masks that lie mostly where nothing is labeled.

    Args:
        results: One entry a frame.
        unlabeled: Pixels of each frame of which the truth says nothing.

    Raises:
        ValueError: If there are not as many, or of another size.
    """
    return tuple(
        result if result is None else _judged(result, silent)
        for result, silent in zip(results, unlabeled, strict=True)
    )


def left_out(before: Sequence[FrameResult | None], after: Sequence[FrameResult | None]) -> int:
    """Return how many answers ``without_unlabeled`` took away."""
    return sum(
        len(first.instances) - len(second.instances)
        for first, second in zip(before, after)
        if first is not None and second is not None
    )


def _judged(result: FrameResult, silent: Rle) -> FrameResult:
    if (result.height, result.width) != (silent.height, silent.width):
        raise ValueError(
            f'The result is {result.width}x{result.height}, the unlabeled pixels '
            f'{silent.width}x{silent.height}; score at the resolution of the truth.'
        )
    if not silent.area:
        return result
    pixels = silent.decode()
    kept = tuple(
        item
        for item in result.instances
        if np.count_nonzero(item.mask.crop() & pixels[item.mask.roi_slices()])
        <= MOST_UNLABELED * item.area
    )
    return replace(result, instances=kept)
