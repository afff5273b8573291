r"""Trains a video memory on cached features of simulated clips.

The image encoder is frozen: it is not even loaded. The averaged weights of the last checkpoint are
in ``memory.pt``.

Examples:
    python -m training.stage2 --config training/configs/nano_memory.yaml
    python -m training.stage2 --config training/configs/nano_memory.yaml       # resumes
    python -m training.stage2 --config training/configs/nano_memory.yaml --out runs/no_teacher \
        teacher= schedule.learning_rate=5e-4
"""

from __future__ import annotations

from pathlib import Path
import sys

import torch
from torch import Tensor

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.engine import find_bundle
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from training.data.clips.clip_batch import ClipBatch
from training.data.clips.clip_features import EncoderIdentity
from training.data.clips.clips import MemoryClips
from training.loop import TrainingLoop, run_training
from training.losses.memory import MemoryLoss, memory_loss
from training.memory.batches import clips_of, initialization_batch, sample_levels, validation_clips
from training.memory.config import MemoryRunConfig
from training.memory.dense_initialization import initialize_by_appearance
from training.memory.rollout import Plan, rollout
from training.memory.transfer import initialize_from
from training.memory.validation import validate
from training.memory.weights import load_memory, save_memory

WEIGHTS = 'memory.pt'


class MemoryTrainer(TrainingLoop[MemoryRunConfig, ClipBatch]):
    """A training of a memory, with a teacher if the settings name one."""

    shown_iou = 'iou'

    def open_data(self) -> tuple[MemoryClips, MemoryClips]:
        """Return clips to train on and others, with the features of the bundle's encoder."""
        self.encoder = EncoderIdentity.of(Manifest.load(find_bundle(self.config.bundle)))
        self.clips = clips_of(self.config, self.encoder)
        return self.clips, validation_clips(self.config, self.encoder)

    def build_network(self) -> VideoMemory:
        """Return the memory; a run that is resumed needs no initial weights."""
        torch.manual_seed(self.config.seed)
        self.memory = VideoMemory(self.config.memory)
        if not self.checkpoint.is_file():
            self._initialize()
        self.teacher = None
        if self.config.teacher:
            teacher = load_memory(Path(self.config.teacher), self.encoder)
            self.teacher = teacher.requires_grad_(False).to(self.fabric.device)
        return self.memory

    def _initialize(self) -> None:
        config = self.config
        if config.initialize_from:
            other = load_memory(Path(config.initialize_from), self.encoder)
            initialize_from(self.memory, other, initialization_batch(self.clips))
        elif config.initialize_by_appearance:
            initialize_by_appearance(self.memory, sample_levels(self.clips))

    def compute(self, step: int, batch: ClipBatch) -> tuple[Tensor, dict[str, float]]:
        """Return the weighted sum of all terms, every term, and the share of teacher forcing."""
        schedule = self.config.schedule
        # Drawn from the step's number, so that a resumed run continues exactly.
        random = torch.Generator().manual_seed(self.config.seed * 1_000_003 + step)
        share = schedule.teacher_forced(step)
        plan = Plan.draw(batch, share, schedule.conditioning_share, random)
        loss = self.compute_loss(batch, plan)
        return loss.total(self.config.loss), loss.values() | {'teacher_forced': share}

    def compute_loss(self, batch: ClipBatch, plan: Plan) -> MemoryLoss:
        """Follow the objects of a batch and average the loss over frames."""
        losses = []
        for step in rollout(self.memory, batch, plan, self.config.gate, self.teacher):
            index = step.index
            visible, absent = batch.visible[index], batch.absent[index]
            losses.append(
                memory_loss(step.found, batch.masks[index], visible, absent, step.taught)
            )
        return MemoryLoss.mean(losses)

    def save(self, step: int) -> None:
        """Write the checkpoint, and the averaged weights for the export."""
        super().save(step)
        path = self.folder / WEIGHTS
        save_memory(path, self.config.memory, self.encoder, self.average.state)

    def validate(self) -> dict[str, float]:
        """Score the averaged weights on scenes that are never trained on."""
        network = VideoMemory(self.config.memory).to(self.fabric.device)
        network.load_state_dict(self.average.state)
        return validate(network.eval(), self.validation_batches(), self.config.gate)


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_training('training.stage2', __doc__, MemoryRunConfig.load, MemoryTrainer, argv)


if __name__ == '__main__':
    sys.exit(main())
