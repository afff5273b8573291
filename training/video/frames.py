"""What a step reads of a piece of a video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from efficientsam3_ros.core import Instance
from efficientsam3_ros.core.preprocess import Preprocess
from training.data.clips.clip_batch import ClipBatch
from training.encoder.data.batch import moved
from training.video.augment import ClipAugmentation, warped_mask, warped_picture
from training.video.pieces import Picture


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
