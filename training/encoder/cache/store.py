"""The teacher's trunk features on disk: float16 shards, read as memory maps.

Only the trunk's output is kept: the neck's levels follow from it, cheaply, and take five times as
much. ``index.json`` names the pictures in order, and the teacher and preprocess that made it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
import json
import math
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from efficientsam3_ros.core.writing.atomic import write_json
from training.teacher.identity import TeacherIdentity

INDEX = 'index.json'
SHARD = 128
"""Pictures of a shard: 1.36 GB of SAM 3's trunk."""
REMEDY = 'run python -m training.encoder.cache'


class FeatureCacheError(ValueError):
    """A cache that must not be used; the message says why and what to do."""


@dataclass(frozen=True)
class FeatureCache:
    """Features of a set of pictures.

    Attributes:
        folder: Holds index and shards.
        identity: Which teacher and preprocess made them.
        shape: (C, G, G) of a picture.
        places: Picture's name to its number.
    """

    folder: Path
    identity: TeacherIdentity
    shape: tuple[int, int, int]
    places: dict[str, int] = field(repr=False)

    @classmethod
    def open(cls, folder: Path, expected: TeacherIdentity) -> FeatureCache:
        """Read the index of a cache.

        Raises:
            FeatureCacheError: If it is missing or damaged, or of another teacher or preprocess.
        """
        path = folder / INDEX
        if not path.is_file():
            raise FeatureCacheError(f'{folder} holds no {INDEX}; {REMEDY}.')
        try:
            entries = json.loads(path.read_text(encoding='utf-8'))
            channels, rows, columns = map(int, entries['shape'])
            found = TeacherIdentity(**entries['identity'])
            places = {str(name): number for number, name in enumerate(entries['pictures'])}
        except (KeyError, TypeError, ValueError) as error:
            raise FeatureCacheError(
                f'{path} is damaged ({error}); delete {folder} and {REMEDY}.'
            ) from error
        if what := found.difference(expected):
            raise FeatureCacheError(
                f'{folder} was made with another {what}; delete the folder and {REMEDY} again, '
                'or leave data.cache empty.'
            )
        return cls(folder, found, (channels, rows, columns), places)

    def write_index(self) -> None:
        """Write the index, whole or not at all."""
        entries = {
            'identity': asdict(self.identity),
            'shape': list(self.shape),
            'pictures': list(self.places),
        }
        write_json(self.folder / INDEX, entries)

    def trunk(self, name: str) -> Tensor:
        """Return the features of a picture, float16 (C, G, G).

        Raises:
            FeatureCacheError: If the cache lacks them, or a shard is missing or damaged.
        """
        if name not in self.places:
            raise FeatureCacheError(
                f'{self.folder} does not hold {name}: it was made of other pictures; {REMEDY} '
                'into another folder.'
            )
        shard, row = divmod(self.places[name], SHARD)
        values = np.array(_shard(shard_path(self.folder, shard))[row])
        if values.shape != self.shape or not np.isfinite(values).all():
            raise FeatureCacheError(
                f'The features of {name} in {self.folder} are damaged; delete '
                f'{shard_path(self.folder, shard).name} and {REMEDY}.'
            )
        return torch.from_numpy(values)


def cache_of(
    folder: Path, identity: TeacherIdentity, shape: Sequence[int], names: Sequence[str]
) -> FeatureCache:
    """Return a cache that is to be filled."""
    channels, rows, columns = shape
    places = {name: number for number, name in enumerate(names)}
    return FeatureCache(folder, identity, (channels, rows, columns), places)


def shard_path(folder: Path, number: int) -> Path:
    """Return the file of a shard."""
    return folder / f'trunk_{number:05d}.npy'


def bytes_of(pictures: int, shape: Sequence[int]) -> int:
    """Return the size of the shards of some pictures."""
    return 2 * pictures * math.prod(shape)


@lru_cache(maxsize=64)
def _shard(path: Path) -> np.ndarray:
    try:
        values: np.ndarray = np.load(path, mmap_mode='r')
    except (OSError, ValueError) as error:
        raise FeatureCacheError(
            f'{path} cannot be read ({error}); delete it and {REMEDY}.'
        ) from error
    return values
