"""The objective: detection, masks and presence by labels, scores and presence by the teacher."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from efficientsam3_ros.model.student import Student
from training.concept.data.batch import ConceptBatch, ConceptTruth
from training.losses.appearance import appearance_loss
from training.losses.boxes import Match, box_loss, match, overlap
from training.losses.detection import MASK_OVERLAP, score_loss
from training.losses.masks import mask_iou, mask_loss
from training.losses.one_to_many import MANY, OneToMany, one_to_many_terms
from training.losses.teacher_answers import presence_agreement, presence_distance, score_distance
from training.losses.terms import Terms, mean_terms
from training.network.answering import Answer, answers
from training.settings.reading import ConfigError
from training.teacher.protocol import (
    Teacher,
    TeacherDetections,
    TeacherFeatures,
    TeacherPrompt,
)

Embedded = tuple[Tensor, Tensor]
"""Appearance (M, width) of matched queries, and which thing (M,) each is."""
LEARNED = ('box', 'score', 'presence', 'mask', 'dice')
TAUGHT = ('teacher_score', 'teacher_presence')
JUDGED = ('presence_accuracy', 'box_iou', 'mask_iou')
TERMS = (*LEARNED, *MANY, *TAUGHT, 'appearance', *JUDGED, 'teacher_agreement')
"""What every step logs."""


def concept_terms(
    student: Student,
    batch: ConceptBatch,
    taught: Sequence[TeacherDetections | None],
    many: OneToMany | None = None,
) -> Terms:
    """Compute every term, the mean over pictures, and training metrics.

    Args:
        student: The network.
        batch: Pictures or a clip; one of which nothing is asked teaches nothing.
        taught: What the teacher says of each picture; None without one.
        many: How several queries are matched to a thing; None leaves this out.
    """
    asked = [n for n, truth in enumerate(batch.truths) if truth.phrases]
    if not asked:
        return dict.fromkeys(TERMS, _nothing(student))
    truths, told = [batch.truths[n] for n in asked], [taught[n] for n in asked]
    ids, shown = [t.token_ids for t in truths], [t.exemplars for t in truths]
    found = answers(student, batch.images[asked], ids, shown, auxiliary=many is not None)
    rows, embedded = [], []
    for answer, truth, teacher in zip(found, truths, told, strict=True):
        pairs = _matched(answer, truth)
        own = _by_labels(student, answer, truth, pairs) | _by_many(answer, truth, many)
        rows.append(own | _by_teacher(answer, teacher))
        queries = answer.found.embeddings[pairs.phrase, pairs.query]
        embedded.append((queries, truth.identity[pairs.instance]))
    embeddings, identity = (torch.cat(parts) for parts in zip(*embedded))
    return mean_terms(rows) | {'appearance': appearance_loss(embeddings, identity)}


def _nothing(student: Student) -> Tensor:
    """Return a zero that gradients flow from, to every weight that learns."""
    zeros = [p.sum() * 0 for p in student.parameters() if p.requires_grad]
    return torch.stack(zeros).sum()


@torch.no_grad()
def taught_by(teacher: Teacher, batch: ConceptBatch) -> list[TeacherDetections | None]:
    """Return what the teacher says of the same phrases."""
    seen = teacher.encode_image(batch.images)
    found: list[TeacherDetections | None] = []
    for number, truth in enumerate(batch.truths):
        first, second, third = (level[number : number + 1] for level in seen.levels)
        prompts = _prompts(truth)
        levels = TeacherFeatures((first, second, third))
        found.append(teacher.detect(levels, prompts) if truth.phrases else None)
    return found


def _prompts(truth: ConceptTruth) -> list[TeacherPrompt]:
    """Return what a teacher is asked: what is said, with the examples that are shown."""
    shown = truth.exemplars
    if shown is None:
        return [TeacherPrompt(word) for word in truth.words]
    rows = zip(truth.words, shown.boxes, shown.labels, shown.valid > 0)
    return [
        TeacherPrompt(word, boxes[used], labels[used]) if used.any() else TeacherPrompt(word)
        for word, boxes, labels, used in rows
    ]


def _matched(answer: Answer, truth: ConceptTruth) -> Match:
    found = answer.found
    return match(found.logits[-1], found.boxes[-1], truth.positive, truth.boxes)


def _by_labels(student: Student, answer: Answer, truth: ConceptTruth, pairs: Match) -> Terms:
    if not truth.labeled:
        zero = answer.found.logits[-1].sum() * 0
        return dict.fromkeys((*LEARNED, *JUDGED), zero)
    found, wanted = answer.found, truth.boxes[pairs.instance]
    matched = [layer[pairs.phrase, pairs.query] for layer in found.boxes]
    overlaps = [overlap(boxes.detach(), wanted) for boxes in matched]
    scores = [score_loss(o, pairs, q) for o, q in zip(found.logits, overlaps)]
    boxes = torch.stack([box_loss(layer, wanted) for layer in matched]).mean()
    # A query beside its object would only learn to draw nothing.
    drawn = pairs.at(overlaps[-1] >= MASK_OVERLAP)
    masks, target = _masks(student, answer, drawn), truth.masks[drawn.instance]
    mask, dice = mask_loss(masks, target)
    presence, accuracy = _presence(found.presence, truth.positive.any(1))
    return {
        'box': boxes / max(1, len(pairs.phrase)),
        'score': torch.stack(scores).mean(),
        'presence': presence,
        'mask': mask,
        'dice': dice,
        'presence_accuracy': accuracy,
        'box_iou': overlaps[-1].sum() / max(1, len(pairs.phrase)),
        'mask_iou': mask_iou(masks.detach(), target).sum() / max(1, len(drawn.phrase)),
    }


def _by_many(answer: Answer, truth: ConceptTruth, many: OneToMany | None) -> Terms:
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


def _by_teacher(answer: Answer, taught: TeacherDetections | None) -> Terms:
    found = answer.found
    logits, presence = found.logits[-1], found.presence
    if taught is None:
        zero = logits.sum() * 0
        return dict.fromkeys((*TAUGHT, 'teacher_agreement'), zero)
    if taught.logits.shape != logits.shape:
        raise ConfigError(
            f'The student has {logits.shape[1]} queries, the teacher {taught.logits.shape[1]}: '
            'answers are compared query by query. Start from the detector of SAM 3 (base).'
        )
    return {
        'teacher_score': score_distance(logits, taught.logits.to(logits.device)),
        'teacher_presence': presence_distance(presence, taught.presence.to(presence.device)),
        'teacher_agreement': presence_agreement(presence, taught.presence.to(presence.device)),
    }
