from __future__ import annotations

import struct

import numpy as np
import pytest

from efficientsam3_ros.scene3d.cloud import pack_cloud
from efficientsam3_ros.scene3d.errors import SceneError

POINTS = np.array([[[1, 2, 3], [np.nan] * 3], [[-1, 0, 0.5], [4, 5, 6]]], np.float32)
RGB = np.array([[[1, 2, 3], [0, 0, 0]], [[255, 128, 0], [9, 9, 9]]], np.uint8)
LABELS = np.array([[5, 0], [70000, 1]], np.uint32)


def test_bytes_are_where_the_fields_say():
    packed = pack_cloud(POINTS, RGB, LABELS)
    assert (packed.height, packed.width, packed.row_step) == (2, 2, 2 * packed.point_step)
    assert [(f.name, f.datatype) for f in packed.fields] == [
        ('x', 7),
        ('y', 7),
        ('z', 7),
        ('rgb', 7),
        ('label', 6),
    ]
    at = {field.name: packed.row_step + field.offset for field in packed.fields}
    assert struct.unpack_from('<f', packed.data, at['z'])[0] == 0.5
    assert struct.unpack_from('<I', packed.data, at['rgb'])[0] == 0xFF8000
    assert struct.unpack_from('<I', packed.data, at['label'])[0] == 70000
    assert len(packed.data) == 4 * packed.point_step
    assert not packed.is_dense
    assert not packed.is_bigendian


def test_a_list_is_one_row_and_dense():
    packed = pack_cloud(POINTS[1], RGB[1], LABELS[1])
    assert (packed.height, packed.width, packed.is_dense) == (1, 2, True)


def test_parts_that_do_not_belong_together_are_refused():
    with pytest.raises(SceneError, match='do not belong together'):
        pack_cloud(POINTS, RGB[:1], LABELS)
