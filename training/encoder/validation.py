"""How much like its teacher a student is, on pictures and phrases that it never learned from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import torch

from efficientsam3_ros.model.image.trunks import forget_biases
from training.encoder.config import EncoderRunConfig
from training.encoder.data.batch import EncoderBatch, PictureBatch
from training.encoder.network import EncoderStudent
from training.encoder.objective import asked_rounds, feature_terms, seen_by, text_terms
from training.losses.mask_agreement import agreement
from training.losses.terms import numbers
from training.runtime import mean_of
from training.teacher.protocol import Teacher

AGREEMENT = 'val_agreement'


@torch.no_grad()
def validate(
    network: EncoderStudent,
    teacher: Teacher,
    batches: Iterable[EncoderBatch],
    config: EncoderRunConfig,
) -> dict[str, float]:
    """Compare features, masks and tokens.

    Returns:
        Feature terms; ``val_box_iou``, the mean IoU of the student's masks with the teacher's for
        box prompts, and ``val_loop_iou``, the same after the last round of points; text terms; and
        ``val_agreement``, the mean of the box IoU and of the tokens' cosine, as far as trained.
    """
    if network.image_encoder is not None:
        # TinyViT keeps biases of the weights that it was evaluated with before.
        forget_biases(network.image_encoder.trunk)
    rng = np.random.default_rng(0)
    pictures: list[dict[str, float]] = []
    ious: list[tuple[float, float]] = []
    texts: list[dict[str, float]] = []
    for batch in batches:
        if batch.pictures is not None:
            terms, found = _pictures(network, teacher, batch.pictures, config, rng)
            pictures.append(terms)
            ious += found
        if batch.phrases is not None and network.text_encoder is not None:
            texts.append(numbers(text_terms(network.text_encoder, teacher, batch.phrases)))
    metrics: dict[str, float] = {}
    agreed: list[float] = []
    for rows in (pictures, texts):
        metrics |= {f'val_{name}': value for name, value in mean_of(rows).items()} if rows else {}
    if pictures:
        box, loop = (float(np.mean([pair[i] for pair in ious] or [0.0])) for i in (0, 1))
        metrics |= {'val_box_iou': box, 'val_loop_iou': loop}
        agreed.append(box)
    if texts:
        agreed.append(1 - metrics['val_text_cosine'])
    return metrics | {AGREEMENT: float(np.mean(agreed))}


def _pictures(
    network: EncoderStudent,
    teacher: Teacher,
    batch: PictureBatch,
    config: EncoderRunConfig,
    rng: np.random.Generator,
) -> tuple[dict[str, float], list[tuple[float, float]]]:
    """Return feature terms of a batch, and of each mask the IoU after the first and last round."""
    wanted, encoded = seen_by(teacher, batch), network.encode(batch.images)
    terms = numbers(feature_terms(encoded, wanted, config.features))
    plan = replace(config.prompts, pictures=len(batch.images))
    ious: list[tuple[float, float]] = []
    for answers in asked_rounds(teacher, encoded, wanted, batch, plan, rng):
        ends = (answers[0], answers[-1])
        both = [agreement(answer.found, answer.wanted).tolist() for answer in ends]
        ious += list(zip(*both))
    return terms, ious
