"""SAM 3's tracker as the video half of a student."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from efficientsam3_ros.model.image.neck_sam3 import pyramid
from efficientsam3_ros.model.memory.config import MemoryConfig
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.weights.keys.image_keys import OUR_TRACKER_LEVELS
from efficientsam3_ros.model.weights.keys.key_rules import key_table
from efficientsam3_ros.model.weights.keys.tracker_keys import TRACKER_RULES, unread_reason
from efficientsam3_ros.model.weights.placement import place, shapes_of
from efficientsam3_ros.model.weights.report import Report


def convert_tracker(
    tracker: Mapping[str, Tensor], config: MemoryConfig
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Convert SAM 3's tracker strictly.

    Args:
        tracker: Canonical keys of the tracker and of its neck, as
            :class:`~efficientsam3_ros.model.weights.conversion.Conversion` keeps them.
        config: The video half: a dense memory of SAM 3's widths.

    Returns:
        The state of :class:`VideoMemory`, and the keys of a student that make its levels.

    Raises:
        IncompleteError: If keys are missing, unknown, of another shape or not finite.
    """
    levels = shapes_of(lambda: pyramid(config.width))
    neck = {f'{OUR_TRACKER_LEVELS}.{key}': shape for key, shape in levels.items()}
    shapes = shapes_of(lambda: VideoMemory(config)) | neck
    table = key_table(TRACKER_RULES, shapes)
    origin = dict.fromkeys(tracker, "SAM 3's tracker")
    state = place(tracker, table, shapes, unread_reason, origin, Report())
    return {k: state[k] for k in state if k not in neck}, {key: state[key] for key in neck}
