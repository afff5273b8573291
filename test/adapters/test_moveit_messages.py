"""MoveIt 2's messages: by a stand-in with their documented fields, and installed ones."""

from __future__ import annotations

from importlib.util import find_spec
import sys

from adapter_view import BOX, BOXES, MUG
from moveit_stand_in import stand_in
import numpy as np
import pytest

from efficientsam3_ros.adapters import collision_object, planning_scene
from efficientsam3_ros.adapters.moveit_messages import fill_collision_object, fill_planning_scene


@pytest.fixture(params=['stand-in', 'installed'])
def messages(request, monkeypatch):
    if request.param == 'stand-in':
        stand_in(monkeypatch)
    elif find_spec('moveit_msgs') is None:
        pytest.skip('needs moveit_msgs')


@pytest.mark.usefixtures('messages')
def test_a_solid_at_its_pose():
    box = BOXES[MUG]
    item = collision_object(box, 'mug_1', 'world', shape='cylinder', stamp_ns=3_000_000_004)
    message = fill_collision_object(item)
    assert (message.id, message.header.frame_id) == ('mug_1', 'world')
    assert (message.header.stamp.sec, message.header.stamp.nanosec) == (3, 4)
    assert message.operation == type(message).ADD
    place, turn = message.pose.position, message.pose.orientation
    np.testing.assert_allclose([place.x, place.y, place.z], box.center)
    np.testing.assert_allclose([turn.x, turn.y, turn.z, turn.w], box.quaternion())
    (solid,), (pose,) = message.primitives, message.primitive_poses
    assert solid.type == type(solid).CYLINDER
    np.testing.assert_allclose(solid.dimensions, [0.1, 0.03])
    own = pose.orientation
    assert (own.x, own.y, own.z, own.w) == (0, 0, 0, 1), "the object's pose is told once"


@pytest.mark.usefixtures('messages')
def test_a_scene_is_a_difference():
    items = [collision_object(BOXES[label], f'thing_{label}', 'world') for label in (MUG, BOX)]
    message = fill_planning_scene(planning_scene(items, target='thing_1'))
    assert message.is_diff
    assert message.robot_state.is_diff, 'the robot stays as it is'
    removed, added = message.world.collision_objects
    assert (removed.id, removed.operation) == ('thing_1', type(removed).REMOVE)
    assert not removed.primitives
    assert added.primitives[0].type == 1
    np.testing.assert_allclose(added.primitives[0].dimensions, BOXES[BOX].size)


def test_without_moveit_the_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, 'moveit_msgs', None)
    item = collision_object(BOXES[MUG], 'mug_1', 'world')
    with pytest.raises(ImportError, match=r'sudo apt install ros-\$ROS_DISTRO-moveit-msgs'):
        fill_collision_object(item)
