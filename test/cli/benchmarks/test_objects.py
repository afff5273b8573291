"""The benchmark of the objects node: one small scene through the real nodes."""

from __future__ import annotations

from importlib.util import find_spec
import json

import cv2
import numpy as np
import pytest

pytest.importorskip('mujoco')
pytest.importorskip('rclpy')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from efficientsam3_ros.cli.benchmarks.pictures.objects import draw_box
from efficientsam3_ros.cli.main import USER_ERROR, main
from efficientsam3_ros.core import Intrinsics
from efficientsam3_ros.scene3d import OrientedBox
from efficientsam3_ros.simulation import Tabletop, TabletopConfig
from efficientsam3_ros.simulation.camera.renderer import RendererError

BOXES = find_spec('visualization_msgs') or find_spec('vision_msgs')


@pytest.fixture
def opengl():
    try:
        Tabletop(TabletopConfig(pack='primitives', width=32, height=32, frames=1)).close()
    except RendererError as error:
        pytest.skip(str(error))


@pytest.mark.dds
@pytest.mark.skipif(not BOXES, reason='needs messages of boxes: vision_msgs, visualization_msgs')
def test_one_scene_from_the_camera_to_the_files(tmp_path, capsys, opengl):
    out = tmp_path / 'objects'
    words = ['--scenes', '1', '--sensor-noise', 'off', '--seconds', '2', '--images', '2']
    size = ['--width', '320', '--height', '240', '--rate', '5']
    assert main(['benchmark', 'objects', *words, *size, '--out', str(out)]) == 0
    data = json.loads((out / 'results.json').read_text())
    summary = data['summary']['without noise']
    images = summary['images']
    assert images['sent'] == 10
    assert 1 <= images['measured'] <= 2 <= 10 >= images['begun'] >= images['complete'] >= 1
    assert summary['unoccluded'] >= summary['found'] >= 1
    assert summary['middle_mm']['median'] < 50 and summary['box_iou']['median'] > 0.1
    assert (out / 'results.md').read_text().startswith(capsys.readouterr().out)
    assert np.ptp(cv2.imread(str(out / 'sheet.png'))) > 100
    assert (out / 'logs' / '5000' / 'objects_node.log').is_file()


def test_earlier_results_are_not_overwritten(tmp_path, capsys):
    (tmp_path / 'objects').mkdir()
    (tmp_path / 'objects' / 'mine.txt').write_text('kept')
    assert main(['benchmark', 'objects', '--out', str(tmp_path / 'objects')]) == USER_ERROR
    assert 'exists already' in capsys.readouterr().err


def test_boxes_are_drawn_where_they_are_and_not_behind_the_camera():
    camera = Intrinsics(100, 100, 100.0, 100.0, 50.0, 50.0)
    box = OrientedBox(np.array([0.0, 0, 1]), np.eye(3), np.array([0.4, 0.2, 0.2]))
    picture = np.zeros((100, 100, 3), np.uint8)
    draw_box(picture, box, camera, (255, 255, 255))
    rows, columns = np.nonzero(picture[..., 0] > 100)
    # The near face is 0.9 m away: 0.2 / 0.9 * 100 pixels to either side.
    assert (columns.min(), columns.max()) == (28, 72) and (rows.min(), rows.max()) == (39, 61)
    behind = OrientedBox(np.array([0.0, 0, -1]), np.eye(3), box.size)
    empty = np.zeros_like(picture)
    draw_box(empty, behind, camera, (255, 255, 255))
    assert not empty.any()
