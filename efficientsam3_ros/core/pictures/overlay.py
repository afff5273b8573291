"""Drawing a result over its image, for people to look at."""

from __future__ import annotations

import colorsys

import cv2
import numpy as np

from efficientsam3_ros.core.instance import FrameResult, Instance

OPACITY = 0.45
GOLDEN_RATIO = 0.618033988749895
FONT = cv2.FONT_HERSHEY_SIMPLEX

Color = tuple[int, int, int]


def track_color(track_id: int) -> Color:
    """Return an RGB colour, 0..255, that stays with the id; neighbouring ids differ clearly."""
    hue = track_id * GOLDEN_RATIO % 1.0
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.8, 1.0)
    return round(255 * red), round(255 * green), round(255 * blue)


def draw_overlay(rgb: np.ndarray, result: FrameResult) -> np.ndarray:
    """Draw translucent masks, outlines and captions such as ``red mug #3 0.87``.

    Args:
        rgb: uint8 (H, W, 3), the result's source image; is not changed.
        result: What to draw; instances without mask pixels are left out.

    Returns:
        uint8 (H, W, 3), RGB.

    Raises:
        ValueError: If image and result have different sizes.
    """
    if rgb.shape[:2] != (result.height, result.width):
        raise ValueError(
            f'The image is {rgb.shape[1]}x{rgb.shape[0]}, the result belongs to one of '
            f'{result.width}x{result.height}; draw it over its own source image.'
        )
    canvas = np.array(rgb, order='C')
    visible = [item for item in result.instances if item.area]
    # The higher score is drawn later, as it owns the pixel in the label image.
    for item in sorted(visible, key=lambda i: i.score):
        _draw_mask(canvas, item)
    for item in visible:
        _draw_caption(canvas, item)
    return canvas


def _draw_mask(canvas: np.ndarray, item: Instance) -> None:
    color = track_color(item.track_id)
    crop = item.mask.crop()
    region = canvas[item.mask.roi_slices()]
    blend = region[crop] * (1 - OPACITY) + np.array(color) * OPACITY
    region[crop] = blend.astype(np.uint8)
    contours, _ = cv2.findContours(
        crop.astype(np.uint8),
        cv2.RETR_CCOMP,
        cv2.CHAIN_APPROX_NONE,
        offset=(item.mask.x, item.mask.y),
    )
    cv2.drawContours(canvas, contours, -1, color, max(1, canvas.shape[0] // 360))


def _draw_caption(canvas: np.ndarray, item: Instance) -> None:
    height, width = canvas.shape[:2]
    scale = max(0.35, height / 960)
    thickness = max(1, round(scale))
    # OpenCV's fonts hold ASCII only.
    concept = item.concept.encode('ascii', 'replace').decode()
    text = f'{concept} #{item.track_id} {item.score:.2f}'
    (text_width, text_height), below = cv2.getTextSize(text, FONT, scale, thickness)
    left = max(0, min(item.mask.x, width - text_width))
    base = min(max(item.mask.y - below, text_height + 1), height - below)
    corner = (left + text_width, base + below)
    cv2.rectangle(canvas, (left, base - text_height - 1), corner, (0, 0, 0), cv2.FILLED)
    color = track_color(item.track_id)
    cv2.putText(canvas, text, (left, base), FONT, scale, color, thickness, cv2.LINE_AA)
