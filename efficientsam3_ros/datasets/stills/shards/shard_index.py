"""What a folder of shards holds: ``index.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.core.writing.atomic import write_json
from efficientsam3_ros.datasets.masks import DAMAGE, read_json, whole_number
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.inside import inside

INDEX = 'index.json'
VERSION = 1


@dataclass(frozen=True)
class Shard:
    """One tar.

    Attributes:
        file: Its name.
        size: Number of bytes.
        samples: Pictures in it.
        skipped: Why others are not in it, a sentence each.
    """

    file: str
    size: int
    samples: int
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True)
class ShardIndex:
    """The shards that are written so far, and what they are made of.

    Attributes:
        name: Of the set.
        source: Of the set, as in ``FrameSet``.
        categories: Of the set.
        pictures: Of the set, damaged ones included.
        each: Pictures of a shard, damaged ones included.
        longest: Larger pictures were made so long on their longer side, pixels; 0 kept all.
        plan: SHA-256 (hex) of the names of all pictures, in order.
        shards: Written ones, in order.
        version: Of the form.
    """

    name: str
    source: str
    categories: tuple[str, ...]
    pictures: int
    each: int
    longest: int
    plan: str
    shards: tuple[Shard, ...] = ()
    version: int = VERSION

    @property
    def count(self) -> int:
        """Number of shards when all are written."""
        return -(-self.pictures // self.each)

    def with_shard(self, shard: Shard) -> ShardIndex:
        """Return the index after one more shard."""
        return replace(self, shards=(*self.shards, shard))

    def continues(self, begun: ShardIndex) -> bool:
        """Tell whether what was begun is a part of this."""
        return replace(begun, shards=()) == replace(self, shards=())

    def write(self, folder: Path) -> None:
        """Write it, whole or not at all."""
        write_json(folder / INDEX, asdict(self))


def read_index(folder: Path) -> ShardIndex:
    """Read an index and see whether its shards are there.

    Raises:
        SequenceError: If it is missing, damaged or of another version, or a shard is missing or
            not whole.
    """
    path = folder / INDEX
    data = read_json(path)
    try:
        if data['version'] != VERSION:
            raise SequenceError(
                f'{path} is of version {data["version"]}, this program reads {VERSION}; write the '
                'shards again.'
            )
        index = _of_json(data)
    except SequenceError:
        raise
    except DAMAGE as error:
        raise SequenceError(
            f'{path} is no index of shards, or damaged ({one_line(error)}); write the shards '
            'again.'
        ) from None
    for shard in index.shards:
        tar = folder / shard.file
        if not tar.is_file() or tar.stat().st_size != shard.size:
            raise SequenceError(
                f'{tar} is missing or not whole: {INDEX} tells {shard.size} bytes; copy it again, '
                'or write the shards again.'
            )
    return index


def _of_json(data: Mapping[str, Any]) -> ShardIndex:
    shards = tuple(
        Shard(
            file=str(inside(item['file'])),
            size=whole_number(item['size'], 'size', 0),
            samples=whole_number(item['samples'], 'samples', 0),
            skipped=tuple(map(str, item['skipped'])),
        )
        for item in data['shards']
    )
    return ShardIndex(
        name=str(data['name']),
        source=str(data['source']),
        categories=tuple(map(str, data['categories'])),
        pictures=whole_number(data['pictures'], 'pictures', 0),
        each=whole_number(data['each'], 'each', 1),
        longest=whole_number(data['longest'], 'longest', 0),
        plan=str(data['plan']),
        shards=shards,
    )
