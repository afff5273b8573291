"""Opens a data file, or a repaired copy of it."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

from efficientsam3_ros.bags.errors import BagError
from efficientsam3_ros.bags.files import BagFile
from efficientsam3_ros.bags.recovery import (
    copy_sqlite,
    has_unknown_types,
    is_cut_off,
    journal,
    recover_mcap,
)
from efficientsam3_ros.bags.unpacking import unpack_file
from efficientsam3_ros.core.errors.one_line import one_line


def repaired(path: Path, copies: Path) -> tuple[BagFile, list[str]]:
    """Open a data file as far as it can be read.

    Args:
        path: A ``.mcap``, ``.db3`` or ``.bag`` file, also with ``.zstd`` behind it; it is not
            changed.
        copies: Folder for unpacked and repaired copies.

    Returns:
        The opened file and sentences on what was lost.

    Raises:
        BagError: If nothing of it can be read; the message says why.
        OSError: If a copy does not fit the disk.
    """
    try:
        return _repaired(path, copies)
    except OSError as error:
        # Of a full disk it is the folder that the user has to know.
        error.filename = error.filename or str(copies)
        raise


def _repaired(path: Path, copies: Path) -> tuple[BagFile, list[str]]:
    notes: list[str] = []
    file = path
    if path.suffix == '.zstd':
        file = copies / path.stem
        notes += unpack_file(path, file)
    target = copies / f'repaired_{file.name}'
    if file.suffix == '.mcap' and is_cut_off(file):
        recover_mcap(file, target, path)
        file = target
        notes.append(f'{path} is cut off; its complete part is read.')
    elif file.suffix == '.db3' and (journal(file) or has_unknown_types(file)):
        if journal(file):
            notes.append(f'{path} was not closed by the recorder; its -wal file was taken in.')
        copy_sqlite(file, target)
        file = target
    try:
        return BagFile(file, path), notes
    # The storage libraries raise whatever a damaged file makes them stumble over.
    except Exception as error:
        reason = f'{type(error).__name__}: {one_line(error).rstrip(".")}'
        reason = reason.replace(str(file), str(path))
        raise BagError(f'{path} cannot be read: {reason}. {_remedy(path)}') from error


def _remedy(path: Path) -> str:
    if '.bag' in path.suffixes:
        file = quote(str(path))
        return (
            f'It is a bag of ROS 1: copy it again, let ROS 1 repair it (rosbag reindex {file}), '
            f'or convert it (rosbags-convert --src {file} --dst converted).'
        )
    if '.db3' not in path.suffixes:
        return 'The file is damaged; copy it again.'
    packed = path.suffix == '.zstd'
    unpack = f'zstd -d {quote(str(path))}; ' if packed else ''
    plain = quote(str(path.with_suffix('') if packed else path))
    # Not ".recover": distributions build sqlite3 without it, Debian 12 among them.
    return (
        'The file is damaged; copy it again, or let SQLite recover what it still holds '
        f'({unpack}sqlite3 {plain} .dump | sed "s/^ROLLBACK.*/COMMIT;/" | sqlite3 repaired.db3).'
    )
