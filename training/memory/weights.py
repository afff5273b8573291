"""Weights of a memory, with its shape and the encoder they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.model.memory.config import MemoryConfig
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from training.data.clips.clip_features import EncoderIdentity
from training.network.initial_weights import WeightError
from training.settings.reading import build


def memory_entries(
    config: MemoryConfig, encoder: EncoderIdentity, state: Mapping[str, Tensor]
) -> dict[str, Any]:
    """Return what the file of a memory holds."""
    return {'memory': asdict(config), 'encoder': asdict(encoder), 'weights': dict(state)}


def save_memory(
    path: Path, config: MemoryConfig, encoder: EncoderIdentity, state: Mapping[str, Tensor]
) -> None:
    """Write a memory; the file is safe to load (tensors and plain values only)."""
    with replacing(path) as part:
        torch.save(memory_entries(config, encoder, state), part)


def load_memory(path: Path, encoder: EncoderIdentity | None = None) -> VideoMemory:
    """Read a memory in evaluation mode.

    Args:
        path: File of :func:`save_memory`.
        encoder: The encoder that it is to work with; not checked without.

    Raises:
        WeightError: If the file is missing, damaged or of another encoder.
    """
    if not path.is_file():
        raise WeightError(f'{path} does not exist; train a memory with python -m training.stage2.')
    try:
        entries = torch.load(path, map_location='cpu', weights_only=True)
        network = VideoMemory(build(MemoryConfig, entries['memory'], str(path)))
        network.load_state_dict(entries['weights'])
        trained_on = EncoderIdentity(**entries['encoder'])
    except Exception as error:
        raise WeightError(f'{path} holds no usable memory: {error}') from error
    if encoder is not None and trained_on != encoder:
        raise WeightError(
            f'{path} was trained on the features of another image encoder or preprocess; train '
            'a memory on this one.'
        )
    return network.eval()
