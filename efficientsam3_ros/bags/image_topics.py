"""Which image topic is that of the color camera, and which shows object ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from efficientsam3_ros.bags.errors import BagError
from efficientsam3_ros.bags.topics import COMPRESSED, IMAGE
from efficientsam3_ros.core.messages.compressed_image import carries_depth, encoding_of
from efficientsam3_ros.core.messages.encodings import ENCODINGS
from efficientsam3_ros.core.messages.image_codec import decode_labels

LOOKED_AT = 10
"""Messages of a topic that are looked at, as the first ones may be empty or damaged."""
_MOST_IDS = 256
_DERIVED = ('overlay', 'label', 'mask', 'depth', 'infra')


class Shows(Enum):
    """What the images of a topic are."""

    COLOR = 'color'
    GRAY = 'gray'
    DEPTH = 'depth'
    UNKNOWN = 'unknown'


@dataclass(frozen=True)
class ImageContent:
    """What is known of a topic's images.

    Attributes:
        shows: Color, gray, depth, or in an encoding that is not read.
        encoding: Its name; '' if the messages do not tell it.
    """

    shows: Shows
    encoding: str = ''


def content_of(messages: Iterable[Any]) -> ImageContent:
    """Return what a topic shows by its first messages; the first that tells it decides.

    Args:
        messages: ``Image`` or ``CompressedImage`` messages.
    """
    found = ImageContent(Shows.UNKNOWN)
    for message in messages:
        if hasattr(message, 'format'):
            if len(message.data):
                return _compressed(message)
            continue
        found = _raw(str(getattr(message, 'encoding', '')))
        if found.shows is not Shows.UNKNOWN:
            break
    return found


def _raw(encoding: str) -> ImageContent:
    known = ENCODINGS.get(encoding)
    if known is None:
        return ImageContent(Shows.UNKNOWN, encoding or 'encoding not told')
    if known.to_rgb is None:
        return ImageContent(Shows.DEPTH, encoding)
    gray = encoding.startswith('mono') or encoding.endswith('UC1')
    return ImageContent(Shows.GRAY if gray else Shows.COLOR, encoding)


def _compressed(message: Any) -> ImageContent:
    encoding = encoding_of(message.format)
    if carries_depth(message):
        return ImageContent(Shows.DEPTH, encoding)
    # What a camera's own compression does not name is color, as JPEG holds no depth.
    return ImageContent(Shows.COLOR) if encoding not in ENCODINGS else _raw(encoding)


def color_topic(
    where: object, kinds: Mapping[str, str], contents: Mapping[str, ImageContent]
) -> str:
    """Return the one topic with color images of a camera.

    Depth, masks and overlays do not count, and a raw topic beats its compressed twin.

    Args:
        where: The bag as the user knows it.
        kinds: Topic to message type.
        contents: Image topic to what it shows.

    Raises:
        BagError: If there is none, or more than one.
    """
    found = [topic for topic, content in contents.items() if _is_color(topic, content)]
    cameras = [t for t in found if not any(word in t for word in _DERIVED)] or found
    raw = [t for t in cameras if kinds[t] == IMAGE] or cameras
    if len(raw) == 1:
        return raw[0]
    if raw:
        raise BagError(
            f'Several image topics: {", ".join(raw)}. Name one: topic=… in Python, '
            '--topic of track, --image-topic of evaluate.'
        )
    known = ', '.join(_described(t, kind, contents.get(t)) for t, kind in sorted(kinds.items()))
    unread = any(c.shows is Shows.UNKNOWN and c.encoding for c in contents.values())
    remedy = f' Encodings that are read: {", ".join(ENCODINGS)}.' if unread else ''
    raise BagError(f'{where} holds no colour images that are read, only {known}.{remedy}')


def _is_color(topic: str, content: ImageContent) -> bool:
    if 'depth' in topic.lower():
        # Depth is also published as gray, and compressed without a word of its encoding.
        return content.shows is Shows.COLOR and bool(content.encoding)
    return content.shows in (Shows.COLOR, Shows.GRAY)


def _described(topic: str, kind: str, content: ImageContent | None) -> str:
    if content is None:
        return f'{topic} ({kind})'
    what = 'depth' if content.shows is Shows.DEPTH else ''
    what = f'{what} {content.encoding}'.strip() or 'no readable image'
    return f'{topic} ({kind}, {what})'


def shows_ids(messages: Iterable[Any]) -> bool:
    """Tell whether the first readable image of a topic looks like one of object ids.

    That is one of whole numbers, of which few differ: depth and gray pictures have many values.

    Args:
        messages: Of the topic.
    """
    for message in messages:
        try:
            return len(np.unique(decode_labels(message))) <= _MOST_IDS
        except (AttributeError, ValueError):
            continue
    return False


def is_image(kind: str) -> bool:
    """Tell whether a message type is one of images."""
    return kind in (IMAGE, COMPRESSED)
