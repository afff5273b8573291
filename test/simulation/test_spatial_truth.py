"""Where the objects of a film are in space, and how much of them is seen."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('mujoco')

from efficientsam3_ros.simulation import Tabletop, TabletopConfig
from efficientsam3_ros.simulation.camera.renderer import RendererError
from efficientsam3_ros.simulation.spatial_truth import SpatialTabletop

CONFIG = TabletopConfig(seed=12, pack='primitives', width=240, height=180, frames=3)


@pytest.fixture(scope='module')
def table():
    try:
        with SpatialTabletop(CONFIG) as scene:
            yield scene
    except RendererError as error:
        pytest.skip(str(error))


@pytest.fixture(scope='module')
def first(table):
    seen = next(table.frames({0}))
    numbers = [int(number) for number in np.unique(seen.ids) if number]
    return seen, {number: table.shape(number, seen) for number in numbers}


def test_silhouettes_hold_what_is_seen(first):
    seen, shapes = first
    assert len(shapes) > 3
    assert all(0 < shape.visible <= 1 for shape in shapes.values())
    # Objects stand in front of each other in this scene.
    assert min(shape.visible for shape in shapes.values()) < 0.9
    assert max(shape.visible for shape in shapes.values()) == 1
    for number, shape in shapes.items():
        rows, columns = np.nonzero(seen.ids == number)
        cut = min(rows.min(), columns.min()) == 0 or rows.max() == 179 or columns.max() == 239
        assert not (cut and shape.whole)


def test_points_of_the_depth_lie_on_the_surface(table, first):
    seen, shapes = first
    points = table.intrinsics.back_project(seen.depth)
    world = points @ seen.pose[:3, :3].T + seen.pose[:3, 3]
    for number, shape in shapes.items():
        own = world[seen.ids == number]
        low, high = shape.surface.min(axis=0) - 0.004, shape.surface.max(axis=0) + 0.004
        assert ((own >= low) & (own <= high)).all()
        # What the camera does not see belongs to the surface as well.
        assert np.ptp(shape.surface, axis=0).prod() > np.ptp(own, axis=0).prod()


def test_looking_at_shapes_changes_no_later_frame(table, first):
    with Tabletop(CONFIG) as plain:
        expected = list(plain)
    own = []
    for seen in table.chosen(lambda ids: True):
        table.shape(1, seen)
        own.append(seen)
    for one, other in zip(own, expected, strict=True):
        assert np.array_equal(one.ids, other.ids) and np.array_equal(one.depth, other.depth)


def test_only_wanted_frames_are_drawn():
    with SpatialTabletop(CONFIG) as scene:
        asked = []
        found = list(scene.chosen(lambda ids: bool(asked.append(ids)) or len(asked) == 2))
    assert len(asked) == 3 and [seen.index for seen in found] == [1]
    assert np.array_equal(found[0].ids, asked[1])
