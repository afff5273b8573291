"""Compressed files, chunks and messages of bags, unpacked no further than to a limit.

A file of some kilobytes may ask for more than the memory or the disk holds.
"""

from __future__ import annotations

from bz2 import BZ2Decompressor
from collections.abc import Callable
from pathlib import Path
from shlex import quote
import shutil
import sys
from typing import Any, Protocol

from lz4.frame import LZ4FrameDecompressor
from rosbags.rosbag1 import reader as rosbag1
from rosbags.rosbag2 import storage_mcap

from efficientsam3_ros.bags.errors import BagError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_RATIO = 500
"""A compressed file may unpack to so many times its size; camera images reach about 20."""
ALWAYS_BYTES = 1 << 30
"""A compressed file may always unpack to so much."""
MAX_BYTES = 1 << 30
"""Of one chunk, and of one message."""
_DISK_SHARE = 0.9
_BLOCK = 1 << 20
_HEADER_BYTES = 18


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes | None: ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def unpack_message(data: bytes) -> bytes:
    """Return a message that rosbag2 compressed.

    Raises:
        BagError: If it is cut off, or larger than ``MAX_BYTES``.
        zstd.ZstdError: If it is damaged.
    """
    return _unpacked(data, MAX_BYTES, zstd.ZstdDecompressor)


def unpack_file(path: Path, target: Path) -> list[str]:
    """Decompress a file as far as it is whole.

    Args:
        path: The compressed file.
        target: New file.

    Returns:
        Sentences on what was wrong.

    Raises:
        BagError: If nothing can be decompressed, or it is too much; then there is no new file.
    """
    try:
        _copy(path, target, *_limit(path, target.parent))
    except (EOFError, zstd.ZstdError) as error:
        if target.stat().st_size:
            return [f'{path} is cut off or damaged ({error}); its beginning is read.']
        raise BagError(f'{path} cannot be decompressed: {error}; copy it again.') from error
    except (OSError, BagError):
        target.unlink(missing_ok=True)
        raise
    return []


def limit_rosbags() -> None:
    """Let rosbags, which would unpack whatever a chunk asks for, unpack ``MAX_BYTES`` of it."""
    for name, kind in (('zstd', zstd.ZstdDecompressor), ('lz4', LZ4FrameDecompressor)):
        storage_mcap.DECOMPRESSORS[name] = _chunks(kind)
    for name, kind in (('bz2', BZ2Decompressor), ('lz4', LZ4FrameDecompressor)):
        rosbag1.decompressors[name] = _chunks_of_ros1(kind)


def _chunks(kind: Callable[[], Any]) -> Callable[[bytes, int], bytes]:
    # A chunk says how large it is, and rosbags refuses one of another size.
    return lambda data, size: _unpacked(data, min(size, MAX_BYTES), kind)


def _chunks_of_ros1(kind: Callable[[], Any]) -> Callable[[bytes], bytes]:
    return lambda data: _unpacked(data, MAX_BYTES, kind)


def _unpacked(data: bytes, most: int, kind: Callable[[], _Decompressor]) -> bytes:
    """Return the content of one or more compressed frames that hold ``most`` bytes together."""
    parts = []
    while data:
        decompressor = kind()
        # One more byte, as some end only when they are asked for what follows.
        parts.append(decompressor.decompress(data, most + 1))
        most -= len(parts[-1])
        if most < 0 or not decompressor.eof:
            raise BagError('what is compressed is cut off, or larger than it may be.')
        data = decompressor.unused_data or b''
    return b''.join(parts)


def _limit(path: Path, folder: Path) -> tuple[int, str]:
    """Return how many bytes a file may unpack to, and what to say if it does not suffice."""
    by_size = max(ALWAYS_BYTES, MAX_RATIO * path.stat().st_size)
    by_disk = round(_DISK_SHARE * shutil.disk_usage(folder).free)
    if by_size <= by_disk:
        return by_size, (
            f'{path} unpacks to more than {_megabytes(by_size)}, which no recording of this size '
            f'does; if it is one, unpack it first: zstd -d {quote(str(path))}.'
        )
    return by_disk, (
        f'{path} unpacks to more than the {_megabytes(by_disk)} that {folder.parent} has room '
        'for; free some space, let TMPDIR name another disk, or unpack it first: zstd -d '
        f'{quote(str(path))}.'
    )


def _megabytes(count: int) -> str:
    return f'{count / 1e6:,.0f} MB'


def _copy(path: Path, target: Path, most: int, too_much: str) -> None:
    with path.open('rb') as packed, target.open('wb') as copy:
        if _announced(packed.read(_HEADER_BYTES)) > most:
            raise BagError(too_much)
        packed.seek(0)
        with zstd.open(packed, 'rb') as source:
            while block := source.read1(_BLOCK):
                most -= len(block)
                if most < 0:
                    raise BagError(too_much)
                copy.write(block)


def _announced(header: bytes) -> int:
    """Return the size that a file's first frame tells of itself; 0 if it does not."""
    try:
        return zstd.get_frame_info(header).decompressed_size or 0
    except zstd.ZstdError:
        return 0
