from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.core.messages.image_codec import ImageError
from efficientsam3_ros.scene3d.depth import RawDepth, decode_depth

MILLIMETRES = np.array([[1000, 0, 65535], [1, 700, 2500]])
METRES = np.array([[1.0, np.nan, 65.535], [0.001, 0.7, 2.5]], np.float32)


def raw(values, encoding, kind, order='<', padding=0):
    rows = np.asarray(values).astype(np.dtype(kind).newbyteorder(order))
    table = np.pad(rows.view(np.uint8).reshape(len(rows), -1), ((0, 0), (0, padding)))
    height, width = rows.shape
    return RawDepth(height, width, encoding, table.shape[1], table.tobytes(), order == '>')


@pytest.mark.parametrize('order', '<>')
@pytest.mark.parametrize('padding', [0, 5])
@pytest.mark.parametrize('encoding', ['16UC1', 'mono16'])
def test_whole_numbers_are_millimetres(encoding, order, padding):
    depth = decode_depth(raw(MILLIMETRES, encoding, 'u2', order, padding))
    assert depth.dtype == np.float32
    np.testing.assert_allclose(depth, METRES, rtol=1e-6)


@pytest.mark.parametrize('order', '<>')
def test_floats_are_metres_and_what_is_no_distance_is_a_hole(order):
    values = np.array([[0.5, np.nan, np.inf], [-1.0, 0.0, -np.inf]], np.float32)
    depth = decode_depth(raw(values, '32FC1', 'f4', order, padding=4))
    assert depth[0, 0] == 0.5
    assert np.isnan(depth.ravel()[1:]).all()


def test_rows_that_are_cut_off_are_refused():
    image = raw(MILLIMETRES, '16UC1', 'u2')
    cut = RawDepth(image.height, image.width, image.encoding, image.step, image.data[:-1])
    with pytest.raises(ImageError, match='truncated: 11 bytes of 12'):
        decode_depth(cut)


def test_color_is_no_depth():
    with pytest.raises(ImageError, match='remap the depth topic'):
        decode_depth(RawDepth(1, 1, 'rgb8', 3, bytes(3)))
