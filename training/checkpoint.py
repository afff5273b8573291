"""What a run keeps in its folder to be resumed: checkpoint and settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf
import torch

from efficientsam3_ros.core.writing.atomic import write_text
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.result_marker import ResultKind, mark_folder
from training.config import RunConfig, leaves

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


def load_checkpoint(path: Path, parts: Mapping[str, Any]) -> int:
    """Restore a run and return its step, 0 when there is no checkpoint.

    Args:
        path: The checkpoint.
        parts: Modules and optimizer by their names in the file.

    Raises:
        CheckpointError: If the file is truncated or belongs to another network.
    """
    if not path.is_file():
        return 0
    try:
        state: dict[str, Any] = torch.load(path, map_location='cpu', weights_only=True)
        for name, part in parts.items():
            part.load_state_dict(state[name])
        return int(state['step'])
    except Exception as error:
        raise CheckpointError(
            f'{path} cannot be resumed ({error}). Choose another --out folder, or delete the file '
            'to start anew.'
        ) from error


def keep_settings(config: RunConfig, folder: Path) -> None:
    """Write every setting of a run into its folder, made and marked when new.

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
    folder.mkdir(parents=True, exist_ok=True)
    mark_folder(folder, ResultKind.TRAINING_RUN)
    write_text(path, OmegaConf.to_yaml(now))
