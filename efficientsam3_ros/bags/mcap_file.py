"""MCAP files of any profile, with or without an index."""

from __future__ import annotations

from collections.abc import Collection, Generator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

from rosbags.interfaces import Connection
from rosbags.rosbag2.errors import ReaderError
from rosbags.rosbag2.storage_mcap import (
    McapReader,
    Schema,
    deserialize_uint64,
    read_exact,
    read_sized,
    read_string,
)
from rosbags.typesys.msg import normalize_msgtype

MAGIC = b'\x89MCAP0\r\n'
_HEADER, _FOOTER = b'\x01', b'\x02' + (20).to_bytes(8, 'little')
_FOOTER_BYTES = len(_FOOTER) + 20 + len(MAGIC)
_NEVER = 2**63 - 1
# What rosbags calls the type of a channel whose schema it has not met.
_NO_SCHEMA = '__schemaless__'
_LANGUAGES = ('ros2msg', 'ros2idl', 'omgidl')


class _Schemas(dict[int, Schema]):
    """Schemas by id; one in a language that rosbags does not know counts as absent.

    So do those of ROS 1: its messages are converted to types of ROS 2.
    """

    def __setitem__(self, key: int, schema: Schema) -> None:
        if schema.encoding == 'ros1msg':
            schema = schema._replace(name=normalize_msgtype(schema.name))
        known = schema.encoding in _LANGUAGES
        super().__setitem__(key, schema if known else schema._replace(encoding=''))


class AnyMcapReader(McapReader):
    """Reads sound files that rosbags 0.11 refuses as a whole or reads in part.

    These are files of a profile other than "ros2", with a topic whose schema is, say, protobuf,
    and with a summary that lacks channels or chunk indexes, which the format allows.

    Args:
        path: The file.

    Attributes:
        profile: What its header says of its content.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.schemas = _Schemas()
        self.profile = ''

    @property
    def chunk_ends(self) -> list[int]:
        """Times of reception of the last message of each chunk."""
        return [chunk.message_end_time for chunk in self.chunks]

    def messages(
        self,
        connections: Collection[Connection],
        start: int | None = None,
        stop: int | None = None,
    ) -> Generator[tuple[Connection, int, bytes], None, None]:
        """Yield messages; without a full index in the order of the file, whatever that is."""
        read = super().messages if self.chunks else self.messages_scan
        return read(connections, start, stop)

    def _open(self) -> None:
        footer, summary = self._read_ends()
        self.data_end = summary or footer
        if not summary or not self._read_summary():
            self.schemas.clear()
            self.channels.clear()
            self.connections.clear()
            self.meta_scan()
        found = self.statistics
        assert found is not None
        if sum(n for c in self.chunks for n in c.channel_count.values()) < found.message_count:
            self.chunks.clear()
        counts = found.channel_message_counts
        self.connections = [c._replace(msgcount=counts.get(c.id, 0)) for c in self.connections]
        if found.message_count:
            self.metadata = self.metadata._replace(
                duration=found.end_time - found.start_time + 1,
                start_time=found.start_time,
                end_time=found.end_time + 1,
                message_count=found.message_count,
            )
        else:
            self.metadata = self.metadata._replace(start_time=_NEVER)

    def _read_ends(self) -> tuple[int, int]:
        """Read header and footer; return where footer and summary begin, 0 without a summary."""
        bio = self.bio
        assert bio is not None
        if bio.read(len(MAGIC)) != MAGIC or bio.read(1) != _HEADER:
            raise ReaderError('it does not begin as an MCAP file.')
        self.profile = read_string(BytesIO(read_sized(bio)))
        self.data_start = bio.tell()
        footer = bio.seek(-_FOOTER_BYTES, 2)
        if bio.read(len(_FOOTER)) != _FOOTER:
            raise ReaderError('it does not end as an MCAP file.')
        (summary,) = deserialize_uint64(read_exact(bio, 8))
        return footer, summary if self.data_start <= summary <= footer else 0

    def _read_summary(self) -> bool:
        """Read the summary; tell whether it names every channel and counts every message."""
        # What a summary lacks, or says wrongly, the data themselves tell.
        with suppress(Exception):
            self.read_index()
            found = self.statistics
            if found is not None:
                counts = found.channel_message_counts
                return (
                    sum(counts.values()) == found.message_count
                    and {key for key, count in counts.items() if count} <= self.channels.keys()
                    and _NO_SCHEMA not in {c.schema for c in self.channels.values()}
                )
        return False
