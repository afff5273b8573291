"""Counts add up, and survive the way to a vector and back."""

import numpy as np
import pytest

from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts
from efficientsam3_ros.evaluation.metrics.identity import IdentityCounts
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts


def test_vector_and_back_keep_every_number():
    counts = SequenceCounts(frames=3, image=ConceptCounts(np.arange(10), 4, 5, il_tp=6))
    again = SequenceCounts().from_vector(counts.vector())
    assert (again.frames, again.image.predicted, again.image.il_tp) == (3, 4, 6)
    assert again.image.tp.tolist() == list(range(10))
    assert again.vector().tolist() == counts.vector().tolist()


def test_sum_of_vectors_is_the_vector_of_the_sum():
    a = SequenceCounts(2, identity=IdentityCounts(1, 2, 3, 4))
    b = SequenceCounts(5, image=ConceptCounts(truths=7))
    assert (a.vector() + b.vector()).tolist() == (a + b).vector().tolist()


def test_different_kinds_do_not_add():
    with pytest.raises(TypeError):
        IdentityCounts() + ConceptCounts()
