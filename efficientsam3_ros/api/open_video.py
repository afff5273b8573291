"""One call for every source of pictures."""

from __future__ import annotations

from pathlib import Path

from efficientsam3_ros.api.camera import Camera
from efficientsam3_ros.api.frame_source import FrameSource
from efficientsam3_ros.api.recorded import RecordedFrames


def video(source: str | Path | int, fps: float = 15.0, topic: str | None = None) -> FrameSource:
    """Open a camera, a video, pictures or a bag.

    Args:
        source: The number of a camera, or the path of a video, a picture, a folder of pictures
            (taken in the order of their names), a rosbag2 bag or an organised ``.pcd`` cloud.
            A camera gives its newest picture; of files every frame comes.
        fps: Frames a second of what does not know its rate.
        topic: Image topic of a bag that has several.

    Returns:
        To be looped over: ``Frame`` objects with ``rgb`` (uint8 (H, W, 3)), ``stamp_ns`` and
        ``frame_id``. ``fps``, ``count`` and ``notes`` tell of the whole; ``close()`` or a
        ``with`` block releases a camera.

    Raises:
        SourceError: If it cannot be opened, or on the way, if nothing can be read.
        BagError: If a bag cannot be read or ``topic`` must be named.
    """
    if isinstance(source, int):
        return Camera(source, fps)
    return RecordedFrames(Path(source).expanduser(), fps, topic)
