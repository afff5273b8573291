"""Copies that rosbags reads: of a cut-off MCAP file, of a SQLite file that was not closed."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
import shutil
import sqlite3
import struct

from efficientsam3_ros.bags.errors import BagError
from efficientsam3_ros.bags.mcap_file import MAGIC

_RECORD_HEAD = struct.Struct('<BQ')
_DATA_END, _FOOTER = 0x0F, 0x02
# rosbags 0.11 refuses a whole file for one type that the recorder could not describe.
_KNOWN = 'encoding IN ("ros2msg", "ros2idl")'


def is_cut_off(path: Path) -> bool:
    """Tell whether an MCAP file lacks its end."""
    with path.open('rb') as file:
        file.seek(0, 2)
        if file.tell() < 2 * len(MAGIC):
            return True
        file.seek(-len(MAGIC), 2)
        return file.read() != MAGIC


def recover_mcap(path: Path, target: Path, origin: Path) -> None:
    """Copy all complete records of a cut-off MCAP file and give the copy a proper end.

    Records are laid out as opcode, 64-bit length, content (mcap.dev/spec). An index is not
    rebuilt: readers scan files without one.

    Args:
        path: The damaged file; it is not changed.
        target: The copy to write.
        origin: The file as the user knows it.

    Raises:
        BagError: If not even one record is complete, or the file is no MCAP file.
    """
    end = _end_of_records(path, origin)
    with path.open('rb') as source, target.open('wb') as copy:
        shutil.copyfileobj(source, copy)
        copy.truncate(end)
        copy.seek(end)
        copy.write(_RECORD_HEAD.pack(_DATA_END, 4) + bytes(4))
        copy.write(_RECORD_HEAD.pack(_FOOTER, 20) + bytes(20) + MAGIC)


def _end_of_records(path: Path, origin: Path) -> int:
    """Return the offset behind the last complete record that holds data."""
    size = path.stat().st_size
    with path.open('rb') as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise BagError(f'{origin} is no MCAP file, or its beginning is lost; record it again.')
        end, records = len(MAGIC), 0
        while end + _RECORD_HEAD.size <= size:
            file.seek(end)
            kind, length = _RECORD_HEAD.unpack(file.read(_RECORD_HEAD.size))
            following = end + _RECORD_HEAD.size + length
            if following > size or kind in (_DATA_END, _FOOTER):
                break
            end, records = following, records + 1
    if not records:
        raise BagError(f'{origin} was cut off before its first record; record it again.')
    return end


def journal(path: Path) -> Path | None:
    """Return the write-ahead log that a killed recorder left beside a file, if it holds data."""
    log = path.with_name(f'{path.name}-wal')
    return log if log.is_file() and log.stat().st_size else None


def has_unknown_types(path: Path) -> bool:
    """Tell whether a file defines a type in another language than .msg or .idl."""
    query = f'SELECT 1 FROM message_definitions WHERE NOT {_KNOWN} LIMIT 1'
    try:
        with closing(sqlite3.connect(f'file:{path}?immutable=1', uri=True)) as bag:
            return bag.execute(query).fetchone() is not None
    except (sqlite3.Error, UnicodeDecodeError):
        return False  # an old layout without that table, or damaged: the reader will tell


def copy_sqlite(path: Path, target: Path) -> None:
    """Copy a file together with its write-ahead log, if there is one.

    Args:
        path: The ``.db3`` file; neither it nor its log is changed.
        target: The copy to write.

    Raises:
        BagError: If SQLite refuses them.
    """
    shutil.copyfile(path, target)
    if journal(path):
        shutil.copyfile(f'{path}-wal', f'{target}-wal')
    try:
        with closing(sqlite3.connect(target)) as copy:
            copy.execute('PRAGMA wal_checkpoint(TRUNCATE)').fetchall()
            copy.execute('PRAGMA journal_mode=DELETE').fetchall()
            if has_unknown_types(target):
                copy.execute(f'DELETE FROM message_definitions WHERE NOT {_KNOWN}')
                copy.commit()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise BagError(f'{path} and its -wal file cannot be read: {error}.') from error
