"""The command line that all trainings share."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
import sys
from typing import Protocol, TypeVar

from lightning_fabric import Fabric
import torch

from efficientsam3_ros.engine import EngineError
from training.config import ConfigError
from training.initial_weights import WeightError
from training.runtime import CheckpointError


class RunConfig(Protocol):
    """What every training's settings have."""

    @property
    def name(self) -> str:
        """Names the run's folder."""
        ...

    @property
    def threads(self) -> int:
        """CPU threads of torch; 0 leaves torch's own choice."""
        ...


ConfigT = TypeVar('ConfigT', bound=RunConfig)


def run_training(
    module: str,
    description: str | None,
    load: Callable[[Path], ConfigT],
    train: Callable[[ConfigT, Path, Fabric], None],
    argv: Sequence[str] | None = None,
) -> int:
    """Read the settings and train; return the exit code, 2 with a message for a user's error.

    Args:
        module: What stands behind ``python -m``.
        description: For ``--help``.
        load: Reads settings from YAML.
        train: Runs with settings, run folder and device, or resumes.
        argv: Arguments, else those of the process.
    """
    parser = argparse.ArgumentParser(
        prog=f'python -m {module}',
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--config', type=Path, required=True, help='YAML settings')
    parser.add_argument('--out', type=Path, help='run folder (default: runs/<name>)')
    arguments = parser.parse_args(argv)
    try:
        config = load(arguments.config)
        if config.threads:
            torch.set_num_threads(config.threads)
        fabric = Fabric(accelerator='auto', devices=1)
        train(config, arguments.out or Path('runs') / config.name, fabric)
    except (ConfigError, CheckpointError, EngineError, WeightError, ValueError) as error:
        print(f'error: {error}', file=sys.stderr)
        return 2
    return 0
