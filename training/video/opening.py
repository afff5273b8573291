"""From settings to batches: pictures, or clips that grow with the run."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from torch.utils.data import Dataset

from efficientsam3_ros.core.preprocess import Preprocess
from efficientsam3_ros.datasets.stills.sa1b.pictures import Sa1bPictures
from training.data.clips.clips import Stage
from training.data.samples.epochs import EpochBatches
from training.data.samples.skipping import SkippingSamples
from training.encoder.data.opening import spread
from training.video.augment import UNCHANGED
from training.video.config import VideoRunConfig
from training.video.frames import FramesBatch, FramesDraw, joined_frames
from training.video.pieces import Piece, StillPiece, open_pieces

Batches = EpochBatches[FramesBatch, FramesBatch]
VALIDATION_OBJECTS = 3


@dataclass(frozen=True)
class StagedBatches(Dataset[FramesBatch]):
    """Item i is the batch of step i; each stage sees its pieces in epochs of its own.

    Attributes:
        stages: Batches of each stage.
        ends: First step after each.
        pictures: Of each stage those that some batches are in their place; none if empty.
        share: How many.
        seed: Of the draw which.
        number: Which part of a step's batches these are.
    """

    stages: tuple[Batches, ...]
    ends: tuple[int, ...]
    pictures: tuple[Batches, ...] = ()
    share: float = 0.0
    seed: int = 0
    number: int = 0

    def __len__(self) -> int:
        return self.ends[-1]

    def __getitem__(self, index: int) -> FramesBatch:
        stage = min(bisect_right(self.ends, index), len(self.stages) - 1)
        numbers = self.seed, index, self.number
        drawn = bool(self.pictures) and np.random.default_rng(numbers).random() < self.share
        batches = self.pictures if drawn else self.stages
        return batches[stage][index - (self.ends[stage - 1] if stage else 0)]

    def part(self, number: int, count: int) -> StagedBatches:
        """Return the batches of one of some parts."""
        stages, pictures = (
            tuple(batches.part(number, count) for batches in kind)
            for kind in (self.stages, self.pictures)
        )
        return replace(self, stages=stages, pictures=pictures, number=number)


def open_batches(
    config: VideoRunConfig, preprocess: Preprocess, grid: int
) -> tuple[StagedBatches, Batches]:
    """Return the batches of training and of validation.

    Args:
        config: Settings of the run.
        preprocess: The student's and the teacher's.
        grid: Side of level 0 in cells.

    Raises:
        ConfigError: If no clip is left to train on.
        SequenceError: If data are missing, or videos are too short for a stage.
    """
    data, schedule = config.data, config.schedule
    stills = _stills(config)
    train, held_out = _split(config, stills)

    def batches(stage: Stage, pieces: Sequence[Piece]) -> Batches:
        draw = FramesDraw(preprocess, grid, stage.objects, data.augmentation)
        samples = SkippingSamples(pieces, draw, config.seed)
        return EpochBatches(samples, stage.clips, joined_frames, schedule.steps)

    exact = FramesDraw(preprocess, grid, VALIDATION_OBJECTS, UNCHANGED, whole=True)
    whole = SkippingSamples(held_out, exact, 0)
    validation = EpochBatches(whole, 1, joined_frames, len(held_out))
    staged = StagedBatches(
        stages=tuple(batches(s, pieces) for s, pieces in zip(schedule.stages, train, strict=True)),
        ends=tuple(stage.until for stage in schedule.stages),
        pictures=tuple(batches(s, stills) for s in schedule.stages if data.picture_share),
        share=data.picture_share,
        seed=config.seed,
    )
    return staged, validation


def _stills(config: VideoRunConfig) -> Sequence[Piece]:
    if not config.pictures:
        return ()
    pictures = Sa1bPictures(Path(config.data.sa1b), config.data.masks)
    return [StillPiece(still) for still in pictures.stills]


def _split(
    config: VideoRunConfig, stills: Sequence[Piece]
) -> tuple[list[Sequence[Piece]], Sequence[Piece]]:
    """Return what each stage is trained on, and what is held out."""
    data, schedule = config.data, config.schedule
    held_out: Sequence[Piece] = ()
    if not schedule.videos:
        stills, held_out = spread(stills, data.validation_clips)
        return [stills for _ in schedule.stages], held_out
    paths, frames = [Path(data.sav), *map(Path, data.others)], data.validation_frames
    videos = open_pieces([Path(data.validation)] if data.validation else paths, frames)
    held_out = spread(videos, data.validation_clips)[1]
    # A piece of another length overlaps those that are held out: leave their videos out.
    known = set() if data.validation else {piece.video.name for piece in held_out}
    train: list[Sequence[Piece]] = []
    for stage in schedule.stages:
        if stage.frames == 1:
            train.append(stills)
            continue
        pieces = open_pieces(paths, stage.frames)
        train.append([piece for piece in pieces if piece.video.name not in known] or pieces)
    return train, held_out
