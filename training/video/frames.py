"""Annotated pieces of videos, and what of them a step reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from efficientsam3_ros.core import Instance
from efficientsam3_ros.core.preprocess import Preprocess
from efficientsam3_ros.datasets.annotated import AnnotatedPictures
from efficientsam3_ros.datasets.open import open_sequences
from efficientsam3_ros.datasets.sequence import SequenceError
from training.data.clips.clip_batch import ClipBatch
from training.encoder.data.batch import moved
from training.video.augment import ClipAugmentation, warped_mask, warped_picture

Picture = tuple[np.ndarray, tuple[Instance, ...]]
"""A frame uint8 (H, W, 3), and who is in it."""


@dataclass(frozen=True)
class VideoPiece:
    """Some annotated frames of a video that are not read yet.

    Attributes:
        video: The video.
        places: Of the frames in it, ascending.
    """

    video: AnnotatedPictures
    places: tuple[int, ...]

    @property
    def name(self) -> str:
        """Unique in its set."""
        return f'{self.video.name}-{self.places[0]}'

    def read(self) -> tuple[tuple[Picture, ...], int]:
        """Read the frames, and the pictures from one to the next.

        Raises:
            SequenceError: If one is missing, damaged or not annotated.
        """
        found = []
        for picture in self.video.pictures.read(frozenset(self.places)):
            truth = None
            if picture.rgb is not None:
                size = (int(picture.rgb.shape[0]), int(picture.rgb.shape[1]))
                truth = self.video.masks.at(picture.number, size)
            if picture.rgb is None or truth is None:
                what = picture.problem or 'not annotated'
                raise SequenceError(f'Picture {picture.number} of {self.video.name} is {what}.')
            found.append((picture.rgb, truth))
        return tuple(found), self.places[1] - self.places[0]


def open_pieces(paths: Sequence[Path], frames: int) -> list[VideoPiece]:
    """Return the videos of some sets in pieces that follow each other.

    Args:
        paths: Of the sets.
        frames: Of a piece.

    Raises:
        SequenceError: If no video has so many annotated pictures.
    """
    pieces = [
        VideoPiece(video, tuple(range(first, first + frames * every, every)))
        for path in paths
        for video in open_sequences(path)
        if isinstance(video, AnnotatedPictures)
        for every in (video.annotated_every,)
        for first in range(0, video.expected_frames - (frames - 1) * every, frames * every)
    ]
    if not pieces:
        raise SequenceError(
            f'{", ".join(map(str, paths))}: no video with {frames} annotated pictures; give SA-V, '
            'DAVIS, MOSE, YouTube-VOS or LVOS, or shorter stages.'
        )
    return pieces


@dataclass(frozen=True, eq=False)
class FramesBatch:
    """B clips of T frames, N = B * objects followed in each, the objects of clip 0 first.

    Attributes:
        images: float32 (B, T, 3, S, S), prepared.
        masks: float32 (T, N, h, w) share of each cell that an object covers.
        shares: float32 (T, N) share of the image that it covers.
        age_step: float32 (N,) pictures of the video between two frames of the clip.
    """

    images: Tensor
    masks: Tensor
    shares: Tensor
    age_step: Tensor

    def to(self, device: torch.device) -> FramesBatch:
        """Move every tensor."""
        return moved(self, device)

    def seen_as(self, levels: Sequence[Tensor]) -> ClipBatch:
        """Return the clips as an encoder sees them: levels (B * T, C, h, w), finest first."""
        size = (len(self.images), self.images.shape[1])
        clips = tuple(level.unflatten(0, size) for level in levels)
        return ClipBatch(clips, self.masks, self.masks, self.shares, self.age_step)


@dataclass(frozen=True)
class FramesDraw:
    """Makes a batch of one clip of a piece.

    Attributes:
        preprocess: The student's and the teacher's.
        grid: Side of the masks in cells.
        objects: That are followed; some are repeated if there are too few.
        augmentation: How the clip is varied.
        whole: Take the largest objects, for validation.
    """

    preprocess: Preprocess
    grid: int
    objects: int
    augmentation: ClipAugmentation
    whole: bool = False

    def __call__(
        self, read: tuple[tuple[Picture, ...], int], rng: np.random.Generator
    ) -> FramesBatch:
        """Draw objects that are seen in the first frame, and a view of the clip."""
        (frames, step), views = read, self.augmentation
        if rng.random() < views.reverse:
            frames = frames[::-1]
        chosen = self._chosen(frames[0][1], rng)
        height, width = frames[0][0].shape[:2]
        turn = views.turned(height, width, rng)
        masks = np.stack([self._masks(there, chosen, rgb, turn) for rgb, there in frames])
        images = views.colored([rgb for rgb, _ in frames], rng)
        prepared = [torch.from_numpy(self.preprocess(warped_picture(i, turn))) for i in images]
        soft = torch.from_numpy(masks)
        return FramesBatch(
            images=torch.cat(prepared)[None],
            masks=soft,
            shares=soft.mean((2, 3)),
            age_step=torch.full((self.objects,), float(step)),
        )

    def _chosen(self, there: Sequence[Instance], rng: np.random.Generator) -> list[int]:
        """Return track ids; one that nothing has stands where nothing is seen."""
        seen = sorted(there, key=lambda item: -item.area)
        ids = [item.track_id for item in seen] or [-1]
        order = np.arange(len(ids)) if self.whole else rng.permutation(len(ids))
        return [ids[int(i)] for i in np.resize(order, self.objects)]

    def _masks(
        self, there: Sequence[Instance], chosen: Sequence[int], rgb: np.ndarray, turn: np.ndarray
    ) -> np.ndarray:
        known = {item.track_id: item.mask for item in there}
        blank = np.zeros(rgb.shape[:2], np.float32)
        drawn = [known[n].decode().astype(np.float32) if n in known else blank for n in chosen]
        size = (self.grid, self.grid)
        return np.stack(
            [cv2.resize(warped_mask(m, turn), size, interpolation=cv2.INTER_AREA) for m in drawn]
        )


def joined_frames(batches: Sequence[FramesBatch]) -> FramesBatch:
    """Make one batch of several clips of the same length."""
    return FramesBatch(
        images=torch.cat([b.images for b in batches]),
        masks=torch.cat([b.masks for b in batches], 1),
        shares=torch.cat([b.shares for b in batches], 1),
        age_step=torch.cat([b.age_step for b in batches]),
    )
