"""The loop around every training's step: resume, log, save, validate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
import time

from lightning_fabric import Fabric
import torch
from torch import nn
from torch.utils.data import DataLoader, Subset
from tqdm import tqdm

from training.runtime.averaging import update_average
from training.runtime.best import BestWeights
from training.runtime.checkpoint import (
    CHECKPOINT,
    keep_settings,
    load_checkpoint,
    save_checkpoint,
)
from training.runtime.contract import BatchT, ConfigT, NetworkT, Training
from training.runtime.launch import run_training
from training.runtime.metrics_log import MetricsLog, mean_of
from training.runtime.non_finite import DivergenceError, divergence
from training.runtime.parts import StepBatches
from training.runtime.processes import (
    agreed_step,
    average_gradients,
    average_metrics,
    average_statistics,
    copy_from_first,
)
from training.runtime.randomness import VALIDATION, seed_part
from training.runtime.schedule import parameter_groups, rate_factor

__all__ = ['DivergenceError', 'TrainingLoop', 'run_training']

LOG_EVERY = 20
_READ_AHEAD = 4
"""Batches that each worker reads before they are asked for."""


class TrainingLoop(Training[ConfigT, BatchT, NetworkT]):
    """A run, new or resumed.

    Args:
        config: Its settings; they are kept in the folder.
        folder: Receives checkpoint, best weights, settings, log and TensorBoard events.
        fabric: Names the device, and the other processes if there are any.

    Attributes:
        first: The step to start with.
        writes: Whether this process writes into the folder.

    Raises:
        CheckpointError: If the folder holds a run that cannot be resumed with these settings.
        ValueError: If there are no data, or initial weights do not fit.
    """

    def __init__(self, config: ConfigT, folder: Path, fabric: Fabric) -> None:
        schedule = config.schedule
        self.config, self.folder, self.fabric = config, folder, fabric
        self.checkpoint, self.writes = folder / CHECKPOINT, fabric.is_global_zero
        self.stop = schedule.steps
        if self.writes:
            keep_settings(config, folder)
        fabric.barrier()
        self.data, self.validation_data = self.open_data()
        self.network = self.build_network()
        self.learner = self.build_learner().to(fabric.device)
        self.average = deepcopy(self.network).requires_grad_(False).eval()
        self.optimizer = torch.optim.AdamW(
            parameter_groups(self.rates(), schedule.learning_rate, schedule.weight_decay),
            fused=True,
        )
        self.kept = self.kept_parts()
        first = load_checkpoint(self.checkpoint, self.kept, self.batches_a_step)
        self.first = agreed_step(fabric, first, self.checkpoint)
        copy_from_first(fabric, self.learner, self.average)
        if self.writes:
            self.best = BestWeights(folder, self.monitor, self.first)
            self.log = MetricsLog(folder, self.first)

    @property
    def batches_a_step(self) -> int:
        """Batches a step, of all processes together."""
        return self.config.schedule.accumulate * self.fabric.world_size

    def own_batches(self) -> StepBatches[BatchT]:
        """Return the batches that this process computes; item i are those of step i."""
        schedule, fabric = self.config.schedule, self.fabric
        rank, processes = fabric.global_rank, fabric.world_size
        return StepBatches(self.data, schedule.steps, rank, processes, schedule.accumulate)

    def run(self, max_steps: int | None = None) -> bool:
        """Train, resuming where the checkpoint ended; tell whether the last step was reached.

        Args:
            max_steps: Ends the run after this step of the schedule, with a checkpoint.
        """
        steps = self.config.schedule.steps
        self.stop = min(steps, max_steps or steps)
        self._make_up_for_validation()
        rows: list[Mapping[str, float]] = []
        started = time.monotonic()
        shown = {'unit': 'step', 'mininterval': 5, 'disable': not self.writes}
        progress = tqdm(self._loader(), initial=self.first, total=steps, **shown)
        self.set_train_mode()
        for step, batches in enumerate(progress, self.first):
            rows.append(self.update(step, batches))
            if (step + 1) % LOG_EVERY == 0 or step + 1 == self.stop:
                metrics = average_metrics(self.fabric, mean_of(rows))
                self._write(step + 1, metrics | {'seconds': time.monotonic() - started})
                iou, loss = metrics[self.shown_iou], metrics['total']
                progress.set_postfix(iou=f'{iou:.3f}', loss=f'{loss:.2f}')
                rows.clear()
            self._milestones(step + 1)
        return self._ended()

    def save(self, step: int) -> None:
        """Write the checkpoint after a step; an interruption leaves the previous one whole."""
        save_checkpoint(self.checkpoint, self.kept, step, self.batches_a_step)

    def update(self, step: int, batches: Sequence[BatchT]) -> dict[str, float]:
        """Take one step down the mean gradient of some batches; return metrics for the log.

        Raises:
            DivergenceError: If loss or gradient is not finite; weights are as before.
        """
        schedule, learner = self.config.schedule, self.learner
        factor = rate_factor(schedule, step)
        for group in self.optimizer.param_groups:
            group['lr'] = group['peak'] * factor
        self.optimizer.zero_grad(set_to_none=True)
        rows = [self._backward(step, i, batch, len(batches)) for i, batch in enumerate(batches)]
        losses = [row['total'] for row in rows]
        trained = [p for p in learner.parameters() if p.requires_grad]
        mean = torch.tensor(sum(losses) / len(losses), device=self.fabric.device)
        loss = average_gradients(self.fabric, trained, mean)
        norm = nn.utils.clip_grad_norm_(learner.parameters(), schedule.clip)
        if not (torch.isfinite(loss) and torch.isfinite(norm)):
            raise divergence(self.folder, step, self.fabric.global_rank, batches, losses)
        self.optimizer.step()
        average_statistics(self.fabric, learner)
        update_average(self.average, self.network, schedule.ema, step)
        clipped = float(norm > schedule.clip)
        return mean_of(rows) | {'gradient': float(norm), 'clipped': clipped}

    def _backward(self, step: int, index: int, batch: BatchT, count: int) -> dict[str, float]:
        """Add one of a step's batches to the gradient; return its metrics."""
        self.part = self.fabric.global_rank * self.config.schedule.accumulate + index
        seed_part(self.config.seed, step, self.part)
        with self.fabric.autocast():
            total, metrics = self.compute(step, self.fabric.to_device(batch))
        (total / count).backward()
        return metrics | {'total': float(total.detach())}

    def _loader(self) -> DataLoader[list[BatchT]]:
        data, workers = self.own_batches(), self.config.workers
        ahead = max(1, _READ_AHEAD // self.config.schedule.accumulate) if workers else None
        # Its own generator: seeds for workers are not to be drawn from torch's.
        draws = torch.Generator()
        return DataLoader(
            Subset(data, range(self.first, self.stop)),
            batch_size=None,
            num_workers=workers,
            prefetch_factor=ahead,
            generator=draws,
        )

    def _milestones(self, step: int) -> None:
        schedule = self.config.schedule
        if self.writes and (step % schedule.checkpoint_every == 0 or step == self.stop):
            self.save(step)
        if self._validates(step):
            self._validate(step)

    def _validates(self, step: int) -> bool:
        schedule = self.config.schedule
        return step % schedule.validate_every == 0 or step == schedule.steps

    def _validate(self, step: int) -> None:
        if self.writes:
            seed_part(self.config.seed, 0, VALIDATION)
            metrics = self.validate()
            self._write(step, metrics)
            best = self.best.offer(step, metrics, self.best_entries())
            text = ', '.join(f'{name} {value:.3f}' for name, value in metrics.items())
            tqdm.write(f'step {step}: {text}{" (best so far)" if best else ""}')
        self.fabric.barrier()

    def _make_up_for_validation(self) -> None:
        """Validate the checkpoint if the run was killed before that, or while it was."""
        missing = self.writes and self.log.lacks(self.monitor.name)
        if self.first and self._validates(self.first) and self.fabric.broadcast(missing):
            self._validate(self.first)

    def _write(self, step: int, metrics: Mapping[str, float]) -> None:
        if self.writes:
            self.log.write(step, metrics)

    def close(self) -> None:
        """Close the log."""
        if self.writes:
            self.log.close()

    def _ended(self) -> bool:
        """Close the log; tell whether the last step was reached."""
        self.close()
        reached, steps = max(self.first, self.stop), self.config.schedule.steps
        if self.writes and reached < steps:
            tqdm.write(f'Stopped after step {reached} of {steps}; the same command goes on.')
        return reached == steps
