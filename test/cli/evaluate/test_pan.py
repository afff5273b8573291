"""``efficientsam3 evaluate`` on films that are made of real stills."""

from __future__ import annotations

from pathlib import Path

from evaluate_command import evaluate, load
import numpy as np
import pytest
from real_folders import SIZE, save_png, scene_folder
from scripted_engine import ColorEngine

from efficientsam3_ros.datasets.real.pan_suite import PanSuite
from efficientsam3_ros.datasets.real.suites import REAL_SUITES
from efficientsam3_ros.datasets.stills import pan
from efficientsam3_ros.evaluation.run import in_process

SCENE = {'s': [('red tool', (16, 20, 8, 8)), ('green mug', (34, 22, 8, 8))]}
"""Name and place of what has a mask; a blue thing in a hole of the depth is seen, too."""
SHOWN = {'s': [*SCENE['s'], ('blue', (26, 22, 6, 6))]}
WORDS = '--suite', 'films', '--root', 'pack', '--no-overlay'


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(in_process, 'load_engine', lambda *_: ColorEngine())
    monkeypatch.setattr(pan, 'HEIGHT', 48)
    monkeypatch.setattr(pan, 'WIDTH', 64)
    monkeypatch.setattr(pan, 'FPS', 10.0)
    asked = {'red block': ('red block', 'red tool'), 'green mug': ('green mug',)}
    asked['blue block'] = ('blue block',)
    layout = REAL_SUITES['real-tabletop'].layout
    suite = PanSuite('films', 'of a test', layout, asked)
    monkeypatch.setitem(REAL_SUITES, suite.name, suite)
    folder = scene_folder(tmp_path / 'pack' / 'mosd', SCENE, SHOWN)
    depth = np.full(SIZE, 800, np.uint16)
    depth[21:29, 25:33] = 0
    save_png(folder / 's_depth.png', depth)


def test_films_of_real_scenes_are_tracked_and_scored(capsys):
    assert evaluate(*WORDS, '--out', 'one') == 0
    printed = capsys.readouterr().out
    assert 'films (real images)' in printed
    found = load('one')
    film = found['sequences']['s']
    assert film['concepts'] == ['red block', 'green mug', 'blue block']
    assert film['absent'] == ['blue block']
    assert 50 <= film['frames'] <= 100
    assert film['metrics']['jf'] > 0.6
    assert film['metrics']['reentries'] >= 1
    assert f'of {film["metrics"]["reentries"]} return' in printed
    # The blue thing is answered, but nobody labeled what lies there.
    assert film['metrics']['absent_accuracy'] == 1
    assert any('nothing is labeled' in note for note in film['notes'])
    assert evaluate(*WORDS, '--out', 'two', '--no-cache') == 0
    again = load('two')
    assert found.pop('timing') != again.pop('timing')
    assert found == again


def test_films_have_no_anchor(capsys):
    assert evaluate(*WORDS, '--anchor', 'yolox.onnx') == 2
    assert 'scored on single pictures' in capsys.readouterr().err


@pytest.mark.parametrize('name', ['real-pan', 'real-pan-names', 'real-pan-boxes'])
def test_the_stored_suites_make_a_film_of_each_scene(name):
    (film,) = REAL_SUITES[name].open(Path('pack'))
    assert film.name == 's'
    assert film.expected_frames > 50
    assert next(film.frames()).rgb.shape == (48, 64, 3)
    assert len(list(film.truth())) == film.expected_frames
