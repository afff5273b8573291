"""Messages of ROS 1 as messages of ROS 2, and the bags that hold them."""

from __future__ import annotations

from collections.abc import Collection, Generator
from pathlib import Path

from rosbags.interfaces import Connection, MessageDefinition, MessageDefinitionFormat
from rosbags.rosbag1 import Reader

from efficientsam3_ros.bags.typestore import message_store

_NO_DEFINITION = MessageDefinition(MessageDefinitionFormat.NONE, '')


def to_cdr(data: bytes, kind: str) -> bytes:
    """Convert a message of ROS 1 to what ROS 2 would have written.

    Args:
        data: As ROS 1 wrote it.
        kind: Type in ROS 2, such as ``sensor_msgs/msg/Image``.

    Raises:
        KeyError: If ROS 2 has no such type.
        Exception: Whatever rosbags stumbles over in a damaged message.
    """
    return bytes(message_store().ros1_to_cdr(data, kind))


class Ros1File:
    """A ``.bag`` file with the interface of the other storages of rosbags.

    Its definitions are left out, as messages are converted to types of ROS 2.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._reader = Reader(path)
        self.connections: list[Connection] = []

    @property
    def start_ns(self) -> int:
        """Time of reception of the first message."""
        return self._reader.start_time

    @property
    def chunk_ends(self) -> list[int]:
        """Times of reception of the last message of each chunk."""
        return [chunk.end_time for chunk in self._reader.chunk_infos]

    def open(self) -> None:
        """Open the file and read its index.

        Raises:
            rosbags.rosbag1.ReaderError: If it is damaged, or was never closed.
        """
        self._reader.open()
        self.connections = [c._replace(msgdef=_NO_DEFINITION) for c in self._reader.connections]

    def close(self) -> None:
        """Close the file."""
        self._reader.close()

    def messages(
        self,
        connections: Collection[Connection],
        start: int | None = None,
        stop: int | None = None,
    ) -> Generator[tuple[Connection, int, bytes], None, None]:
        """Yield messages by time of reception, as ROS 1 wrote them."""
        own = {connection.id: connection for connection in connections}
        for found, time_ns, data in self._reader.messages(connections, start, stop):
            yield own[found.id], time_ns, data
