"""Reading what the objects node publishes."""

from __future__ import annotations

from types import SimpleNamespace as Message

import numpy as np
import pytest

from efficientsam3_ros.harness.objects_messages import (
    boxes_of_detections,
    boxes_of_markers,
    middles_of,
    read_points,
    unpacked,
)
from efficientsam3_ros.scene3d import OrientedBox, box_iou, pack_cloud

TURN = np.array([[0.0, -1, 0], [0.6, 0, -0.8], [0.8, 0, 0.6]])
BOX = OrientedBox(np.array([0.1, -0.2, 0.9]), TURN, np.array([0.2, 0.1, 0.05]))


def vector(values) -> Message:
    return Message(**dict(zip('xyzw', map(float, values))))


def pose() -> Message:
    return Message(position=vector(BOX.center), orientation=vector(BOX.quaternion()))


def test_points_come_back_as_they_were_packed():
    points = np.array([[[1, 2, 3], [np.nan] * 3, [4, 5, 6]]], np.float32)
    rgb = np.array([[[1, 2, 3], [0, 0, 0], [250, 128, 7]]], np.uint8)
    labels = np.array([[7, 7, 70000]], np.uint32)
    message = pack_cloud(points, rgb, labels)
    own, numbers, colors = read_points(message)
    assert np.array_equal(own, points.reshape(-1, 3), equal_nan=True)
    assert numbers.tolist() == [7, 7, 70000]
    assert np.array_equal(unpacked(colors.reshape(1, 3)), rgb)


def test_middles_are_of_finite_points_of_objects():
    points = np.array([[0, 0, 1], [2, 4, 3], [9, 9, 9], [np.nan] * 3, [5, 5, 5]], np.float32)
    found = middles_of(points, np.array([3, 3, 0, 3, 8], np.uint32))
    assert {label: middle.tolist() for label, middle in found.items()} == {
        3: [1, 2, 2],
        8: [5, 5, 5],
    }


def test_boxes_are_those_of_both_kinds_of_messages():
    bbox = Message(center=pose(), size=vector(BOX.size))
    found = boxes_of_detections(Message(detections=[Message(id='12', bbox=bbox)]))
    cube = Message(id=12, type=1, action=0, pose=pose(), scale=vector(BOX.size), CUBE=1, ADD=0)
    others = [
        Message(id=0, type=0, action=3, CUBE=1, ADD=0),
        Message(id=12, type=9, action=0, CUBE=1, ADD=0),
    ]
    drawn = boxes_of_markers(Message(markers=[*others, cube]))
    for boxes in (found, drawn):
        assert list(boxes) == [12]
        assert box_iou(boxes[12], BOX) == pytest.approx(1)
