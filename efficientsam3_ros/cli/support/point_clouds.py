"""What ``track --point-cloud`` leaves behind: a cloud a frame, and how it looks."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from efficientsam3_ros.core import Frame, FrameResult, PointFrame
from efficientsam3_ros.core.pictures.cloud_view import draw_cloud, mask_colors, owners
from efficientsam3_ros.core.writing.picture_file import write_picture
from efficientsam3_ros.core.writing.ply_file import write_ply

FOLDER = 'clouds'


class PointClouds:
    """Writes ``clouds/000000.ply`` and ``.png``, numbered as the lines of ``instances.jsonl``.

    Points of a mask have its color, as in the overlay, and its track id; others their own color.
    Pixels without a reading have no point.

    Args:
        folder: Of the results.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        self._count = 0

    def add(self, frame: Frame, result: FrameResult) -> np.ndarray:
        """Write one frame.

        Returns:
            The view of its cloud, uint8 (H, W, 3) RGB, as large as the frame.

        Raises:
            TypeError: If the frame has no points.
            OSError: If it cannot be written.
        """
        if not isinstance(frame, PointFrame):
            raise TypeError('A point cloud needs frames with points.')
        ids = owners(result)
        colors = mask_colors(frame.rgb, ids)
        seen = np.isfinite(frame.points).all(axis=2)
        points, shown = frame.points[seen], colors[seen]
        path = self._folder / f'{self._count:06d}.ply'
        write_ply(path, points, shown, ids[seen])
        view = draw_cloud(points, shown, (frame.height, frame.width))
        write_picture(path.with_suffix('.png'), view)
        self._count += 1
        return view
