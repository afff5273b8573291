"""Words on a panel, in the scalable font that Pillow brings along."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from efficientsam3_ros.simulation.packs.mesh import AssetError
from efficientsam3_ros.simulation.prints.artwork.panel import Color, Panel

_SIZES = (16, 32, 64, 112)
# Words are squeezed or widened this far to fill the room they have.
_NARROWEST, _WIDEST = 0.72, 1.18

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Lettering:
    """How words look.

    Attributes:
        weight: Extra boldness, as a share of the size.
        slant: Lean to the right, x per y.
        arch: How far the middle is raised, as a share of the words' height.
        outline: Color around the letters, or None.
        shadow: Color of a shadow to the lower right, or None.
    """

    weight: float = 0.0
    slant: float = 0.0
    arch: float = 0.0
    outline: Color | None = None
    shadow: Color | None = None


def write(
    panel: Panel,
    words: str,
    box: Box,
    color: Color,
    style: Lettering = Lettering(),
    upright: bool = True,
) -> None:
    """Write words as large as they fit into a box.

    Args:
        panel: Where.
        words: One line.
        box: Left, top, right and bottom, in units.
        color: Of the letters.
        style: Their look.
        upright: Or read from bottom to top, as on the back of a book.
    """
    scale = panel.scale
    room = np.array([box[2] - box[0], box[3] - box[1]]) * scale
    if not upright:
        room = room[::-1]
    if room.min() < 4:
        return
    stretch = float(scale[0] / scale[1])
    mask = _fitted(words, room, stretch if upright else 1 / stretch, style)
    if not upright:
        mask = np.ascontiguousarray(np.rot90(mask))
    center = np.array([box[0] + box[2], box[1] + box[3]]) / 2 * scale
    left, top = (int(v) for v in np.round(center - np.array(mask.shape[1::-1]) / 2))
    step = max(1, mask.shape[0] // 16)
    if style.shadow is not None:
        panel.tint(mask, left + step, top + step, style.shadow)
    if style.outline is not None:
        wide = np.ones((2 * step + 1, 2 * step + 1), np.uint8)
        padded = cv2.copyMakeBorder(mask, *(step,) * 4, cv2.BORDER_CONSTANT)
        panel.tint(cv2.dilate(padded, wide), left - step, top - step, style.outline)
    panel.tint(mask, left, top, color)


def _fitted(words: str, room: np.ndarray, stretch: float, style: Lettering) -> np.ndarray:
    """Return the letters' mask, no larger than ``room`` (w, h) pixels."""
    size = next((s for s in _SIZES if s >= 0.8 * room[1]), _SIZES[-1])
    mask = _bent(_letters(words, size, round(style.weight * size)), style)
    natural = stretch * mask.shape[1] / mask.shape[0]
    height = min(room[1], room[0] / (natural * _NARROWEST))
    width = min(room[0], height * natural * _WIDEST)
    target = (max(2, round(width)), max(2, round(height)))
    return cv2.resize(mask, target, interpolation=cv2.INTER_AREA)


def _bent(mask: np.ndarray, style: Lettering) -> np.ndarray:
    height, width = mask.shape
    if not style.slant and not style.arch:
        return mask
    lean, rise = style.slant * height, abs(style.arch) * height
    size = (round(width + lean), round(height + rise))
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    middle = 1 - (2 * x / size[0] - 1) ** 2
    drop = rise * (1 - middle if style.arch >= 0 else middle)
    source_y = y - drop
    source_x = x - lean * (1 - source_y / height)
    return cv2.remap(
        mask, source_x.astype(np.float32), source_y.astype(np.float32), cv2.INTER_LINEAR
    )


@lru_cache(maxsize=512)
def _letters(words: str, size: int, stroke: int) -> np.ndarray:
    font = _font(size)
    left, top, right, bottom = font.getbbox(words, stroke_width=stroke)
    image = Image.new('L', (max(1, int(right - left)), max(1, int(bottom - top))))
    ImageDraw.Draw(image).text((-left, -top), words, 255, font, stroke_width=stroke)
    return np.asarray(image)


@lru_cache(maxsize=len(_SIZES))
def _font(size: int) -> ImageFont.FreeTypeFont:
    try:
        font = ImageFont.load_default(size)
    except (TypeError, ImportError) as error:
        raise AssetError(
            "pack='printed' needs Pillow 10.1 or newer with FreeType: pip install -U pillow"
        ) from error
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise AssetError("pack='printed' needs Pillow with FreeType: pip install -U pillow")
    return font
