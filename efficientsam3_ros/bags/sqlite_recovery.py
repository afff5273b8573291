"""Copies what can be read of a damaged SQLite bag, and takes in an unfinished journal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
import shutil
import sqlite3
from typing import Any

from efficientsam3_ros.bags.errors import BagError

# Rows that are tried one by one behind a damaged one before the rest is given up.
_PROBES = 1000
_SMALL_TABLES = ('schema', 'metadata', 'message_definitions', 'topics')


def journal(path: Path) -> Path | None:
    """Return the write-ahead log that a killed recorder left beside a file, if it holds data."""
    log = path.with_name(f'{path.name}-wal')
    return log if log.is_file() and log.stat().st_size else None


def take_in_journal(path: Path, target: Path) -> None:
    """Copy a file together with its write-ahead log into one complete file.

    Args:
        path: The ``.db3`` file; neither it nor its log is changed.
        target: The copy to write.

    Raises:
        BagError: If SQLite refuses them.
    """
    shutil.copyfile(path, target)
    shutil.copyfile(f'{path}-wal', f'{target}-wal')
    try:
        with closing(sqlite3.connect(target)) as copy:
            copy.execute('PRAGMA wal_checkpoint(TRUNCATE)').fetchall()
            copy.execute('PRAGMA journal_mode=DELETE').fetchall()
    except sqlite3.Error as error:
        raise BagError(f'{path} and its -wal file cannot be read: {error}.') from error


def salvage_sqlite(path: Path, target: Path) -> int:
    """Copy all readable messages of a damaged file.

    Args:
        path: The damaged ``.db3`` file; it is not changed.
        target: The copy to write.

    Returns:
        Number of messages saved.

    Raises:
        BagError: If its tables are lost.
    """
    source = sqlite3.connect(f'file:{path}?immutable=1', uri=True)
    source.text_factory = bytes
    copy = sqlite3.connect(target)
    with closing(source), closing(copy), copy:
        try:
            # Without it SQLite refuses a file that is shorter than its header says.
            source.execute('PRAGMA writable_schema=ON')
            tables = _copy_tables(source, copy)
        except sqlite3.Error as error:
            raise BagError(f'{path} cannot be read: {error}; copy it again.') from error
        if not {'topics', 'messages'} <= tables:
            raise BagError(f'{path} cannot be read: it is malformed or no bag; copy it again.')
        if 'message_definitions' in tables:
            # Readers stumble over a type that the recorder could not describe.
            copy.execute(
                'DELETE FROM message_definitions WHERE encoding NOT IN ("ros2msg", "ros2idl")'
            )
        saved = 0
        for row in _messages(source):
            copy.execute(f'INSERT INTO messages VALUES ({",".join("?" * len(row))})', row)
            saved += 1
        copy.execute('CREATE INDEX IF NOT EXISTS timestamp_idx ON messages (timestamp ASC)')
    return saved


def _copy_tables(source: sqlite3.Connection, copy: sqlite3.Connection) -> set[str]:
    """Make all tables and fill the small ones; return their names."""
    wanted = (*_SMALL_TABLES, 'messages')
    found = {
        name.decode(): sql.decode()
        for name, sql in source.execute('SELECT name, sql FROM sqlite_master WHERE type = "table"')
        if name.decode() in wanted
    }
    for name, sql in found.items():
        copy.execute(sql)
        if name in _SMALL_TABLES:
            for row in source.execute(f'SELECT * FROM {name}'):
                values = [v.decode() if isinstance(v, bytes) else v for v in row]
                copy.execute(f'INSERT INTO {name} VALUES ({",".join("?" * len(row))})', values)
    return set(found)


def _messages(source: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    """Yield the rows in the order of their ids, stepping over damaged ones."""
    last = 0
    while True:
        try:
            for row in source.execute('SELECT * FROM messages WHERE id > ? ORDER BY id', (last,)):
                last = row[0]
                yield row
            return
        except sqlite3.Error:
            found = _next_readable(source, last + 1)
            if found is None:
                return
            last = found[0]
            yield found


def _next_readable(source: sqlite3.Connection, first: int) -> tuple[Any, ...] | None:
    for number in range(first, first + _PROBES):
        try:
            row = source.execute('SELECT * FROM messages WHERE id = ?', (number,)).fetchone()
        except sqlite3.Error:
            continue
        if row:
            return tuple(row)
    return None
