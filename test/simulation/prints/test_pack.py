import numpy as np
import pytest

pytest.importorskip('mujoco')

from efficientsam3_ros.simulation import Tabletop, TabletopConfig
from efficientsam3_ros.simulation.camera.renderer import RendererError
from efficientsam3_ros.simulation.packs import surfaces
from efficientsam3_ros.simulation.packs.mesh import FOLDER
from efficientsam3_ros.simulation.prints.catalogue import KINDS
from efficientsam3_ros.simulation.vocabulary import phrases

SMALL = {
    'pack': 'printed',
    'width': 96,
    'height': 72,
    'frames': 1,
    'min_objects': 3,
    'max_objects': 5,
}


@pytest.fixture(scope='module', autouse=True)
def opengl():
    try:
        Tabletop(TabletopConfig(pack='primitives', width=64, height=48)).close()
    except RendererError as error:
        pytest.skip(str(error))


def test_scene_repeats_and_reads_nothing_but_committed_surfaces(monkeypatch):
    opened = []
    read = surfaces.cv2.imread
    monkeypatch.setattr(
        surfaces.cv2, 'imread', lambda path, flag: (opened.append(path), read(path, flag))[1]
    )
    surfaces.texture.cache_clear()
    config = TabletopConfig(seed=5, **SMALL)
    with Tabletop(config) as one, Tabletop(config) as two:
        first, second = next(iter(one)), next(iter(two))
    assert first.ids.max() > 0
    assert np.array_equal(first.rgb, second.rgb)
    assert np.array_equal(first.ids, second.ids)
    assert all(item.asset.startswith('printed/') for item in one.objects)
    assert all(path.startswith(str(FOLDER)) for path in opened)


@pytest.mark.parametrize(
    ('noun', 'also'),
    [('can', 'tin'), ('mug', 'cup'), ('tea box', 'carton'), ('milk carton', 'box')],
)
def test_synonyms_are_true_with_the_color_too(noun, also):
    kind = next(kind for kind in KINDS if kind.noun.name == noun)
    true = phrases(noun, 'red', kind.noun.also)
    assert {noun, also, f'red {also}', 'object'} <= true
    assert f'blue {also}' not in true


def test_nouns_are_distinct():
    names = [kind.noun.name for kind in KINDS]
    assert len(set(names)) == len(names)
