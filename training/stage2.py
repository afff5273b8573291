"""Trains a video memory on cached features of simulated clips.

Example:
    python -m training.stage2 --config training/configs/nano_memory.yaml

The same command resumes an interrupted run. The image encoder is frozen: it is not even loaded.
The averaged weights of the last checkpoint are in ``memory.pt``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
import sys
import time

from lightning_fabric import Fabric
import torch
from torch.utils.data import DataLoader, Subset
from tqdm import tqdm

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.engine import find_bundle
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from training.command_line import run_training
from training.data.clips.clip_batch import ClipBatch
from training.data.clips.clip_features import EncoderIdentity
from training.losses.memory import MemoryLoss, memory_loss
from training.memory.batches import clips_of, sample_levels, start_batch, validation_clips
from training.memory.config import MemoryRunConfig
from training.memory.dense_initialization import start_by_appearance
from training.memory.rollout import Plan, rollout
from training.memory.transfer import start_from
from training.memory.validation import validate
from training.memory.weights import load_memory, save_memory
from training.runtime import (
    AveragedWeights,
    MetricsLog,
    descend,
    learning_rate_factor,
    load_checkpoint,
    mean_of,
    parameter_groups,
    save_checkpoint,
)

CHECKPOINT = 'checkpoint.pt'
WEIGHTS = 'memory.pt'
LOG_EVERY = 20


@dataclass
class MemoryTrainer:
    """State of a run.

    Attributes:
        config: Its settings.
        folder: Receives checkpoint, weights, log and TensorBoard events.
        fabric: Places the network on its device.
    """

    config: MemoryRunConfig
    folder: Path
    fabric: Fabric

    def __post_init__(self) -> None:
        config, schedule = self.config, self.config.schedule
        self.encoder = EncoderIdentity.of(Manifest.load(find_bundle(config.bundle)))
        self.clips = clips_of(config, self.encoder)
        self.unseen = validation_clips(config, self.encoder)
        self.folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(config.seed)
        self.network = VideoMemory(config.memory)
        if not (self.folder / CHECKPOINT).is_file():
            self._start()
        self.teacher = None
        if config.teacher:
            self.teacher = load_memory(Path(config.teacher), self.encoder).requires_grad_(False)
        groups = parameter_groups(
            [(self.network, 1.0)], schedule.learning_rate, schedule.weight_decay
        )
        self.average = AveragedWeights(self.network, schedule.ema)
        self.optimizer = torch.optim.AdamW(groups)
        path = self.folder / CHECKPOINT
        self.first = load_checkpoint(path, self.network, self.optimizer, self.average)
        self.network.to(self.fabric.device)
        self.log = MetricsLog(self.folder, self.first)

    def _start(self) -> None:
        """Choose the initial weights."""
        config = self.config
        if config.start:
            other = load_memory(Path(config.start), self.encoder)
            start_from(self.network, other, start_batch(self.clips))
        elif config.start_by_appearance:
            start_by_appearance(self.network, sample_levels(self.clips))

    def run(self) -> None:
        """Train to the last step, resuming where the checkpoint ended."""
        schedule = self.config.schedule
        data = Subset(self.clips, range(self.first, schedule.steps))
        loader = DataLoader(data, batch_size=None, num_workers=1, prefetch_factor=4)
        rows: list[Mapping[str, float]] = []
        started = time.monotonic()
        progress = tqdm(
            loader, initial=self.first, total=schedule.steps, unit='step', mininterval=5
        )
        self.network.train()
        for step, batch in enumerate(progress, self.first):
            rows.append(self._step(step, batch.to(self.fabric.device)))
            if (step + 1) % LOG_EVERY == 0:
                figures = mean_of(rows) | {'seconds': time.monotonic() - started}
                self.log.write(step + 1, figures)
                progress.set_postfix(iou=f'{figures["iou"]:.3f}', loss=f'{figures["total"]:.2f}')
                rows.clear()
            self._milestones(step + 1)

    def _step(self, step: int, batch: ClipBatch) -> dict[str, float]:
        schedule = self.config.schedule
        # Drawn from the step's number, so that a resumed run continues exactly.
        random = torch.Generator().manual_seed(self.config.seed * 1_000_003 + step)
        teacher_forced = schedule.teacher_forced(step)
        plan = Plan.draw(batch, teacher_forced, schedule.trusted, random)
        loss = self.compute_loss(batch, plan)
        total = loss.total(self.config.loss)
        factor = learning_rate_factor(step, schedule.steps, schedule.warmup, schedule.constant)
        norm = descend(total, self.network, self.optimizer, step, factor, schedule.clip)
        self.average.update(self.network, step)
        values = {f.name: float(getattr(loss, f.name).detach()) for f in fields(loss)}
        return values | {
            'total': float(total.detach()),
            'gradient': norm,
            'forced': teacher_forced,
        }

    def compute_loss(self, batch: ClipBatch, plan: Plan) -> MemoryLoss:
        """Follow the objects of a batch and average the loss over frames."""
        losses = []
        for step in rollout(self.network, batch, plan, self.config.gate, self.teacher):
            index = step.index
            visible, absent = batch.visible[index], batch.absent[index]
            losses.append(
                memory_loss(step.found, batch.masks[index], visible, absent, step.taught)
            )
        return MemoryLoss(
            **{
                f.name: torch.stack([getattr(loss, f.name) for loss in losses]).mean()
                for f in fields(MemoryLoss)
            }
        )

    def _milestones(self, step: int) -> None:
        schedule = self.config.schedule
        if step % schedule.checkpoint_every == 0 or step == schedule.steps:
            path = self.folder / CHECKPOINT
            save_checkpoint(self.fabric, path, step, self.network, self.optimizer, self.average)
            weights = self.folder / WEIGHTS
            save_memory(weights, self.config.memory, self.encoder, self.average.state)
        if step % schedule.validate_every == 0 or step == schedule.steps:
            figures = self.validate()
            self.log.write(step, figures)
            text = ', '.join(f'{name} {value:.3f}' for name, value in figures.items())
            tqdm.write(f'step {step}: {text}')

    def validate(self) -> dict[str, float]:
        """Score the averaged weights on scenes that are never trained on."""
        network = VideoMemory(self.config.memory).to(self.fabric.device)
        network.load_state_dict(self.average.state)
        device = self.fabric.device
        batches = (self.unseen[i].to(device) for i in range(len(self.unseen)))
        return validate(network.eval(), batches, self.config.gate)


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""

    def train(config: MemoryRunConfig, folder: Path, fabric: Fabric) -> None:
        MemoryTrainer(config, folder, fabric).run()

    return run_training('training.stage2', __doc__, MemoryRunConfig.load, train, argv)


if __name__ == '__main__':
    sys.exit(main())
