"""Which topics of a bag are meant; whatever is not named is found by type and name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
import re

from efficientsam3_ros.bags.errors import BagError
from efficientsam3_ros.bags.typestore import INSTANCE_ARRAY

IMAGE = 'sensor_msgs/msg/Image'
COMPRESSED = 'sensor_msgs/msg/CompressedImage'
CAMERA_INFO = 'sensor_msgs/msg/CameraInfo'
STRING = 'std_msgs/msg/String'
INSTANCES_TOPIC = '/tracker/instances'
"""Where a tracker's results are recorded."""
_OTHER_SENSORS = {'depth', 'disparity', 'rgb', 'color', 'mono', 'infra', 'infra1', 'infra2', 'ir'}


def concepts_topic(truth: str) -> str:
    """Return the topic that tells what a truth topic was asked for."""
    return f'{truth}/concepts'


@dataclass(frozen=True)
class BagTopics:
    """Names of topics; None finds them.

    Attributes:
        image: Colour images, ``Image`` or ``CompressedImage``.
        truth: ``InstanceArray`` or an image of object ids (``16UC1`` and other integers).
        depth: Depth images.
        camera_info: Intrinsics of the colour camera.
    """

    image: str | None = None
    truth: str | None = None
    depth: str | None = None
    camera_info: str | None = None


def find_topics(
    kinds: Mapping[str, str],
    image_topic: Callable[[], str],
    shows_ids: Callable[[str], bool],
    asked: BagTopics,
) -> BagTopics:
    """Fill in the topics that were not named.

    A topic is the truth by type and name together: an ``InstanceArray`` topic, else an image
    topic of object ids, of which one word is "gt" or ends with "truth". So neither a recorded
    tracker's output nor a camera below ``/gt_box`` is mistaken for it. The camera's intrinsics
    are those beside the images.

    Args:
        kinds: Topic to message type.
        image_topic: Finds the one topic with colour images.
        shows_ids: Tells whether an image topic looks like one of object ids.
        asked: What the user named.

    Returns:
        All topics; truth, depth and camera_info are None if there is none.

    Raises:
        BagError: If there is no image topic, a named topic is missing, or several fit.
    """
    for name in (asked.image, asked.truth, asked.depth, asked.camera_info):
        if name is not None and name not in kinds:
            known = ', '.join(f'{t} ({kind})' for t, kind in sorted(kinds.items()))
            raise BagError(f'{name} is not in the bag; it holds {known}.')
    image = asked.image or image_topic()
    return BagTopics(
        image=image,
        truth=asked.truth or _truth(kinds, image, shows_ids),
        depth=asked.depth or _depth(kinds, image),
        camera_info=asked.camera_info or _nearest(image, _of_kind(kinds, CAMERA_INFO)),
    )


def _truth(kinds: Mapping[str, str], image: str, shows_ids: Callable[[str], bool]) -> str | None:
    named = {topic: kind for topic, kind in kinds.items() if _named_truth(topic)}
    found = _of_kind(named, INSTANCE_ARRAY) or [
        topic
        for topic in _of_kind(named, IMAGE)
        if topic != image and not _words(topic) & _OTHER_SENSORS and shows_ids(topic)
    ]
    if len(found) > 1:
        raise BagError(f'Several truth topics: {", ".join(found)}. Name one: --truth-topic.')
    return found[0] if found else None


def _named_truth(topic: str) -> bool:
    return any(word == 'gt' or word.endswith('truth') for word in _words(topic))


def _words(topic: str) -> set[str]:
    return set(re.split('[/_]+', topic.lower()))


def _depth(kinds: Mapping[str, str], image: str) -> str | None:
    return _nearest(image, [t for t in _of_kind(kinds, IMAGE) if 'depth' in t and t != image])


def _of_kind(kinds: Mapping[str, str], kind: str) -> list[str]:
    return sorted(topic for topic, have in kinds.items() if have == kind)


def _nearest(image: str, topics: Iterable[str]) -> str | None:
    """Return the topic that shares most of its beginning with the image topic."""

    def shared(topic: str) -> int:
        same = 0
        for mine, theirs in zip(image.split('/'), topic.split('/')):
            if mine != theirs:
                break
            same += 1
        return same

    return max(topics, key=shared, default=None)
