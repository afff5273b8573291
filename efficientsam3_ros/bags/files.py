"""One data file of a bag."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
import sys

from rosbags.interfaces import Connection
from rosbags.rosbag2.storage_mcap import McapReader, Schema
from rosbags.rosbag2.storage_sqlite3 import Sqlite3Reader

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# CDR begins with 00; so does no compressed message.
_ZSTD_MAGIC = b'\x28\xb5\x2f\xfd'


class _Schemas(dict[int, Schema]):
    """Schemas by id; one in a language that rosbags does not know counts as absent."""

    def __setitem__(self, key: int, schema: Schema) -> None:
        known = schema.encoding in ('ros2msg', 'ros2idl', 'omgidl')
        super().__setitem__(key, schema if known else schema._replace(encoding=''))


class _McapReader(McapReader):
    """Reads two kinds of sound files that rosbags 0.11 refuses as a whole."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        # Files with a topic whose schema is, say, protobuf.
        self.schemas = _Schemas()

    def messages(
        self,
        connections: Collection[Connection],
        start: int | None = None,
        stop: int | None = None,
    ) -> Generator[tuple[Connection, int, bytes], None, None]:
        """Yield messages; without an index in the order of the file, whatever that is."""
        read = super().messages if self.chunks else self.messages_scan
        return read(connections, start, stop)


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
        path: The file, or a repaired copy of it.
        origin: The file as the user knows it.

    Raises:
        Exception: Whatever the storage library stumbles over in a damaged file.
    """

    def __init__(self, path: Path, origin: Path) -> None:
        self._origin = origin
        self._storage: McapReader | Sqlite3Reader = (
            _McapReader(path) if path.suffix == '.mcap' else Sqlite3Reader(path)
        )
        self._storage.open()

    @property
    def connections(self) -> list[Connection]:
        """Topics with their types, definitions and numbers of messages."""
        return self._storage.connections

    @property
    def start_ns(self) -> int:
        """Time of reception of the first message."""
        return self._storage.metadata.start_time

    def close(self) -> None:
        """Close the file."""
        self._storage.close()

    def records(
        self, note: Callable[[str], None], topic: str, start_ns: int | None, stop_ns: int | None
    ) -> Iterator[Record]:
        """Yield messages as ``Storage.records`` does; a damaged place is noted and passed over."""
        wanted = [c for c in self.connections if c.topic == topic]
        if not wanted:
            return
        while True:
            last_ns = start_ns
            try:
                for connection, time_ns, data in self._storage.messages(wanted, start_ns, stop_ns):
                    last_ns = time_ns
                    yield Record(time_ns, connection, _plain(data))
                return
            # A damaged file makes the storage libraries raise almost anything.
            except Exception as error:
                reason = str(error) or type(error).__name__
                note(f'A damaged part of {self._origin} was stepped over: {reason}')
                start_ns = self._behind(last_ns)
                if start_ns is None or (stop_ns is not None and start_ns >= stop_ns):
                    return

    def _behind(self, time_ns: int | None) -> int | None:
        """Return the time from which to go on behind a damaged chunk, None if there is none."""
        chunks = self._storage.chunks if isinstance(self._storage, McapReader) else ()
        ends = [chunk.message_end_time + 1 for chunk in chunks]
        return min((end for end in ends if time_ns is None or end > time_ns), default=None)


def _plain(data: bytes) -> bytes:
    return zstd.decompress(data) if data[:4] == _ZSTD_MAGIC else data
