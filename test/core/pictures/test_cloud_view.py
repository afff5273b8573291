"""Clouds in the colors of masks, and their view."""

import numpy as np

from efficientsam3_ros.core import FrameResult, Rle
from efficientsam3_ros.core.id_image import true_instance
from efficientsam3_ros.core.pictures.cloud_view import draw_cloud, mask_colors, owners
from efficientsam3_ros.core.pictures.overlay import track_color


def test_pixels_of_a_mask_get_the_color_of_its_track():
    mask = np.zeros((4, 6), bool)
    mask[1:3, 2:5] = True
    result = FrameResult(0, '', 4, 6, 1, (true_instance(70000, 'mug', Rle.encode(mask)),))
    ids = owners(result)
    assert np.array_equal(ids == 70000, mask) and (ids[~mask] == 0).all()
    rgb = np.full((4, 6, 3), 9, np.uint8)
    colors = mask_colors(rgb, ids)
    assert (colors[mask] == track_color(70000)).all()
    assert (colors[~mask] == 9).all() and (rgb == 9).all()


def test_the_nearer_point_hides_the_farther_one():
    u, v = np.meshgrid(np.linspace(-0.5, 0.5, 80), np.linspace(-0.4, 0.4, 60))
    wall = np.stack([u, v, np.full_like(u, 2.0)], -1).reshape(-1, 3)
    block = wall[np.abs(wall[:, :2]).max(axis=1) < 0.1] * (1, 1, 0.8)
    red, green = np.array([255, 0, 0], np.uint8), np.array([0, 255, 0], np.uint8)
    # In either order of the points.
    for order in (1, -1):
        points = np.concatenate([wall, block][::order])
        colors = np.concatenate([np.tile(green, (len(wall), 1)), np.tile(red, (len(block), 1))])
        colors = (
            colors if order == 1 else np.concatenate([colors[len(wall) :], colors[: len(wall)]])
        )
        image = draw_cloud(points, colors, (48, 64))
        reds = (image == red).all(axis=2)
        assert reds.sum() > 20
        assert (image == green).all(axis=2).sum() > 500
        rows, columns = np.nonzero(reds)
        whole = reds[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        assert whole.mean() > 0.5


def test_no_point_is_a_picture_too():
    assert draw_cloud(np.zeros((0, 3)), np.zeros((0, 3), np.uint8), (8, 9)).shape == (8, 9, 3)
