"""Recognises pictures, RGB-D scenes and videos."""

from __future__ import annotations

from pathlib import Path

from efficientsam3_ros.media.frame_source import FrameSource, SourceError
from efficientsam3_ros.media.picture_files import is_picture
from efficientsam3_ros.media.picture_source import PictureSource
from efficientsam3_ros.media.rgbd_source import RgbdSource, scenes_at
from efficientsam3_ros.media.video_source import VideoSource


def open_media(path: Path, fps: float, points: bool = False) -> FrameSource:
    """Open a picture, a folder of pictures, RGB-D scenes or a video.

    Args:
        path: What to read.
        fps: Frames a second of what does not know its rate.
        points: Whether frames must come with their points, as ``PointFrame``.

    Raises:
        SourceError: If it cannot be opened, or has no points.
    """
    if path.is_dir() or (path.is_file() and is_picture(path)):
        if (path.is_dir() or points) and scenes_at(path):
            return RgbdSource(path, fps, points)
        if points:
            raise without_points(path)
        return PictureSource(path, fps)
    if not path.is_file():
        raise SourceError(f'{path} is neither a regular file nor a folder; give a video.')
    if points:
        raise without_points(path)
    return VideoSource(path, fps)


def without_points(source: object) -> SourceError:
    """Return the error of a source that has no points."""
    return SourceError(
        f'{source} has no depth that is read here; a point cloud needs RGB-D scenes '
        '(NAME_rgb.jpg beside NAME_depth.png) or an organised .pcd cloud.'
    )
