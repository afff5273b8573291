import numpy as np
import pytest

pytest.importorskip('mujoco')

from efficientsam3_ros.simulation.scene.scene import SceneObject
from efficientsam3_ros.simulation.showcase import showcase_prompts


def thing(number: int, *phrases: str) -> SceneObject:
    return SceneObject(number, phrases[0], None, frozenset({*phrases, 'object'}), 'none')


def film(*seen: tuple[int, ...]) -> list[np.ndarray]:
    frames = []
    for ids in seen:
        image = np.zeros((20, 20), np.uint16)
        for number in ids:
            image[number] = number
        frames.append(image)
    return frames


def test_most_seen_nouns_come_first_then_one_that_is_absent():
    objects = [thing(1, 'can', 'tin'), thing(2, 'bowl'), thing(3, 'bowl'), thing(4, 'plate')]
    prompts = showcase_prompts(objects, film((1, 2), (1, 2, 3), (1, 4)), count=2)
    assert prompts == ('bowl', 'can', 'mug')


def test_no_object_is_asked_for_twice_by_synonyms():
    objects = [thing(1, 'mug', 'cup'), thing(2, 'can')]
    assert showcase_prompts(objects, film((1, 2), (1,)), count=3)[:-1] == ('mug', 'can')


def test_what_is_never_in_view_is_not_asked_for():
    assert showcase_prompts([thing(1, 'mug')], film((), ())) == ('bowl',)
