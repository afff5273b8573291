"""What a run keeps in its folder to be resumed: checkpoint and settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lightning_fabric import Fabric
from omegaconf import OmegaConf
import torch
from torch import nn

from efficientsam3_ros.core.atomic import replacing, write_text
from training.config import RunConfig, leaves
from training.runtime import AveragedWeights

CHECKPOINT = 'checkpoint.pt'
SETTINGS = 'config.yaml'


class CheckpointError(ValueError):
    """A checkpoint that cannot be resumed; the message names the remedy."""


def save_checkpoint(
    fabric: Fabric,
    path: Path,
    step: int,
    model: nn.Module,
    optimizer: Any,
    average: AveragedWeights,
) -> None:
    """Write atomically: an interruption leaves the previous checkpoint whole."""
    state = {'step': step, 'model': model.state_dict(), 'average': average.state}
    with replacing(path) as part:
        fabric.save(part, {**state, 'optimizer': optimizer.state_dict()})


def load_checkpoint(path: Path, model: nn.Module, optimizer: Any, average: AveragedWeights) -> int:
    """Restore a run and return its step, 0 when there is no checkpoint.

    Raises:
        CheckpointError: If the file is truncated or belongs to another network.
    """
    if not path.is_file():
        return 0
    try:
        state: dict[str, Any] = torch.load(path, map_location='cpu', weights_only=True)
        model.load_state_dict(state['model'])
        optimizer.load_state_dict(state['optimizer'])
        for name, slot in average.state.items():
            slot.copy_(state['average'][name])
        return int(state['step'])
    except Exception as error:
        raise CheckpointError(
            f'{path} cannot be resumed ({error}). Choose another --out folder, or delete the file '
            'to start anew.'
        ) from error


def keep_settings(config: RunConfig, folder: Path) -> None:
    """Write every setting of a run into its folder.

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
    write_text(path, OmegaConf.to_yaml(now))
