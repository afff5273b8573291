"""A trainer of a tiny memory, and short clips as its batches."""

from __future__ import annotations

from clip_files import MANIFEST
from lightning_fabric import Fabric

from training.data.clips.clip_batch import ClipBatch
from training.data.clips.clip_features import EncoderIdentity
from training.data.clips.clips import MemoryClips, Stage
from training.data.clips.mask_errors import MaskErrors
from training.stage2 import MemoryTrainer

ENCODER = EncoderIdentity.of(MANIFEST)


def trainer(config, folder) -> MemoryTrainer:
    return MemoryTrainer(config, folder, Fabric(accelerator='cpu', devices=1))


def dataset(clips, frames: int) -> MemoryClips:
    stage = (Stage(frames, 1, 2, 1),)
    return MemoryClips({clips: 1.0}, ENCODER, stage, 2, MaskErrors(0.0), whole=True)


def whole_clip(clips) -> ClipBatch:
    return dataset(clips, 8)[0]
