"""A copy of a SQLite bag that rosbags reads: journal taken in, undescribed types left out."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
import shutil
import sqlite3

from efficientsam3_ros.bags.errors import BagError

# rosbags 0.11 refuses a whole file for one type that the recorder could not describe.
_KNOWN = 'encoding IN ("ros2msg", "ros2idl")'


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
    except sqlite3.Error:
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
    except sqlite3.Error as error:
        raise BagError(f'{path} and its -wal file cannot be read: {error}.') from error
