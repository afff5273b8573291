"""What the outputs of the objects node cost: measured on one scene, shown as a table."""

from __future__ import annotations

import json

from installed import needs
import numpy as np
import pytest

from efficientsam3_ros.cli.main import main

pytestmark = [needs('rclpy'), needs('mujoco')]


def test_every_output_is_measured_and_written(tmp_path, capsys):
    out = tmp_path / 'costs.json'
    words = ['--sizes', '160x120', '--objects', '3', '--rounds', '1', '--out', str(out)]
    assert main(['benchmark', 'outputs', *words]) == 0
    (costs,) = json.loads(out.read_text())['sizes']
    assert (costs['width'], costs['height']) == (160, 120) and 1 <= costs['objects'] <= 3
    spent = costs['milliseconds']
    # Grasps need cloud, cleaning and box; a mask needs none of them.
    assert spent['~/target_mask'] < spent['~/objects_points'] < max(spent.values())
    table = capsys.readouterr().out
    assert all(f'| {name} |' in table for name in spent)


def test_a_scene_is_made_anew_and_holds_every_object():
    from efficientsam3_ros.harness.output_costs import scene_maker

    make = scene_maker(160, 120, 3, seed=9000)
    first, second = make(None), make(np.eye(4))
    assert first.objects == second.objects and first.placing.frame_id != second.placing.frame_id
    label = first.objects[0].label
    first.mask(label)[:] = False
    assert second.mask(label).any(), 'nothing is shared between the two'


@pytest.mark.parametrize('size', ['640', '0x480', '640x480x3'])
def test_what_is_no_size_is_refused(size, capsys):
    assert main(['benchmark', 'outputs', '--sizes', size]) == 2
    assert 'WIDTHxHEIGHT' in capsys.readouterr().err
