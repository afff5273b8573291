"""Presence counts in scores as it did inside the detector's graph."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from efficientsam3_ros.tracking.detection.postprocess import gated


@pytest.mark.parametrize('gate', [0.3, 0.8, 1.0])
def test_the_formula_is_that_of_the_graph_before_to_the_last_bit(gate):
    random = np.random.default_rng(0)
    scores = random.uniform(0, 1, (64, 16)).astype(np.float32)
    presence = np.append(random.uniform(0, 1, 61), (0.0, gate, 1.0)).astype(np.float32)
    by_graph = (torch.tensor(presence) / torch.tensor(gate)).clamp(max=1)
    by_graph = torch.tensor(scores) * by_graph[:, None]
    found = gated(scores, presence, gate)
    assert found.dtype == np.float32
    assert found.tobytes() == by_graph.numpy().tobytes()


def test_from_the_gate_on_scores_are_left_alone_and_a_gate_of_0_leaves_presence_out():
    scores = np.array([[0.9, 0.4], [0.9, 0.4]], np.float32)
    presence = np.array([0.6, 0.3], np.float32)
    np.testing.assert_allclose(gated(scores, presence, 0.6), [[0.9, 0.4], [0.45, 0.2]], rtol=1e-6)
    np.testing.assert_array_equal(gated(scores, presence * 0, 0.0), scores)


@pytest.mark.parametrize('gate', [np.nan, -0.1, 1.1])
def test_a_gate_out_of_range_is_refused(gate):
    with pytest.raises(ValueError, match=r'lies in 0\.\.1'):
        gated(np.ones((1, 1), np.float32), np.ones(1, np.float32), gate)
