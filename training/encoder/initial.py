"""Weights that a distillation starts from: a trunk of elsewhere, or those of another run."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from efficientsam3_ros.model.image.trunks import Trunk
from training.encoder.config import EncoderRunConfig
from training.encoder.network import EncoderStudent
from training.encoder.origin import ENTRY, Origin
from training.network.initial_weights import WeightError
from training.teacher.identity import TeacherIdentity

_CLASSIFIER = 'head'
"""What the names of a timm classifier's last layers begin with, in all three families."""


def load_classifier(trunk: Trunk, path: Path) -> None:
    """Take the trunk of a timm classifier, all of it; its last layers are left.

    Args:
        trunk: To be filled.
        path: State dict, ``.safetensors`` or safe to load (tensors only), under timm's names.

    Raises:
        WeightError: If the file is missing, damaged or of another trunk.
    """
    if not path.is_file():
        raise WeightError(f'{path} does not exist; leave trunk_weights empty for random weights.')
    try:
        state = {k: v for k, v in _tensors(path).items() if not k.startswith(_CLASSIFIER)}
        trunk.load_state_dict(state)
    except Exception as error:
        raise WeightError(f'{path} does not fit {trunk.spec.name}: {error}') from error


def _tensors(path: Path) -> dict[str, Tensor]:
    if path.suffix == '.safetensors':
        from safetensors.torch import load_file

        return dict(load_file(path))
    return dict(torch.load(path, map_location='cpu', weights_only=True))


def initialize_from(
    network: EncoderStudent, path: Path, config: EncoderRunConfig, origin: Origin
) -> None:
    """Take the averaged weights of another run, all of them.

    Its teacher may be another one, its preprocess and its context may not.

    Raises:
        WeightError: If the file is missing, damaged, or of another network or preparation.
    """
    if not path.is_file():
        raise WeightError(f'{path} does not exist; name the best.pt of a run.')
    try:
        entries = torch.load(path, map_location='cpu', weights_only=True)
        before = entries[ENTRY]
        teacher = TeacherIdentity(origin.teacher.weights, before['teacher']['preprocess'])
        Origin(teacher, before['context']).load_state_dict(origin.state_dict())
        network.load_state_dict(entries['average'])
    except Exception as error:
        parts = ' and '.join(config.parts)
        raise WeightError(f'{path} does not fit the {parts} encoder: {error}') from error
