"""What fits a graph's inputs, and how long its outputs last."""

from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.core import BundleError
from efficientsam3_ros.engine import EngineError
from efficientsam3_ros.engine.graph_io import Leased, TensorSpec, check_inputs, check_names

FLOAT = np.dtype(np.float32)
SPEC = TensorSpec('tokens', FLOAT, ('prompts', None, 8))


@pytest.mark.parametrize(
    ('dtype', 'shape', 'fits'),
    [
        (FLOAT, (1, 5, 8), True),
        (FLOAT, (7, 0, 8), True),
        (FLOAT, (1, 5, 9), False),
        (FLOAT, (5, 8), False),
        (np.dtype(np.float16), (1, 5, 8), False),
    ],
)
def test_free_axes_take_any_size_and_all_else_must_fit(dtype, shape, fits):
    assert SPEC.takes(dtype, shape) is fits
    if not fits:
        with pytest.raises(EngineError, match=r'"detector", input "tokens": expected float32'):
            check_inputs('detector', [SPEC], {'tokens': (dtype, shape)})


def test_names_must_agree():
    with pytest.raises(EngineError, match=r"takes \['tokens'\], got \['others'\]"):
        check_inputs('detector', [SPEC], {'others': (FLOAT, (1, 5, 8))})
    check_names('detector', ('a', 'b'), iter(('b', 'a')))
    with pytest.raises(BundleError, match=r"\['a'\], the manifest says \['a', 'b'\]"):
        check_names('detector', ('a', 'b'), iter('a'))


def test_a_value_lasts_for_two_runs_of_its_graph():
    value = Leased('image_encoder', 3)
    value.check_age(3)
    value.check_age(4)
    with pytest.raises(EngineError, match=r'"image_encoder".*2 more times.*to_numpy'):
        value.check_age(5)
