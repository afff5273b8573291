"""A student's questions with torch's answers, put to a bundle on an engine graph by graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from efficientsam3_ros.engine import Engine
from efficientsam3_ros.model.export.graph import aligned
from efficientsam3_ros.model.export.memory_export import TRACKED, example_bank
from efficientsam3_ros.model.export.plans import DETECTIONS, LEVELS, TRACK_LEVELS
from efficientsam3_ros.model.memory.bank import MemoryBank
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.student import Student


@dataclass(frozen=True)
class Asked:
    """One graph's inputs and torch's answer."""

    graph: str
    about: str
    inputs: dict[str, Tensor]
    answer: dict[str, Tensor]


def ask_torch(
    student: Student, memory: VideoMemory | None = None, objects: Sequence[int] = (1, 2)
) -> Iterator[Asked]:
    """Yield every graph's questions: one and three prompts, with and without exemplars.

    Args:
        student: The network.
        memory: Its video half.
        objects: Numbers of objects, each with memories and without any.
    """
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
        levels = dict(zip(LEVELS, made))
        yield from _prompted(student, levels, generator)
        if memory is not None:
            yield from _remembered(memory.eval(), own or levels, objects)


def _prompted(
    student: Student, levels: dict[str, Tensor], generator: torch.Generator
) -> Iterator[Asked]:
    config = student.config
    for about, prompts, exemplars in (
        ('a phrase', 1, (0.0,)),
        ('a phrase and an exemplar', 1, (1.0,)),
        ('two phrases and an exemplar each', 2, (1.0,)),
        ('three phrases and two exemplars each', 3, (1.0, 1.0, 0.0)),
    ):
        size = (prompts, config.context)
        ids = torch.randint(2, config.text.vocabulary, size, generator=generator)
        ids[:, 5:] = 0
        words, words_mask = student.text_encoder(ids)
        answer = {'text_tokens': words, 'text_mask': words_mask}
        yield Asked('text_encoder', about, {'token_ids': ids}, answer)
        given = {'level_2': levels['level_2'], **_exemplars(prompts, exemplars, generator)}
        tokens, mask = student.exemplar_encoder(*given.values())
        answer = {'exemplar_tokens': tokens, 'exemplar_mask': mask}
        yield Asked('exemplar_encoder', about, given, answer)
        prompt = {
            'prompt_tokens': torch.cat([words, tokens], 1),
            'prompt_mask': torch.cat([words_mask, mask], 1),
        }
        found = student.detector(*levels.values(), *prompt.values())
        yield Asked('detector', about, {**levels, **prompt}, dict(zip(DETECTIONS, found)))


def _exemplars(
    prompts: int, valid: Sequence[float], generator: torch.Generator
) -> dict[str, Tensor]:
    """Return boxes, and one point fewer, but one at least; no point is valid beside one box."""
    boxes, points = len(valid), max(1, len(valid) - 1)

    def labels(count: int) -> Tensor:
        return torch.randint(0, 2, (prompts, count), generator=generator)

    return {
        'boxes': torch.rand(prompts, boxes, 4, generator=generator) * 0.4 + 0.2,
        'box_labels': labels(boxes),
        'box_valid': torch.tensor([valid] * prompts),
        'points': torch.rand(prompts, points, 2, generator=generator),
        'point_labels': labels(points),
        'point_valid': torch.full((prompts, points), float(boxes > 1)),
    }


def _narrow(memory: VideoMemory, levels: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the tracker's own levels as a bundle hands them on: fine ones projected."""
    upscaling = memory.track_step.mask_decoder.upscaling
    projections = (upscaling.lateral_0, upscaling.lateral_1, torch.nn.Identity())
    return {name: layer(levels[name]) for name, layer in zip(TRACK_LEVELS, projections)}


def _remembered(
    memory: VideoMemory, levels: dict[str, Tensor], objects: Sequence[int]
) -> Iterator[Asked]:
    given = _narrow(memory, levels) if TRACK_LEVELS[0] in levels else levels
    coarsest = tuple(levels)[-1]
    for count in objects:
        # The last of every three examples has all its slots taken.
        example = vars(example_bank(memory.config, 3 * count))
        filled = {name: value[-count:] for name, value in example.items()}
        for about, bank in (
            ('remembered', filled),
            ('new', vars(MemoryBank.empty(memory.config, count))),
        ):
            about = f'{count} objects, {about}'
            answer = dict(zip(TRACKED, memory.track_step(*levels.values(), *bank.values())))
            yield Asked('track_step', about, {**given, **bank}, answer)
            written = {
                coarsest: levels[coarsest],
                'mask_logits': answer['mask_logits'],
                'object_score': answer['object_score'],
            }
            latents = memory.memorise(*written.values())
            yield Asked('memorise', about, written, {'latents': latents})


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
