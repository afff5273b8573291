"""A training of a few numbers, with everything that a resumed run could forget."""

from __future__ import annotations

from dataclasses import dataclass, field
import json
from pathlib import Path
import random

from lightning_fabric import Fabric
import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import Dataset

from training.data.samples.epochs import EpochBatches
from training.data.samples.skipping import SkippingSamples
from training.loop import TrainingLoop
from training.runtime import Monitor
from training.settings.config import OptimizationConfig, RunConfig


@dataclass(frozen=True)
class ToySchedule(OptimizationConfig):
    steps: int = 20
    warmup: int = 2
    learning_rate: float = 0.02
    ema: float = 0.9
    checkpoint_every: int = 50
    validate_every: int = 5


@dataclass(frozen=True)
class ToyConfig(RunConfig):
    name: str = 'toy'
    workers: int = 0
    schedule: ToySchedule = field(default_factory=ToySchedule)
    epochs: bool = False
    poisoned: int = -1
    """Step whose second batch, or only one, is not finite."""


@dataclass(frozen=True)
class Numbers(Dataset):
    """Batch i is a function of (seed, i)."""

    seed: int
    poisoned: int = -1

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        x = torch.from_numpy(np.random.default_rng((self.seed, index)).normal(size=(3, 4))).float()
        return {'x': x * torch.nan if index == self.poisoned else x, 'index': torch.tensor(index)}


@dataclass(frozen=True)
class Row:
    number: int
    name: str = 'row'

    def read(self) -> int:
        return self.number


def drawn(number: int, rng: np.random.Generator) -> Tensor:
    return torch.from_numpy(rng.normal(size=4)).float() + number / 10


def joined(rows) -> dict[str, Tensor]:
    return {'x': torch.stack(list(rows)), 'index': torch.tensor(0)}


class Network(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.wide = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Dropout(0.3))
        self.frozen = nn.Linear(8, 8).requires_grad_(False)
        self.rare = nn.Linear(8, 8)
        self.last = nn.Linear(8, 1)

    def forward(self, x: Tensor) -> Tensor:
        found = self.frozen(self.wide(x))
        # Some batches leave a part without a gradient.
        return self.last(self.rare(found) if x[0, 0] > 0 else found)


class Toy(TrainingLoop[ToyConfig, dict[str, Tensor], Network]):
    shown_iou = 'error'
    monitor = Monitor('val_error', more_is_better=False)

    def open_data(self):
        config = self.config
        if config.epochs:
            samples = SkippingSamples([Row(n) for n in range(7)], drawn, config.seed)
            return EpochBatches(samples, 3, joined, config.schedule.steps), Numbers(99)
        return Numbers(config.seed, config.poisoned), Numbers(99)

    def build_network(self) -> Network:
        torch.manual_seed(self.config.seed)
        return Network()

    def compute(self, step, batch):
        x = batch['x'] + float(np.random.normal()) + random.random() + torch.randn(())
        error = (self.network(x) - x.sum(1, keepdim=True)).square().mean()
        return error, {'error': float(error.detach())}

    @torch.no_grad()
    def validate(self):
        x = self.validation_data[0]['x']
        error = (self.average(x) - x.sum(1, keepdim=True)).square().mean()
        return {'val_error': float(error)}


def toy(config: ToyConfig, folder: Path, fabric: Fabric | None = None) -> Toy:
    return Toy(config, folder, fabric or Fabric(accelerator='cpu', devices=1))


def log_of(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / 'metrics.jsonl').open()]
