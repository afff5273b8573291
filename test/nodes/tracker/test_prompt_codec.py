from __future__ import annotations

import math
from types import SimpleNamespace

import pytest

from efficientsam3_ros.core import Prompt, PromptError
from efficientsam3_ros.nodes.tracker.prompt_codec import fill_prompt, read_prompt, read_renaming


def test_round_trip_with_exemplars():
    prompt = Prompt('mug', 0.5, ((0.5, 0.5, 0.25, 0.25),) * 2, (1, 0), ((0.125, 0.75),), (1,))
    message = fill_prompt(SimpleNamespace(), prompt)
    assert len(message.boxes) == 8
    assert read_prompt(message) == prompt


def test_a_threshold_left_out_is_the_default():
    message = fill_prompt(SimpleNamespace(), Prompt('mug'))
    message.threshold = 0.0
    assert math.isnan(read_prompt(message).threshold)


def test_no_threshold_stays_none():
    assert math.isnan(read_prompt(fill_prompt(SimpleNamespace(), Prompt('mug'))).threshold)


@pytest.mark.parametrize(('name', 'values'), [('boxes', [0.5] * 3), ('points', [0.5])])
def test_numbers_that_do_not_group_are_refused(name, values):
    message = fill_prompt(SimpleNamespace(), Prompt('mug'))
    setattr(message, name, values)
    with pytest.raises(PromptError, match=name):
        read_prompt(message)


def request(concepts, renamed_from, reset_tracks=False):
    prompts = [SimpleNamespace(concept=concept) for concept in concepts]
    return SimpleNamespace(prompts=prompts, renamed_from=renamed_from, reset_tracks=reset_tracks)


@pytest.mark.parametrize(
    ('names', 'renamed'),
    [
        ([], {}),
        (['', ' '], {}),
        (['', 'Red  mug'], {'red mug': 'cup'}),
        (['cup', 'fork'], {'cup': 'fork', 'fork': 'cup'}),
    ],
    ids=['left out', 'blank', 'one', 'swap'],
)
def test_old_names_stand_beside_the_prompts(names, renamed):
    assert read_renaming(request(['fork', 'cup'], names)) == renamed


@pytest.mark.parametrize(
    ('names', 'reset', 'reason'),
    [
        (['mug'], False, '1 entries for 2 prompts'),
        (['mug', 'Mug'], False, '"Mug" is renamed to "fork" and to "cup"'),
        (['mug', ''], True, 'reset_tracks'),
    ],
    ids=['too few', 'twice', 'handed over and forgotten'],
)
def test_contradictory_old_names_are_refused(names, reset, reason):
    with pytest.raises(PromptError, match=reason):
        read_renaming(request(['fork', 'cup'], names, reset))
