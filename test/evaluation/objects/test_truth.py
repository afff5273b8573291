"""The box around a whole object."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('mujoco')

from efficientsam3_ros.evaluation.objects.truth import phrase_of, whole_box
from efficientsam3_ros.scene3d import OrientedBox, box_iou
from efficientsam3_ros.simulation.scene.scene import SceneObject


def surface_of(box: OrientedBox) -> np.ndarray:
    rng = np.random.default_rng(0)
    own = rng.uniform(-0.5, 0.5, (2000, 3))
    own[np.arange(2000), rng.integers(0, 3, 2000)] = rng.choice([-0.5, 0.5], 2000)
    corners = np.stack(np.meshgrid([-0.5, 0.5], [-0.5, 0.5], [-0.5, 0.5]), -1).reshape(-1, 3)
    return np.concatenate([own, corners]) * box.size @ box.rotation.T + box.center


@pytest.mark.parametrize('degrees', [0, 17, 45, 80])
def test_a_turned_box_comes_back_in_the_frame_of_the_camera(degrees):
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    box = OrientedBox(np.array([0.2, -0.1, 0.06]), turn, np.array([0.2, 0.05, 0.12]))
    # Looks down at the table.
    pose = np.eye(4)
    pose[:3, :3] = np.array([[1, 0, 0], [0, -0.6, 0.8], [0, -0.8, -0.6]])
    pose[:3, 3] = [0, -0.7, 0.4]
    found = whole_box(surface_of(box), pose)
    moved = OrientedBox(
        pose[:3, :3].T @ (box.center - pose[:3, 3]), pose[:3, :3].T @ turn, box.size
    )
    assert box_iou(found, moved) > 0.99
    assert np.linalg.det(found.rotation) == pytest.approx(1)


def test_a_color_that_is_the_noun_is_said_once():
    def thing(noun: str, color: str | None) -> SceneObject:
        return SceneObject(1, noun, color, frozenset(), noun)

    assert phrase_of(thing('mug', 'red')) == 'red mug'
    assert phrase_of(thing('orange', 'orange')) == 'orange'
    assert phrase_of(thing('book', None)) == 'book'
