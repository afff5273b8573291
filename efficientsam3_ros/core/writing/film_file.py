"""The file below an MP4 in fragments: after a failed write it is cut to what plays."""

from __future__ import annotations

import os
from pathlib import Path

_HEADER = 8


class FilmFile:
    """What PyAV writes to.

    The library goes on after an error and would, closing the file, overwrite the index of the
    fragments that are there; so nothing more is written then.

    Args:
        path: New file.

    Attributes:
        error: Why a write failed; PyAV itself would not tell.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open('wb+', buffering=0)
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        """Write all of it, or raise an OSError that names the file."""
        rest = memoryview(b'' if self.error else data)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            self.error = OSError(error.errno, error.strerror, str(self._path))
            raise self.error from error
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a byte and return its number."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the number of the next byte."""
        return self._file.tell()

    def close(self) -> None:
        """Close the file."""
        with self._file as file:
            if self.error:
                file.truncate(self._whole())

    def _whole(self) -> int:
        """Return the length up to the last fragment that is whole: that has its pictures.

        ``moov`` (of the first one) and ``moof`` only tell where in ``mdat`` these are.
        """
        end, at, size = 0, 0, os.fstat(self._file.fileno()).st_size
        while at + _HEADER <= size:
            header = os.pread(self._file.fileno(), 2 * _HEADER, at)
            length, name = int.from_bytes(header[:4], 'big'), header[4:8]
            # Boxes over 4 GB give their length after the name.
            length = int.from_bytes(header[8:16], 'big') if length == 1 else length
            at += max(length, _HEADER)
            if at <= size and name == b'mdat':
                end = at
        return end
