"""Textured meshes of a pack: ``.npz`` beside ``.jpg``, listed in ``index.json``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import zipfile
import zlib

import numpy as np

from efficientsam3_ros.datasets.masks import read_json
from efficientsam3_ros.datasets.sequence import SequenceError

_MOST_BYTES = 50_000_000


def check_mesh(path: Path) -> None:
    """Read a mesh: v (N, 3) metres, uv (N, 2) and f (M, 3), corners of triangles.

    Raises:
        SequenceError: If it is damaged, or its arrays do not fit together.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(item.file_size for item in archive.infolist())
        if size > _MOST_BYTES:
            raise ValueError(f'its arrays take {size} bytes')
        with np.load(path, allow_pickle=False) as arrays:
            v, uv, f = (arrays[name] for name in ('v', 'uv', 'f'))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise SequenceError(f'{path} is no mesh ({error}); make it again.') from None
    count = len(v)
    fits = v.shape == (count, 3) and uv.shape == (count, 2) and f.ndim == 2 and f.shape[1] == 3
    if not (fits and count and len(f)):
        raise SequenceError(
            f'{path}: v is {v.shape}, uv {uv.shape}, f {f.shape}; a mesh has (N, 3), (N, 2) and '
            '(M, 3).'
        )
    if not np.isfinite(v).all() or not np.isfinite(uv).all():
        raise SequenceError(f'{path} has a corner that is no number; make it again.')
    if f.min() < 0 or f.max() >= count:
        raise SequenceError(f'{path} has triangles of corners that it lacks; make it again.')


def index_faults(folder: Path) -> Iterator[str]:
    """Yield what the index lists but is not there, and the reverse."""
    path = folder / 'index.json'
    if not path.is_file():
        return  # the checksum tells
    try:
        listed = set(read_json(path))
    except (ValueError, TypeError) as error:
        yield str(error)
        return
    for suffix in ('.npz', '.jpg'):
        there = {file.stem for file in folder.glob(f'*{suffix}')}
        for name in sorted(listed - there):
            yield f'{folder / name}{suffix} is missing; {path.name} lists it.'
        for name in sorted(there - listed):
            yield f'{folder / name}{suffix} is not listed in {path.name}.'
