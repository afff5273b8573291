from collections import Counter

import numpy as np
import pytest

from efficientsam3_ros.simulation.scene.selection import choose
from efficientsam3_ros.simulation.vocabulary import CLEAN_NOUNS, HELD_OUT_NOUNS, HELD_OUT_PAIRS


def scenes(split, count=12, seeds=60):
    for seed in range(seeds):
        chosen = choose(np.random.default_rng(seed), CLEAN_NOUNS, split, count)
        assert len(chosen) == count
        yield [(item.color, item.noun.name) for item in chosen]


def test_training_scenes_hold_nothing_held_out():
    for names in scenes('train'):
        assert not set(names) & HELD_OUT_PAIRS
        assert not {noun for _, noun in names} & HELD_OUT_NOUNS


@pytest.mark.parametrize('split', ['unseen_pairs', 'unseen_nouns'])
def test_test_scenes_hold_several_unseen_concepts(split):
    for names in scenes(split):
        pairs = [name for name in names if name in HELD_OUT_PAIRS]
        nouns = [name for name in names if name[1] in HELD_OUT_NOUNS]
        assert len(pairs if split == 'unseen_pairs' else nouns) >= 3


def test_most_scenes_hold_one_noun_in_two_colours():
    distracted = 0
    for names in scenes('train'):
        colors = Counter(noun for _, noun in set(names))
        distracted += max(colors.values()) > 1
    assert distracted > 50


def test_some_scenes_hold_identical_twins():
    lookalikes = [max(Counter(names).values()) > 1 for names in scenes('train')]
    assert any(lookalikes) and not all(lookalikes)
