"""One data file of a bag."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rosbags.interfaces import Connection, ConnectionExtRosbag1
from rosbags.rosbag2.storage_sqlite3 import Sqlite3Reader

from efficientsam3_ros.bags.errors import BagError
from efficientsam3_ros.bags.mcap_file import AnyMcapReader
from efficientsam3_ros.bags.ros1 import Ros1File, to_cdr
from efficientsam3_ros.bags.unpacking import limit_rosbags, unpack_message

# CDR begins with 00; so does no compressed message.
_ZSTD_MAGIC = b'\x28\xb5\x2f\xfd'
# Times are compared as int64; a greater one is damage.
_LAST_NS = 2**63 - 2

limit_rosbags()


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
    """An opened ``.mcap``, ``.db3`` or ``.bag`` file; ``metadata.yaml`` is not needed.

    Args:
        path: The file, or a repaired copy of it.
        origin: The file as the user knows it.

    Raises:
        Exception: Whatever the storage library stumbles over in a damaged file.
    """

    def __init__(self, path: Path, origin: Path) -> None:
        self._origin = origin
        self._storage = _storage(path)
        self._storage.open()

    @property
    def connections(self) -> list[Connection]:
        """Topics with their types, definitions and numbers of messages."""
        return self._storage.connections

    @property
    def start_ns(self) -> int:
        """Time of reception of the first message."""
        storage = self._storage
        return storage.start_ns if isinstance(storage, Ros1File) else storage.metadata.start_time

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
                    try:
                        plain = _plain(data, connection)
                    except Exception as error:
                        note(f'{topic} holds messages that cannot be read: {error}')
                        continue
                    yield Record(min(time_ns, _LAST_NS), connection, plain)
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
        storage = self._storage
        ends = [] if isinstance(storage, Sqlite3Reader) else storage.chunk_ends
        behind = [end + 1 for end in ends]
        return min((end for end in behind if time_ns is None or end > time_ns), default=None)


def _storage(path: Path) -> AnyMcapReader | Sqlite3Reader | Ros1File:
    if path.suffix == '.bag':
        return Ros1File(path)
    return AnyMcapReader(path) if path.suffix == '.mcap' else Sqlite3Reader(path)


def _plain(data: bytes, connection: Connection) -> bytes:
    """Return a message as CDR.

    Raises:
        Exception: If it cannot be unpacked or converted.
    """
    if data[:4] == _ZSTD_MAGIC:
        return unpack_message(data)
    if isinstance(connection.ext, ConnectionExtRosbag1):
        return to_cdr(data, connection.msgtype)
    encoding = connection.ext.serialization_format
    if encoding == 'ros1':
        return to_cdr(data, connection.msgtype)
    if encoding not in ('cdr', ''):
        raise BagError(f'they are encoded as "{encoding}", not as ROS encodes messages.')
    return data
