"""Binary PLY as other programs read it."""

import numpy as np
import pytest

from efficientsam3_ros.core.writing.ply_file import write_ply

HEADER = b"""ply
format binary_little_endian 1.0
comment metres
element vertex 2
property float x
property float y
property float z
property uchar red
property uchar green
property uchar blue
property uint track_id
end_header
"""


def test_the_bytes_of_two_points(tmp_path):
    points = np.array([[1, 2, 3], [-0.5, 0, 4]], np.float32)
    colors = np.array([[255, 0, 7], [1, 2, 3]], np.uint8)
    write_ply(tmp_path / 'new/cloud.ply', points, colors, np.array([0, 70000]))
    data = (tmp_path / 'new/cloud.ply').read_bytes()
    assert data.startswith(HEADER)
    body = data[len(HEADER) :]
    assert len(body) == 2 * 19
    assert np.frombuffer(body[19:31], '<f4').tolist() == [-0.5, 0, 4]
    assert list(body[12:15]) == [255, 0, 7]
    assert int.from_bytes(body[34:38], 'little') == 70000


def test_no_point_is_a_cloud_too_and_a_file_in_the_way_is_named(tmp_path):
    nothing = np.zeros((0, 3))
    write_ply(tmp_path / 'cloud.ply', nothing, nothing, np.zeros(0))
    assert b'element vertex 0\n' in (tmp_path / 'cloud.ply').read_bytes()
    with pytest.raises(OSError, match=r'cloud.ply'):
        write_ply(tmp_path / 'cloud.ply/x.ply', nothing, nothing, np.zeros(0))
