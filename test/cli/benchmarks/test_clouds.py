"""The benchmark of clouds, on drawn RGB-D scenes and with an engine that sees colors."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
from real_folders import SIZE, Thing, painted, save_png
from scripted_engine import ColorEngine

from efficientsam3_ros import engine
from efficientsam3_ros.cli.main import USER_ERROR, main

TABLE_MM, NEAR_MM, FAR_MM = 1000, 800, 900
BLOCK, NEIGHBOR = (10, 12, 16, 14), (26, 12, 16, 14)
TOO_WIDE = (10, 12, 19, 14)
"""What is painted of the block: three columns of its neighbor, which is 10 cm behind, as well."""


def scene(folder, name: str, truth: list[Thing], shown: list[Thing], depth: bool = True) -> None:
    """Write one scene; the first thing is the nearer one."""
    ids, far = np.zeros(SIZE, np.uint8), np.full(SIZE, TABLE_MM, np.uint16)
    for number, (_, (x, y, w, h)) in enumerate(truth, 1):
        ids[y : y + h, x : x + w] = number
        far[y : y + h, x : x + w] = NEAR_MM if number == 1 else FAR_MM
    save_png(folder / f'{name}_rgb.png', painted(shown))
    save_png(folder / f'{name}_inst.png', ids)
    if depth:
        save_png(folder / f'{name}_depth.png', far)


@pytest.fixture
def pack(tmp_path, monkeypatch):
    """Return a pack with a scene of a mask that is too wide, a missed thing, and no depth."""
    folder = tmp_path / 'pack' / 'mosd'
    folder.mkdir(parents=True)
    things = [('box', BLOCK), ('can', NEIGHBOR)]
    scene(folder, 'wide1', things, [('red', TOO_WIDE)])
    scene(folder, 'missed2', [('box', BLOCK)], [])
    scene(folder, 'flat3', [('box', BLOCK)], [('red', BLOCK)], depth=False)
    (folder / 'names.json').write_text(json.dumps({'wide1': {'1': 'box', '2': 'can'}}))
    camera = {'fx': 60, 'fy': 60, 'cx': 31.5, 'cy': 23.5}
    (folder / 'camera.json').write_text(json.dumps(camera))
    monkeypatch.setattr(engine, 'load_engine', lambda *_: ColorEngine())
    return folder.parent


def clouds(*words: object) -> int:
    return main(['benchmark', 'clouds', '--prompt', 'red', *map(str, words)])


def results(out) -> dict:
    return json.loads((out / 'results.json').read_text())


def test_points_of_a_neighbor_are_taken_along_and_cleaned_away(pack, tmp_path):
    out = tmp_path / 'out'
    assert clouds('--root', pack, '--out', out) == 0
    scenes = {item['scene']: item for item in results(out)['scenes']}
    block, neighbor = scenes['wide1']['objects']
    assert block['iou'] == pytest.approx(16 / 19, abs=1e-3)
    assert block['plain']['recovered'] == 1 and block['points'] == 16 * 14
    assert block['plain']['neighbors'] == pytest.approx(3 / 19, abs=1e-3)
    assert block['cleaned']['neighbors'] == 0 and block['cleaned']['recovered'] > 0.9
    assert block['cleaned']['sane'] and block['cleaned']['box_iou'] > 0.9
    # 15 pixels between the outer ones, 0.8 m away.
    assert block['cleaned']['size_m'][0] == pytest.approx(0.2, abs=0.02)
    assert neighbor['iou'] is None and neighbor['cleaned'] is None


def test_a_missed_thing_counts_as_nothing_recovered(pack, tmp_path):
    out = tmp_path / 'out'
    assert clouds('--root', pack, '--out', out) == 0
    data = results(out)
    total = data['summary']
    assert (total['objects'], total['found'], total['answers']) == (3, 1, 1)
    assert total['plain']['recovered'] == 1
    assert total['plain']['recovered_of_all'] == pytest.approx(1 / 3, abs=1e-3)
    # A draw of two scenes has one of two things found, one of three, or none.
    assert data['intervals']['plain']['recovered_of_all'] == [0, 0.5]
    assert '33.3 % (0.0 to 50.0)' in (out / 'results.md').read_text()


def test_the_report_shows_every_scene_and_tells_what_is_left_out(pack, tmp_path, capsys):
    out = tmp_path / 'out'
    assert clouds('--root', pack / 'mosd', '--out', out) == 0
    text = (out / 'results.md').read_text()
    assert text.startswith(capsys.readouterr().out.rstrip('\n'))
    assert 'flat3 has no depth' in text
    for name in ('wide1', 'missed2'):
        assert f'](pictures/{name}.png)' in text
        picture = cv2.imread(str(out / 'pictures' / f'{name}.png'))
        assert picture.shape == (SIZE[0], 2 * SIZE[1], 3)
        view = picture[:, SIZE[1] :]
        assert (view == 255).all(axis=2).any(), 'the true box is white'


def test_without_pictures_none_is_named(pack, tmp_path):
    out = tmp_path / 'out'
    assert clouds('--root', pack, '--no-pictures', '--out', out) == 0
    assert not (out / 'pictures').exists()
    assert 'pictures/' not in (out / 'results.md').read_text()


def test_scenes_without_depth_are_refused(pack, tmp_path, capsys):
    for path in (pack / 'mosd').glob('*_depth.png'):
        path.unlink()
    assert clouds('--root', pack, '--out', tmp_path / 'out') == USER_ERROR
    assert 'has no depth' in capsys.readouterr().err
    assert not (tmp_path / 'out').exists()


@pytest.mark.parametrize('place', ['foreign', 'pack/mosd/out'])
def test_what_is_not_ours_stays(pack, tmp_path, capsys, place):
    (tmp_path / 'foreign').mkdir()
    (tmp_path / 'foreign' / 'mine.txt').write_text('kept')
    assert clouds('--root', pack, '--out', tmp_path / place) == USER_ERROR
    assert capsys.readouterr().err
    assert (tmp_path / 'foreign' / 'mine.txt').read_text() == 'kept'
    assert not (pack / 'mosd' / 'out').exists()


def test_another_folder_is_refused_with_the_layout(tmp_path, capsys):
    (tmp_path / 'empty').mkdir()
    assert clouds('--root', tmp_path / 'empty', '--out', tmp_path / 'out') == USER_ERROR
    assert 'names.json' in capsys.readouterr().err
