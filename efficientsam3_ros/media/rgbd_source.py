"""RGB-D scenes as frames that come at a rate which the caller names."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from efficientsam3_ros.core import Frame, PointFrame
from efficientsam3_ros.core.pictures.header import PictureError
from efficientsam3_ros.media.frame_source import SourceError
from efficientsam3_ros.media.picture_source import PictureSource
from efficientsam3_ros.media.rgbd_scenes import SceneFiles, camera_of, read_depth, scenes_of


class RgbdSource(PictureSource):
    """The color pictures of RGB-D scenes, in natural order; can be iterated several times.

    Args:
        path: A folder of scenes, or the color picture of one.
        fps: Frames a second, which makes the stamps.
        points: Whether frames come with their points, as ``PointFrame``.

    Raises:
        SourceError: If there is no scene; when iterated, if none can be read.
    """

    def __init__(self, path: Path, fps: float, points: bool = False) -> None:
        super().__init__(path, fps)
        self._scenes = {scene.rgb: scene for scene in scenes_at(path)}
        self._points = points
        beside = {f for s in self._scenes.values() for f in (s.rgb, s.depth, s.instances)}
        others = sum(file not in beside for file in self.files)
        if others:
            note = f'{path}: {others} pictures belong to no RGB-D scene and are passed over.'
            self._passed = (*self._passed, note)
        self.files = tuple(self._scenes)
        self.count = len(self.files)
        if not self.files:
            raise SourceError(f'{path} holds no RGB-D scene: NAME_rgb.jpg beside NAME_depth.png.')

    def _frame(self, path: Path, stamp_ns: int) -> Frame:
        frame = super()._frame(path, stamp_ns)
        if not self._points:
            return frame
        points = _points_of(self._scenes[path], (frame.height, frame.width))
        return PointFrame(frame.rgb, stamp_ns, frame.frame_id, points=points)


def scenes_at(path: Path) -> tuple[SceneFiles, ...]:
    """Return the scenes of a folder, or the one whose color picture a file is."""
    if path.is_dir():
        return scenes_of(path)
    return tuple(scene for scene in scenes_of(path.parent) if scene.rgb == path)


def _points_of(scene: SceneFiles, size: tuple[int, int]) -> np.ndarray:
    """Return a point for each pixel, float32 (H, W, 3), NaN where there is no depth.

    Raises:
        PictureError: If there is no depth of that size, or no camera.
    """
    if not scene.depth.is_file():
        raise PictureError(f'{scene.depth} is missing, so {scene.name} has no points.')
    depth = read_depth(scene.depth, size)
    try:
        camera = camera_of(scene.rgb.parent, size)
    except SourceError as error:
        raise PictureError(str(error)) from None
    points = camera.back_project(depth).astype(np.float32)
    points[depth == 0] = np.nan
    return points
