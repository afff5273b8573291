"""Miniature PCD files in the exact format, whole and damaged."""

from __future__ import annotations

import sys

import numpy as np
import pytest

pytest.importorskip('pypcd4')

from efficientsam3_ros.core.point_cloud import PcdError, read_organized_pcd

WIDTH, HEIGHT = 5, 3
COLORS = np.arange(WIDTH * HEIGHT * 3, dtype=np.uint8).reshape(HEIGHT, WIDTH, 3) * 5


def head(data='binary_compressed', width=WIDTH, height=HEIGHT, fields='x y z rgba', more=''):
    return (
        '# .PCD v0.7 - Point Cloud Data file format\n'
        f'VERSION 0.7\nFIELDS {fields}{more and " _"}\nSIZE 4 4 4 4{more}\n'
        f'TYPE F F F U{more and " U"}\nCOUNT 1 1 1 1{more}\n'
        f'WIDTH {width}\nHEIGHT {height}\nVIEWPOINT 0 0 0 1 0 0 0\n'
        f'POINTS {width * height}\nDATA {data}\n'
    ).encode()


def columns() -> list[np.ndarray]:
    """Return x, y, z and the colour, which is stored as blue, green, red, alpha."""
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype('<f4')
    z = np.full((HEIGHT, WIDTH), 2.5, '<f4')
    z[1, 2] = np.nan
    bgra = np.concatenate([COLORS[..., ::-1], np.full((HEIGHT, WIDTH, 1), 255)], axis=-1)
    return [x, y, z, np.ascontiguousarray(bgra, np.uint8)]


def compressed() -> bytes:
    """Return the columns one after the other as LZF, the constant z as repetitions."""
    x, y, z, bgra = (column.tobytes() for column in columns())
    stream = literals(x + y + z[:4])
    stream += bytes([7 << 5, 24 - 9, 3])  # six more of the four bytes
    stream += literals(z[28:] + bgra)
    plain = len(x) * 4
    return np.array([len(stream), plain], '<u4').tobytes() + stream


def literals(data: bytes) -> bytes:
    pieces = (data[i : i + 32] for i in range(0, len(data), 32))
    return b''.join(bytes([len(piece) - 1]) + piece for piece in pieces)


@pytest.fixture
def write(tmp_path):
    def write(*parts: bytes):
        path = tmp_path / 'cloud.pcd'
        path.write_bytes(b''.join(parts))
        return path

    return write


def test_compressed_file_gives_colours_and_points(write):
    rgb, points = read_organized_pcd(write(head(), compressed()))
    assert rgb.dtype == np.uint8
    assert np.array_equal(rgb, COLORS)
    x, y, z, _ = columns()
    assert np.array_equal(points, np.stack([x, y, z], axis=-1), equal_nan=True)


@pytest.mark.parametrize('fields', ['x y z rgb', 'x y z rgba'])
def test_plain_binary_file_with_padding(write, fields):
    table = np.concatenate(
        [column.view(np.uint8).reshape(HEIGHT, WIDTH, 4) for column in columns()]
        + [np.zeros((HEIGHT, WIDTH, 1), np.uint8)],
        axis=-1,
    )
    rgb, points = read_organized_pcd(
        write(head('binary', fields=fields, more=' 1'), table.tobytes())
    )
    assert np.array_equal(rgb, COLORS)
    assert points[2, 3].tolist() == [3, 2, 2.5]


@pytest.mark.parametrize('missing', [1, 40])
@pytest.mark.parametrize('data', ['binary', 'binary_compressed'])
def test_truncated_file_is_refused(write, data, missing):
    body = compressed() if data == 'binary_compressed' else bytes(WIDTH * HEIGHT * 16)
    with pytest.raises(PcdError, match='truncated'):
        read_organized_pcd(write(head(data), body[:-missing]))


def test_damage_inside_the_compressed_data_is_refused(write):
    body = bytearray(compressed())
    body[8] += 1
    with pytest.raises(PcdError, match='truncated or damaged'):
        read_organized_pcd(write(head(), bytes(body)))


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (head(width=WIDTH * HEIGHT, height=1) + compressed(), 'not organised'),
        (head('ascii'), 'pcl_convert_pcd_ascii_binary'),
        (head(fields='x y z intensity') + compressed(), 'needs one rgb.*x, y, z, intensity'),
        (head(height=HEIGHT + 1) + compressed(), 'truncated or damaged'),
        (head().replace(b'WIDTH 5', b'WIDTH five'), 'damaged'),
        (head().replace(b'TYPE F F F U', b'TYPE F F F X'), 'damaged'),
        (head().replace(b'SIZE 4 4 4 4\n', b''), 'damaged'),
        (head('binary').replace(b'COUNT 1 ', b'COUNT 2 ') + bytes(300), 'needs one x'),
        (head(fields='x y _ _') + compressed(), r'needs one z .* x, y, _, _\.'),
        (head(), 'truncated'),
        (head()[:-20], 'no line "DATA"'),
        (b'', 'no PCD file'),
    ],
)
def test_other_files_are_refused_with_the_name_of_the_file(write, content, message):
    with pytest.raises(PcdError, match=message) as caught:
        read_organized_pcd(write(content))
    assert 'cloud.pcd' in str(caught.value)


def test_a_plain_file_that_lacks_whole_points_is_refused(write):
    with pytest.raises(PcdError, match='truncated or damaged'):
        read_organized_pcd(write(head('binary'), bytes((WIDTH * HEIGHT - 1) * 16)))


def test_without_pypcd4_the_extra_is_named(write, monkeypatch):
    monkeypatch.setitem(sys.modules, 'pypcd4', None)
    with pytest.raises(ImportError, match=r'\.\[cloud\]'):
        read_organized_pcd(write(head(), compressed()))
