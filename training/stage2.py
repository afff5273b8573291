r"""Trains a video memory: of a bundle, or of a student together with its image encoder.

Settings with a bundle train on cached features of simulated clips: its image encoder is frozen,
and not even loaded. The averaged weights of the last checkpoint are in ``memory.pt``. Settings
with a student train on videos, from SAM 3's tracker. The averaged weights of the best validation
are in ``best.pt``.

Examples:
    python -m training.stage2 --config training/configs/stage2/es_ev_m.yaml \
        teacher=facebook/sam3 data.sav=/data/sav base=weights/base
    python -m training.stage2 --config training/configs/nano_memory.yaml
    python -m training.stage2 --config training/configs/nano_memory.yaml       # resumes
    python -m training.stage2 --config training/configs/nano_memory.yaml --out runs/slow \
        schedule.learning_rate=5e-4
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
import sys
from typing import Any

from lightning_fabric import Fabric
import numpy as np
from omegaconf import OmegaConf
import torch
from torch import Tensor
from torch.utils.data import ConcatDataset, Dataset
from yaml import YAMLError

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.engine import find_bundle
from efficientsam3_ros.model.memory.prompts import PromptCode
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from training.data.clips.clip_batch import ClipBatch
from training.data.clips.clip_features import EncoderIdentity
from training.data.clips.clips import MemoryClips, Stage, sample_levels
from training.data.clips.mask_errors import MaskErrors
from training.loop import TrainingLoop, run_training
from training.losses.terms import Terms, numbers, weighted
from training.memory.config import MemoryRunConfig
from training.memory.initialization import initialize_by_appearance
from training.memory.objective import rollout_terms
from training.memory.rollout import Plan, rollout
from training.memory.transfer import initialize_from
from training.memory.validation import validate
from training.memory.weights import load_memory, memory_entries, save_memory
from training.runtime import Monitor, mean_of
from training.video.config import VideoRunConfig
from training.video.foresight import foreseen
from training.video.trainer import VideoTrainer

WEIGHTS = 'memory.pt'
VALIDATION_FRAMES = 16
_BETWEEN_PARTS = 10**12
"""Between the seeds of two batches of a step; more than there are of seeds and steps."""


class MemoryTrainer(TrainingLoop[MemoryRunConfig, ClipBatch, VideoMemory]):
    """A training of a memory, with a teacher if the settings name one."""

    shown_iou = 'iou'
    monitor = Monitor('val_iou')

    def open_data(self) -> tuple[MemoryClips, Dataset[ClipBatch]]:
        """Return clips to train on and whole ones of other scenes, with flawless first masks.

        Their features are those of the bundle's encoder.
        """
        data, schedule = self.config.data, self.config.schedule
        sources = data.used()
        self.encoder = EncoderIdentity.of(Manifest.load(find_bundle(self.config.bundle)))
        self.clips = MemoryClips(
            shares={Path(source.train): source.share for source in sources.values()},
            encoder=self.encoder,
            stages=schedule.stages,
            length=schedule.steps,
            errors=data.errors,
            lookalikes=data.lookalikes,
            seed=self.config.seed,
        )
        self.held_out = {name: self._whole(Path(s.validation)) for name, s in sources.items()}
        return self.clips, ConcatDataset(list(self.held_out.values()))

    def _whole(self, folder: Path) -> MemoryClips:
        schedule = self.config.schedule
        return MemoryClips(
            shares={folder: 1.0},
            encoder=self.encoder,
            stages=(Stage(VALIDATION_FRAMES, 1, schedule.validation_objects, 1),),
            length=schedule.validation_clips,
            errors=MaskErrors(probability=0.0),
            whole=True,
        )

    def build_network(self) -> VideoMemory:
        """Return the memory; a run that is resumed needs no initial weights."""
        torch.manual_seed(self.config.seed)
        network = VideoMemory(self.config.memory)
        if not self.checkpoint.is_file():
            self._initialize(network)
        self.code = None
        if self.config.prompts.points:
            self.code = PromptCode.drawn(self.config.memory.width).to(self.fabric.device)
        self.teacher = None
        if self.config.teacher:
            teacher = load_memory(Path(self.config.teacher), self.encoder)
            self.teacher = teacher.requires_grad_(False).to(self.fabric.device)
        return network

    def _initialize(self, network: VideoMemory) -> None:
        config = self.config
        if config.initialize_from:
            # Of another encoder as well: of an earlier state of this one, most of it still fits.
            other = load_memory(Path(config.initialize_from))
            # Two frames of several clips, to measure on.
            batch = replace(self.clips, stages=(Stage(2, 8, 3, 1),), lookalikes=0.0)[0]
            initialize_from(network, other, batch)
        elif config.initialize_by_appearance:
            initialize_by_appearance(network, sample_levels(self.clips))

    def compute(self, step: int, batch: ClipBatch) -> tuple[Tensor, dict[str, float]]:
        """Return the weighted sum of all terms, every term, and the share of teacher forcing."""
        schedule = self.config.schedule
        # Drawn from the step's number, so that a resumed run continues exactly.
        number = self.config.seed * 1_000_003 + step + self.part * _BETWEEN_PARTS
        random = torch.Generator().manual_seed(number)
        share = schedule.teacher_forced(step)
        asked = self.config.prompts.draw(
            batch.frames, self.code, np.random.default_rng((self.config.seed, step, self.part))
        )
        plan = Plan.draw(batch, share, schedule.conditioning_share, random, asked)
        terms = self.compute_loss(batch, plan)
        return weighted(terms, self.config.loss), numbers(terms) | {'teacher_forced': share}

    def compute_loss(self, batch: ClipBatch, plan: Plan) -> Terms:
        """Follow the objects of a batch and average the loss over frames."""
        steps = rollout(self.network, batch, plan, self.config.gate, self.teacher)
        return rollout_terms(steps, batch)

    def save(self, step: int) -> None:
        """Write the checkpoint, and the averaged weights for the export."""
        super().save(step)
        path = self.folder / WEIGHTS
        save_memory(path, self.config.memory, self.encoder, self.average.state_dict())

    def best_entries(self) -> dict[str, Any]:
        """Return the averaged weights as the export reads them."""
        return memory_entries(self.config.memory, self.encoder, self.average.state_dict())

    def validate(self) -> dict[str, float]:
        """Score the averaged weights on scenes that are never trained on.

        Of several sources the means are given, and each one's own figures behind its name.
        """
        found = {
            name: validate(self.average, self.batches_of(data), self.config.gate)
            for name, data in self.held_out.items()
        }
        own = {f'{n}/{key}': v for n, each in found.items() if n for key, v in each.items()}
        return mean_of(list(found.values())) | own


Settings = MemoryRunConfig | VideoRunConfig


def load_settings(path: Path, overrides: Sequence[str] = ()) -> Settings:
    """Read settings of either kind: those of a student name it.

    Raises:
        ConfigError: If the file is missing or an entry is unknown or misfit.
    """
    return (VideoRunConfig if _names_student(path) else MemoryRunConfig).load(path, overrides)


def _names_student(path: Path) -> bool:
    """Tell whether a file names a student; what is wrong with a file is told by its reader."""
    try:
        return 'student' in OmegaConf.load(path)
    except (OSError, ValueError, TypeError, YAMLError):
        return False


def open_run(settings: Settings, folder: Path, fabric: Fabric) -> MemoryTrainer | VideoTrainer:
    """Return the run of settings."""
    if isinstance(settings, VideoRunConfig):
        return VideoTrainer(settings, folder, fabric)
    return MemoryTrainer(settings, folder, fabric)


def _foreseen(settings: Settings) -> str | None:
    return foreseen(settings) if isinstance(settings, VideoRunConfig) else None


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_training('training.stage2', __doc__, load_settings, open_run, argv, _foreseen)


if __name__ == '__main__':
    sys.exit(main())
