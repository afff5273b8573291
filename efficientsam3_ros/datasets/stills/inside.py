"""File names that an annotation gives."""

from __future__ import annotations

from pathlib import PurePosixPath

from efficientsam3_ros.core.errors.one_line import shown
from efficientsam3_ros.datasets.sequence import SequenceError


def inside(name: str) -> PurePosixPath:
    """Return a file name of an annotation, which must not lead out of the folder of pictures.

    Raises:
        SequenceError: If it does.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or '..' in path.parts or not path.stem:
        raise SequenceError(
            f'The picture {shown(name)} lies outside of the folder of pictures; correct the file.'
        )
    return path
