"""One picture that shows a whole clip."""

from __future__ import annotations

import math

import cv2
import numpy as np

COLUMNS = 4
TILE_WIDTH = 400
_FONT = cv2.FONT_HERSHEY_SIMPLEX


class ContactSheet:
    """Keeps evenly spaced pictures of a stream of unknown length, in bounded memory.

    Args:
        tiles: Most pictures on the sheet.
    """

    def __init__(self, tiles: int = 12) -> None:
        self._tiles = tiles
        self._every = 1
        self._seen = 0
        self._kept: list[tuple[np.ndarray, str]] = []

    def add(self, rgb: np.ndarray, caption: str) -> None:
        """Offer the next picture, uint8 (H, W, 3), with an ASCII caption."""
        if self._seen % self._every == 0:
            height = max(1, round(rgb.shape[0] * TILE_WIDTH / rgb.shape[1]))
            tile = cv2.resize(rgb, (TILE_WIDTH, height), interpolation=cv2.INTER_AREA)
            self._kept.append((np.asarray(tile), caption))
            if len(self._kept) > 2 * self._tiles:
                self._kept = self._kept[::2]
                self._every *= 2
        self._seen += 1

    def image(self) -> np.ndarray:
        """Return the sheet, uint8 (H, W, 3) RGB; tiles in reading order.

        Raises:
            ValueError: If no picture was added.
        """
        if not self._kept:
            raise ValueError('A contact sheet needs at least one picture.')
        count = min(self._tiles, len(self._kept))
        chosen = [self._kept[round(i)] for i in np.linspace(0, len(self._kept) - 1, count)]
        height = max(tile.shape[0] for tile, _ in chosen)
        columns = min(COLUMNS, count)
        shape = (math.ceil(count / columns) * height, columns * TILE_WIDTH, 3)
        sheet = np.zeros(shape, np.uint8)
        for index, (tile, caption) in enumerate(chosen):
            row, column = divmod(index, columns)
            top, left = row * height, column * TILE_WIDTH
            sheet[top : top + tile.shape[0], left : left + TILE_WIDTH] = tile
            _write(sheet, caption, left + 6, top + height - 8)
        return sheet


def _write(image: np.ndarray, text: str, x: int, y: int) -> None:
    for color, thickness in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        cv2.putText(image, text, (x, y), _FONT, 0.5, color, thickness, cv2.LINE_AA)
