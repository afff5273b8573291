"""The benchmark of grasps: one small scene, from the seed to the files."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

pytest.importorskip('mujoco')

from efficientsam3_ros.cli.main import USER_ERROR, main
from efficientsam3_ros.evaluation.grasps import session
from efficientsam3_ros.simulation import Tabletop, TabletopConfig
from efficientsam3_ros.simulation.camera.renderer import RendererError

SMALL = ['--pack', 'primitives', '--scenes', '1', '--width', '240', '--height', '180']


@pytest.fixture(scope='module', autouse=True)
def opengl():
    try:
        Tabletop(TabletopConfig(pack='primitives', width=32, height=32, frames=1)).close()
    except RendererError as error:
        pytest.skip(str(error))


def test_true_masks_of_one_scene(tmp_path, capsys):
    out = tmp_path / 'grasps'
    words = ['--masks', 'true', '--first-seed', '5004', '--filmed', '1', '--out', str(out)]
    assert main(['benchmark', 'grasps', *SMALL, *words]) == 0
    data = json.loads((out / 'results.json').read_text())
    chosen = [item['object'] for item in data['objects'] if item['graspable']]
    assert chosen and [trial['object'] for trial in data['trials']] == chosen
    assert json.loads((out / 'objects.json').read_text()) == data['objects']
    summary = data['summary']['true']
    assert summary['held'] + sum(summary['causes'].values()) == summary['objects'] == len(chosen)
    assert summary['held'] >= len(chosen) / 2
    for trial in data['trials']:
        assert trial['iou'] == 1.0
        if trial['result'] == 'held':
            assert trial['least_rise_m'] >= 0.09 and len(trial['pose']) == 16
    assert (out / 'results.md').read_text() == capsys.readouterr().out.removesuffix('\n')
    sheet = cv2.imread(str(out / 'sheet_00.png'))
    assert sheet.shape[1] == 1200 and np.ptp(sheet) > 100
    film = cv2.VideoCapture(str(out / 'attempts.mp4'))
    assert 40 <= film.get(cv2.CAP_PROP_FRAME_COUNT) <= 55


def test_earlier_results_are_not_overwritten(tmp_path, capsys):
    (tmp_path / 'grasps').mkdir()
    (tmp_path / 'grasps' / 'mine.txt').write_text('kept')
    words = ['--masks', 'true', '--out', str(tmp_path / 'grasps')]
    assert main(['benchmark', 'grasps', *SMALL, *words]) == USER_ERROR
    assert 'exists already' in capsys.readouterr().err


def test_what_counts_is_listed_for_all_scenes_before_the_first_attempt(tmp_path, monkeypatch):
    found = []

    def interrupted(*arguments):
        found.extend(json.loads(next(tmp_path.rglob('objects.json')).read_text()))
        raise KeyboardInterrupt

    monkeypatch.setattr(session, 'scene_trials', interrupted)
    words = ['--masks', 'true', '--first-seed', '5004', '--filmed', '0', '--scenes', '2']
    main(
        ['benchmark', 'grasps', *SMALL[:2], *SMALL[4:], *words, '--out', str(tmp_path / 'grasps')]
    )
    assert {item['seed'] for item in found} == {5004, 5005}
