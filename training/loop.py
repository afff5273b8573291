"""The loop around every training's step: resume, log, save, validate."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
import time
from typing import ClassVar, Generic, TypeVar

from lightning_fabric import Fabric
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, Subset
from tqdm import tqdm

from efficientsam3_ros.core.writing.atomic import replacing
from training.checkpoint import CHECKPOINT, checked_folder, keep_settings, load_checkpoint
from training.command_line import run_command
from training.config import RunConfig
from training.runtime import (
    MetricsLog,
    learning_rate_factor,
    mean_of,
    parameter_groups,
    update_average,
)

LOG_EVERY = 20

BatchT = TypeVar('BatchT')
ConfigT = TypeVar('ConfigT', bound=RunConfig)
NetworkT = TypeVar('NetworkT', bound=nn.Module)


class DivergenceError(ValueError):
    """A loss or gradient that is not finite."""


class TrainingLoop(ABC, Generic[ConfigT, BatchT, NetworkT]):
    """A run, new or resumed.

    Args:
        config: Its settings; they are kept in the folder.
        folder: Receives checkpoint, settings, log and TensorBoard events.
        fabric: Names the device.

    Attributes:
        network: Its weights are averaged and validated.
        learner: The network, with what serves training only.
        average: The network with averaged weights, in evaluation mode.
        first: The step to start with.

    Raises:
        CheckpointError: If the folder holds a run that cannot be resumed with these settings.
        ValueError: If there are no data, or initial weights do not fit.
    """

    shown_iou: ClassVar[str]
    """The metric that the progress bar shows."""

    def __init__(self, config: ConfigT, folder: Path, fabric: Fabric) -> None:
        schedule = config.schedule
        self.config, self.folder, self.fabric = config, folder, fabric
        self.checkpoint = folder / CHECKPOINT
        keep_settings(config, folder)
        self.data, self.validation_data = self.open_data()
        self.network = self.build_network()
        self.learner = self.build_learner().to(fabric.device)
        self.average = deepcopy(self.network).requires_grad_(False).eval()
        self.optimizer = torch.optim.AdamW(
            parameter_groups(self.rates(), schedule.learning_rate, schedule.weight_decay)
        )
        self.kept = {'model': self.learner, 'average': self.average, 'optimizer': self.optimizer}
        self.first = load_checkpoint(self.checkpoint, self.kept)
        self.log = MetricsLog(folder, self.first)

    @abstractmethod
    def open_data(self) -> tuple[Dataset[BatchT], Dataset[BatchT]]:
        """Return the batches of training and of validation."""

    @abstractmethod
    def build_network(self) -> NetworkT:
        """Return the network with its initial weights; draws from torch's generator."""

    def build_learner(self) -> nn.Module:
        """Return the network, or it with more parts to train."""
        return self.network

    def rates(self) -> list[tuple[nn.Module, float]]:
        """Return disjoint modules of the learner and the factor of their learning rate."""
        return [(self.learner, 1.0)]

    def set_train_mode(self) -> None:
        """Put the learner into train mode."""
        self.learner.train()

    @abstractmethod
    def compute(self, step: int, batch: BatchT) -> tuple[Tensor, dict[str, float]]:
        """Return the loss of a step, and metrics for the log."""

    @abstractmethod
    def validate(self) -> dict[str, float]:
        """Score the averaged weights on data that are never trained on."""

    def validation_batches(self) -> Iterator[BatchT]:
        """Iterate over the batches of a validation."""
        return self.batches_of(self.validation_data)

    def batches_of(self, data: Dataset[BatchT]) -> Iterator[BatchT]:
        """Iterate over the batches of a data set."""
        return map(self.fabric.to_device, DataLoader(data, batch_size=None))

    def run(self) -> None:
        """Train to the last step, resuming where the checkpoint ended."""
        steps = self.config.schedule.steps
        data = Subset(self.data, range(self.first, steps))
        loader = DataLoader(data, batch_size=None, num_workers=1, prefetch_factor=4)
        rows: list[Mapping[str, float]] = []
        started = time.monotonic()
        progress = tqdm(loader, initial=self.first, total=steps, unit='step', mininterval=5)
        self.set_train_mode()
        for step, batch in enumerate(progress, self.first):
            rows.append(self._step(step, self.fabric.to_device(batch)))
            if (step + 1) % LOG_EVERY == 0:
                metrics = mean_of(rows) | {'seconds': time.monotonic() - started}
                self.log.write(step + 1, metrics)
                iou, loss = metrics[self.shown_iou], metrics['total']
                progress.set_postfix(iou=f'{iou:.3f}', loss=f'{loss:.2f}')
                rows.clear()
            self._milestones(step + 1)

    def save(self, step: int) -> None:
        """Write the checkpoint after a step; an interruption leaves the previous one whole."""
        with replacing(self.checkpoint) as part:
            self.fabric.save(part, {'step': step, **self.kept})

    def _step(self, step: int, batch: BatchT) -> dict[str, float]:
        """Take one step down the gradient; return metrics for the log."""
        schedule = self.config.schedule
        with self.fabric.autocast():
            total, metrics = self.compute(step, batch)
        factor = learning_rate_factor(step, schedule.steps, schedule.warmup, schedule.constant)
        for group in self.optimizer.param_groups:
            group['lr'] = group['peak'] * factor
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()
        norm = nn.utils.clip_grad_norm_(self.learner.parameters(), schedule.clip)
        if not (torch.isfinite(total) and torch.isfinite(norm)):
            raise DivergenceError(
                f'The loss or gradient of step {step} is not finite; lower the learning rate.'
            )
        self.optimizer.step()
        update_average(self.average, self.network, schedule.ema, step)
        return metrics | {'total': float(total.detach()), 'gradient': float(norm)}

    def _milestones(self, step: int) -> None:
        schedule = self.config.schedule
        if step % schedule.checkpoint_every == 0 or step == schedule.steps:
            self.save(step)
        if step % schedule.validate_every == 0 or step == schedule.steps:
            metrics = self.validate()
            self.log.write(step, metrics)
            text = ', '.join(f'{name} {value:.3f}' for name, value in metrics.items())
            tqdm.write(f'step {step}: {text}')


def run_training(
    module: str,
    about: str | None,
    load: Callable[[Path, Sequence[str]], ConfigT],
    loop: Callable[[ConfigT, Path, Fabric], TrainingLoop],
    argv: Sequence[str] | None,
) -> int:
    """Run the command line of a training; return the exit code.

    Args:
        module: What stands behind ``python -m``.
        about: Its docstring.
        load: Reads settings from YAML, with others in their place.
        loop: Makes the run.
        argv: Arguments, else those of the process.
    """

    def train(*overrides: str, config: Path, out: Path | None = None) -> None:
        """Train.

        Args:
            overrides: Settings in place of the file's, such as schedule.learning_rate=1e-4.
            config: YAML settings.
            out: Run folder; if absent, runs/ and the run's name. A run that it holds is resumed.
        """
        settings = load(config, overrides)
        folder = checked_folder(out or Path('runs') / settings.name, settings, config)
        if settings.threads:
            torch.set_num_threads(settings.threads)
        fabric = Fabric(accelerator='auto', devices=1, precision=settings.precision)
        loop(settings, folder, fabric).run()

    return run_command(module, about, train, argv)
