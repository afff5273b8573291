"""The whole student: its initial weights, and what of it learns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from efficientsam3_ros.model.student import Student
from efficientsam3_ros.model.weights.store import load_converted, read_info
from training.concept.config import ConceptRunConfig, TrainedPart
from training.config import ConfigError
from training.encoder.origin import ENTRY
from training.initial_weights import WeightError


def initialize(student: Student, config: ConceptRunConfig, preprocess: str) -> None:
    """Fill a student from what the settings name; nothing is left to chance where a base is.

    Args:
        student: With random weights.
        config: Settings of the run.
        preprocess: Digest of the preparation of images, which runs to start from must share.

    Raises:
        WeightError: If a file is missing, damaged or of another student.
    """
    state = student.state_dict()
    if config.base:
        state = _over(state, _of_base(config, state), Path(config.base))
    for name in config.initialize_from:
        state = _over(state, _of_run(Path(name), preprocess), Path(name))
    student.load_state_dict(state)


def _of_base(config: ConceptRunConfig, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the parts of converted weights that the student has, whole."""
    info = read_info(Path(config.base))
    _, found, _ = load_converted(Path(config.base), config.size)
    other = set()
    if info.variant != config.student.name or config.student.neck != info.neck:
        other.add('image_encoder')
    if (info.text, info.context) != (config.student.text, config.student.context):
        other.add('text_encoder')
    return {key: value for key, value in found.items() if key.split('.')[0] not in other}


def _of_run(path: Path, preprocess: str) -> dict[str, Tensor]:
    if not path.is_file():
        raise WeightError(f'{path} does not exist; name the best.pt of training.stage1 or stage3.')
    try:
        entries: dict[str, Any] = torch.load(path, map_location='cpu', weights_only=True)
        seen = entries[ENTRY]['teacher']['preprocess'] if ENTRY in entries else ''
        state: dict[str, Tensor] = entries['average']
    except Exception as error:
        raise WeightError(f'{path} holds no weights of a run: {error}') from error
    if seen and seen != preprocess:
        raise WeightError(f'{path} was trained with another preprocess; train on its images.')
    return state


def _over(
    below: Mapping[str, Tensor], above: Mapping[str, Tensor], path: Path
) -> dict[str, Tensor]:
    """Lay weights over others, whole children of the student at a time."""
    children = {key.split('.')[0] for key in above}
    wanted = {key: value.shape for key, value in below.items() if key.split('.')[0] in children}
    found = {key: value.shape for key, value in above.items()}
    wrong = sorted(k for k in wanted.keys() | found.keys() if wanted.get(k) != found.get(k))
    if wrong:
        raise WeightError(
            f'{path} does not fit the student: {len(wrong)} weights are missing, unknown or of '
            f'another shape, e.g. {", ".join(wrong[:3])}.'
        )
    return {**below, **above}


def freeze_all_but(student: Student, parts: Sequence[TrainedPart]) -> None:
    """Freeze a student but for some parts.

    Raises:
        ConfigError: If it has no such part.
    """
    student.requires_grad_(False)
    for name in parts:
        part_of(student, name.part).requires_grad_(True)


def part_of(student: Student, name: str) -> nn.Module:
    """Return a part by its name.

    Raises:
        ConfigError: If there is none.
    """
    try:
        return student.get_submodule(name)
    except AttributeError:
        known = [*(n for n, _ in student.named_children())]
        known += [f'detector.{n}' for n, _ in student.detector.named_children()]
        raise ConfigError(
            f'trained names {name}, which the student does not have; known are '
            f'{", ".join(known)} and what is inside.'
        ) from None


def set_train_mode(
    student: Student, parts: Sequence[TrainedPart], freeze_statistics: bool
) -> None:
    """Put what learns into train mode, and all that is frozen into evaluation mode."""
    student.eval()
    for name in parts:
        part = part_of(student, name.part).train()
        for module in part.modules():
            if freeze_statistics and isinstance(module, _BatchNorm):
                module.eval()
