"""Presence accuracy keeps its three kinds of question apart."""

import math

from efficientsam3_ros.evaluation.metrics.presence import PresenceCounts


def test_kinds_of_question_are_kept_apart():
    answers = [
        PresenceCounts.of(in_scene=True, in_view=True, found=True),
        PresenceCounts.of(in_scene=True, in_view=True, found=False),
        PresenceCounts.of(in_scene=True, in_view=False, found=True),
        PresenceCounts.of(in_scene=False, in_view=False, found=False),
        PresenceCounts.of(in_scene=False, in_view=False, found=False),
        PresenceCounts.of(in_scene=False, in_view=False, found=True),
    ]
    total = sum(answers, PresenceCounts())
    assert total.present_accuracy == 1 / 2
    assert total.out_of_view_accuracy == 0.0
    assert total.absent_accuracy == 2 / 3
    assert math.isnan(PresenceCounts().absent_accuracy)
