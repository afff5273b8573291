"""The objective: features of the image, masks in the loop, and prompt tokens of phrases."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from efficientsam3_ros.model.text.mobileclip import MobileClipTextEncoder
from training.encoder.config import UNMATCHED, FeatureConfig
from training.encoder.data.batch import PhraseBatch, PictureBatch
from training.encoder.network import Encoded
from training.encoder.prompts.rounds import PromptPlan, Round, rounds
from training.losses.features import map_distance, token_distance
from training.losses.mask_agreement import agreement, agreement_terms
from training.losses.terms import Terms
from training.teacher.protocol import Teacher, TeacherFeatures

MASK_TERMS = ('bce', 'dice', 'mask_iou', 'prompts', 'corrections')
TERMS = ('mse', 'cosine', *MASK_TERMS, 'text_mse', 'text_cosine')
"""What every step logs, zeros of what it did not compute; feature maps stand beside it."""


def no_terms(device: torch.device) -> Terms:
    """Return a zero for each of :data:`TERMS`."""
    return {name: torch.zeros((), device=device) for name in TERMS}


def seen_by(teacher: Teacher, batch: PictureBatch) -> TeacherFeatures:
    """Return what the teacher sees in the pictures, from the cache if the batch holds it."""
    if batch.trunk.shape[1]:
        return teacher.features_of(batch.trunk)
    return teacher.encode_image(batch.images)


def feature_terms(encoded: Encoded, wanted: TeacherFeatures, config: FeatureConfig) -> Terms:
    """Compare features, map by map.

    Returns:
        ``mse`` and ``cosine``, the means over the maps, and those of each map behind its name.
    """
    pairs: dict[str, tuple[Tensor, Tensor]] = {}
    if config.trunk:
        assert encoded.trunk is not None and wanted.trunk is not None
        pairs['trunk'] = encoded.trunk, wanted.trunk
    for own, level in enumerate(config.teacher_levels):
        if level != UNMATCHED:
            pairs[f'level_{own}'] = encoded.level(own), wanted.levels[level]
    found = {name: map_distance(*pair) for name, pair in pairs.items()}
    terms: Terms = {}
    for number, kind in enumerate(('mse', 'cosine')):
        maps = {f'{name}_{kind}': pair[number] for name, pair in found.items()}
        terms |= maps | {kind: torch.stack(list(maps.values())).mean()}
    return terms


def asked_rounds(
    teacher: Teacher,
    encoded: Encoded,
    wanted: TeacherFeatures,
    batch: PictureBatch,
    plan: PromptPlan,
    rng: np.random.Generator,
) -> Iterator[list[Round]]:
    """Iterate over the rounds of each picture of a batch that is asked about and has masks."""
    for number in range(min(plan.pictures, len(batch.images))):
        slots = batch.asked[number]
        if slots.any():
            own = TeacherFeatures(_picture(wanted, number))
            asked = batch.prompts[number, slots], batch.boxes[number, slots]
            features = encoded.of_picture(number)
            yield list(rounds(teacher, features, own, asked, plan, rng))


def mask_terms(asked: Iterator[list[Round]], device: torch.device) -> Terms:
    """Average the mask losses over all masks and rounds, and count the prompts."""
    entropies, dices, ious, prompts, corrected = [], [], [], 0, 0
    for answers in asked:
        for answer in answers:
            entropy, dice = agreement_terms(answer.found, answer.wanted)
            entropies.append(entropy)
            dices.append(dice)
            ious.append(agreement(answer.found, answer.wanted))
            prompts += answer.prompts
        corrected += answers[-1].corrected
    if not entropies:
        return {name: torch.zeros((), device=device) for name in MASK_TERMS}
    means = [torch.cat(values).mean() for values in (entropies, dices, ious)]
    counts = [torch.tensor(float(n), device=device) for n in (prompts, corrected)]
    return dict(zip(MASK_TERMS, [*means, *counts], strict=True))


def text_terms(encoder: MobileClipTextEncoder, teacher: Teacher, batch: PhraseBatch) -> Terms:
    """Compare prompt tokens, one by one: both sides cut phrases into the same ones.

    The teacher's encoder is causal, so its first tokens do not know how many could follow.
    """
    found, mask = encoder(batch.token_ids)
    wanted = teacher.encode_text(batch.phrases).tokens[:, : found.shape[1]]
    error, cosine = token_distance(found, wanted.to(found.device), mask)
    return {'text_mse': error, 'text_cosine': cosine}


def _picture(features: TeacherFeatures, number: int) -> tuple[Tensor, Tensor, Tensor]:
    first, second, third = (level[number : number + 1] for level in features.levels)
    return first, second, third
