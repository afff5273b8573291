"""Recovers an MCAP file that a crash or a full disk cut off."""

from __future__ import annotations

from pathlib import Path
import shutil
import struct

from efficientsam3_ros.bags.errors import BagError

MAGIC = b'\x89MCAP0\r\n'
_RECORD_HEAD = struct.Struct('<BQ')
_DATA_END, _FOOTER = 0x0F, 0x02


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
