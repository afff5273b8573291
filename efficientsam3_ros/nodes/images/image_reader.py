"""Image messages from the bytes in which they arrive."""

from __future__ import annotations

from typing import Any

from builtin_interfaces.msg import Time
from rosbags.typesys import Stores, get_types_from_msg, get_typestore
from rosbags.typesys.store import Typestore
from std_msgs.msg import Header

from efficientsam3_ros.core.messages.image_codec import ImageError
from efficientsam3_ros.core.messages.image_fault import ImageFault
from efficientsam3_ros.nodes.images.image_topic import ImageTopic

# What is read, as ROS defines it; all types of a distribution take a fifth of a second to load.
_DEFINITIONS = {
    'builtin_interfaces/msg/Time': 'int32 sec\nuint32 nanosec',
    'std_msgs/msg/Header': 'builtin_interfaces/Time stamp\nstring frame_id',
    'sensor_msgs/msg/Image': (
        'std_msgs/Header header\nuint32 height\nuint32 width\nstring encoding\n'
        'uint8 is_bigendian\nuint32 step\nuint8[] data'
    ),
    'sensor_msgs/msg/CompressedImage': 'std_msgs/Header header\nstring format\nuint8[] data',
}


class ImageReader:
    """Reads messages without copying their pixels.

    rclpy makes a Python object of every pixel buffer, also of the images that come while the
    tracker is busy and are dropped. A subscription that asks for bytes leaves the pixels where
    they are, and other threads the time that copies would take.

    Args:
        topic: Of the images.
    """

    def __init__(self, topic: ImageTopic) -> None:
        self._store = _types()
        self._topic = topic

    def __call__(self, data: bytes) -> Any:
        """Return a look-alike of the topic's message; its header is one of ROS.

        Args:
            data: The serialized message (CDR); the pixels of what is returned lie in it.

        Raises:
            ImageError: If it is no whole message of the topic's type.
        """
        try:
            message: Any = self._store.deserialize_cdr(data, self._topic.kind)
        except Exception as error:  # rosbags fails in many ways on other bytes
            raise ImageError(
                f'A message on {self._topic.name} is no whole {self._topic.kind}; look at what '
                'publishes it.',
                ImageFault.DAMAGED,
            ) from error
        stamp = message.header.stamp
        message.header = Header(
            stamp=Time(sec=stamp.sec, nanosec=stamp.nanosec), frame_id=message.header.frame_id
        )
        return message


def _types() -> Typestore:
    """Return the types of images."""
    store = get_typestore(Stores.EMPTY)
    for name, text in _DEFINITIONS.items():
        if name not in store.types:
            store.register(get_types_from_msg(text, name))
    return store
