"""One call for every source of pictures: cameras, videos, pictures, bags, point clouds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from efficientsam3_ros.api.camera import Camera
from efficientsam3_ros.api.frame_source import FrameSource, SourceError
from efficientsam3_ros.core import Frame
from efficientsam3_ros.core.messages.stamps import SECOND_NS

PICTURES = ('.jpg', '.jpeg', '.png', '.bmp', '.tif', '.tiff', '.webp')
BAGS = ('.mcap', '.db3')
# The picture stays on the sensor's grid whatever its EXIF rotation says.
_READ = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION


def video(source: str | Path | int, fps: float = 15.0, topic: str | None = None) -> FrameSource:
    """Open a camera, a video, pictures or a bag.

    Args:
        source: The number of a camera, or the path of a video, a picture, a folder of pictures
            (taken in the order of their names), a rosbag2 bag or an organised ``.pcd`` cloud.
            A camera gives its newest picture; of files every frame comes.
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
    return _RecordedFrames(Path(source).expanduser(), fps, topic)


class _RecordedFrames(FrameSource):
    """What lies at a path; can be iterated several times."""

    def __init__(self, path: Path, fps: float, topic: str | None) -> None:
        super().__init__(fps)
        self._path = path
        self._topic = topic
        if not path.exists():
            raise SourceError(f'{path} does not exist; give a video, picture, folder or bag.')
        self._read = self._reader()

    def __iter__(self) -> Iterator[Frame]:
        self.notes.clear()
        return self._read()

    def _reader(self) -> Callable[[], Iterator[Frame]]:
        """Recognise what lies there, and how long and fast it is."""
        path = self._path
        if path.suffix.lower() in BAGS or (path / 'metadata.yaml').is_file():
            return self._bag
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        pictures = [file for file in inside if file.suffix.lower() in PICTURES]
        if path.is_dir() and not pictures and any(file.suffix in BAGS for file in inside):
            return self._bag
        if path.is_dir() or pictures:
            self.count = len(pictures)
            return partial(self._pictures, pictures)
        if path.suffix.lower() == '.pcd':
            self.count = 1
            return self._cloud
        video = self._opened()
        self.fps = video.get(cv2.CAP_PROP_FPS) or self.fps
        self.count = max(int(video.get(cv2.CAP_PROP_FRAME_COUNT)), 0)
        video.release()
        return self._video

    def _pictures(self, paths: list[Path]) -> Iterator[Frame]:
        bad = 0
        for index, path in enumerate(paths):
            data = np.frombuffer(path.read_bytes(), np.uint8)
            bgr = cv2.imdecode(data, _READ) if data.size else None
            if bgr is None:
                bad += 1
                self.notes.append(f'{path} cannot be decoded and is skipped.')
                continue
            yield self._frame(bgr, index, path.parent.name if len(paths) > 1 else '')
        if bad == len(paths):
            raise SourceError(f'{self._path} holds no readable picture ({", ".join(PICTURES)}).')

    def _cloud(self) -> Iterator[Frame]:
        from efficientsam3_ros.core.point_cloud import read_organized_pcd

        rgb, _ = read_organized_pcd(self._path)
        yield Frame(rgb)

    def _opened(self) -> cv2.VideoCapture:
        video = cv2.VideoCapture(str(self._path))
        if not video.isOpened():
            raise SourceError(f'{self._path} cannot be read as a video; is it damaged?')
        return video

    def _video(self) -> Iterator[Frame]:
        video = self._opened()
        index = 0
        try:
            while True:
                good, bgr = video.read()
                if not good:
                    break
                yield self._frame(bgr, index, '')
                index += 1
        finally:
            video.release()
        if not index:
            raise SourceError(f'{self._path} cannot be read as a video; is it damaged?')
        if index < self.count:
            self.notes.append(f'{self._path} ends after {index} of {self.count} frames.')

    def _bag(self) -> Iterator[Frame]:
        from efficientsam3_ros.bags import BagReader

        with BagReader(self._path) as bag:
            topic = self._topic or bag.image_topic()
            self.count = bag.count(topic)
            try:
                yield from bag.frames(topic)
            finally:
                self.notes.extend(bag.notes)

    def _frame(self, bgr: np.ndarray, index: int, frame_id: str) -> Frame:
        stamp_ns = round(index * SECOND_NS / self.fps)
        return Frame(np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)), stamp_ns, frame_id)
