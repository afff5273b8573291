"""From which topic the tracker node takes its images, and in which message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from sensor_msgs.msg import CompressedImage, Image

BASE = 'image'
COMPRESSED = 'compressed'
_PAIR = f'{BASE}/{COMPRESSED}'
# Endings of image_transport's other topics, and what these hold.
_NOT_READ = {
    'compressedDepth': 'depth',
    'theora': 'a video stream',
    'ffmpeg': 'a video stream',
    'zstd': 'packed raw images',
}


class Resolver(Protocol):
    """``Node.resolve_topic_name``."""

    def __call__(self, topic: str, *, only_expand: bool = False) -> str:
        """Return the full name, remapped unless it is to be expanded only."""


@dataclass(frozen=True)
class ImageTopic:
    """A topic of images.

    Attributes:
        name: Full name.
        compressed: Whether it carries ``CompressedImage``.
    """

    name: str
    compressed: bool

    @property
    def message(self) -> Any:
        """Class of its messages."""
        return CompressedImage if self.compressed else Image

    @property
    def kind(self) -> str:
        """Name of that class, as ROS writes it."""
        return f'sensor_msgs/msg/{self.message.__name__}'


def choose_topic(resolve: Resolver, transport: str) -> ImageTopic:
    """Return the topic that remappings and the parameter ``image_transport`` mean.

    ``image`` may be remapped to raw images or, by the ending ``/compressed``, to compressed ones
    whatever the parameter says. ``image/compressed`` may be remapped by itself; else it follows
    ``image``, which ROS does not do.

    Args:
        resolve: Expands and remaps names.
        transport: The parameter.

    Raises:
        ValueError: If the name says that the topic carries what is not read.
    """
    base, pair = resolve(BASE), resolve(_PAIR)
    named = pair != resolve(_PAIR, only_expand=True)
    moved = base != resolve(BASE, only_expand=True)
    if named and (transport == COMPRESSED or not moved):
        return ImageTopic(_readable(pair), True)
    compressed = _ending(_readable(base)) == COMPRESSED
    if transport == COMPRESSED and not compressed:
        return ImageTopic(f'{base}/{COMPRESSED}', True)
    return ImageTopic(base, compressed)


def _readable(name: str) -> str:
    held = _NOT_READ.get(_ending(name))
    if held is not None:
        raise ValueError(
            f'{name} carries {held}, which is not read; remap "image" to a topic of color images, '
            'raw or with the ending "/compressed".'
        )
    return name


def _ending(name: str) -> str:
    return name.rpartition('/')[2]
