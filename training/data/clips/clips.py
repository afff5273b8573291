"""Cached clips as batches for the memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from training.data.clips.clip_batch import ClipBatch, joined
from training.data.clips.clip_features import (
    EncoderIdentity,
    check_identity,
    clip_files,
    read_levels,
)
from training.data.clips.clip_windows import SEEN, interest, visible_shares
from training.data.clips.mask_errors import MaskErrors
from training.data.scene_file import read_scene

_LOOKALIKE_BONUS = 2.0
_CUT_TRIES = 4
_AGE_FACTORS = (1, 1, 2, 4)


@dataclass(frozen=True)
class Stage:
    """Size of the batches up to some step.

    Attributes:
        frames: Frames of a clip.
        clips: Clips of a batch.
        objects: Objects of a clip.
        until: First batch of the next stage.
    """

    frames: int
    clips: int
    objects: int
    until: int

    def __post_init__(self) -> None:
        if min(self.frames, self.clips, self.objects, self.until) < 1:
            raise ValueError(f'A stage needs a frame, a clip, an object, a step; got {self}.')


@dataclass(frozen=True)
class MemoryClips(Dataset[ClipBatch]):
    """Batch number i is a function of (seed, i) alone, so a resumed run continues exactly.

    Attributes:
        shares: Folders of clips with their feature cache, and how often each is drawn beside the
            others.
        encoder: What the caches must come from.
        stages: Sizes of the batches, ascending; the last holds on.
        length: Number of batches.
        errors: Of the masks that the memory is given.
        lookalikes: Probability that look-alikes are preferred among a clip's objects.
        seed: First half of each batch's seed.
        whole: Take whole clips in order, for validation, and the most eventful objects of each.

    Raises:
        FeatureCacheError: If a folder has no clip or its cache is not the encoder's.
    """

    shares: Mapping[Path, float]
    encoder: EncoderIdentity
    stages: Sequence[Stage]
    length: int
    errors: MaskErrors = field(default_factory=MaskErrors)
    lookalikes: float = 0.5
    seed: int = 0
    whole: bool = False
    files: list[Path] = field(init=False, repr=False)
    chances: np.ndarray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        files: list[Path] = []
        chances: list[float] = []
        for folder, share in self.shares.items():
            check_identity(folder, self.encoder)
            found = clip_files(folder)
            files += found
            chances += [share / len(found)] * len(found)
        object.__setattr__(self, 'files', files)
        object.__setattr__(self, 'chances', np.array(chances) / sum(chances))

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> ClipBatch:
        cv2.setNumThreads(0)
        rng = np.random.default_rng((self.seed, index))
        stage = next((s for s in self.stages if index < s.until), self.stages[-1])
        if self.whole:
            picks = [(index * stage.clips + i) % len(self.files) for i in range(stage.clips)]
        else:
            many = len(self.files) < stage.clips
            chances = self.chances if len(self.shares) > 1 else None
            picks = rng.choice(len(self.files), stage.clips, many, p=chances).tolist()
        return joined([self._clip(self.files[i], stage, rng) for i in picks])

    def _clip(self, path: Path, stage: Stage, rng: np.random.Generator) -> ClipBatch:
        clip = read_scene(path)
        shares = np.stack([visible_shares(ids, len(clip.objects)) for ids in clip.ids])
        if self.whole:
            frames = np.arange(min(stage.frames, len(shares)))
        else:
            frames = _cut(shares, stage.frames, rng)
        lookalikes = not self.whole and rng.random() < self.lookalikes
        nouns = [item.noun if lookalikes else '' for item in clip.objects]
        chosen = _objects(shares[frames], nouns, stage.objects, None if self.whole else rng)
        ids = clip.ids[frames]
        levels = read_levels(path)
        grid = (int(levels[0].shape[-2]), int(levels[0].shape[-1]))
        truth = [[image == number + 1 for number in chosen] for image in ids]
        given = [[self.errors(mask, rng) for mask in row] for row in truth]
        step = clip.stride * (1 if self.whole else int(rng.choice(_AGE_FACTORS)))
        return ClipBatch(
            levels=tuple(torch.from_numpy(np.array(x[frames]))[None] for x in levels),
            masks=_soft(truth, grid),
            given=_soft(given, grid),
            shares=torch.from_numpy(shares[frames][:, chosen]).float(),
            age_step=torch.full((len(chosen),), float(step * abs(frames[1] - frames[0]))),
        )


def sample_levels(clips: MemoryClips, count: int = 16) -> tuple[Tensor, ...]:
    """Return the levels, each (count, C, h, w), of the first frames of clips spread evenly."""
    files = clips.files[:: max(1, len(clips.files) // count)][:count]
    frames = [[np.array(level[0], np.float32) for level in read_levels(path)] for path in files]
    return tuple(torch.from_numpy(np.stack(levels)) for levels in zip(*frames))


def _cut(shares: np.ndarray, frames: int, rng: np.random.Generator) -> np.ndarray:
    """Choose frames of a clip, forwards or backwards: the most eventful of a few random cuts."""
    cuts = []
    for _ in range(_CUT_TRIES if rng.random() < 0.7 else 1):
        longest = max(1, (len(shares) - 1) // (frames - 1))
        stride = int(rng.integers(1, min(2, longest) + 1))
        start = int(rng.integers(0, max(1, len(shares) - stride * (frames - 1))))
        cut = np.arange(start, min(len(shares), start + stride * (frames - 1) + 1), stride)
        cuts.append(cut[::-1] if rng.random() < 0.5 else cut)
    # Without an object in the first frame there is nothing to follow.
    return max(cuts, key=lambda c: ((shares[c[0]] >= SEEN).any(), interest(shares[c])))


def _objects(
    shares: np.ndarray, nouns: Sequence[str], count: int, rng: np.random.Generator | None
) -> list[int]:
    """Choose objects that are seen in the first frame, eventful ones first.

    Args:
        shares: (T, objects) visible share of the image.
        nouns: Of each object; equal ones other than '' are look-alikes.
        count: How many; some are repeated if there are too few.
        rng: Makes the choice random; without it the best are taken.
    """
    seen = np.flatnonzero(shares[0] >= SEEN)
    if not len(seen):
        seen = np.array([int(shares[0].argmax())])
    worth = np.array([0.5 + interest(shares[:, [i]]) for i in seen])
    for row, i in enumerate(seen):
        if nouns[int(i)] and sum(nouns[int(j)] == nouns[int(i)] for j in seen) > 1:
            worth[row] += _LOOKALIKE_BONUS
    if rng is None:
        order = np.argsort(-worth, kind='stable')
    else:
        order = rng.choice(len(seen), len(seen), replace=False, p=worth / worth.sum())
    return [int(seen[i]) for i in np.resize(order, count)]


def _soft(masks: Sequence[Sequence[np.ndarray]], grid: tuple[int, int]) -> Tensor:
    size = (grid[1], grid[0])
    shrunk = [
        [cv2.resize(m.astype(np.float32), size, interpolation=cv2.INTER_AREA) for m in row]
        for row in masks
    ]
    return torch.from_numpy(np.array(shrunk))
