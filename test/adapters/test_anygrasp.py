"""AnyGrasp: shapes, units and frames as the SDK's example has them."""

from __future__ import annotations

from adapter_view import BOX, BOXES, COLORS, MUG, adapter_view, project
import numpy as np
import pytest

from efficientsam3_ros.adapters import AdapterError, anygrasp_input


def test_points_and_colors():
    cloud = adapter_view()
    one = anygrasp_input(cloud, MUG)
    assert one.points.dtype == one.colors.dtype == np.float32
    assert one.points.shape == one.colors.shape == (len(one.region), 3)
    assert one.region.dtype == bool
    assert np.isfinite(one.points).all()
    assert one.points[:, 2].max() < 1.0, 'metres, cut as in the example'
    assert len(one.points) > 2 * one.region.sum(), 'the scene is there, for collisions'
    assert one.colors.max() <= 1.0
    np.testing.assert_allclose(
        np.unique(one.colors[one.region], axis=0), [np.array(COLORS[MUG]) / 255], atol=1e-6
    )


def test_points_are_in_the_optical_frame():
    cloud = adapter_view()
    one = anygrasp_input(cloud, BOX)
    pixels = project(one.points[one.region], cloud.camera.intrinsics.matrix())
    columns, rows = np.rint(pixels).astype(int).T
    assert (cloud.labels[rows, columns] == BOX).all()


@pytest.mark.parametrize('label', [MUG, BOX])
def test_limits_hold_the_object(label):
    one = anygrasp_input(adapter_view(), label, margin=0.02)
    low, high = np.array(one.limits[::2]), np.array(one.limits[1::2])
    corners = BOXES[label].corners()
    assert ((corners >= low - 0.08) & (corners <= high + 0.08)).all()
    inside = ((one.points >= low) & (one.points <= high)).all(axis=1)
    assert inside[one.region].all()
    assert not inside.all()
    assert all(isinstance(value, float) for value in one.limits), 'a plain list for lims'


def test_an_object_beyond_the_depth_is_refused():
    cloud = adapter_view()
    with pytest.raises(AdapterError, match=r'is 0\.5\d m away, points end at 0\.30 m.*max_depth'):
        anygrasp_input(cloud, MUG, max_depth=0.3)


@pytest.mark.parametrize(
    ('label', 'told'), [(7, 'shows the labels 1, 2.*not the track id'), (0, 'is the background')]
)
def test_a_label_that_is_not_there_is_refused(label, told):
    with pytest.raises(AdapterError, match=told):
        anygrasp_input(adapter_view(), label)


def test_an_object_without_depth_is_refused():
    cloud = adapter_view()
    cloud.points[cloud.labels == MUG] = np.nan
    with pytest.raises(AdapterError, match='has 0 points with depth, 10 are needed; move'):
        anygrasp_input(cloud, MUG)
