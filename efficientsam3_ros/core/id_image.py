"""Ground truth of a phrase, from an image of object ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
import math

import numpy as np

from efficientsam3_ros.core import FrameResult, Instance, Rle, TrackState

MIN_AREA = 0.001
"""Share of the image that an object must cover to count as in view."""

_IDS_OF_A_CONCEPT = 1000


def object_masks(ids: np.ndarray) -> dict[int, Rle]:
    """Cut an id image into masks.

    Args:
        ids: uint16 (H, W), 0 = background.

    Returns:
        Object id to its visible pixels, ascending, at least one pixel each.
    """
    numbers = map(int, np.flatnonzero(np.bincount(ids.ravel())))
    return {number: Rle.encode(ids == number) for number in numbers if number}


def true_instance(track_id: int, concept: str, mask: Rle) -> Instance:
    """Return an instance as the truth sees it: certain, and in view."""
    label = min(track_id, 65534)
    state = TrackState.TRACKED
    return Instance(track_id, label, concept, 1.0, mask, state, mask_quality=math.nan)


def phrase_truth(
    masks: Mapping[int, Rle],
    phrases: Mapping[int, Iterable[str]],
    phrase: str,
    min_area: float = MIN_AREA,
) -> dict[int, Rle]:
    """Return the objects that answer a phrase and are in view.

    Args:
        masks: From ``object_masks``.
        phrases: Object id to every phrase that is true of it.
        phrase: The concept.
        min_area: Share of the image below which an object does not count.
    """
    return {
        number: mask
        for number, mask in masks.items()
        if phrase in phrases[number] and mask.area >= min_area * mask.height * mask.width
    }


def truth_result(
    masks: Mapping[int, Rle],
    phrases: Mapping[int, Iterable[str]],
    concepts: Sequence[str],
    size: tuple[int, int],
    stamp_ns: int,
    frame_id: str,
    min_area: float = MIN_AREA,
) -> FrameResult:
    """Return the truth of one frame in the form of a tracker's result.

    An object keeps its track id over the clip. One that answers several concepts appears once
    under each, with ids 1000 apart.

    Args:
        masks: From ``object_masks``.
        phrases: Object id to every phrase that is true of it.
        concepts: What is asked for.
        size: Image (height, width), pixels.
        stamp_ns: The image's stamp.
        frame_id: The image's coordinate frame.
        min_area: Share of the image below which an object does not count.
    """
    instances = []
    for index, concept in enumerate(concepts):
        for number, mask in phrase_truth(masks, phrases, concept, min_area).items():
            instances.append(true_instance(number + _IDS_OF_A_CONCEPT * index, concept, mask))
    return FrameResult(stamp_ns, frame_id, *size, 1, tuple(instances))
