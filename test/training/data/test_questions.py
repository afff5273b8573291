"""Questions about a picture whose answers are wholly known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from training.data.asking import Asker
from training.data.picture import Region, Thing, TrainingPicture
from training.data.questions import questions

MUG = Thing(1, 1, frozenset({'mug', 'red mug', 'object'}), 'mug', 'red', colored=True)
BOWL = Thing(2, 2, frozenset({'bowl', 'blue bowl', 'object'}), 'bowl', 'blue', colored=True)


def picture(*things: Thing, regions: tuple[Region, ...] = ()) -> TrainingPicture:
    ids = np.zeros((48, 64), np.int32)
    ids[5:25, 4:20], ids[22:44, 30:60] = 1, 2
    nouns = frozenset({'mug', 'bowl', 'fork', 'knife', 'spoon', 'object'})
    return TrainingPicture(np.zeros((48, 64, 3), np.uint8), ids, things, regions, nouns)


def test_half_of_the_questions_are_true_and_all_answers_known(household):
    answers = questions(picture(MUG, BOWL), Asker(household), 6, np.random.default_rng(0))
    assert len(answers) == 6
    there = {phrase: things for phrase, things in answers.items() if things}
    assert len(there) == 3
    for phrase, things in there.items():
        assert things == tuple(thing for thing in (MUG, BOWL) if phrase in thing.phrases)


def test_what_may_be_in_an_unlabeled_region_is_not_asked(household):
    mask = np.ones((48, 64), bool)
    for seed in range(5):
        rng = np.random.default_rng(seed)
        silent = Region(mask, frozenset({'fork', 'mug'}))
        asked = questions(picture(MUG, BOWL, regions=(silent,)), Asker(household), 8, rng)
        assert asked
        assert not any(phrase.endswith(('fork', 'mug')) for phrase in asked)


def test_what_is_true_of_a_thing_without_a_mask_is_not_asked(household):
    shown = picture(MUG, replace(BOWL, number=0))
    for seed in range(5):
        asked = questions(shown, Asker(household), 8, np.random.default_rng(seed))
        assert 'mug' in asked
        assert not BOWL.phrases & asked.keys()
