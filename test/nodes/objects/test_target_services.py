"""What ~/get_grasp_targets and ~/set_target answer."""

from __future__ import annotations

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from cloud_messages import table_of, xyz_of  # noqa: E402
from grasp_table import UP  # noqa: E402
import numpy as np  # noqa: E402
from table_view import BOX, FRAME, MUG, View  # noqa: E402

from efficientsam3_ros.core import TrackState  # noqa: E402
from efficientsam3_ros.nodes.objects.answers import target_services  # noqa: E402
from efficientsam3_ros.srv import GetGraspTargets, SetTarget  # noqa: E402

pytestmark = pytest.mark.dds

LIFT = np.array([[0.0, -1, 0, 1], [1, 0, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1]])


def ask(rig, **fields):
    request = GetGraspTargets.Request(**fields)
    return rig.call(GetGraspTargets, '/objects/get_grasp_targets', request)


def rotation_of(pose):
    x, y, z, w = (getattr(pose.orientation, axis) for axis in 'xyzw')
    return np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ])  # fmt: skip


def xyz(point):
    return np.array([point.x, point.y, point.z])


def test_a_phrase_brings_cloud_box_view_background_and_grasps(make_objects):
    rig = make_objects()
    rig.see(View(MUG, BOX), 1.5)
    answer = ask(rig, phrase='mug', max_grasps=5)
    assert answer.success, answer.message
    (target,) = answer.targets
    found = target.object
    assert (found.track_id, found.label, found.concept) == (11, 1, 'mug')
    assert (found.header.frame_id, found.header.stamp.nanosec) == (FRAME, 500_000_000)
    assert (found.has_box, found.upright, found.state) == (True, True, TrackState.TRACKED)
    assert np.linalg.norm(xyz(found.box_pose.position) - MUG.center) < 0.012
    assert rotation_of(found.box_pose)[:, 2] @ UP > 0.999
    assert MUG.inside(xyz_of(found.cloud)[0], margin=0.005).all()
    assert set(np.unique(table_of(target.background)['label'])) == {0, 2}
    assert xyz(target.view_direction) @ MUG.center > 0.99 * np.linalg.norm(MUG.center)
    assert xyz(target.camera_pose.position).tolist() == [0, 0, 0]
    scores = [grasp.score for grasp in target.grasps]
    assert 1 <= len(scores) <= 5 and scores == sorted(scores, reverse=True)
    best = target.grasps[0]
    assert np.linalg.norm(xyz(best.pose.position) - MUG.center) < 0.08
    closing = rotation_of(best.pose)[:, 1]
    gap = xyz(best.contacts[1]) - xyz(best.contacts[0])
    assert gap @ closing > 0 and np.linalg.norm(gap) < best.width < 0.08 + 1e-6
    assert 'mug 11' in answer.message


def test_all_of_a_target_moves_to_the_output_frame(make_objects):
    rig = make_objects(output_frame='base_link')
    rig.buffer.known['base_link', FRAME] = LIFT
    rig.see(View(MUG), 1.5)
    (target,) = ask(rig, max_grasps=1).targets
    center = LIFT[:3, :3] @ MUG.center + LIFT[:3, 3]
    assert np.linalg.norm(xyz(target.object.box_pose.position) - center) < 0.012
    assert np.linalg.norm(xyz(target.grasps[0].pose.position) - center) < 0.08
    assert np.linalg.norm(xyz(target.grasps[0].contacts[0]) - center) < 0.08
    assert xyz(target.camera_pose.position).tolist() == [1, 2, 3]
    assert rotation_of(target.camera_pose) == pytest.approx(LIFT[:3, :3])
    direction = LIFT[:3, :3] @ MUG.center / np.linalg.norm(MUG.center)
    assert xyz(target.view_direction) @ direction > 0.99


def test_several_objects_of_a_phrase_come_best_first_and_no_more_than_asked(make_objects):
    rig = make_objects(max_grasps=0)
    rig.see(View(MUG, BOX, concepts=('thing', 'thing')))
    assert [t.object.track_id for t in ask(rig, phrase='thing', max_targets=5).targets] == [11, 12]
    (only,) = ask(rig, phrase='thing').targets
    assert only.object.track_id == 11 and only.grasps == []


def test_the_target_of_the_node_is_chosen_by_service(make_objects):
    rig = make_objects(max_grasps=0)
    rig.see(View(MUG, BOX))
    request = SetTarget.Request(phrase='box')
    assert rig.call(SetTarget, '/objects/set_target', request).success
    assert rig.node.get_parameter('target_phrase').value == 'box'
    assert [target.object.track_id for target in ask(rig).targets] == [12]
    request = SetTarget.Request(track_id=11)
    assert 'track 11' in rig.call(SetTarget, '/objects/set_target', request).message
    assert [target.object.track_id for target in ask(rig).targets] == [11]


def test_what_is_not_seen_is_told_with_what_is(make_objects):
    rig = make_objects()
    rig.see(View(MUG, BOX))
    answer = ask(rig, phrase='fork')
    assert not answer.success and not answer.targets
    assert '"fork"' in answer.message and 'mug 11, box 12' in answer.message
    assert 'track 99' in ask(rig, track_id=99).message


def test_before_the_first_image_the_reason_is_given(make_objects):
    rig = make_objects()
    assert 'No image has been processed yet' in ask(rig).message
    rig.see(View(MUG), camera_info=None)
    assert 'camera_info' in ask(rig).message


def test_a_node_that_is_not_active_says_so(make_objects):
    rig = make_objects(autostart=False)
    assert 'not active' in ask(rig).message
    rig.node.trigger_configure()
    rig.node.trigger_activate()
    rig.see(View(MUG))
    rig.node.trigger_deactivate()
    assert 'not active' in ask(rig).message


def test_an_unexpected_fault_is_answered_and_the_node_lives(make_objects, monkeypatch):
    rig = make_objects()
    rig.see(View(MUG))

    def explode(*args):
        raise KeyError('grasp')

    monkeypatch.setattr(target_services, 'fill_target', explode)
    assert 'grasp' in ask(rig).message
    monkeypatch.undo()
    assert ask(rig, max_grasps=1).success


def test_grasps_in_a_keep_out_box_are_left_out(make_objects):
    rig = make_objects()
    rig.see(View(BOX, concepts=('box',)))
    free = ask(rig, max_grasps=20).targets[0].grasps
    places = np.array([xyz(grasp.pose.position) for grasp in free])
    # Beside the middle of the object, so that the object itself is not kept out.
    cut = float(np.median(places[:, 0]))
    assert cut != pytest.approx(BOX.center[0], abs=1e-4)
    side = (cut, 9) if cut > BOX.center[0] else (-9, cut)
    rig = make_objects(keep_out=[f'{side[0]} -9 -9 {side[1]} 9 9'])
    rig.see(View(BOX, concepts=('box',)))
    kept = ask(rig, max_grasps=20).targets[0].grasps
    assert 0 < len(kept) < len(free)
