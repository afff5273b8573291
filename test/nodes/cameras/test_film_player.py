"""A film that is drawn beforehand by two processes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip('efficientsam3_ros.simulation', reason='needs mujoco: pip install ".[sim]"')

from efficientsam3_ros.nodes.cameras import film_player
from efficientsam3_ros.nodes.cameras.film_share import FilmHelper
from efficientsam3_ros.nodes.cameras.simulation_source import CameraSettings, Film

SETTINGS = CameraSettings(
    seed=3, width=96, height=72, rate=10.0, prerender_seconds=0.6, depth=False, concepts=('mug',)
)


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    monkeypatch.setattr(film_player.os, 'sched_getaffinity', lambda _: {0, 1})


@pytest.fixture(scope='module')
def alone():
    return list(Film(SETTINGS).shots())


def is_same(film, other):
    pairs = zip(film, other, strict=True)
    return all(np.array_equal(a.rgb, b.rgb) and a.masks == b.masks for a, b in pairs)


def test_helper_draws_the_same_pixels(alone):
    with FilmHelper(Film(SETTINGS)) as helper:
        shots = helper.shots()
    assert is_same([shots[number] for number in range(len(alone))], alone)


def test_each_draws_what_it_claims_and_what_the_helper_fails_to_draw(alone, monkeypatch):
    def killed(helper: FilmHelper):
        helper._process.kill()
        return {}

    monkeypatch.setattr(FilmHelper, 'shots', killed)
    monkeypatch.setattr(film_player, 'claimed', lambda numbers: iter([0, 3]))
    assert is_same(film_player.drawn(Film(SETTINGS), worth_sharing=1), alone)


def test_a_part_of_a_film_is_its_beginning(alone):
    part = Film(replace(SETTINGS, shown_seconds=0.2))
    assert part.frames == 2
    assert is_same(list(part.shots()), alone[:2])
    assert Film(replace(SETTINGS, shown_seconds=60.0)).frames == 6
