"""Results as pictures, and as other libraries want them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efficientsam3_ros.api.result import StepResult
from efficientsam3_ros.core.pictures.overlay import draw_overlay

if TYPE_CHECKING:
    import supervision


def draw(rgb: np.ndarray, result: StepResult) -> np.ndarray:
    """Draw masks, outlines and captions such as ``red mug #3 0.87``; colours stay with the ids.

    Args:
        rgb: uint8 (H, W, 3), the result's source image; is not changed.
        result: From ``Tracker.step``.

    Returns:
        uint8 (H, W, 3), RGB; OpenCV writes ``drawn[..., ::-1]``.

    Raises:
        ValueError: If image and result have different sizes.
    """
    return draw_overlay(rgb, result.frame_result)


def to_supervision(result: StepResult) -> supervision.Detections:
    """Return the visible instances for Roboflow's supervision: its annotators, zones, sinks.

    Args:
        result: From ``Tracker.step``.

    Returns:
        Detections with boxes, masks, ``confidence``, ``tracker_id`` (track ids), ``class_id``
        (place among the prompts) and ``data['class_name']`` (concepts).

    Raises:
        ImportError: If supervision is not installed.
    """
    try:
        import supervision
    except ImportError as error:
        raise ImportError(
            f'to_supervision needs the package supervision ({error}): pip install supervision'
        ) from error
    count = len(result)
    return supervision.Detections(
        xyxy=np.array([item.box_xyxy for item in result], np.float32).reshape(count, 4),
        mask=np.array([item.mask for item in result], bool).reshape(count, *result.shape),
        confidence=np.array([item.score for item in result], np.float32),
        class_id=np.array([result.concepts.index(item.concept) for item in result], int),
        tracker_id=np.array([item.track_id for item in result], int),
        data={'class_name': np.array([item.concept for item in result], str)},
    )
