"""One data file of a bag."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
import sys
from typing import Any

from rosbags.interfaces import Connection, MessageDefinition, MessageDefinitionFormat
from rosbags.rosbag2 import Reader, storage_mcap
from rosbags.rosbag2.storage_mcap import McapReader

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# CDR begins with 00; so does no compressed message.
_ZSTD_MAGIC = b'\x28\xb5\x2f\xfd'
_definition_of: Any = storage_mcap.get_msgdef


def _definition(schema: Any) -> MessageDefinition:
    try:
        found: MessageDefinition = _definition_of(schema)
    except KeyError:
        return MessageDefinition(MessageDefinitionFormat.NONE, '')
    return found


# rosbags 0.11 refuses a whole file for one topic whose schema is, say, protobuf.
storage_mcap.get_msgdef = _definition


@dataclass(frozen=True)
class Record:
    """One message as it lies in the file.

    Attributes:
        time_ns: When it was received; not the stamp in its header.
        connection: Topic, type and definition.
        data: CDR bytes.
    """

    time_ns: int
    connection: Connection
    data: bytes


class BagFile:
    """An opened ``.mcap`` or ``.db3`` file; ``metadata.yaml`` is not needed.

    Args:
        path: The file, or a mended copy of it.
        origin: The file as the user knows it.

    Attributes:
        damage: Why messages were skipped, each reason once.

    Raises:
        Exception: Whatever the storage library stumbles over in a damaged file.
    """

    def __init__(self, path: Path, origin: Path) -> None:
        self.path = origin
        self.damage: list[str] = []
        self._reader = Reader(path)
        self._reader.open()

    @property
    def connections(self) -> list[Connection]:
        """Topics with their types, definitions and numbers of messages."""
        return self._reader.connections

    @property
    def start_ns(self) -> int:
        """Time of reception of the first message."""
        return self._reader.start_time

    def close(self) -> None:
        """Close the file."""
        self._reader.close()

    def records(
        self, topic: str, start_ns: int | None = None, stop_ns: int | None = None
    ) -> Iterator[Record]:
        """Yield the messages of a topic by time of reception; a damaged place is stepped over.

        Args:
            topic: Its name.
            start_ns: Only messages received at this time or later.
            stop_ns: Only messages received before this time.
        """
        wanted = [c for c in self.connections if c.topic == topic]
        if not wanted:
            return
        while True:
            last_ns = start_ns
            try:
                for connection, time_ns, data in self._raw(wanted, start_ns, stop_ns):
                    last_ns = time_ns
                    yield Record(time_ns, connection, _plain(data))
                return
            # A damaged file makes the storage libraries raise almost anything.
            except Exception as error:
                reason = str(error) or type(error).__name__
                if reason not in self.damage:
                    self.damage.append(reason)
                start_ns = self._behind(last_ns)
                if start_ns is None or (stop_ns is not None and start_ns >= stop_ns):
                    return

    def _raw(
        self, wanted: Sequence[Connection], start_ns: int | None, stop_ns: int | None
    ) -> Iterator[tuple[Connection, int, bytes]]:
        storage: Any = self._reader.storage
        if isinstance(storage, McapReader) and not storage.chunks:
            # The plain way refuses files without an index whose messages are not in order.
            return storage.messages_scan(wanted, start_ns, stop_ns)
        return self._reader.messages(wanted, start_ns, stop_ns)

    def _behind(self, time_ns: int | None) -> int | None:
        """Return the time from which to go on behind a damaged chunk, None if there is none."""
        storage: Any = self._reader.storage
        chunks = storage.chunks if isinstance(storage, McapReader) else ()
        ends = [chunk.message_end_time + 1 for chunk in chunks]
        return min((end for end in ends if time_ns is None or end > time_ns), default=None)


def _plain(data: bytes) -> bytes:
    return zstd.decompress(data) if data[:4] == _ZSTD_MAGIC else data
