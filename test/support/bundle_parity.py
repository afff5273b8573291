"""A student's questions with torch's answers, put to a bundle on an engine graph by graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from efficientsam3_ros.engine import Engine
from efficientsam3_ros.model.export.graph import aligned
from efficientsam3_ros.model.export.memory_export import TRACKED, example_bank
from efficientsam3_ros.model.export.plans import DETECTIONS, LEVELS, TRACK_LEVELS
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.student import Student


@dataclass(frozen=True)
class Asked:
    """One graph's inputs and torch's answer."""

    graph: str
    about: str
    inputs: dict[str, Tensor]
    answer: dict[str, Tensor]


def ask_torch(student: Student, memory: VideoMemory | None = None) -> Iterator[Asked]:
    """Yield every graph's question: words alone, and words with a box; one and two objects."""
    config = student.eval().config
    generator = torch.Generator().manual_seed(3)
    image = torch.rand(1, 3, config.size, config.size, generator=generator) * 2 - 1
    with torch.inference_mode():
        made = student.image_encoder(image)
        answer = dict(zip(LEVELS, made))
        own = dict(zip(TRACK_LEVELS, made[3:]))
        if own and memory is not None:
            answer |= _narrow(memory, own)
        yield Asked('image_encoder', 'an image', {'image': image}, answer)
        yield from _prompted(student, dict(zip(LEVELS, made)), generator)
        if memory is not None:
            yield from _remembered(memory.eval(), own or dict(zip(LEVELS, made)))


def _prompted(
    student: Student, levels: dict[str, Tensor], generator: torch.Generator
) -> Iterator[Asked]:
    config = student.config
    ids = torch.randint(2, config.text.vocabulary, (1, config.context), generator=generator)
    ids[:, 5:] = 0
    words, words_mask = student.text_encoder(ids)
    answer = {'text_tokens': words, 'text_mask': words_mask}
    yield Asked('text_encoder', 'words', {'token_ids': ids}, answer)
    for about, valid in (('words', 0.0), ('words and a box', 1.0)):
        given = {
            'level_2': levels['level_2'],
            'boxes': torch.tensor([[[0.45, 0.55, 0.3, 0.4]]]),
            'box_labels': torch.ones(1, 1, dtype=torch.long),
            'box_valid': torch.full((1, 1), valid),
            'points': torch.zeros(1, 1, 2),
            'point_labels': torch.zeros(1, 1, dtype=torch.long),
            'point_valid': torch.zeros(1, 1),
        }
        tokens, mask = student.exemplar_encoder(*given.values())
        answer = {'exemplar_tokens': tokens, 'exemplar_mask': mask}
        yield Asked('exemplar_encoder', about, given, answer)
        prompt = {
            'prompt_tokens': torch.cat([words, tokens], 1),
            'prompt_mask': torch.cat([words_mask, mask], 1),
        }
        found = student.detector(*levels.values(), *prompt.values())
        yield Asked('detector', about, {**levels, **prompt}, dict(zip(DETECTIONS, found)))


def _narrow(memory: VideoMemory, levels: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the tracker's own levels as a bundle hands them on: fine ones projected."""
    upscaling = memory.track_step.mask_decoder.upscaling
    projections = (upscaling.lateral_0, upscaling.lateral_1, torch.nn.Identity())
    return {name: layer(levels[name]) for name, layer in zip(TRACK_LEVELS, projections)}


def _remembered(memory: VideoMemory, levels: dict[str, Tensor]) -> Iterator[Asked]:
    given = _narrow(memory, levels) if TRACK_LEVELS[0] in levels else levels
    for objects in (1, 2):
        # Of three examples the last one's slots are all taken.
        bank = vars(example_bank(memory.config, 3))
        bank = {name: value[-objects:] for name, value in bank.items()}
        answer = dict(zip(TRACKED, memory.track_step(*levels.values(), *bank.values())))
        yield Asked('track_step', f'{objects} objects', {**given, **bank}, answer)
        coarsest = tuple(levels)[-1]
        written = {
            coarsest: levels[coarsest],
            'mask_logits': answer['mask_logits'],
            'object_score': answer['object_score'],
        }
        latents = memory.memorise(*written.values())
        yield Asked('memorise', f'{objects} objects', written, {'latents': latents})


def differences(engine: Engine, asked: list[Asked]) -> dict[str, float]:
    """Return the largest relative difference by question, and close the engine."""
    found = {}
    for question in asked:
        outputs = engine.run(question.graph, {k: v.numpy() for k, v in question.inputs.items()})
        names = tuple(question.answer)
        pairs = [(engine.to_numpy(outputs[n]), question.answer[n].numpy()) for n in names]
        if question.graph == 'detector':
            pairs = aligned(pairs, names)
        found[f'{question.graph}, {question.about}'] = max(
            float(np.abs(a - b).max() / (np.abs(b).max() + 1e-9)) for a, b in pairs
        )
    engine.close()
    return found
