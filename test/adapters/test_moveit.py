"""MoveIt 2: shapes, units and frames of collision objects, as its messages have them."""

from __future__ import annotations

from types import SimpleNamespace

from adapter_view import BOX, BOXES, MUG, adapter_view
from grasp_table import SPOT, UP, standing
import numpy as np
import pytest

from efficientsam3_ros.adapters import (
    AdapterError,
    collision_object,
    collision_object_from_message,
    object_name,
    planning_scene,
)
from efficientsam3_ros.adapters import moveit as fields
from efficientsam3_ros.scene3d import OrientedBox, find_support, fit_object_box

ON_TABLE = np.eye(4)
"""The optical frame in a planning frame whose origin lies on the table, z up."""
ON_TABLE[:3, :3] = np.stack([[1.0, 0, 0], np.cross(UP, [1.0, 0, 0]), UP])
ON_TABLE[:3, 3] = -ON_TABLE[:3, :3] @ SPOT


def turned(quaternion, vector):
    """Rotate a vector by x, y, z, w."""
    axis, w = np.array(quaternion[:3]), quaternion[3]
    return vector + 2 * np.cross(axis, np.cross(axis, vector) + w * vector)


def segmented(box, **changed):
    place, size = (SimpleNamespace(**dict(zip('xyz', v))) for v in (box.center, box.size))
    turn = SimpleNamespace(**dict(zip('xyzw', box.quaternion())))
    stamp = SimpleNamespace(sec=2, nanosec=500)
    message = {
        'header': SimpleNamespace(stamp=stamp, frame_id='base_link'),
        'track_id': 3,
        'concept': 'red mug',
        'has_box': True,
        'box_pose': SimpleNamespace(position=place, orientation=turn),
        'box_size': size,
    }
    return SimpleNamespace(**{**message, **changed})


def test_a_box_in_the_planning_frame():
    cloud = adapter_view()
    box = fit_object_box(cloud, BOX, find_support(cloud, BOX))
    item = collision_object(box, 'box_2', 'world', camera_pose=ON_TABLE, stamp_ns=7)
    assert (item.id, item.frame_id, item.stamp_ns) == ('box_2', 'world', 7)
    assert (item.operation, item.shape) == (fields.ADD, fields.BOX)
    true = BOXES[BOX].size
    np.testing.assert_allclose(item.dimensions, true, atol=0.006)
    assert item.position[2] == pytest.approx(true[2] / 2, abs=0.003), 'it stands on the table'
    assert np.linalg.norm(item.orientation) == pytest.approx(1)
    np.testing.assert_allclose(
        turned(item.orientation, np.array([0, 0, 1.0])), [0, 0, 1], atol=0.03
    )
    assert all(type(v) is float for v in (*item.dimensions, *item.position, *item.orientation))


def test_without_a_pose_it_stays_in_the_optical_frame():
    item = collision_object(BOXES[MUG], 'mug_1', 'camera_color_optical_frame')
    np.testing.assert_allclose(item.position, BOXES[MUG].center)
    long_side = turned(item.orientation, np.array([1.0, 0, 0]))
    np.testing.assert_allclose(long_side, BOXES[MUG].rotation[:, 0], atol=1e-9)


def test_a_cylinder_is_height_and_radius_about_z():
    item = collision_object(BOXES[MUG], 'mug_1', 'world', camera_pose=ON_TABLE, shape='cylinder')
    assert item.shape == fields.CYLINDER
    np.testing.assert_allclose(item.dimensions, [0.1, 0.03])
    np.testing.assert_allclose(
        turned(item.orientation, np.array([0, 0, 1.0])), [0, 0, 1], atol=1e-9
    )


def test_padding_on_every_side():
    item = collision_object(BOXES[BOX], 'box_2', 'world', padding=0.01)
    np.testing.assert_allclose(item.dimensions, BOXES[BOX].size + 0.02)


def test_what_is_not_round_is_no_cylinder():
    with pytest.raises(AdapterError, match=r"0\.120 x 0\.050 m .* not round; take shape='box'"):
        collision_object(BOXES[BOX], 'box_2', 'world', shape='cylinder')


@pytest.mark.parametrize(
    ('box', 'name', 'frame', 'padding', 'told'),
    [
        (standing((0.06, 0.06, 0.1), 0), 'mug', '', 0, 'needs an id and a frame_id'),
        (standing((0.06, 0.06, 0.1), 0), '', 'world', 0, 'needs an id and a frame_id'),
        (standing((0.06, 0.06, 0.1), 0), 'mug', 'world', -0.04, 'edges must be positive'),
        (OrientedBox(np.full(3, np.nan), np.eye(3), np.ones(3)), 'mug', 'world', 0, 'all finite'),
    ],
)
def test_what_moveit_would_refuse_is_refused(box, name, frame, padding, told):
    with pytest.raises(AdapterError, match=told):
        collision_object(box, name, frame, padding=padding)


def test_an_answer_of_the_node():
    box = BOXES[MUG]
    item = collision_object_from_message(segmented(box), shape='cylinder')
    assert (item.id, item.frame_id, item.stamp_ns) == ('red_mug_3', 'base_link', 2_000_000_500)
    np.testing.assert_allclose(item.position, box.center)
    np.testing.assert_allclose(item.orientation, box.quaternion())
    with pytest.raises(AdapterError, match='red mug 3 has no box'):
        collision_object_from_message(segmented(box, has_box=False))


def test_the_target_leaves_the_scene_before_it_is_grasped():
    items = [collision_object(BOXES[label], f'thing_{label}', 'world') for label in BOXES]
    scene = planning_scene(items, target='thing_1')
    assert scene.is_diff
    assert [(i.id, i.operation) for i in scene.collision_objects] == [
        ('thing_1', fields.REMOVE),
        ('thing_2', fields.ADD),
    ]
    assert scene.collision_objects[0].dimensions == ()
    assert {i.operation for i in planning_scene(items).collision_objects} == {fields.ADD}


def test_scenes_that_moveit_would_misread_are_refused():
    item = collision_object(BOXES[MUG], 'mug_1', 'world')
    with pytest.raises(AdapterError, match='Ids occur twice among mug_1, mug_1'):
        planning_scene([item, item])
    with pytest.raises(AdapterError, match=r'target mug_9 is not among the objects .mug_1.'):
        planning_scene([item], target='mug_9')
    assert object_name('a  red mug', 3) == 'a_red_mug_3'
