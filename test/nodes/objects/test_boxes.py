"""Oriented boxes as vision_msgs and visualization_msgs have them, with stand-ins for both."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from grasp_table import CAMERA, UP
import numpy as np
from table_view import BOX, FRAME, MUG, View

from efficientsam3_ros.core.messages.instance_codec import read_instances
from efficientsam3_ros.nodes.objects.keep_out import KeepOut
from efficientsam3_ros.nodes.objects.outputs.boxes import fill_detections, fill_markers
from efficientsam3_ros.nodes.objects.scene.placing import Placing
from efficientsam3_ros.nodes.objects.scene.scene import Scene
from efficientsam3_ros.scene3d import OrientedBox, box_iou


class Blank(SimpleNamespace):
    """A message whose fields come into being when they are named."""

    ADD, DELETEALL, CUBE, TEXT_VIEW_FACING = 0, 3, 1, 9

    def __getattr__(self, name):
        value = Blank()
        setattr(self, name, value)
        return value


VISION = SimpleNamespace(Detection3DArray=Blank, Detection3D=Blank, ObjectHypothesisWithPose=Blank)
VISUAL = SimpleNamespace(Marker=Blank, MarkerArray=Blank)
MOVED = np.array([[0.0, -1, 0, 1], [1, 0, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1]])


def scene_of(view, placing=None):
    rgb = np.zeros((*view.labels.shape, 3), np.uint8)
    return Scene(
        view.header(1.5),
        view.info(1.5),
        read_instances(view.instances(1.5)),
        view.depth,
        CAMERA,
        rgb,
        placing or Placing(FRAME),
        KeepOut.parse(()),
    )


def box_of(pose, size):
    """Return a box from messages."""
    x, y, z, w = (getattr(pose.orientation, axis) for axis in 'xyzw')
    rotation = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    center = [getattr(pose.position, axis) for axis in 'xyz']
    return OrientedBox(np.array(center), rotation, np.array([size.x, size.y, size.z]))


def test_detections_carry_id_concept_and_the_true_box():
    message = fill_detections(VISION, scene_of(View(MUG, BOX)))
    mug, box = message.detections
    assert (mug.id, box.id) == ('11', '12')
    hypothesis = box.results[0].hypothesis
    assert (hypothesis.class_id, hypothesis.score) == ('box', pytest.approx(0.8))
    assert box.header.frame_id == message.header.frame_id == FRAME
    found = box_of(box.bbox.center, box.bbox.size)
    assert box_iou(found, BOX) > 0.75
    assert found.rotation[:, 2] @ UP > 0.999


def test_boxes_move_to_the_output_frame():
    placed = scene_of(View(BOX, concepts=('box',)), Placing('base_link', MOVED))
    (moved,) = fill_detections(VISION, placed).detections
    (plain,) = fill_detections(VISION, scene_of(View(BOX, concepts=('box',)))).detections
    one, other = (box_of(d.bbox.center, d.bbox.size) for d in (moved, plain))
    corners = other.corners() @ MOVED[:3, :3].T + MOVED[:3, 3]
    np.testing.assert_allclose(one.corners(), corners, atol=1e-6)
    assert moved.header.frame_id == 'base_link'


def test_gravity_decides_what_is_upright_where_it_is_known():
    tilted = UP + np.array([0.1, 0, 0])
    tilted /= np.linalg.norm(tilted)
    scene = scene_of(View(BOX, concepts=('box',)), Placing(FRAME, None, tilted))
    (item,) = fill_detections(VISION, scene).detections
    found = box_of(item.bbox.center, item.bbox.size)
    assert found.rotation[:, 2] @ tilted > 0.9999


def test_an_object_without_depth_has_no_box_and_others_keep_theirs():
    view = View(MUG, BOX)
    view.depth[view.labels == 1] = np.nan
    scene = scene_of(view)
    assert [item.id for item in fill_detections(VISION, scene).detections] == ['12']


def test_markers_replace_the_last_ones_and_show_the_target():
    scene = scene_of(View(MUG, BOX))
    clear, *markers = fill_markers(VISUAL, scene, target=2).markers
    assert clear.action == Blank.DELETEALL
    assert [(m.ns, m.id) for m in markers] == [
        ('boxes', 11), ('names', 11), ('boxes', 12), ('names', 12)
    ]  # fmt: skip
    assert [m.text for m in markers if m.ns == 'names'] == ['mug 11', 'box 12']
    colors = [(m.color.r, m.color.g, m.color.b) for m in markers if m.ns == 'boxes']
    assert colors[0] != colors[1]
