"""Frames for ``track``: a video, pictures, a bag or an organised point cloud."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from efficientsam3_ros.cli.support.options import OptionError
from efficientsam3_ros.core import Frame
from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.core.point_cloud import read_organized_pcd

PICTURES = ('.jpg', '.jpeg', '.png', '.bmp', '.tif', '.tiff', '.webp')
BAGS = ('.mcap', '.db3')
# The picture stays on the sensor's grid whatever its EXIF rotation says.
_READ = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION


@dataclass
class FrameSource:
    """Frames in order, each read when it is asked for.

    Attributes:
        path: Where they come from.
        fps: Frames a second of files without time stamps.
        topic: Image topic of a bag; None finds it.
        count: Expected number of frames, 0 if unknown; set when iteration begins.
        notes: Sentences on what could not be read, complete when iteration has ended.

    Raises:
        OptionError: When iterated, if nothing is there or nothing can be read.
    """

    path: Path
    fps: float = 15.0
    topic: str | None = None
    count: int = 0
    notes: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Frame]:
        path = self.path
        if not path.exists():
            raise OptionError(f'{path} does not exist; give a video, picture, folder or bag.')
        if path.suffix.lower() in BAGS or (path / 'metadata.yaml').is_file():
            return self._bag()
        if path.is_dir():
            pictures = sorted(p for p in path.iterdir() if p.suffix.lower() in PICTURES)
            if not pictures and any(p.suffix in BAGS for p in path.iterdir()):
                return self._bag()
            return self._pictures(pictures)
        if path.suffix.lower() in PICTURES:
            return self._pictures([path])
        if path.suffix.lower() == '.pcd':
            self.count = 1
            return iter([Frame(read_organized_pcd(path).rgb)])
        return self._video()

    def _pictures(self, paths: list[Path]) -> Iterator[Frame]:
        self.count = len(paths)
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
            raise OptionError(f'{self.path} holds no readable picture ({", ".join(PICTURES)}).')

    def _video(self) -> Iterator[Frame]:
        video = cv2.VideoCapture(str(self.path))
        try:
            self.fps = video.get(cv2.CAP_PROP_FPS) or self.fps
            self.count = max(int(video.get(cv2.CAP_PROP_FRAME_COUNT)), 0)
            index = 0
            while True:
                good, bgr = video.read()
                if not good:
                    break
                yield self._frame(bgr, index, '')
                index += 1
        finally:
            video.release()
        if not index:
            raise OptionError(f'{self.path} cannot be read as a video; is it damaged?')
        if index < self.count:
            self.notes.append(f'{self.path} ends after {index} of {self.count} frames.')

    def _bag(self) -> Iterator[Frame]:
        from efficientsam3_ros.bags import BagReader

        with BagReader(self.path) as bag:
            topic = self.topic or bag.image_topic()
            self.count = bag.count(topic)
            try:
                yield from bag.frames(topic)
            finally:
                self.notes.extend(bag.notes)

    def _frame(self, bgr: np.ndarray, index: int, frame_id: str) -> Frame:
        stamp_ns = round(index * SECOND_NS / self.fps)
        return Frame(np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)), stamp_ns, frame_id)
