"""Which graphs a network becomes: names, example inputs and free axes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from efficientsam3_ros.model.export.graph import GraphPlan
from efficientsam3_ros.model.export.memory_export import LEVELS, memory_plans
from efficientsam3_ros.model.nano_student import NanoStudent

if TYPE_CHECKING:
    from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
    from efficientsam3_ros.model.student import Student

__all__ = ('CELLS', 'DETECTIONS', 'LEVELS', 'TRACK_LEVELS', 'nano_plans', 'student_plans')

TRACK_LEVELS = ('track_level_0', 'track_level_1', 'track_level_2')
"""What the neck makes for a tracker of its own."""
CELLS = 'cells'
"""What the head of a light student's trunk knows of every cell."""
DETECTIONS = ('scores', 'presence', 'boxes', 'mask_logits', 'embeddings')
EXAMPLE_PROMPTS = 3
_K = {0: 'prompts'}
_TOKENS = {0: 'prompts', 1: 'tokens'}


def nano_plans(student: NanoStudent) -> dict[str, GraphPlan]:
    """Return the graphs of a light student (``NanoConfig``) by name."""
    config = student.config
    rows, columns = config.grid
    image = torch.rand(1, 3, config.input_height, config.input_width) * 2 - 1
    levels = {
        'level_0': torch.randn(1, config.pixel_width, rows * 4, columns * 4),
        'level_1': torch.randn(1, config.width, rows, columns),
    }
    ids = _token_ids(config.text_context, config.vocabulary_size)
    ranked = config.query_selection == 'proposals'
    plans = _prompted_plans(student, levels, ids, config.width, ranked)
    names: tuple[str, ...] = LEVELS
    if config.class_evidence:
        names = (*LEVELS, CELLS)
        with torch.inference_mode():
            cells = student.image_encoder(image)[-1]
        detector = plans['detector']
        plans['detector'] = replace(detector, inputs={**detector.inputs, CELLS: cells.clone()})
    return {
        'image_encoder': GraphPlan(student.image_encoder, {'image': image}, names, {}),
        **plans,
    }


def student_plans(student: Student, memory: VideoMemory | None = None) -> dict[str, GraphPlan]:
    """Return the graphs of an EfficientSAM3 student by name, with those of its video memory.

    The levels of the example image are the example inputs of the other graphs, so that parity is
    measured at the scale that they meet in use. The memory reads the levels that the neck makes
    for a tracker where there are any, else the detector's.

    Raises:
        ValueError: If the memory is not made for the student's levels.
    """
    config = student.config
    names = (*LEVELS, *TRACK_LEVELS) if config.tracker_neck else LEVELS
    with torch.inference_mode():
        image = torch.rand(1, 3, config.size, config.size) * 2 - 1
        made = dict(zip(names, student.image_encoder(image)))
    levels = {name: value.clone() for name, value in made.items()}
    read = {name: levels[name] for name in LEVELS}
    ids = _token_ids(config.context, config.text.vocabulary)
    ranked = config.detector.kept_queries is not None
    plans = {
        'image_encoder': GraphPlan(student.image_encoder, {'image': image}, names, {}),
        **_prompted_plans(student, read, ids, config.detector.width, ranked),
    }
    if memory is not None:
        plans |= memory_plans(memory, {name: levels[name] for name in names[-len(LEVELS) :]})
    return plans


def _prompted_plans(
    student: NanoStudent | Student,
    levels: dict[str, Tensor],
    token_ids: Tensor,
    width: int,
    ranked: bool,
) -> dict[str, GraphPlan]:
    """Return the graphs of prompts and detections; exemplars read the coarsest level."""
    tokens = _prompt_tokens(token_ids.shape[1] + 2, width)
    coarsest = tuple(levels)[-1]
    exemplars = {coarsest: levels[coarsest], **_exemplars()}
    outputs: tuple[str, ...] = ('exemplar_tokens', 'exemplar_mask')
    if isinstance(student, NanoStudent):  # its callers keep track of which slots are used
        exemplars = {n: v for n, v in exemplars.items() if not n.endswith('_valid')}
        outputs = outputs[:1]
    return {
        'text_encoder': GraphPlan(
            student.text_encoder,
            {'token_ids': token_ids},
            ('text_tokens', 'text_mask'),
            {'token_ids': _K},
        ),
        'exemplar_encoder': GraphPlan(
            student.exemplar_encoder, exemplars, outputs, _exemplar_axes(exemplars)
        ),
        'detector': GraphPlan(
            student.detector,
            {**levels, **tokens},
            DETECTIONS,
            dict.fromkeys(tokens, _TOKENS),
            ranked,
        ),
    }


def _prompt_tokens(length: int, width: int) -> dict[str, Tensor]:
    mask = torch.ones(EXAMPLE_PROMPTS, length)
    mask[:, -2:] = 0
    return {
        'prompt_tokens': torch.randn(EXAMPLE_PROMPTS, length, width),
        'prompt_mask': mask,
    }


def _token_ids(context: int, vocabulary: int) -> Tensor:
    ids = torch.randint(2, vocabulary, (EXAMPLE_PROMPTS, context))
    ids[:, -2:] = 0
    return ids


def _exemplars() -> dict[str, Tensor]:
    labels = torch.ones(EXAMPLE_PROMPTS, 2, dtype=torch.long)
    valid = torch.tensor([[1.0, 0.0]]).repeat(EXAMPLE_PROMPTS, 1)
    return {
        'boxes': torch.rand(EXAMPLE_PROMPTS, 2, 4) * 0.4 + 0.2,
        'box_labels': labels,
        'box_valid': valid,
        'points': torch.rand(EXAMPLE_PROMPTS, 2, 2),
        'point_labels': labels.clone(),
        'point_valid': valid.clone(),
    }


def _exemplar_axes(inputs: dict[str, Tensor]) -> dict[str, dict[int, str]]:
    return {
        name: {0: 'prompts', 1: 'points' if name.startswith('point') else 'exemplars'}
        for name in inputs
        if not name.startswith('level')
    }
