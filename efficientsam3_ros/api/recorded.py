"""Frames of a video, pictures, a bag or an organised point cloud."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from efficientsam3_ros.api.frame_source import FrameSource, SourceError
from efficientsam3_ros.core import Frame
from efficientsam3_ros.core.messages.stamps import SECOND_NS

PICTURES = ('.jpg', '.jpeg', '.png', '.bmp', '.tif', '.tiff', '.webp')
BAGS = ('.mcap', '.db3')
# The picture stays on the sensor's grid whatever its EXIF rotation says.
_READ = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION


class RecordedFrames(FrameSource):
    """What lies at a path; can be iterated several times.

    ``fps`` and ``count`` are known at once, but for a bag: its stamps tell the rate, and its
    ``count`` is set when iteration begins.

    Args:
        path: A video, a picture, a folder of pictures (taken in the order of their names), a
            rosbag2 folder or file, or an organised ``.pcd`` cloud.
        fps: Frames a second of pictures, which have no time stamps.
        topic: Image topic of a bag; None finds it.

    Raises:
        SourceError: If nothing is there or it is no video; when iterated, if nothing can be read.
    """

    def __init__(self, path: Path, fps: float = 15.0, topic: str | None = None) -> None:
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
        if path.is_dir():
            pictures = sorted(p for p in path.iterdir() if p.suffix.lower() in PICTURES)
            if not pictures and any(p.suffix in BAGS for p in path.iterdir()):
                return self._bag
            self.count = len(pictures)
            return partial(self._pictures, pictures)
        if path.suffix.lower() in PICTURES:
            self.count = 1
            return partial(self._pictures, [path])
        if path.suffix.lower() == '.pcd':
            self.count = 1
            return self._cloud
        video = self._opened()
        self.fps = video.get(cv2.CAP_PROP_FPS) or self.fps
        self.count = max(int(video.get(cv2.CAP_PROP_FRAME_COUNT)), 0)
        video.release()
        return self._video

    def _pictures(self, paths: list[Path]) -> Iterator[Frame]:
        good = 0
        for index, path in enumerate(paths):
            data = np.frombuffer(path.read_bytes(), np.uint8)
            bgr = cv2.imdecode(data, _READ) if data.size else None
            if bgr is None:
                self.notes.append(f'{path} cannot be decoded and is skipped.')
                continue
            good += 1
            yield self._frame(bgr, index, path.parent.name if len(paths) > 1 else '')
        if not good:
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
