"""Reads camera frames and results from rosbag2 bags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
import json
from pathlib import Path
from typing import Any

from rosbags.interfaces import Connection

from efficientsam3_ros.bags.decoded_messages import UNFIT, DecodedMessages, read_frame
from efficientsam3_ros.bags.errors import BagError
from efficientsam3_ros.bags.image_topics import (
    LOOKED_AT,
    color_topic,
    content_of,
    is_image,
    shows_ids,
)
from efficientsam3_ros.bags.stamp_index import (
    HEADER_BYTES,
    StampIndex,
    header_stamp,
    in_stamp_order,
)
from efficientsam3_ros.bags.storage import Storage
from efficientsam3_ros.bags.topics import COMPRESSED, IMAGE, STRING, concepts_topic
from efficientsam3_ros.bags.typestore import INSTANCE_ARRAY
from efficientsam3_ros.core import Frame, FrameResult
from efficientsam3_ros.core.frame_rate import frame_rate
from efficientsam3_ros.core.messages.instance_codec import read_instances

# Enough to see how fast images come.
_FIRST = 240


class BagReader:
    """An existing bag, typed; use it as a context manager.

    What can be read of a damaged bag is read; ``notes`` tells what was lost.

    Args:
        path: A rosbag2 folder, or one ``.mcap``, ``.db3`` or ROS 1 ``.bag`` file, also with
            ``.zstd`` behind it.

    Raises:
        BagError: If nothing can be read; the message says why.
    """

    def __init__(self, path: Path | str) -> None:
        self._storage = Storage(Path(path))
        self._decoded = DecodedMessages(self._storage)

    def __enter__(self) -> BagReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._storage.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on damage met so far."""
        return tuple(self._storage.notes)

    @property
    def topics(self) -> dict[str, str]:
        """Topic to message type, topics without a message left out."""
        return {c.topic: c.msgtype for c in self._connections() if c.msgcount}

    def count(self, topic: str) -> int:
        """Return the number of messages of one topic."""
        return sum(c.msgcount for c in self._connections() if c.topic == topic)

    def image_topic(self) -> str:
        """Return the one topic with color images of a camera, see ``color_topic``.

        Raises:
            BagError: If there is none, or more than one.
        """
        kinds = self.topics
        contents = {
            topic: content_of(self._beginning(topic)) for topic, k in kinds.items() if is_image(k)
        }
        return color_topic(self._storage.path, kinds, contents)

    def shows_ids(self, topic: str) -> bool:
        """Tell whether an image topic looks like one of object ids."""
        return shows_ids(self._beginning(topic))

    def frames(self, topic: str | None = None) -> Iterator[Frame]:
        """Yield color images by stamp, each stamp once, as ``ordered`` gives them.

        Times of reception stand in where no image is stamped.

        Args:
            topic: An Image or CompressedImage topic; None takes ``image_topic()``.

        Raises:
            BagError: If the topic is missing or of another type, or no image can be read.
        """
        topic = topic or self.image_topic()
        self._require(topic, (IMAGE, COMPRESSED))
        found = self.ordered(topic, self.index(topic))
        yield from self._decoded.converted(
            topic, found, lambda item: replace(read_frame(item[1]), stamp_ns=item[0])
        )

    def results(self, topic: str) -> Iterator[FrameResult]:
        """Yield the results, or the truth, of an ``InstanceArray`` topic.

        Raises:
            BagError: If the topic is missing or of another type, or none can be read.
        """
        self._require(topic, (INSTANCE_ARRAY,))
        yield from self._decoded.converted(topic, self.messages(topic), read_instances)

    def concepts(self, topic: str) -> tuple[str, ...] | None:
        """Return what a truth topic was asked for, None in a bag that does not say it."""
        name = concepts_topic(topic)
        if self.topics.get(name) != STRING:
            return None
        for message in self.messages(name):
            try:
                return tuple(str(item) for item in json.loads(message.data))
            except UNFIT as error:
                self._storage.note(f'{name} holds no JSON list of concepts: {error}')
        return None

    def first(self, topic: str) -> Any:
        """Return a topic's first message, None if none can be decoded."""
        return next(self.messages(topic), None)

    def messages(self, topic: str) -> Iterator[Any]:
        """Yield one topic's messages as rosbags decodes them; damaged ones are left out."""
        yield from self._decoded.of(topic, self._storage.records(topic))

    def rate(self, topic: str, default: float) -> float:
        """Return how many images of a topic come in a second, by the stamps of the first ones.

        Args:
            topic: Its name.
            default: Rate of a topic of one message.
        """
        first = islice(self._storage.records(topic), _FIRST)
        times = [(header_stamp(r.data), r.time_ns) for r in first if len(r.data) >= HEADER_BYTES]
        return frame_rate(StampIndex.of(times).stamps_ns, default)

    def index(self, topic: str) -> StampIndex:
        """Read the stamps of a topic whose messages begin with a header."""
        found: list[tuple[int, int]] = []
        for record in self._storage.records(topic):
            try:
                found.append((header_stamp(record.data), record.time_ns))
            except BagError as error:
                self._storage.note(f'{topic}: {error}')
        index = StampIndex.of(found)
        for note in index.notes(topic):
            self._storage.note(note)
        return index

    def ordered(self, topic: str, index: StampIndex) -> Iterator[tuple[int, Any]]:
        """Yield stamps and messages in the order of the stamps, each stamp once.

        At most ``WINDOW`` messages are held. Where the bag is not in order, that many are
        collected at a time, from wherever in the bag they lie.

        Args:
            topic: Its name.
            index: From ``index``.
        """
        for record in in_stamp_order(self._storage.records, topic, index):
            for message in self._decoded.of(topic, [record]):
                yield index.stamp_of(record.data, record.time_ns), message

    def _connections(self) -> Iterator[Connection]:
        return (c for file in self._storage.files for c in file.connections)

    def _beginning(self, topic: str) -> Iterator[Any]:
        return islice(self.messages(topic), LOOKED_AT)

    def _require(self, topic: str, kinds: tuple[str, ...]) -> None:
        kind = self.topics.get(topic)
        if kind not in kinds:
            known = ', '.join(sorted(t for t, k in self.topics.items() if k in kinds)) or 'none'
            problem = 'is not in the bag' if kind is None else f'carries {kind}'
            raise BagError(f'{topic} {problem}; fitting topics: {known}.')
