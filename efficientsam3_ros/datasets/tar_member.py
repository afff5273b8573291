"""Files inside a plain tar, read in place: data sets come as tars of ten thousand pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
import tarfile

from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.datasets.sequence import SequenceError

_BLOCK = tarfile.BLOCKSIZE


@dataclass(frozen=True, slots=True)
class TarMember:
    """A file inside a tar; no handle is kept, so it can be sent to another process.

    Attributes:
        tar: The tar.
        path: The file's path in it.
        offset: First byte of its content.
        size: Number of bytes.
    """

    tar: Path
    path: str
    offset: int
    size: int

    def __str__(self) -> str:
        return f'{self.tar}/{self.path}'

    @property
    def name(self) -> str:
        """The file's name, without folders."""
        return PurePosixPath(self.path).name

    def read_bytes(self) -> bytes:
        """Read the file.

        Raises:
            OSError: If the tar cannot be read, or ends before the file does.
        """
        with self.tar.open('rb') as file:
            file.seek(self.offset)
            data = file.read(self.size)
        if len(data) < self.size:
            raise OSError(f'{self.tar} ends within {self.path}')
        return data


Stored = Path | TarMember
"""A file of a data set, on its own or inside a tar."""


def members_of(tar: Path) -> Iterator[TarMember]:
    """Yield the regular files of a tar in their order; only headers are read.

    Raises:
        SequenceError: If it is missing, compressed, cut off or no tar.
    """
    try:
        with tarfile.open(tar, 'r:') as archive:
            for item in archive:
                if item.isfile():
                    yield TarMember(tar, item.name, item.offset_data, item.size)
                # Else every header is kept: gigabytes for a data set.
                archive.members = []  # type: ignore[attr-defined]
        _check_end(tar)
    except OSError as error:
        raise SequenceError(f'{tar} cannot be read: {error.strerror or error}.') from None
    except (tarfile.TarError, EOFError) as error:
        raise SequenceError(
            f'{tar} is cut off, or no plain tar ({one_line(error)}); copy it again, and unpack it '
            'first if it is compressed.'
        ) from None


def _check_end(tar: Path) -> None:
    """Refuse a tar that lost whole files: it ends without the zeros that every tar ends with."""
    with tar.open('rb') as file:
        file.seek(max(0, tar.stat().st_size - _BLOCK))
        if any(file.read()):
            raise tarfile.ReadError('its end is missing')
