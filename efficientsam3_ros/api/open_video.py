"""One call for every source of pictures: cameras, videos, pictures, bags, RGB-D, clouds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from efficientsam3_ros.api.recordings import BagSource, CloudSource
from efficientsam3_ros.bags.bag_folders import bags_at
from efficientsam3_ros.core.writing.result_marker import is_result_folder
from efficientsam3_ros.media.camera import Camera
from efficientsam3_ros.media.frame_source import FrameSource, SourceError
from efficientsam3_ros.media.open_media import open_media, without_points

_NAMED = 4


def video(
    source: str | Path | int, fps: float = 15.0, topic: str | None = None, points: bool = False
) -> FrameSource:
    """Open a camera, a video, pictures or a bag.

    Args:
        source: The number of a camera, or the path of a video, a picture, a folder of pictures
            (taken in natural order, as ``ls -v`` lists them), a folder of RGB-D scenes
            (``NAME_rgb.jpg`` beside ``NAME_depth.png``), a rosbag2 bag or an organised ``.pcd``
            cloud. A camera gives its newest picture; of files every frame comes.
        fps: Frames a second of what does not know its rate.
        topic: Image topic of a bag that has several.
        points: Whether each frame must also have ``points``: float32 (H, W, 3), metres, NaN where
            nothing was measured. RGB-D scenes and clouds have them.

    Returns:
        To be looped over, files several times: ``Frame`` objects with ``rgb`` (uint8 (H, W, 3)),
        ``stamp_ns`` and ``frame_id``. ``fps``, ``count`` and ``notes`` tell of the whole; a bag's
        ``count`` is known when the loop begins, and only its stamps tell its rate. ``close()`` or
        a ``with`` block releases a camera.

    Raises:
        SourceError: If it cannot be opened or has no points, or on the way, if nothing can be
            read.
        BagError: If a bag cannot be read or ``topic`` must be named.
    """
    if isinstance(source, int):
        if points:
            raise without_points(f'Camera {source}')
        return Camera(source, fps)
    path = Path(source).expanduser()
    if not path.exists():
        raise SourceError(f'{path} does not exist; give a video, picture, folder or bag.')
    if is_result_folder(path):
        raise SourceError(
            f'{path} holds results of an earlier run; give the recording that they are of, or '
            'one file of it.'
        )
    if bags := bags_at(path):
        if points:
            raise without_points(f'The bag {bags[0]}')
        return BagSource(_only(path, bags), fps, topic)
    if path.suffix.lower() == '.pcd' and path.is_file():
        return CloudSource(path, fps)
    return open_media(path, fps, points)


def _only(path: Path, bags: Sequence[Path]) -> Path:
    """Return the one bag of a folder."""
    if len(bags) > 1:
        more = f' and {len(bags) - _NAMED} more' if len(bags) > _NAMED else ''
        names = ', '.join(bag.name for bag in bags[:_NAMED])
        raise SourceError(
            f'{path} holds {len(bags)} bags ({names}{more}); give one of them, as several are no '
            'one film.'
        )
    return bags[0]
