"""Reads shards: the samples that were written, from any set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from efficientsam3_ros.core import Frame
from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.datasets.annotated import FRAME_ID
from efficientsam3_ros.datasets.masks import DAMAGE, read_json
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.frame_set import FolderOfStills, read_color
from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame
from efficientsam3_ros.datasets.stills.shards.sample_json import from_json
from efficientsam3_ros.datasets.stills.shards.shard_index import INDEX, ShardIndex, read_index
from efficientsam3_ros.datasets.tar_member import TarMember, members_of
from efficientsam3_ros.media.picture_files import SUFFIXES

JSON, DEPTH = '.json', '.depth.npy'
"""Endings of the files beside a picture."""


@dataclass(frozen=True)
class ShardPicture:
    """One sample of a shard, see ``StillFile``.

    Attributes:
        name: Its key in the shard.
        picture: The picture.
        annotation: The JSON file.
        depth: The depth, if it has one.
    """

    name: str
    picture: TarMember
    annotation: TarMember
    depth: TarMember | None = None
    files: tuple[Path, ...] = ()

    @property
    def nouns(self) -> tuple[str, ...]:
        """Concepts that are annotated exhaustively; read when asked."""
        return tuple(self._about()['nouns'])

    def content(self) -> Iterator[bytes]:
        """Yield the files."""
        for member in (self.picture, self.annotation, self.depth):
            if member is not None:
                yield member.read_bytes()

    def read(self) -> LabeledFrame:
        """Read the sample.

        Raises:
            SequenceError: If it is damaged.
        """
        about = self._about()
        frame = Frame(read_color(self.picture), SECOND_NS, FRAME_ID)
        try:
            return from_json(about, frame, self._depth())
        except (*DAMAGE, OSError) as error:
            raise SequenceError(
                f'{self.annotation} is damaged ({one_line(error)}); write the shards again.'
            ) from None

    def _about(self) -> dict[str, Any]:
        about = read_json(self.annotation)
        if not isinstance(about, dict) or not isinstance(about.get('nouns'), list):
            raise SequenceError(f'{self.annotation} is no sample; write the shards again.')
        return about

    def _depth(self) -> np.ndarray | None:
        if self.depth is None:
            return None
        return np.asarray(np.load(BytesIO(self.depth.read_bytes()), allow_pickle=False))


class ShardPictures(FolderOfStills):
    """A folder of shards, see ``FrameSet``.

    Args:
        folder: Holds ``index.json`` and ``shard-*.tar``.

    Raises:
        SequenceError: If it holds something else, is damaged, or was not finished.
    """

    def __init__(self, folder: Path) -> None:
        index = read_index(folder)
        if len(index.shards) < index.count:
            raise SequenceError(
                f'{folder} holds {len(index.shards)} of {index.count} shards; go on with '
                'python -m training.shard --resume.'
            )
        stills = tuple(still for shard in index.shards for still in _samples(folder / shard.file))
        promised = sum(shard.samples for shard in index.shards)
        if len(stills) != promised:
            raise SequenceError(
                f'{folder} holds {len(stills)} samples, {INDEX} tells {promised}; write the '
                'shards again.'
            )
        super().__init__(index.name, 'shards', index.categories, stills, _remarks(index))


def is_shards(folder: Path) -> bool:
    """Tell whether a folder holds shards."""
    return (folder / INDEX).is_file() and any(folder.glob('shard-*.tar'))


def _remarks(index: ShardIndex) -> tuple[str, ...]:
    lost = sum(len(shard.skipped) for shard in index.shards)
    return (f'{lost} of {index.pictures} pictures were damaged when written.',) if lost else ()


def _samples(tar: Path) -> Iterator[ShardPicture]:
    """Yield the samples of a shard; a key is a name up to its first dot."""
    parts: dict[str, dict[str, TarMember]] = {}
    for member in members_of(tar):
        key, dot, ending = member.name.partition('.')
        parts.setdefault(key, {})[dot + ending] = member
    for key, found in parts.items():
        pictures = [m for end, m in found.items() if PurePosixPath(f'x{end}').suffix in SUFFIXES]
        if len(pictures) != 1 or JSON not in found:
            raise SequenceError(
                f'{tar}: {key} lacks its picture or its JSON file; write the shards again.'
            )
        yield ShardPicture(key, pictures[0], found[JSON], found.get(DEPTH))
