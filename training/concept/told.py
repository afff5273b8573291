"""What a teacher finds in a picture without labels, in the place of labels."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch.nn import functional as F

from training.concept.data.batch import ConceptTruth
from training.teacher.protocol import TeacherDetections

SURE = 0.5
"""Score, times presence, from which what a teacher finds says where things are."""


@torch.no_grad()
def told_truth(truth: ConceptTruth, teacher: TeacherDetections | None) -> ConceptTruth:
    """Return the truth, or what a teacher is sure of where nobody knows the truth.

    It says where things are and what they cover. How sure the teacher is of them, and of phrases
    that nothing answers, its scores and presence tell better.

    Args:
        truth: Of a picture; returned as it is where it is labeled.
        teacher: What it says of the same phrases, if there is one.
    """
    if truth.labeled or teacher is None:
        return truth
    scores = teacher.logits.float().sigmoid() * teacher.presence.float().sigmoid()[:, None]
    phrase, query = (scores >= SURE).nonzero(as_tuple=True)
    masks = teacher.mask_logits[phrase, query].float().sigmoid()
    side = truth.masks.shape[-2:]
    if masks.shape[-2:] != side:
        size = (int(side[0]), int(side[1]))
        masks = F.interpolate(masks[:, None], size, mode='bilinear')[:, 0]
    number = torch.arange(len(phrase), device=phrase.device)
    return replace(
        truth,
        positive=torch.arange(len(scores), device=phrase.device)[:, None] == phrase,
        boxes=teacher.boxes[phrase, query].float(),
        masks=(masks > 0.5).float(),
        identity=number,
    )
