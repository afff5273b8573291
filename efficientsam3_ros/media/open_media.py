"""Recognises pictures and videos."""

from __future__ import annotations

from pathlib import Path

from efficientsam3_ros.media.frame_source import FrameSource, SourceError
from efficientsam3_ros.media.picture_files import is_picture
from efficientsam3_ros.media.picture_source import PictureSource
from efficientsam3_ros.media.video_source import VideoSource


def open_media(path: Path, fps: float) -> FrameSource:
    """Open a picture, a folder of pictures or a video.

    Args:
        path: What to read.
        fps: Frames a second of what does not know its rate.

    Raises:
        SourceError: If it cannot be opened.
    """
    if path.is_dir() or (path.is_file() and is_picture(path)):
        return PictureSource(path, fps)
    if not path.is_file():
        raise SourceError(f'{path} is neither a regular file nor a folder; give a video.')
    return VideoSource(path, fps)
