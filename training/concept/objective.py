"""The objective: detection, masks and presence by labels, scores and presence by the teacher."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from efficientsam3_ros.model.student import Student
from training.concept.data.batch import ConceptBatch, ConceptTruth
from training.concept.supervised import JUDGED, LEARNED, by_labels, by_many, matched, placed
from training.concept.told import told_truth
from training.losses.appearance import appearance_loss
from training.losses.one_to_many import MANY, OneToMany
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
TAUGHT = ('teacher_score', 'teacher_presence')
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
    places = [None if teacher is None else teacher.places for teacher in told]
    found = answers(student, batch.images[asked], ids, shown, many is not None, places)
    rows, embedded = [], []
    for answer, truth, teacher in zip(found, truths, told, strict=True):
        known = told_truth(truth, teacher)
        pairs = matched(answer, known)
        own = by_labels(student, answer, truth, pairs) | by_many(answer, truth, many)
        if known is not truth:
            own |= placed(student, answer, known, pairs)
        rows.append(own | _by_teacher(answer, teacher))
        # Which things of unlabeled pictures are the same, nobody knows.
        named = pairs.at(torch.full_like(pairs.phrase, known is truth, dtype=torch.bool))
        queries = answer.found.embeddings[named.phrase, named.query]
        embedded.append((queries, known.identity[named.instance]))
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
