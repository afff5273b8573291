"""The clips of a memory's training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.data.clips.clip_batch import ClipBatch
from training.data.clips.clip_features import EncoderIdentity, read_levels
from training.data.clips.clips import MemoryClips, Stage
from training.data.clips.mask_errors import MaskErrors
from training.memory.config import MemoryRunConfig

VALIDATION_FRAMES = 16


def clips_of(config: MemoryRunConfig, encoder: EncoderIdentity) -> MemoryClips:
    """Return the batches of a run."""
    return MemoryClips(
        root=Path(config.data.train),
        encoder=encoder,
        stages=config.schedule.stages,
        length=config.schedule.steps,
        errors=config.data.errors,
        lookalikes=config.data.lookalikes,
        seed=config.seed,
    )


def validation_clips(config: MemoryRunConfig, encoder: EncoderIdentity) -> MemoryClips:
    """Return whole clips of other scenes, the same ones each time, with flawless first masks."""
    schedule = config.schedule
    return MemoryClips(
        root=Path(config.data.validation),
        encoder=encoder,
        stages=(Stage(VALIDATION_FRAMES, 1, schedule.validation_objects, 1),),
        length=schedule.validation_clips,
        errors=MaskErrors(probability=0.0),
        whole=True,
    )


def sample_levels(clips: MemoryClips, count: int = 16) -> tuple[Tensor, ...]:
    """Return the levels, each (count, C, h, w), of the first frames of clips spread evenly."""
    files = clips.files[:: max(1, len(clips.files) // count)][:count]
    frames = [[np.array(level[0], np.float32) for level in read_levels(path)] for path in files]
    return tuple(torch.from_numpy(np.stack(levels)) for levels in zip(*frames))


def initialization_batch(clips: MemoryClips) -> ClipBatch:
    """Return two frames of several clips, to measure initial weights on."""
    return replace(clips, stages=(Stage(2, 8, 3, 1),), lookalikes=0.0)[0]
