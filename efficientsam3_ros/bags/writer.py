"""Writes rosbag2 bags that ``ros2 bag play`` and Foxglove read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
import errno
import json
from pathlib import Path
import sqlite3
from typing import Any

import numpy as np
from rosbags.interfaces import (
    Connection,
    Qos,
    QosDurability,
    QosHistory,
    QosLiveliness,
    QosReliability,
    QosTime,
)
from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer

from efficientsam3_ros.bags.errors import BagError
from efficientsam3_ros.bags.messages import Messages
from efficientsam3_ros.bags.topics import STRING, concepts_topic
from efficientsam3_ros.bags.typestore import INSTANCE_ARRAY, message_store
from efficientsam3_ros.core.instance import FrameResult
from efficientsam3_ros.core.intrinsics import Intrinsics
from efficientsam3_ros.core.writing.atomic import replacing

STORAGES = {'mcap': StoragePlugin.MCAP, 'sqlite3': StoragePlugin.SQLITE3}
SUFFIXES = {'.mcap': 'mcap', '.db3': 'sqlite3'}
_NEVER = QosTime(9223372036, 854775807)

# A player offers what the bag says; reliable serves subscribers of both kinds.
RELIABLE = Qos(
    QosHistory.KEEP_LAST,
    5,
    QosReliability.RELIABLE,
    QosDurability.VOLATILE,
    _NEVER,
    _NEVER,
    QosLiveliness.AUTOMATIC,
    _NEVER,
    False,
)


class BagWriter:
    """A new bag; use it as a context manager, which also closes it after an error.

    Args:
        path: ``*.mcap`` and ``*.db3`` become one file that needs no ``metadata.yaml``; any other
            name becomes a rosbag2 folder.
        storage: 'mcap' or 'sqlite3'; by default what the suffix says, else mcap.

    Raises:
        BagError: If the path exists or the storage is unknown.
    """

    def __init__(self, path: Path | str, storage: str | None = None) -> None:
        self.path = Path(path)
        by_suffix = SUFFIXES.get(self.path.suffix)
        storage = storage or by_suffix or 'mcap'
        if storage not in STORAGES:
            raise BagError(f'Unknown storage "{storage}"; choose mcap or sqlite3.')
        if self.path.exists():
            raise BagError(f'{self.path} exists already; remove it or choose another name.')
        self._storage = storage
        self._part: Path | None = None
        self._stack = ExitStack()
        self._store = message_store()
        self._messages = Messages(self._store)
        self._connections: dict[str, Connection] = {}

    def __enter__(self) -> BagWriter:
        if self.path.suffix in SUFFIXES:
            self._part = self._stack.enter_context(replacing(self.path))
        folder = self._part.with_suffix('.bag') if self._part else self.path
        self._writer = Writer(folder, version=9, storage_plugin=STORAGES[self._storage])
        if self._storage == 'mcap':
            self._writer.set_compression(CompressionMode.STORAGE, CompressionFormat.ZSTD)
        self._writer.open()
        return self

    def __exit__(self, *_: object) -> None:
        with ExitStack() as after:
            after.callback(self._stack.close)
            if self._part is not None:
                after.callback(self._move, self._part)
            # A full disk may hold up the index at the end; what was written before it is kept.
            with self._naming():
                self._writer.close()

    @contextmanager
    def _naming(self) -> Iterator[None]:
        """Let an error of the disk name the bag."""
        try:
            yield
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.path)) from error
        except sqlite3.OperationalError as error:
            number = errno.ENOSPC if 'full' in str(error) else errno.EIO
            raise OSError(number, str(error), str(self.path)) from error

    def _move(self, part: Path) -> None:
        data = next(p for p in self._writer.path.iterdir() if p.suffix in SUFFIXES)
        data.replace(part)

    def image(
        self, topic: str, image: np.ndarray, encoding: str, stamp_ns: int, frame_id: str
    ) -> None:
        """Write an image, see ``Messages.image``; the stamp is also the time in the bag."""
        header = self._messages.header(stamp_ns, frame_id)
        message = self._messages.image(image, encoding, header)
        self._write(topic, 'sensor_msgs/msg/Image', stamp_ns, message)

    def camera_info(self, topic: str, camera: Intrinsics, stamp_ns: int, frame_id: str) -> None:
        """Write the intrinsics of a camera without distortion."""
        message = self._messages.camera_info(camera, self._messages.header(stamp_ns, frame_id))
        self._write(topic, 'sensor_msgs/msg/CameraInfo', stamp_ns, message)

    def instances(self, topic: str, result: FrameResult) -> None:
        """Write what the tracker, or the truth, says of one frame."""
        header = self._messages.header(result.stamp_ns, result.frame_id)
        self._write(
            topic, INSTANCE_ARRAY, result.stamp_ns, self._messages.instances(result, header)
        )

    def concepts(self, topic: str, concepts: Sequence[str], stamp_ns: int) -> None:
        """Write what a truth topic was asked for, so that absent concepts are known.

        Args:
            topic: The truth's topic; the concepts go to ``<topic>/concepts`` as a JSON list.
            concepts: Phrases, in order.
            stamp_ns: Time in the bag.
        """
        message = self._messages.text(json.dumps(list(concepts), ensure_ascii=False))
        self._write(concepts_topic(topic), STRING, stamp_ns, message)

    def _write(self, topic: str, kind: str, stamp_ns: int, message: Any) -> None:
        if topic not in self._connections:
            self._connections[topic] = self._writer.add_connection(
                topic, kind, typestore=self._store, offered_qos_profiles=[RELIABLE]
            )
        data = self._store.serialize_cdr(message, kind)
        # A stamp may lie before 1970, the time in a bag may not.
        with self._naming():
            self._writer.write(self._connections[topic], max(stamp_ns, 0), data)
