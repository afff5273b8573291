"""Phrases that may be trained on."""

from __future__ import annotations

from efficientsam3_ros.simulation.vocabulary import CLEAN_NOUNS, allowed, phrases
from training.data.phrases import trainable


def test_a_pair_is_held_out_under_all_of_its_names():
    spoken = phrases('mug', 'green', ('cup', 'tool'))
    assert {'green cup', 'green mug'} <= spoken
    assert trainable(spoken) == {'mug', 'cup', 'tool', 'object', 'green object'}
    for noun in CLEAN_NOUNS:
        for color in allowed(noun, 'train'):
            assert trainable(phrases(noun.name, color)) == phrases(noun.name, color)
