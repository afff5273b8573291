"""Phrases that rendered scenes are asked for: half of them near misses, none held out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from efficientsam3_ros.simulation import SceneObject
from efficientsam3_ros.simulation.vocabulary import (
    CLEAN_NOUNS,
    GENERIC,
    HELD_OUT_NOUNS,
    HELD_OUT_PAIRS,
    allowed,
    phrases,
)
from training.data.lookalikes import lookalikes
from training.data.public_forms.objects import View, scene_asker
from training.data.scene_file import SceneFile
from training.data.vocabulary import split_color

SHOWN = [(noun.name, color) for noun in CLEAN_NOUNS for color in allowed(noun, 'train')]


@pytest.fixture(scope='module')
def asker():
    return scene_asker()


def view_of(objects: Sequence[SceneObject], specks: int = 0) -> View:
    """Return a view in which objects stand side by side, the last of them as specks."""
    ids = np.zeros((1, 64, 128), np.uint8)
    for item in objects:
        rows = 1 if item in objects[len(objects) - specks :] else 40
        ids[0, :rows, 8 * item.id : 8 * item.id + min(rows, 8)] = item.id
    return View.of(SceneFile(np.zeros((1, 64, 128, 3), np.uint8), ids, objects, np.arange(1)), 0)


def views(count: int) -> Iterator[View]:
    """Yield views of six random objects, one of them a speck."""
    for seed in range(count):
        chosen = np.random.default_rng(seed).choice(len(SHOWN), 6)
        named = enumerate((SHOWN[i] for i in chosen), 1)
        yield view_of([SceneObject(i, *names, phrases(*names), '') for i, names in named], 1)


def test_phrases_are_true_of_what_answers_them_and_the_others_of_nothing(asker):
    for seed, view in enumerate(views(40)):
        assert len(view.seen) == 5 and len(view.specks) == 1
        for phrase, masks in view.asked(asker, 8, np.random.default_rng(seed)).items():
            true = [mask for item, mask in view.seen.items() if phrase in item.phrases]
            assert list(masks) == true
            assert not any(phrase in item.phrases for item in view.specks)


def is_near(phrase: str, view: View) -> bool:
    """Tell whether a phrase has the noun or color of something in view, or a look-alike's noun."""
    color, noun = split_color(phrase)
    of_noun = noun == GENERIC or any(noun in item.phrases for item in view.seen)
    looks = {other for item in view.seen for other in lookalikes(item.noun)}
    return of_noun or noun in looks or color in {item.color for item in view.seen}


def test_half_of_the_phrases_are_near_misses(asker):
    asked, absent, near = 0, 0, 0
    for seed, view in enumerate(views(150)):
        answers = view.asked(asker, 8, np.random.default_rng(seed))
        missed = [phrase for phrase, masks in answers.items() if not masks]
        asked, absent = asked + len(answers), absent + len(missed)
        near += sum(is_near(phrase, view) for phrase in missed)
    assert asked == 8 * 150 and absent == asked // 2
    assert near > 0.93 * absent


def test_near_misses_of_every_kind_are_asked(asker):
    mug = SceneObject(1, 'mug', 'red', phrases('mug', 'red'), '')
    view, rng = view_of([mug]), np.random.default_rng(0)
    answers = [view.asked(asker, 8, rng) for _ in range(100)]
    missed = [split_color(p) for each in answers for p, masks in each.items() if not masks]
    assert {(None, 'cup'), ('green', 'mug')} <= set(missed)
    assert any(color and noun == GENERIC for color, noun in missed)
    red, similar = [noun for color, noun in missed if color == 'red'], lookalikes('mug')
    assert sum(noun in similar for noun in red) > 0.08 * len(missed)
    assert len(set(red).difference(similar)) > 3


def test_held_out_words_are_never_asked(asker):
    rng = np.random.default_rng(0)
    lying = (('bowl', 'white'), ('mug', 'blue'), ('cup', 'red'), ('sponge', 'yellow'))
    objects = [SceneObject(i, *names, phrases(*names), '') for i, names in enumerate(lying, 1)]
    view = view_of(objects)
    asked = {phrase for _ in range(60) for phrase in view.asked(asker, 8, rng)}
    assert 'white bowl' in asked and len(asked) > 80
    assert not {f'{c} {n}' for c, n in HELD_OUT_PAIRS} & asked
    assert not {p for p in asked if any(p.endswith(n) for n in HELD_OUT_NOUNS)}


def test_held_out_pairs_are_not_learnt_under_a_synonym(asker):
    rng = np.random.default_rng(0)
    view = view_of([SceneObject(1, 'mug', 'green', phrases('mug', 'green', ('cup',)), '')])
    answers = [view.asked(asker, 8, rng) for _ in range(20)]
    true = {phrase for each in answers for phrase, masks in each.items() if masks}
    assert true == {'mug', 'cup', 'object', 'green object'}


def test_nothing_in_view_is_asked_for_what_is_not_there(asker):
    asked = view_of([]).asked(asker, 8, np.random.default_rng(0))
    assert len(asked) == 8 and not any(asked.values())
