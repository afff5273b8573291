import numpy as np

from efficientsam3_ros.simulation import Observation, SceneObject, suggest_prompts
from efficientsam3_ros.simulation.vocabulary import phrases


def thing(number, noun, color):
    return SceneObject(number, noun, color, phrases(noun, color), noun)


OBJECTS = (
    thing(1, 'mug', 'red'),
    thing(2, 'mug', 'green'),
    thing(3, 'bowl', 'white'),
    thing(4, 'plate', 'pink'),
)


def clip(visible, pixels=40):
    """Ten frames; object i has pixels of row i in the first ``visible[i]`` of them."""
    for index in range(10):
        ids = np.zeros((40, 40), np.uint16)
        for number, frames in visible.items():
            ids[number, :pixels] = number if index < frames else 0
        yield Observation(index, index, np.zeros((40, 40, 3), np.uint8), None, ids, np.eye(4))


def positive_ids(objects, phrase):
    return {item.id for item in objects if phrase in item.phrases}


def test_positives_are_visible_and_absent_ones_are_not_there():
    for seed in range(20):
        first, second, absent = suggest_prompts(OBJECTS, clip({1: 10, 3: 6, 4: 2}), seed)
        for phrase in (first, second):
            assert positive_ids(OBJECTS, phrase) & {1, 3}
        assert not positive_ids(OBJECTS, absent)


def test_every_second_absent_concept_is_a_known_noun_in_a_wrong_colour():
    hard = 0
    for seed in range(10):
        absent = suggest_prompts(OBJECTS, clip({1: 10, 3: 10}), seed)[-1]
        hard += absent.split()[-1] in {'mug', 'bowl', 'plate'}
    assert hard == 5


def test_same_seed_same_prompts():
    assert suggest_prompts(OBJECTS, clip({1: 9, 2: 9, 3: 9}), 4) == suggest_prompts(
        OBJECTS, clip({1: 9, 2: 9, 3: 9}), 4
    )


def test_small_objects_do_not_count():
    (absent,) = suggest_prompts(OBJECTS, clip({1: 10}, pixels=1), 0)
    assert not positive_ids(OBJECTS, absent)
    assert positive_ids(OBJECTS, suggest_prompts(OBJECTS, clip({1: 10}, pixels=2), 0)[0]) == {1}


def test_held_out_concepts_come_first():
    objects = (*OBJECTS, thing(5, 'padlock', 'silver'))
    for seed in range(5):
        assert 'padlock' in suggest_prompts(objects, clip({1: 10, 2: 10, 3: 10, 5: 10}), seed)[0]
