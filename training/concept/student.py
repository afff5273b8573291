"""Initial weights of the whole student."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from efficientsam3_ros.model.student import Student
from efficientsam3_ros.model.weights.store import load_converted, read_info
from training.concept.config import ConceptRunConfig
from training.encoder.origin import ENTRY
from training.network.initial_weights import WeightError

_OF_VIDEO = ('memory.', 'image_encoder.neck.tracker_layers.')
"""What a run of ``training.stage2`` holds besides the image encoder."""


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
        found = of_run(Path(name), preprocess)
        own = {key: value for key, value in found.items() if not key.startswith(_OF_VIDEO)}
        state = _over(state, own, Path(name))
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


def of_run(path: Path, preprocess: str) -> dict[str, Tensor]:
    """Return the averaged weights of a run.

    Args:
        path: Its ``best.pt``.
        preprocess: Digest of the preparation of images, which it must share.

    Raises:
        WeightError: If the file is missing, damaged or of another preparation.
    """
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
