"""Ranges of shapes come from the names of free axes and the bundle's limits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scripted_engine import make_manifest

from efficientsam3_ros.core import BundleError
from efficientsam3_ros.engine.tensorrt.profiles import (
    DEFAULT_BOUNDS,
    Bound,
    InputRange,
    NetworkInput,
    bounds_of,
    plan_profile,
)

TOKENS = NetworkInput('prompt_tokens', (-1, -1, 96), ('prompts', 'tokens', ''))


def test_free_axes_get_their_bounds_and_fixed_axes_their_size():
    found = plan_profile([TOKENS], {'prompts': Bound(1, 2, 8), 'tokens': Bound(3, 6, 40)})
    assert found == {'prompt_tokens': InputRange((1, 3, 96), (2, 6, 96), (8, 40, 96))}


def test_an_input_without_free_axes_needs_no_profile():
    image = NetworkInput('image', (1, 3, 240, 320), ('', '', '', ''))
    assert plan_profile([image], DEFAULT_BOUNDS) == {}


def test_axes_that_lost_their_names_are_known_by_the_input():
    points = NetworkInput('points', (-1, -1, 2), ('', '', ''))
    found = plan_profile([points], DEFAULT_BOUNDS)['points']
    assert found.maximum == (16, 8, 2)
    assert found.minimum == (1, 1, 2)


def test_a_free_axis_that_nobody_bounds_is_refused_by_name():
    with pytest.raises(BundleError, match='Axis 1 of input "memory"'):
        plan_profile([NetworkInput('memory', (2, -1), ('', 'latents'))], DEFAULT_BOUNDS)


def test_the_bundles_limits_count():
    manifest = replace(make_manifest(), bounds={'prompts': 4, 'tokens': 8, 'latents': 32})
    bounds = bounds_of(manifest)
    assert bounds['prompts'] == Bound(1, 1, 4)
    assert bounds['tokens'] == Bound(1, 4, 8)
    assert bounds['latents'].maximum == 32
    # The optimum cannot stay above the maximum.
    assert bounds_of(replace(manifest, bounds={'tokens': 2}))['tokens'] == Bound(1, 2, 2)
    without = {axis: bound for axis, bound in DEFAULT_BOUNDS.items() if axis != 'tokens'}
    assert bounds_of(make_manifest()).items() >= without.items()


@pytest.mark.parametrize(
    ('context', 'always', 'words'), [(16, True, 17), (32, True, 33), (8, False, 8)]
)
def test_kernels_are_chosen_for_prompts_of_words_alone(context, always, words):
    manifest = replace(make_manifest(class_token=always), context=context)
    assert bounds_of(manifest)['tokens'] == Bound(1, words, 64)


@pytest.mark.parametrize(
    ('name', 'shape'), [('memory', (-1, 10, 400, 64)), ('mask_logits', (-1, 288, 288))]
)
def test_objects_of_the_memory_are_known_by_the_input(name, shape):
    found = plan_profile(
        [NetworkInput(name, shape, ('',) * len(shape))], {'objects': Bound(1, 4, 9)}
    )
    assert [s[0] for s in (found[name].minimum, found[name].optimum, found[name].maximum)] == [
        1,
        4,
        9,
    ]


def test_a_range_holds_what_lies_inside():
    span = InputRange((1, 1, 96), (1, 16, 96), (16, 64, 96))
    assert span.holds((16, 64, 96)) and span.holds((1, 1, 96))
    assert not span.holds((17, 1, 96))
    assert not span.holds((0, 1, 96))
    assert not span.holds((1, 96))


@pytest.mark.parametrize('sizes', [(0, 1, 2), (2, 1, 3), (1, 4, 3)])
def test_bounds_ascend_from_one(sizes):
    with pytest.raises(BundleError, match='ascend'):
        Bound(*sizes)
