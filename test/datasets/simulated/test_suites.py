"""Stored suites stay what they are, to the pixel, and apart from what training and tuning saw."""

from __future__ import annotations

from dataclasses import dataclass
import hashlib
from itertools import islice

import numpy as np
import pytest

pytest.importorskip('mujoco')

from efficientsam3_ros.datasets.simulated.suites import (
    SUITES,
    Suite,
    parse_seeds,
    suite_bag,
)
from efficientsam3_ros.simulation import Tabletop
from efficientsam3_ros.simulation.camera.renderer import RendererError

FRAMES = 2
DRIVER = ('llvmpipe (LLVM 15.0.6, 256 bits)', '4.5 (Compatibility Profile) Mesa 22.3.6', '3.17.0')
"""OpenGL renderer, OpenGL version and mujoco with which the pixels below were drawn; other drivers
draw edges a little differently, so pixels are compared with this one only."""
DIGESTS = {
    'tabletop-v1': ('5c249087a3aeef3a', '7bc72145d5ddc1da'),
    'tabletop-card': ('c877eec0ac96dc7a', '1ea628681aebd5c1'),
    'reentry-v1': ('4a43f5d86b88ad9b', '522c637738f26c67'),
    'reentry-60-v2': ('3f2f385699094b70', '36963bcef65d7a16'),
    'printed-v1': ('08578ded5197f877', 'bbf732d20e00aa3c'),
    'reentry-printed-v1': ('67a5a8853ea336ce', 'fbba5fecfb003ad2'),
}
"""Of all suites but those that need a folder of meshes: digests of the scene's description, and of
pixels and ids, of the first scene's first frames."""
TEXTURES = {
    'tabletop-v1': (168.4924, 143.999, 125.6817, 160.2443),
    'tabletop-card': (217.4247, 88.3645, 162.3993, 221.2246),
    'reentry-v1': (213.1019, 129.2695, 125.1227, 220.5264),
    'reentry-60-v2': (161.4671, 108.0093, 59.9434, 185.7066),
    'printed-v1': (148.124, 173.9644, 123.5606, 103.9329),
    'reentry-printed-v1': (138.2538, 196.1478, 151.2376, 117.6841),
}
"""Their textures: mean values of equal parts. No digest, since the processor decides how one texel
in millions is rounded."""
PARTS = 4


@dataclass(frozen=True)
class Film:
    description: str
    textures: tuple[float, ...]
    pixels: str
    driver: tuple[str, str, str]


@pytest.fixture(scope='module', params=DIGESTS)
def film(request) -> tuple[str, Film]:
    """The beginning of a suite's first scene."""
    suite = SUITES[request.param]
    try:
        with Tabletop(suite.config(suite.seeds[0])) as table:
            views = list(islice(table, FRAMES))
            return request.param, Film(
                describe(table, views), textures(table), pixels(views), driver()
            )
    except RendererError as error:
        pytest.skip(str(error))


def describe(table: Tabletop, views) -> str:
    """Digest objects, shapes, colors and camera, which no driver changes."""
    model, digest = table._scene.model, hashlib.sha256()
    for item in table.objects:
        words = (item.id, item.noun, item.color, sorted(item.phrases), item.asset)
        digest.update(repr(words).encode())
    for values in (model.geom_size, model.geom_rgba, model.mat_rgba, *(v.pose for v in views)):
        digest.update((np.round(values, 4) + 0.0).astype(np.float32).tobytes())
    return digest.hexdigest()[:16]


def textures(table: Tabletop) -> tuple[float, ...]:
    parts = np.array_split(table._scene.model.tex_data, PARTS)
    return tuple(float(part.mean(dtype=np.float64)) for part in parts)


def pixels(views) -> str:
    digest = hashlib.sha256()
    for view in views:
        digest.update(view.rgb.tobytes())
        digest.update(view.ids.tobytes())
    return digest.hexdigest()[:16]


def driver() -> tuple[str, str, str]:
    import mujoco
    from OpenGL import GL

    strings = GL.glGetString(GL.GL_RENDERER), GL.glGetString(GL.GL_VERSION)
    return *(text.decode() for text in strings), mujoco.__version__


def test_every_suite_that_needs_no_folder_has_a_digest():
    assert set(DIGESTS) == {name for name, suite in SUITES.items() if suite.pack != 'textured'}


def test_the_scene_is_the_one_of_before(film):
    name, seen = film
    assert seen.description == DIGESTS[name][0]
    assert seen.textures == pytest.approx(TEXTURES[name], abs=1e-3)


def test_the_pixels_are_those_of_before(film):
    name, seen = film
    if seen.driver != DRIVER:
        pytest.skip(f'pixels were drawn with {DRIVER}, here is {seen.driver}')
    assert seen.pixels == DIGESTS[name][1]


@pytest.mark.parametrize('name', SUITES)
def test_seeds_are_apart_from_training_choices_and_other_suites(name):
    seeds = set(SUITES[name].seeds)
    assert len(seeds) == len(SUITES[name].seeds)
    used = [range(10000), range(20000, 20040), range(21000, 21120), range(33000, 33060)]
    used += [
        range(100000, 400000),
        *(suite.seeds for suite in SUITES.values() if suite.name != name),
    ]
    assert not any(seeds & set(others) for others in used)


def test_the_model_card_has_twenty_scenes_of_sixty_frames():
    card = SUITES['tabletop-card']
    assert card.seeds == tuple(range(10000, 10020))
    assert (card.frames, card.width, card.height, card.fps) == (60, 640, 480, 15.0)
    assert (card.pack, card.split, card.sensor_noise) == ('clean', 'train', False)


def test_seeds_are_read_and_needed():
    assert parse_seeds('3,5,8-10') == (3, 5, 8, 9, 10)
    for wrong in ('5-', '-5', 'x', '', '1,,2', '²', '9' * 30, '1.5'):
        with pytest.raises(ValueError, match='numbers such as'):
            parse_seeds(wrong)
    for too_many in ('0-9999999999', '4294967296'):
        with pytest.raises(ValueError, match='at most'):
            parse_seeds(too_many)
    with pytest.raises(ValueError, match='No scene'):
        Suite('none', parse_seeds('9-8'))


def test_another_setting_is_another_bag(tmp_path):
    small = {'pack': 'primitives', 'frames': 1, 'width': 80, 'height': 60}
    first = suite_bag(Suite('one', (3,), **small), 3, tmp_path, lambda: None)
    noisy = suite_bag(Suite('one', (3,), **small, sensor_noise=True), 3, tmp_path, lambda: None)
    assert first.name == noisy.name == 'one-3.mcap'
    assert first.parent != noisy.parent
