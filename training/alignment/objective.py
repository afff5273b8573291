"""The objective: every cell of a picture fits the phrases that are true of what it shows."""

from __future__ import annotations

import torch
from torch import Tensor

from efficientsam3_ros.model.student import Student
from training.concept.data.batch import ConceptBatch
from training.losses.dense import covered, semantic_loss
from training.losses.terms import Terms

TERM, CONTRAST, IOU = 'alignment', 'contrast', 'cell_iou'
_COVERED = 0.5
"""Share of a cell from which it counts as showing something."""


def alignment_terms(student: Student, batch: ConceptBatch) -> Terms:
    """Return the loss of all cells and phrases, and how well they agree.

    Args:
        student: With proposals, whose similarity of cells and prompts is what learns.
        batch: Pictures with phrases; dozens of each cost little, since text is encoded once.
    """
    logits, cover = cell_logits(student, batch)
    met, either = agreement(logits.detach(), cover)
    counts = [len(truth.phrases) for truth in batch.truths]
    contrasts = [contrast(*pair) for pair in zip(logits.split(counts), cover.split(counts))]
    return {
        TERM: semantic_loss(logits[..., None], cover[..., None]),
        CONTRAST: torch.cat(contrasts).sum() / max(1, sum(map(len, contrasts))),
        IOU: met / either.clamp(min=1),
    }


def contrast(logits: Tensor, cover: Tensor) -> Tensor:
    """Return a cross-entropy of each cell that shows something: which phrases is it, of all?

    What all things have in common says nothing here, so what tells them apart is learnt at once.

    Args:
        logits: (K, N) of the K phrases and N cells of a picture.
        cover: (K, N) share of a cell that a phrase covers.

    Returns:
        (M,) of M cells.
    """
    target = (cover > _COVERED).to(logits.dtype)
    shown = target.any(0)
    target = target[:, shown] / target[:, shown].sum(0)
    return -(target * logits[:, shown].log_softmax(0)).sum(0)


def cell_logits(student: Student, batch: ConceptBatch) -> tuple[Tensor, Tensor]:
    """Return logits of cells and the share of them that a phrase covers.

    Args:
        student: The network.
        batch: Of which every picture is asked something or nothing.

    Returns:
        Both (P, N): the phrases of all pictures one after the other, and the N cells of level 2.
    """
    similarity = student.detector.similarity
    assert similarity is not None, 'the training refuses a student without proposals'
    counts = [len(truth.phrases) for truth in batch.truths]
    ids, row = torch.cat([t.token_ids for t in batch.truths]).unique(dim=0, return_inverse=True)
    text = similarity.embed_prompts(*student.text_encoder(ids))
    level = student.image_encoder(batch.images)[2]
    grid = (int(level.shape[-2]), int(level.shape[-1]))
    tokens = level.flatten(2).transpose(1, 2)
    every = similarity.logits(tokens.flatten(0, 1), text).unflatten(1, tokens.shape[:2])
    picture = torch.arange(len(counts), device=row.device)
    logits = every[row, picture.repeat_interleave(torch.tensor(counts, device=row.device))]
    shares = [
        (truth.positive.to(tokens.dtype) @ covered(truth.masks, grid)).clamp(max=1)
        for truth in batch.truths
    ]
    return logits, torch.cat(shares)


def agreement(logits: Tensor, cover: Tensor) -> tuple[Tensor, Tensor]:
    """Return how many cells both call covered, and how many at least one of them does."""
    found, true = logits > 0, cover > _COVERED
    return (found & true).sum(), (found | true).sum()
