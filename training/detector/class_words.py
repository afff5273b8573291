"""Gives words the classifiers that YOLOX has for them, before anything is trained on pictures."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.core import WordTokenizer
from efficientsam3_ros.evaluation.anchor.coco_classes import COCO_CLASSES
from efficientsam3_ros.model.detector.class_evidence import MORE
from efficientsam3_ros.model.image.yolox.head import LevelHead
from efficientsam3_ros.model.image.yolox.trunk import YoloxTrunk
from efficientsam3_ros.model.nano_student import NanoStudent
from efficientsam3_ros.simulation.vocabulary import GENERIC
from training.data.phrases import COLOR_NAMES
from training.data.sources.coco_names import names_of
from training.data.vocabulary import Vocabulary

STEPS = 1600
_RATE = 5e-3
_COLORED = 0.5
"""Share of phrases that are fitted with a color."""
_UNKNOWN, _ANYTHING = -4.0, 3.0
"""Logits of nouns that the source does not know, and of `object`, wherever something is."""
_FULL, _LITTLE = 0.54, -1.5
"""Before ``softplus``: objectness counts fully, or a fifth."""


def fit_class_words(
    student: NanoStudent, vocabulary: Vocabulary, tokenizer: WordTokenizer, seed: int
) -> None:
    """Fit text encoder and ``ClassEvidence`` to the classifiers of the student's own trunk.

    A noun gets the weights of its class of COCO (the mean, if it names several), with a color and
    without; other nouns get none, so that they begin as unseen.

    Args:
        student: With ``class_evidence``; its trunk holds the source's weights.
        vocabulary: Of the run.
        tokenizer: Of the run.
        seed: Decides which phrases are colored when.
    """
    trunk, evidence = student.image_encoder.trunk, student.detector.evidence
    assert evidence is not None
    phrases, target = class_targets(trunk, vocabulary)
    plain, *colored = (
        torch.from_numpy(tokenizer.encode([color + phrase for phrase in phrases]))
        for color in ('', *(f'{name} ' for name in COLOR_NAMES))
    )
    _solve(student, [plain, *colored], target)
    parts = nn.ModuleList([student.text_encoder, evidence])
    optimizer = torch.optim.Adam(parts.parameters(), _RATE)
    rates = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    # A logit adds up many features of a size of about one.
    scale = target.new_full(target.shape[-1:], float(evidence.channels) ** 0.5)
    scale[-MORE:] = 1.0
    generator = torch.Generator().manual_seed(seed)
    for _ in range(STEPS):
        which = int(torch.randint(len(colored), (), generator=generator))
        mixed = torch.rand(len(phrases), 1, generator=generator) < _COLORED
        ids = torch.where(mixed, colored[which], plain)
        wrong = evidence.weights(*student.text_encoder(ids)) - target
        optimizer.zero_grad()
        (wrong * scale).square().mean().backward()
        optimizer.step()
        rates.step()


@torch.no_grad()
def _solve(student: NanoStudent, phrasings: Sequence[Tensor], target: Tensor) -> None:
    """Set the last layer by least squares, so that the rest has little left to fit."""
    evidence = student.detector.evidence
    assert evidence is not None
    rows = [evidence.pooled(*student.text_encoder(ids)) for ids in phrasings]
    known = torch.cat([F.pad(row, (0, 1), value=1.0) for row in rows])
    wanted = target.flatten(1).repeat(len(rows), 1)
    found = torch.linalg.lstsq(known, wanted).solution.t()
    evidence.classifier.weight.copy_(found[:, :-1])
    evidence.classifier.bias.copy_(found[:, -1])


@torch.no_grad()
def class_targets(trunk: YoloxTrunk, vocabulary: Vocabulary) -> tuple[tuple[str, ...], Tensor]:
    """Return the vocabulary's nouns and their classifiers (R, levels, channels + 2)."""
    levels = [head for head in trunk.heads if isinstance(head, LevelHead)]
    kernels = torch.stack([head.class_prediction.weight[..., 0, 0] for head in levels], 1)
    biases = [head.class_prediction.bias for head in levels]
    bias = torch.stack([item for item in biases if item is not None], 1)
    trust = torch.full_like(bias, _FULL)
    classifiers = torch.cat([kernels, bias[..., None], trust[..., None]], 2)
    names = [names_of(category, vocabulary, {}) for category in COCO_CLASSES]
    phrases = (*vocabulary.nouns, *vocabulary.wider, GENERIC)
    target = classifiers.new_zeros(len(phrases), *classifiers.shape[1:])
    target[..., -2], target[..., -1] = _UNKNOWN, _LITTLE
    for row, phrase in enumerate(phrases):
        classes = [number for number, known in enumerate(names) if phrase in known]
        if classes:
            target[row] = classifiers[classes].mean(0)
        elif phrase == GENERIC:
            target[row, :, -2], target[row, :, -1] = _ANYTHING, _FULL
    return tuple(phrases), target
