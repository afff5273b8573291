"""Only 8-bit colour images enter."""

from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.core import Frame, Intrinsics


@pytest.mark.parametrize(
    'array',
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
    ],
)
def test_other_arrays_are_refused(array):
    with pytest.raises(ValueError, match=r'8-bit RGB|empty'):
        Frame(array)


def test_back_projection_undoes_projection():
    camera = Intrinsics.from_fovy(8, 6, 60.0)
    points = camera.back_project(np.full((6, 8), 2.0))
    pixels = points @ camera.matrix().T
    pixels = pixels[..., :2] / pixels[..., 2:]
    rows, columns = np.mgrid[0:6, 0:8]
    np.testing.assert_allclose(pixels, np.stack([columns, rows], axis=-1), atol=1e-9)


def test_depth_of_another_size_is_refused():
    with pytest.raises(ValueError, match='register the depth'):
        Intrinsics.from_fovy(8, 6, 60.0).back_project(np.ones((6, 9)))
