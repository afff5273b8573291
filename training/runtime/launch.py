"""From settings to a run: its folder, its devices, and how far it goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
from typing import Protocol, TypeVar

from lightning_fabric import Fabric
import torch

from training.runtime.bfloat16 import bfloat16_warning
from training.runtime.checkpoint import CHECKPOINT, check_settings, checked_folder, step_of
from training.runtime.dry_run import dry_run
from training.runtime.estimate import Run
from training.runtime.non_finite import DivergenceError
from training.runtime.processes import open_fabric
from training.settings.command_line import Count, run_command
from training.settings.config import RunConfig


@dataclass(frozen=True)
class Ending:
    """How far a run goes.

    Attributes:
        max_steps: It ends after this step of the schedule; None lets it go to the last one.
        dry_run: It is only estimated.
    """

    max_steps: int | None = None
    dry_run: bool = False


class Loop(Run, Protocol):
    """What is launched: a ``TrainingLoop``."""

    def run(self, max_steps: int | None = None) -> bool:
        """Train; tell whether the last step was reached."""

    def close(self) -> None:
        """Close the log."""


LoopT = TypeVar('LoopT', bound=Loop)
ConfigT = TypeVar('ConfigT', bound=RunConfig)


def launch(
    loop: Callable[[ConfigT, Path, Fabric], LoopT],
    settings: ConfigT,
    folder: Path,
    file: Path,
    ending: Ending,
) -> LoopT | None:
    """Train, or print an estimate; return the run if its last step was reached.

    Args:
        loop: Makes the run.
        settings: Its settings.
        folder: Of the run, new or to be resumed.
        file: Where the settings were read.
        ending: How far it goes.

    Raises:
        OutputError: If the folder is not free for a run.
        CheckpointError: If it holds one that cannot be resumed with these settings.
    """
    if settings.threads:
        torch.set_num_threads(settings.threads)
    fabric = open_fabric(settings.precision)
    slow = bfloat16_warning(settings.precision, fabric.device)
    if slow and fabric.is_global_zero:
        print(slow, file=sys.stderr)
    folder = checked_folder(folder, settings, file)
    # Before the first process writes into the folder, all have looked.
    fabric.barrier()
    if ending.dry_run:
        check_settings(settings, folder)
        _estimate(loop, settings, step_of(folder / CHECKPOINT), fabric, ending)
        return None
    run = loop(settings, folder, fabric)
    return run if run.run(ending.max_steps) else None


def _estimate(
    loop: Callable[[ConfigT, Path, Fabric], LoopT],
    settings: ConfigT,
    first: int,
    fabric: Fabric,
    ending: Ending,
) -> None:
    """Print an estimate, by a run in a folder that is removed again."""
    stop = min(settings.schedule.steps, ending.max_steps or settings.schedule.steps)
    with TemporaryDirectory() as scratch:
        run = loop(settings, Path(scratch) / 'run', fabric)
        try:
            text = dry_run(run, first, stop, settings.workers)
        except DivergenceError:
            # What it says of the batch's file would not be true here.
            raise DivergenceError(
                'The loss or gradient of a measured step is not finite, so nothing is estimated; '
                'without --dry-run the batch is kept.'
            ) from None
        finally:
            run.close()
        if fabric.is_global_zero:
            print(text)
        # The folder of the first process is that of all.
        fabric.barrier()


def run_training(
    module: str,
    about: str | None,
    load: Callable[[Path, Sequence[str]], ConfigT],
    loop: Callable[[ConfigT, Path, Fabric], Loop],
    argv: Sequence[str] | None,
    foresee: Callable[[ConfigT], str | None] | None = None,
) -> int:
    """Run the command line of a training; return the exit code.

    Args:
        module: What stands behind ``python -m``.
        about: Its docstring.
        load: Reads settings from YAML, with others in their place.
        loop: Makes the run.
        argv: Arguments, else those of the process.
        foresee: Tells of a run whose teacher or data are not there, what a dry run then prints
            in place of what it would measure; None if they are.
    """

    def train(
        *overrides: str,
        config: Path,
        out: Path | None = None,
        max_steps: Count | None = None,
        dry_run: bool = False,
    ) -> None:
        """Train.

        Args:
            overrides: Settings in place of the file's, such as schedule.learning_rate=1e-4.
            config: YAML settings.
            out: Run folder; if absent, runs/ and the run's name. A run that it holds is resumed.
            max_steps: End after this step of the schedule, with a checkpoint; the same command
                without it goes on.
            dry_run: Print what is trained and what memory, time and disk it takes, as measured on
                a few steps; write nothing.
        """
        settings = load(config, overrides)
        if dry_run and foresee is not None and (text := foresee(settings)) is not None:
            print(text)
            return
        folder = out or Path('runs') / settings.name
        launch(loop, settings, folder, config, Ending(max_steps, dry_run))

    return run_command(module, about, train, argv)
