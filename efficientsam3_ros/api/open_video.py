"""One call for every source of pictures: cameras, videos, pictures, bags, point clouds."""

from __future__ import annotations

from pathlib import Path

from efficientsam3_ros.api.recordings import BagSource, CloudSource
from efficientsam3_ros.bags.storage import is_bag
from efficientsam3_ros.core.writing.result_marker import is_result_folder
from efficientsam3_ros.media.camera import Camera
from efficientsam3_ros.media.frame_source import FrameSource, SourceError
from efficientsam3_ros.media.open_media import open_media


def video(source: str | Path | int, fps: float = 15.0, topic: str | None = None) -> FrameSource:
    """Open a camera, a video, pictures or a bag.

    Args:
        source: The number of a camera, or the path of a video, a picture, a folder of pictures
            (taken in natural order, as ``ls -v`` lists them), a rosbag2 bag or an organised
            ``.pcd`` cloud. A camera gives its newest picture; of files every frame comes.
        fps: Frames a second of what does not know its rate.
        topic: Image topic of a bag that has several.

    Returns:
        To be looped over, files several times: ``Frame`` objects with ``rgb`` (uint8 (H, W, 3)),
        ``stamp_ns`` and ``frame_id``. ``fps``, ``count`` and ``notes`` tell of the whole; a bag's
        ``count`` is known when the loop begins, and only its stamps tell its rate. ``close()`` or
        a ``with`` block releases a camera.

    Raises:
        SourceError: If it cannot be opened, or on the way, if nothing can be read.
        BagError: If a bag cannot be read or ``topic`` must be named.
    """
    if isinstance(source, int):
        return Camera(source, fps)
    path = Path(source).expanduser()
    if not path.exists():
        raise SourceError(f'{path} does not exist; give a video, picture, folder or bag.')
    if is_result_folder(path):
        raise SourceError(
            f'{path} holds results of an earlier run; give the recording that they are of, or '
            'one file of it.'
        )
    if is_bag(path):
        return BagSource(path, fps, topic)
    if path.suffix.lower() == '.pcd' and path.is_file():
        return CloudSource(path, fps)
    return open_media(path, fps)
