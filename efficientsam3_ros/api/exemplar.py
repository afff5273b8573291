"""Prompts that point at an example, in pixels."""

from __future__ import annotations

from collections.abc import Sequence
import math

import numpy as np

from efficientsam3_ros.core import Frame, Prompt, PromptError

Boxes = np.ndarray | Sequence[float] | Sequence[Sequence[float]]
"""One box (x0, y0, x1, y1) or several, pixels."""


def exemplar(
    concept: str,
    image: np.ndarray | Frame,
    boxes_xyxy: Boxes,
    negative_xyxy: Boxes = (),
    threshold: float = math.nan,
) -> Prompt:
    """Show by boxes what a concept looks like; the network looks at them in the next step.

    So the next picture that is given to ``Tracker.step`` should be the one of the boxes.

    Args:
        concept: Noun phrase, such as ``'mug'``.
        image: The picture, uint8 (H, W, 3), in whose pixels the boxes are.
        boxes_xyxy: One box (x0, y0, x1, y1) or several, each around one example.
        negative_xyxy: The same for what is not meant.
        threshold: Score from which a detection counts; NaN takes the tracker's.

    Raises:
        PromptError: If a box is empty or leaves the image, or the image is none.
    """
    rgb = image.rgb if isinstance(image, Frame) else np.asarray(image)
    if rgb.ndim not in (2, 3) or 0 in rgb.shape:
        raise PromptError(
            f'"{concept}": the image of an exemplar is an array (H, W, 3), not one of shape '
            f'{rgb.shape}.'
        )
    height, width = rgb.shape[:2]
    good, bad = (_fractions(concept, b, width, height) for b in (boxes_xyxy, negative_xyxy))
    labels = (1,) * len(good) + (0,) * len(bad)
    return Prompt(concept, threshold, boxes=(*good, *bad), box_labels=labels)


def _fractions(
    concept: str, boxes: Boxes, width: int, height: int
) -> list[tuple[float, float, float, float]]:
    """Return boxes (cx, cy, w, h) as fractions of the image."""
    try:
        corners = np.asarray(boxes, np.float64).reshape(-1, 4)
    except (TypeError, ValueError) as error:
        raise PromptError(
            f'"{concept}": a box is four numbers x0, y0, x1, y1 in pixels ({error}).'
        ) from None
    for x0, y0, x1, y1 in corners:
        if not (0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height):
            raise PromptError(
                f'"{concept}": the box ({x0:g}, {y0:g}, {x1:g}, {y1:g}) is not x0 < x1, y0 < y1 '
                f'inside the {width}x{height} image.'
            )
    low, high = corners[:, :2], corners[:, 2:]
    boxes_cxcywh = np.hstack([(low + high) / 2, high - low]) / (width, height, width, height)
    return [(cx, cy, w, h) for cx, cy, w, h in boxes_cxcywh.tolist()]
