"""Phrases that rendered scenes are asked for: what is held out stays unseen."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.simulation import SceneObject
from efficientsam3_ros.simulation.vocabulary import HELD_OUT_NOUNS, HELD_OUT_PAIRS, phrases
from training.data.public_forms.drawn_phrases import sample_phrases


def test_held_out_words_are_never_asked():
    rng = np.random.default_rng(0)
    lying = (('mug', 'blue'), ('bowl', 'white'), ('cup', 'red'))
    objects = [SceneObject(i, *names, phrases(*names), '') for i, names in enumerate(lying, 1)]
    asked = {p for _ in range(800) for p in sample_phrases(objects, [objects[1]], 6, rng)}
    assert 'white bowl' in asked and len(asked) > 100
    assert not {f'{c} {n}' for c, n in HELD_OUT_PAIRS} & asked
    assert not {p for p in asked if any(p.endswith(n) for n in HELD_OUT_NOUNS)}


def test_held_out_pairs_are_not_learnt_under_a_synonym():
    rng = np.random.default_rng(0)
    mug = SceneObject(1, 'mug', 'green', phrases('mug', 'green', ('cup',)), '')
    asked = {p for _ in range(300) for p in sample_phrases([mug], [mug], 2, rng)[:1]}
    assert asked == {'mug', 'cup', 'object', 'green object'}
