"""Masks of one concept over a sequence, by id."""

from __future__ import annotations

from collections.abc import Sequence

from efficientsam3_ros.core import FrameResult, Rle

Masks = dict[int, Rle]
"""Id to mask, non-empty ones only."""


def masks_by_id(results: Sequence[FrameResult | None], concept: str) -> list[Masks | None]:
    """Return the visible masks of each frame; None where there is no result.

    An id that appears twice in a frame is a fault of the tracker. The first instance keeps it;
    each further one counts as a track of its own, with a negative id that never returns: an id
    that does not tell two objects apart identifies neither.

    Args:
        results: One entry a frame.
        concept: The phrase; '' stands for all instances whatever they are called.
    """
    frames: list[Masks | None] = []
    surplus = 0
    for result in results:
        found: Masks = {}
        for item in result.instances if result else ():
            if item.area and (not concept or item.concept == concept):
                number = item.track_id
                if number in found:
                    surplus += 1
                    number = -surplus
                found[number] = item.mask
        frames.append(None if result is None else found)
    return frames
