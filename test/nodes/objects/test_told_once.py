"""A fault that lasts is told once, counted each time, and over with its cause."""

from __future__ import annotations

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

import numpy as np  # noqa: E402
from table_view import FRAME, MUG, View  # noqa: E402

from efficientsam3_ros.core.messages.image_codec import fill_image  # noqa: E402

pytestmark = pytest.mark.dds

TIMES = 4


def halved(view, stamp):
    small = np.ascontiguousarray(view.depth[::2, ::2])
    return fill_image(view.depth_image(stamp), small, '32FC1')


def of_another_camera(view, stamp):
    info = view.info(stamp)
    info.height = 100
    return info


FAULTS = {
    'depth not aligned': ('align_depth.enable:=true', {'depth': halved}),
    'depth unreadable': ('rgb8', {'depth': View.image}),
    'no camera_info': ('-r camera_info:=', {'camera_info': lambda view, stamp: None}),
    'camera_info unusable': ('320x100', {'camera_info': of_another_camera}),
    'no transform': ('"base_link"', {}),
}


@pytest.mark.parametrize(('cause', 'words', 'wrong'), [(c, *f) for c, f in FAULTS.items()])
def test_a_fault_that_lasts_is_one_warning_and_counts_each_time(
    make_objects, capfd, cause, words, wrong
):
    rig = make_objects(output_frame='base_link' if cause == 'no transform' else '')
    # However slow the machine is, all of them come within one period.
    rig.node._throttle.period_s = 1e6
    view = View(MUG)
    for number in range(1, TIMES + 1):
        stamp = float(number)
        rig.see(view, stamp, **{topic: make(view, stamp) for topic, make in wrong.items()})
    rig.buffer.known['base_link', FRAME] = np.eye(4)
    rig.see(view, TIMES + 1.0)
    report = rig.report_where(lambda r: r.get('processed') == '1', 'the recovery')
    dropped = {name[9:]: n for name, n in report.items() if name.startswith('dropped: ')}
    assert dropped == {cause: str(TIMES)}
    assert int(report['received']) == TIMES + 1
    told = [line for line in capfd.readouterr().err.splitlines() if '[WARN]' in line]
    assert len(told) == 1 and words in told[0]
