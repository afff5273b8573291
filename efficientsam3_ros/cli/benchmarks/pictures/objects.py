"""Contact sheets: an image of each scene with masks, the node's boxes and the true ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from efficientsam3_ros.core.intrinsics import Intrinsics
from efficientsam3_ros.core.pictures.overlay import Color, draw_overlay, track_color
from efficientsam3_ros.core.writing.picture_file import write_picture
from efficientsam3_ros.scene3d import OrientedBox
from efficientsam3_ros.scene3d.box.oriented_box import EDGES

if TYPE_CHECKING:
    from efficientsam3_ros.evaluation.objects.measure import Measured
    from efficientsam3_ros.harness.objects_scene import Played

COLUMNS, TILE = 4, 480
_CAPTION = 22
_TRUE = (255, 255, 255)
_NEAREST_M = 0.05


class ObjectPictures:
    """Collects one picture a scene and kind of camera; ``finish`` writes the sheets.

    Args:
        folder: Where they go.

    Attributes:
        names: Of the files that are written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tiles: dict[str, list[np.ndarray]] = {}
        self.names: list[str] = []

    def add(self, noise: bool, played: Played, measured: Measured, camera: Intrinsics) -> None:
        """Draw an image; its key ends with its stamp."""
        stamp = measured.key[-1]
        picture = draw_image(played, measured, stamp, camera)
        height = round(TILE * picture.shape[0] / picture.shape[1])
        small = cv2.resize(picture, (TILE, height), interpolation=cv2.INTER_AREA)
        counted = [row for row in measured.rows if row.counts]
        ious = [row.box_iou for row in counted if row.box_iou is not None]
        seed = measured.rows[0].seed if measured.rows else ''
        text = f'{seed}: {len(ious)} of {len(counted)} unoccluded with a box'
        text += f', IoU {np.median(ious):.2f}' if ious else ''
        strip = np.full((_CAPTION, TILE, 3), 255, np.uint8)
        font = cv2.FONT_HERSHEY_SIMPLEX
        cv2.putText(strip, text, (4, 15), font, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
        name = 'sheet_noise.png' if noise else 'sheet.png'
        self._tiles.setdefault(name, []).append(np.vstack([strip, small]))

    def finish(self) -> None:
        """Write ``sheet.png`` and ``sheet_noise.png``, as far as there is something to show."""
        for name, tiles in self._tiles.items():
            columns = min(COLUMNS, len(tiles))
            cells = tiles + [np.full_like(tiles[0], 255)] * (-len(tiles) % columns)
            lines = [np.hstack(cells[i : i + columns]) for i in range(0, len(cells), columns)]
            write_picture(self._folder / name, np.vstack(lines))
            self.names.append(name)


def draw_image(
    played: Played, measured: Measured, stamp_ns: int, camera: Intrinsics
) -> np.ndarray:
    """Return an image with masks, the boxes of the node in their colors, and true ones in white.

    Returns:
        uint8 (H, W, 3); only unoccluded objects have a white box.
    """
    heard = played.heard(stamp_ns)
    picture = draw_overlay(played.picture(stamp_ns), heard.result)
    for item in measured.objects:
        if item.counts:
            draw_box(picture, item.box, camera, _TRUE)
    for track, box in heard.boxes.items():
        draw_box(picture, box, camera, track_color(track))
    return picture


def draw_box(picture: np.ndarray, box: OrientedBox, camera: Intrinsics, color: Color) -> None:
    """Draw the edges of a box of the camera's frame; nothing of one that reaches behind it."""
    corners = box.corners()
    if corners[:, 2].min() < _NEAREST_M:
        return
    flat = corners @ camera.matrix().T
    pixels = np.rint(flat[:, :2] / flat[:, 2:]).astype(int)
    for a, b in EDGES:
        start, end = (tuple(map(int, pixels[i])) for i in (a, b))
        cv2.line(picture, start, end, color, 1, cv2.LINE_AA)
