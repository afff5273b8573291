"""Dense maps: where they peak, and what they cost."""

from __future__ import annotations

from two_squares import two_squares

from training.losses.dense import center_loss, dense_targets, semantic_loss


def test_dense_targets_peak_at_places_of_the_asked_concept_only():
    center, semantic = dense_targets(two_squares(), (4, 4))
    assert center[0].max() == 1 and (center[0] == 1).sum() == 2
    assert center[1, :2, :2].max() < 0.5 and center[1, 2:, 2:].max() == 1
    assert center[2].max() == 0 and semantic[2].max() == 0
    assert semantic[0, 0, 0] == 1 and semantic[1, 0, 0] == 0


def test_dense_losses_fall_when_the_maps_are_right():
    center, semantic = dense_targets(two_squares(), (4, 4))
    right, wrong = (center - 0.5) * 20, (0.5 - center) * 20
    assert center_loss(right, center) < 0.1 < center_loss(wrong, center)
    right, wrong = (semantic - 0.5) * 20, (0.5 - semantic) * 20
    assert semantic_loss(right, semantic) < 0.01 < semantic_loss(wrong, semantic)
