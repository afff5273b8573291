"""The measure of agreement: what it forgives in reduced precision, and what it never forgives."""

from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.engine import load_engine
from efficientsam3_ros.engine.conformance.compare import relative_difference
from efficientsam3_ros.engine.conformance.probe import Probe, graph_order


def detections(queries: int = 20) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    return {
        'scores': random.uniform(0, 1, (2, queries)).astype(np.float32),
        'boxes': random.uniform(0, 1, (2, queries, 4)).astype(np.float32),
        'presence': random.uniform(0, 1, 2).astype(np.float32),
    }


def permuted(values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    order = np.random.default_rng(1).permutation(values['scores'].shape[1])
    return {name: v[:, order] if v.ndim > 1 else v for name, v in values.items()}


def test_the_difference_is_relative_to_the_largest_value():
    found = relative_difference({'a': np.array([0.0, 99.0])}, {'a': np.array([1.0, 100.0])})
    assert (found.output, found.value) == ('a', pytest.approx(0.01))


def test_another_shape_or_a_nan_is_infinitely_wrong():
    ones = np.ones(3)
    assert relative_difference({'a': np.ones(2)}, {'a': ones}).value == np.inf
    worst = relative_difference({'a': np.array([1, np.nan, 1]), 'b': ones}, {'a': ones, 'b': ones})
    assert (worst.output, worst.value) == ('a', np.inf)


def test_order_counts_unless_detections_are_paired():
    expected = detections()
    found = permuted(expected)
    assert relative_difference(found, expected).value > 0.1
    assert relative_difference(found, expected, align=True).value == 0


def test_a_few_other_candidates_are_forgiven_many_are_not():
    expected = detections()
    few, many = permuted(expected), permuted(expected)
    few['boxes'][0, :2] += 5
    many['boxes'][0, :8] += 5
    assert relative_difference(few, expected, align=True).value == 0
    assert relative_difference(many, expected, align=True).value == np.inf


def test_probes_are_reproducible_and_follow_the_graphs():
    engine = load_engine(threads=1)
    order = graph_order(engine.manifest)
    assert order.index('image_encoder') < order.index('detector')
    assert sorted(order) == sorted(engine.manifest.graphs)
    one, two = Probe.of(engine, 2), Probe.of(engine, 2)
    assert one.inputs['text_encoder']['token_ids'].shape[0] == 2
    assert (one.inputs['text_encoder']['token_ids'] > 1).any()
    for name, value in one.outputs['detector'].items():
        assert value.tobytes() == two.outputs['detector'][name].tobytes()
    # The exemplar encoder's boxes are given by hand, not taken from the detector's output "boxes".
    assert one.inputs['exemplar_encoder']['boxes'].shape == (2, 2, 4)
