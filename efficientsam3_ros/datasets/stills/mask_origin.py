"""How a model came to a mask."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MaskOrigin:
    """Origin of a mask that nobody drew, as SA-1B tells it.

    Attributes:
        points: (x, y) of the clicks that the model was prompted with, pixels.
        crop: (x0, y0, x1, y1) of the part of the picture that it saw, pixels.
        predicted_iou: The model's own estimate of the mask's IoU, about 0..1.
        stability: IoU of the masks of a lower and a higher threshold, 0..1.
    """

    points: tuple[tuple[float, float], ...]
    crop: tuple[float, float, float, float]
    predicted_iou: float
    stability: float
