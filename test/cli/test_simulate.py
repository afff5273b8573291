"""``efficientsam3 simulate`` writes what ``track`` and ROS tools read."""

import numpy as np
import pytest

from efficientsam3_ros.bags import BagReader
from efficientsam3_ros.cli.main import main
from efficientsam3_ros.datasets.simulated import simulated_bag

pytest.importorskip('efficientsam3_ros.simulation')


def simulate(out, *more, seconds='0.6') -> int:
    size = ['--width', '80', '--height', '60', '--fps', '5', '--seconds', seconds]
    return main(['simulate', '--out', str(out), '--pack', 'primitives', *size, *more])


def test_bag_holds_images_depth_intrinsics_and_truth(tmp_path):
    out = tmp_path / 'clip.mcap'
    assert simulate(out, '--concepts', 'object') == 0
    with BagReader(out) as bag:
        assert bag.image_topic() == '/camera/image_raw'
        frames = list(bag.frames())
        truth = list(bag.results('/camera/ground_truth'))
        depth = next(bag.messages('/camera/depth/image_raw'))
        info = next(bag.messages('/camera/camera_info'))
    assert [f.stamp_ns for f in frames] == [t.stamp_ns for t in truth]
    assert len(frames) == 3
    assert frames[0].stamp_ns > 0
    assert frames[0].frame_id == truth[0].frame_id == 'camera_color_optical_frame'
    assert {i.concept for t in truth for i in t.instances} == {'object'}
    assert (depth.encoding, info.width, info.height) == ('16UC1', 80, 60)
    meters = depth.data.view('<u2').astype(float) / 1000
    assert 0.3 < np.median(meters[meters > 0]) < 3.0


def test_without_depth_and_with_suggested_concepts(tmp_path, capsys):
    assert simulate(tmp_path / 'clip', '--no-depth') == 0
    with BagReader(tmp_path / 'clip') as bag:
        assert '/camera/depth/image_raw' not in bag.topics
        told = bag.concepts('/camera/ground_truth')
    asked = capsys.readouterr().out.split('ground truth for: ')[1].splitlines()[0]
    assert len(asked.split(', ')) >= 2
    assert ', '.join(told) == asked


def test_existing_output_is_kept_unless_forced(tmp_path, capsys):
    out = tmp_path / 'clip.mcap'
    out.write_text('precious')
    assert simulate(out) == 2
    assert 'add --force' in capsys.readouterr().err
    assert out.read_text() == 'precious'
    assert simulate(out, '--force') == 2
    assert out.read_text() == 'precious'


@pytest.mark.parametrize('name', ['clip.mcap', 'clip.db3', 'clip'])
def test_an_earlier_simulation_is_replaced_by_force(tmp_path, capsys, name):
    out = tmp_path / name
    assert simulate(out) == 0
    assert simulate(out) == 2
    assert 'add --force' in capsys.readouterr().err
    assert simulate(out, '--force', seconds='0.4') == 0
    with BagReader(out) as bag:
        assert bag.count('/camera/image_raw') == 2


@pytest.mark.parametrize('name', ['clip.mcap', 'clip'])
def test_an_interrupted_simulation_leaves_nothing_that_looks_like_a_bag(
    tmp_path, monkeypatch, name
):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(simulated_bag, 'truth_result', interrupted)
    assert simulate(tmp_path / name) == 130
    assert not list(tmp_path.iterdir())


def test_wrong_values_are_one_line(tmp_path, capsys):
    assert simulate(tmp_path / 'a', '--split', 'easy') == 2
    assert 'Choose from: "train", "unseen_pairs"' in capsys.readouterr().err
    assert not (tmp_path / 'a').exists()
