"""Small bags as cameras and recorders leave them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from efficientsam3_ros.bags import BagWriter
from efficientsam3_ros.core import FrameResult, Instance, Rle, TrackState

HEIGHT, WIDTH = 24, 40
STAMP = 1_700_000_000_000_000_000
STEP = 100_000_000
IMAGE, TRUTH = '/camera/image_raw', '/camera/ground_truth'


def picture(index: int) -> np.ndarray:
    """Return a picture whose brightness tells its number."""
    return np.full((HEIGHT, WIDTH, 3), 5 * index, np.uint8)


def number_of(rgb: np.ndarray) -> int:
    """Return the number of a picture."""
    return int(rgb[0, 0, 0]) // 5


def mask(index: int) -> np.ndarray:
    """Return a mask that moves with the number and is neither square nor symmetric."""
    found = np.zeros((HEIGHT, WIDTH), bool)
    found[3:9, 2 + index : 12 + index] = True
    found[3:5, 2 + index : 4 + index] = False
    return found


def truth(index: int, stamp_ns: int, concept: str = 'red mug') -> FrameResult:
    """Return the truth of a picture: one object."""
    item = Instance(7, 7, concept, 1.0, Rle.encode(mask(index)), TrackState.TRACKED)
    return FrameResult(stamp_ns, 'camera', HEIGHT, WIDTH, 1, (item,))


def stamp(index: int) -> int:
    """Return the stamp of a picture."""
    return STAMP + index * STEP


def write_image(
    bag: BagWriter, index: int, stamp_ns: int, received_ns: int, topic: str = IMAGE
) -> None:
    """Write a picture that was received at another time than it was taken."""
    header = bag._messages.header(stamp_ns, 'camera')
    message = bag._messages.image(picture(index), 'rgb8', header)
    bag._write(topic, 'sensor_msgs/msg/Image', received_ns, message)


def write_recording(
    path: Path,
    order: Iterable[int] = range(6),
    storage: str | None = None,
    with_truth: bool = True,
    concepts: Iterable[str] = ('red mug', 'blue bowl'),
    truth_shift: int = 0,
) -> Path:
    """Write pictures in an order that need not be that of their stamps, and their truth.

    Args:
        path: New bag.
        order: Numbers of the pictures as the recorder received them.
        storage: As in ``BagWriter``.
        with_truth: Whether the truth is written.
        concepts: What the truth was asked for; empty writes nothing of it.
        truth_shift: Nanoseconds by which the truth's stamps are late.
    """
    with BagWriter(path, storage) as bag:
        for place, index in enumerate(order):
            write_image(bag, index, stamp(index), STAMP + place * STEP)
        if with_truth:
            if concepts:
                bag.concepts(TRUTH, tuple(concepts), STAMP)
            for index in sorted(set(order)):
                bag.instances(TRUTH, truth(index, stamp(index) + truth_shift))
    return path
