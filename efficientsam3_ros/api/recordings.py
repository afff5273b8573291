"""Bags and point clouds as frames."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from efficientsam3_ros.core import Frame, PointFrame
from efficientsam3_ros.media.frame_source import FrameSource


class BagSource(FrameSource):
    """The images of one topic of a bag; opened when the loop begins.

    Args:
        path: A rosbag2 folder, a folder of its files, or one file.
        fps: Rate of a bag of one image.
        topic: Image topic of a bag that has several.

    Raises:
        BagError: When iterated, if it cannot be read or the topic must be named.
    """

    def __init__(self, path: Path, fps: float, topic: str | None) -> None:
        super().__init__(fps)
        self._path = path
        self._topic = topic
        self._default_fps = fps

    def __iter__(self) -> Iterator[Frame]:
        self.forget_notes()
        return self._read()

    def _read(self) -> Iterator[Frame]:
        from efficientsam3_ros.bags import BagReader

        with BagReader(self._path) as bag:
            topic = self._topic or bag.image_topic()
            self.count = bag.count(topic)
            try:
                self.fps = bag.rate(topic, self._default_fps)
                yield from bag.frames(topic)
            finally:
                for note in bag.notes:
                    self.note(note)


class CloudSource(FrameSource):
    """The one picture of an organised ``.pcd`` cloud, with its points in the axes of the file."""

    def __init__(self, path: Path, fps: float) -> None:
        super().__init__(fps)
        self._path = path
        self.count = 1

    def __iter__(self) -> Iterator[Frame]:
        from efficientsam3_ros.core.point_cloud import read_organized_pcd

        rgb, points = read_organized_pcd(self._path)
        yield PointFrame(rgb, points=points)
