"""Opens a data file, or a mended copy of it."""

from __future__ import annotations

from pathlib import Path
import sys

from efficientsam3_ros.bags.errors import BagError
from efficientsam3_ros.bags.files import BagFile
from efficientsam3_ros.bags.mcap_recovery import is_cut_off, salvage
from efficientsam3_ros.bags.sqlite_recovery import journal, salvage_sqlite, take_in_journal
from efficientsam3_ros.core.one_line import one_line

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_BLOCK = 1 << 20


def repaired(path: Path, copies: Path) -> tuple[BagFile, list[str]]:
    """Open a data file as far as it can be read.

    Args:
        path: A ``.mcap`` or ``.db3`` file, also with ``.zstd`` behind it; it is not changed.
        copies: Folder for unpacked and mended copies.

    Returns:
        The opened file and sentences on what was lost.

    Raises:
        BagError: If nothing of it can be read; the message says why.
    """
    notes: list[str] = []
    file = path
    if path.suffix == '.zstd':
        file = copies / path.stem
        notes += _unpack(path, file)
    if file.suffix == '.mcap' and is_cut_off(file):
        file = _salvaged(file, path, copies)
        notes.append(f'{path} is cut off; its complete part is read.')
    elif file.suffix == '.db3' and journal(file):
        target = copies / f'journal_{file.name}'
        take_in_journal(file, target)
        file = target
        notes.append(f'{path} was not closed by the recorder; its -wal file was taken in.')
    try:
        return BagFile(file, path), notes
    # The storage libraries raise whatever a damaged file makes them stumble over.
    except Exception as error:
        if file.suffix != '.db3':
            raise BagError(f'{path} cannot be read: {_reason(error)}') from error
        return _sqlite(file, path, copies, error, notes)


def _salvaged(file: Path, path: Path, copies: Path) -> Path:
    target = copies / f'mended_{file.name}'
    try:
        salvage(file, target)
    except BagError as error:
        raise BagError(str(error).replace(str(file), str(path))) from error
    return target


def _sqlite(
    file: Path, path: Path, copies: Path, cause: Exception, notes: list[str]
) -> tuple[BagFile, list[str]]:
    target = copies / f'mended_{file.name}'
    try:
        saved = salvage_sqlite(file, target)
    except BagError:
        saved = 0
    if not saved:
        raise BagError(f'{path} cannot be read: {_reason(cause)}') from cause
    note = f'{path} cannot be read as it is ({_text(cause)}); {saved} messages were saved of it.'
    return BagFile(target, path), [*notes, note]


def _unpack(path: Path, target: Path) -> list[str]:
    """Decompress a file as far as possible; return what was wrong."""
    try:
        with (
            path.open('rb') as packed,
            zstd.open(packed, 'rb') as source,
            target.open('wb') as copy,
        ):
            while block := source.read1(_BLOCK):
                copy.write(block)
    except (EOFError, zstd.ZstdError) as error:
        if not target.stat().st_size:
            raise BagError(f'{path} cannot be decompressed: {error}; copy it again.') from error
        return [f'{path} is cut off or damaged ({error}); its beginning is read.']
    return []


def _text(error: Exception) -> str:
    return one_line(error).rstrip('.')


def _reason(error: Exception) -> str:
    return f'{type(error).__name__}: {_text(error)}. The file is damaged; copy it again.'
