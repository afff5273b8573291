"""What a teacher is sure of stands in for labels, where there are none."""

from __future__ import annotations

import torch

from training.concept.data.batch import ConceptTruth
from training.concept.told import told_truth
from training.teacher.protocol import TeacherDetections


def truth(labeled: bool) -> ConceptTruth:
    none = torch.zeros(0)
    return ConceptTruth(
        ('cup', 'fork'), ('cup', 'fork'), torch.zeros(2, 4).long(), torch.zeros(2, 0).bool(),
        none.reshape(0, 4), none.reshape(0, 8, 8), none.long(), labeled,
    )  # fmt: skip


def said(side: int = 8) -> TeacherDetections:
    """Say that query 1 is a cup on the left half, and be unsure that there is a fork."""
    boxes = torch.tensor([[0.5, 0.5, 1.0, 1.0], [0.25, 0.5, 0.5, 1.0]]).expand(2, -1, -1)
    masks = torch.full((2, 2, side, side), -4.0)
    masks[:, 1, :, : side // 2] = 4.0
    logits = torch.tensor([[-3.0, 3.0], [3.0, 3.0]])
    return TeacherDetections(logits, torch.tensor([3.0, -1.0]), boxes, masks, masks[:, 0])


def test_sure_finds_are_told_with_their_boxes_and_masks():
    found = told_truth(truth(labeled=False), said())
    assert found.positive.tolist() == [[True], [False]]
    assert found.boxes.tolist() == [[0.25, 0.5, 0.5, 1.0]]
    assert found.masks.shape == (1, 8, 8)
    assert found.masks[0, :, :4].all() and not found.masks[0, :, 4:].any()
    assert not found.labeled


def test_masks_of_another_size_are_brought_to_the_students():
    assert told_truth(truth(labeled=False), said(16)).masks.mean() == 0.5


def test_labels_and_pictures_without_a_teacher_stay():
    for known, teacher in ((truth(labeled=True), said()), (truth(labeled=False), None)):
        assert told_truth(known, teacher) is known
