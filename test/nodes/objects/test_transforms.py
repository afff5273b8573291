from __future__ import annotations

from types import SimpleNamespace

import pytest

pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')

from builtin_interfaces.msg import Time
import numpy as np

from efficientsam3_ros.nodes.objects.faults import SceneFault
from efficientsam3_ros.nodes.objects.frames import transforms
from efficientsam3_ros.nodes.objects.frames.transforms import Transforms, open_transforms


class Buffer:
    def __init__(self, quaternion=(0.0, 0.0, 0.5**0.5, 0.5**0.5), move=(1.0, 2.0, 3.0)):
        turn = dict(zip('xyzw', quaternion))
        place = dict(zip('xyz', move))
        self.transform = SimpleNamespace(
            rotation=SimpleNamespace(**turn), translation=SimpleNamespace(**place)
        )
        self.asked = []

    def lookup_transform(self, target, source, time, timeout):
        self.asked.append((target, source, time.nanoseconds, timeout.nanoseconds))
        return SimpleNamespace(transform=self.transform)


def test_the_stamp_and_the_timeout_reach_tf():
    buffer = Buffer()
    matrix = Transforms(buffer, 0.25).matrix('/base', 'camera', Time(sec=3, nanosec=7))
    assert buffer.asked == [('base', 'camera', 3_000_000_007, 250_000_000)]
    np.testing.assert_allclose(matrix @ [1, 0, 0, 1], [1, 3, 3, 1], atol=1e-12)


def test_the_same_frame_needs_no_tf():
    buffer = Buffer()
    assert (Transforms(buffer, 1.0).matrix('/a', 'a', Time()) == np.eye(4)).all()
    assert buffer.asked == []


@pytest.mark.parametrize(
    'buffer', [Buffer((0.0, 0.0, 0.0, 0.0)), Buffer(move=(float('nan'), 0.0, 0.0))]
)
def test_numbers_that_are_no_transform_are_refused(buffer):
    with pytest.raises(SceneFault, match='no rotation and translation'):
        Transforms(buffer, 1.0).matrix('a', 'b', Time())


def test_without_tf2_the_package_and_the_way_without_are_named(monkeypatch):
    monkeypatch.setattr(transforms, 'find_spec', lambda name: None)
    with pytest.raises(ValueError, match='tf2-ros, or leave all three out'):
        open_transforms(None, 0.1)
