"""Weights that a training starts from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from efficientsam3_ros.model.image.yolox.trunk import YoloxTrunk


class WeightError(ValueError):
    """Weights that do not fit; the message says what would."""


def load_trunk(trunk: YoloxTrunk, source: str) -> None:
    """Fill the trunk of nano.

    Args:
        trunk: To be filled.
        source: ONNX file of YOLOX's authors; '' to leave the random weights.

    Raises:
        WeightsError: If the file is missing or holds another network than YOLOX-nano.
    """
    if not source:
        return
    # Few trainings read an ONNX file.
    from efficientsam3_ros.model.weights.yolox_file import load_yolox

    load_yolox(trunk, Path(source))


def load_yolox_trunk(source: str) -> YoloxTrunk:
    """Return YOLOX-nano as its authors trained it, with its prediction layers.

    Args:
        source: Their ONNX file.

    Raises:
        WeightsError: If the file is missing or holds another network.
    """
    trunk = YoloxTrunk()
    load_trunk(trunk, source)
    return trunk


def load_student(student: nn.Module, path: Path, new_parts: Sequence[str] = ()) -> None:
    """Fill a student, every tensor of it but those of the parts that are said to be new.

    Args:
        student: The network.
        path: State dict, safe to load (tensors only); or the best or last weights of a run.
        new_parts: Prefixes of tensors that the file does not hold; they keep their values.

    Raises:
        WeightError: If the file is missing, damaged or of another network.
    """
    if not path.is_file():
        raise WeightError(f'{path} does not exist; leave initialize_from empty for a new network.')
    new = tuple(f'{part}.' for part in new_parts)
    kept = {name: value for name, value in student.state_dict().items() if name.startswith(new)}
    try:
        state = torch.load(path, map_location='cpu', weights_only=True)
        student.load_state_dict(kept | state.get('average', state))
    except Exception as error:
        raise WeightError(f'{path} does not fit this network: {error}') from error
