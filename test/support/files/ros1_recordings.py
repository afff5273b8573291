"""Small bags of ROS 1."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from recordings import HEIGHT, IMAGE, WIDTH, stamp
from rosbags.rosbag1 import Writer
from rosbags.typesys import Stores, get_typestore

KIND = 'sensor_msgs/msg/Image'


def write_ros1(
    path: Path,
    heights: Sequence[int] = (HEIGHT,) * 3,
    compression: Writer.CompressionFormat | None = None,
) -> Path:
    """Write pictures whose brightness tells their number, one a chunk.

    Args:
        path: New file.
        heights: Rows of each picture.
        compression: Of the chunks.
    """
    store = get_typestore(Stores.ROS1_NOETIC)
    types = store.types
    bag = Writer(path)
    bag.chunk_threshold = 0
    if compression is not None:
        bag.set_compression(compression)
    with bag:
        topic = bag.add_connection(IMAGE, KIND, typestore=store)
        for index, height in enumerate(heights):
            sec, nanosec = divmod(stamp(index), 10**9)
            time = types['builtin_interfaces/msg/Time'](sec=sec, nanosec=nanosec)
            message = types[KIND](
                header=types['std_msgs/msg/Header'](seq=index, stamp=time, frame_id='camera'),
                height=height,
                width=WIDTH,
                encoding='rgb8',
                is_bigendian=0,
                step=3 * WIDTH,
                data=np.full(3 * height * WIDTH, 5 * index, np.uint8),
            )
            bag.write(topic, stamp(index), store.serialize_ros1(message, KIND))
    return path
