"""What a run keeps in its folder to be resumed: checkpoint and settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from omegaconf import OmegaConf
import torch

from efficientsam3_ros.core.writing.atomic import replacing, write_text
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.result_marker import ResultKind, mark_folder
from training.settings.config import RunConfig
from training.settings.reading import leaves

CHECKPOINT = 'checkpoint.pt'
SETTINGS = 'config.yaml'


class CheckpointError(ValueError):
    """A checkpoint that cannot be resumed; the message names the remedy."""


def checked_folder(folder: Path, config: RunConfig, file: Path) -> Path:
    """Return the folder of a run, new or resumed; change nothing.

    Args:
        folder: What the user named.
        config: Settings of the run.
        file: Where they were read; may be those that the run has kept.

    Raises:
        OutputError: If it is, holds or lies in what is read, or holds anything but a run.
    """
    kept = file.resolve() == (folder / SETTINGS).resolve()
    inputs = (*config.inputs(), *(() if kept else (file,)))
    return check_output(folder, inputs, kind=ResultKind.TRAINING_RUN, resume=True)


class Stateful(Protocol):
    """What can be put back into a state: modules, optimizers, generators."""

    def state_dict(self) -> dict[str, Any]:
        """Return the state; tensors and plain values, so that the file is safe to load."""

    def load_state_dict(self, state_dict: dict[str, Any]) -> Any:
        """Take on a state."""


def save_checkpoint(path: Path, parts: Mapping[str, Stateful], step: int, batches: int) -> None:
    """Write a checkpoint; an interruption leaves the previous one whole.

    Args:
        path: The checkpoint.
        parts: What is restored, by names.
        step: After which it is written.
        batches: Batches a step of all processes together.
    """
    state = {name: part.state_dict() for name, part in parts.items()}
    with replacing(path) as part:
        torch.save({'step': step, 'batches': batches, **state}, part)


def load_checkpoint(path: Path, parts: Mapping[str, Stateful], batches: int = 1) -> int:
    """Restore a run and return its step, 0 when there is no checkpoint.

    Args:
        path: The checkpoint.
        parts: Modules and optimizer by their names in the file.
        batches: Batches a step of all processes together.

    Raises:
        CheckpointError: If the file is truncated or belongs to another network, or to a run of
            more or fewer batches a step.
    """
    if not path.is_file():
        return 0
    try:
        state: dict[str, Any] = torch.load(path, map_location='cpu', weights_only=True)
        # Files of before there were several had one.
        before, step = int(state.get('batches', 1)), int(state['step'])
        if before == batches:
            for name, part in parts.items():
                part.load_state_dict(state[name])
    except Exception as error:
        raise CheckpointError(
            f'{path} cannot be resumed ({error}). Choose another --out folder, or delete the file '
            'to start anew.'
        ) from error
    if before != batches:
        raise CheckpointError(
            f'{path} is of a run with {before} batches a step (processes times '
            f'schedule.accumulate), and now there are {batches}. Start as many processes as '
            'before, or choose another --out folder.'
        )
    return step


def step_of(path: Path) -> int:
    """Return the step of a checkpoint without reading its weights, 0 when there is none."""
    if not path.is_file():
        return 0
    try:
        state = torch.load(path, map_location='cpu', weights_only=True, mmap=True)
        return int(state['step'])
    except Exception as error:
        raise CheckpointError(f'{path} cannot be read ({error}).') from error


def check_settings(config: RunConfig, folder: Path) -> None:
    """Refuse to go on with a run with other settings; change nothing.

    Raises:
        CheckpointError: If a checkpoint there is of a run with other settings.
    """
    path = folder / SETTINGS
    now = OmegaConf.structured(config)
    if path.is_file() and (folder / CHECKPOINT).is_file():
        before = dict(leaves(OmegaConf.structured(type(config).load(path))))
        changed = [
            f'{key} was {before[key]} and is {value}'
            for key, value in leaves(now)
            if before[key] != value
        ]
        if changed:
            raise CheckpointError(
                f'{folder / CHECKPOINT} cannot be resumed with other settings: '
                f'{", ".join(changed)}. Choose another --out folder, or delete {path} to go on '
                'with the new ones.'
            )


def keep_settings(config: RunConfig, folder: Path) -> None:
    """Write every setting of a run into its folder, made and marked when new.

    Raises:
        CheckpointError: If a checkpoint there is of a run with other settings.
    """
    check_settings(config, folder)
    folder.mkdir(parents=True, exist_ok=True)
    mark_folder(folder, ResultKind.TRAINING_RUN)
    write_text(folder / SETTINGS, OmegaConf.to_yaml(OmegaConf.structured(config)))
