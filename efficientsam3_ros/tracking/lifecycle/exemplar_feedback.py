"""Exemplars that an operator puts on objects which are tracked already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from efficientsam3_ros.core import Prompt
from efficientsam3_ros.tracking.cropped_mask import CroppedMask
from efficientsam3_ros.tracking.prompts.prompt_set import concept_key
from efficientsam3_ros.tracking.track import Track


def exemplar_feedback(
    new: Iterable[Prompt],
    old: Iterable[Prompt],
    renamed: Mapping[str, str],
    tracks: Iterable[Track],
) -> Mapping[int, bool]:
    """Find the tracks on which new exemplars lie.

    Args:
        new: Prompts that are asked for.
        old: Prompts in force, whose exemplars had their effect already.
        renamed: Concept keys of some of them to those that they have now.
        tracks: Tracks with masks of the frame that the operator saw.

    Returns:
        Track id to whether the exemplar affirms the track (True) or denies it (False). An
        exemplar concerns visible tracks of its own concept whose mask holds the point, or the
        middle of the box; a denial outweighs.
    """
    known = {}
    for prompt in old:
        key = concept_key(prompt.concept)
        known[renamed.get(key, key)] = _marks(prompt)
    found: dict[int, bool] = {}
    visible = [track for track in tracks if track.visible]
    for prompt in new:
        key = concept_key(prompt.concept)
        for x, y, positive in _marks(prompt) - known.get(key, set()):
            for track in visible:
                if track.key == key and _holds(track.region, x, y):
                    found[track.track_id] = positive and found.get(track.track_id, True)
    return found


def _marks(prompt: Prompt) -> set[tuple[float, float, bool]]:
    """Return points and middles of boxes as (x, y, positive), fractions of the image."""
    boxes = {(b[0], b[1], label == 1) for b, label in zip(prompt.boxes, prompt.box_labels)}
    return boxes | {
        (x, y, label == 1) for (x, y), label in zip(prompt.points, prompt.point_labels)
    }


def _holds(region: CroppedMask, x: float, y: float) -> bool:
    column = min(int(x * region.width), region.width - 1) - region.x
    row = min(int(y * region.height), region.height - 1) - region.y
    rows, columns = region.bits.shape
    return 0 <= row < rows and 0 <= column < columns and bool(region.bits[row, column])
