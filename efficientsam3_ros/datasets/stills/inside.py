"""File names that an annotation gives."""

from __future__ import annotations

from pathlib import PurePosixPath

from efficientsam3_ros.core.errors.one_line import shown
from efficientsam3_ros.datasets.sequence import SequenceError

_LONGEST = 2000


def inside(name: str) -> PurePosixPath:
    """Return a file name of an annotation, which must not lead out of the folder of pictures.

    Raises:
        SequenceError: If it does, or is longer than a file's name can be.
    """
    path = PurePosixPath(name)
    if len(name) > _LONGEST or any(
        len(part.encode(errors='replace')) > 255 for part in path.parts
    ):
        raise SequenceError(f'The picture {shown(name)} has a name too long for a file.')
    if path.is_absolute() or '..' in path.parts or not path.stem:
        raise SequenceError(
            f'The picture {shown(name)} lies outside of the folder of pictures; correct the file.'
        )
    return path
