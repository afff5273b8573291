"""What labels teach: scores, presence, boxes, masks, and the dense maps of proposals."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from efficientsam3_ros.model.student import Student
from training.concept.data.batch import ConceptTruth
from training.losses.boxes import Match, box_loss, match, overlap
from training.losses.dense import center_loss, dense_box_loss, dense_targets, semantic_loss
from training.losses.detection import MASK_OVERLAP, score_loss
from training.losses.masks import mask_iou, mask_loss
from training.losses.one_to_many import MANY, OneToMany, one_to_many_terms
from training.losses.terms import Terms
from training.network.answering import Answer

DENSE = ('center', 'semantic', 'dense_box')
LEARNED = ('box', 'score', 'presence', 'mask', 'dice', *DENSE)
JUDGED = ('presence_accuracy', 'box_iou', 'mask_iou')


def matched(answer: Answer, truth: ConceptTruth) -> Match:
    """Match the queries of the last layer to the things that answer each phrase."""
    found = answer.found
    return match(found.logits[-1], found.boxes[-1], truth.positive, truth.boxes)


def by_labels(student: Student, answer: Answer, truth: ConceptTruth, pairs: Match) -> Terms:
    """Return the terms of a picture whose truth is known; zeros of another one.

    Args:
        student: For its mask head.
        answer: What it says of K phrases.
        truth: The truth.
        pairs: Of :func:`matched`.
    """
    if not truth.labeled:
        zero = answer.found.logits[-1].sum() * 0
        return dict.fromkeys((*LEARNED, *JUDGED), zero)
    found, wanted = answer.found, truth.boxes[pairs.instance]
    overlaps = [overlap(own.detach()[pairs.phrase, pairs.query], wanted) for own in found.boxes]
    scores = [score_loss(own, pairs, q) for own, q in zip(found.logits, overlaps)]
    presence, accuracy = _presence(found.presence, truth.positive.any(1))
    return placed(student, answer, truth, pairs) | {
        'score': torch.stack(scores).mean(),
        'presence': presence,
        'presence_accuracy': accuracy,
    }


def placed(student: Student, answer: Answer, truth: ConceptTruth, pairs: Match) -> Terms:
    """Return the terms of where things are: boxes, masks and dense maps.

    Args:
        student: For its mask head.
        answer: What it says of K phrases.
        truth: Where things are.
        pairs: Of :func:`matched`.
    """
    wanted = truth.boxes[pairs.instance]
    boxes = [layer[pairs.phrase, pairs.query] for layer in answer.found.boxes]
    last = overlap(boxes[-1].detach(), wanted)
    # A query beside its object would only learn to draw nothing.
    drawn = pairs.at(last >= MASK_OVERLAP)
    masks, target = _masks(student, answer, drawn), truth.masks[drawn.instance]
    mask, dice = mask_loss(masks, target)
    count = max(1, len(pairs.phrase))
    return _dense(answer, truth) | {
        'box': torch.stack([box_loss(own, wanted) for own in boxes]).mean() / count,
        'mask': mask,
        'dice': dice,
        'box_iou': last.sum() / count,
        'mask_iou': mask_iou(masks.detach(), target).sum() / max(1, len(drawn.phrase)),
    }


def _dense(answer: Answer, truth: ConceptTruth) -> Terms:
    """Return the terms of the maps that proposals are picked from; zeros of learned queries."""
    start = answer.found.start
    if start.center_logits is None or start.semantic_logits is None or start.dense_boxes is None:
        return dict.fromkeys(DENSE, answer.found.presence.sum() * 0)
    grid = (int(start.center_logits.shape[1]), int(start.center_logits.shape[2]))
    center, semantic = dense_targets(truth, grid)
    return {
        'center': center_loss(start.center_logits, center),
        'semantic': semantic_loss(start.semantic_logits, semantic),
        'dense_box': dense_box_loss(start.dense_boxes, truth),
    }


def by_many(answer: Answer, truth: ConceptTruth, many: OneToMany | None) -> Terms:
    """Return the terms of several queries a thing; zeros where this is left out."""
    found = answer.found
    if many is None or found.auxiliary is None or not truth.labeled:
        return dict.fromkeys(MANY, found.logits[-1].sum() * 0)
    return one_to_many_terms(found.auxiliary, truth.positive, truth.boxes, many)


def _masks(student: Student, answer: Answer, drawn: Match) -> Tensor:
    """Return mask logits (M, h, w) of matched queries; pairs are ordered by phrase."""
    level_0, head = answer.levels[0], student.detector.mask_head
    phrases, pairs = drawn.phrase.unique_consecutive(return_counts=True)
    pixels = answer.pixels(student, phrases).split(1)
    queries = answer.found.queries[drawn.phrase, drawn.query].split(pairs.tolist())
    parts = [head.instances(own[None], seen)[0] for own, seen in zip(queries, pixels)]
    return torch.cat([level_0.new_zeros(0, *level_0.shape[-2:]), *parts])


def _presence(logits: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
    """Return cross-entropy and accuracy; zeros without phrases."""
    count = max(1, len(logits))
    loss = F.binary_cross_entropy_with_logits(logits, present.to(logits), reduction='sum')
    return loss / count, ((logits.detach() > 0) == present).sum() / count
