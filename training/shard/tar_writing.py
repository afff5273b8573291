"""A tar that is written whole, read again and compared, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path
import tarfile

from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.datasets.tar_member import members_of


class ShardError(ValueError):
    """A shard that was not written as it should be; the message names the remedy."""


def write_tar(path: Path, samples: Iterable[Mapping[str, bytes]]) -> int:
    """Write the files of samples one after the other; equal samples give equal bytes.

    Args:
        path: The tar.
        samples: Files by name; a sample is read when the one before is written.

    Returns:
        Number of samples.

    Raises:
        ShardError: If what lies on the disk is not what was written.
        OSError: If it cannot be written.
    """
    count, written = 0, {}
    with replacing(path) as part:
        with tarfile.open(part, 'w') as archive:
            for files in samples:
                count += 1
                for name, data in files.items():
                    member = tarfile.TarInfo(name)
                    member.size = len(data)
                    archive.addfile(member, BytesIO(data))
                    written[name] = sha256(data).digest()
                # Else the header of every file is kept.
                archive.members = []  # type: ignore[attr-defined]
        _check(part, path, written)
    return count


def _check(part: Path, path: Path, written: Mapping[str, bytes]) -> None:
    """Compare what lies on the disk with what was written."""
    found = {m.name: sha256(m.read_bytes()).digest() for m in members_of(part)}
    if found != dict(written):
        raise ShardError(f'{path} reads other than it was written; check the disk, and try again.')
