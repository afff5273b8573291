from __future__ import annotations

import array
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from efficientsam3_ros.core.messages.encodings import ENCODINGS
from efficientsam3_ros.core.messages.image_codec import (
    ImageError,
    decode_depth,
    decode_rgb,
    fill_image,
)

# Six pixels with all that can go wrong in a channel order: four rows of two columns.
GOLDEN = np.array(
    [
        [[255, 0, 0], [0, 255, 0]],
        [[0, 0, 255], [255, 255, 0]],
        [[10, 20, 30], [200, 100, 50]],
        [[0, 0, 0], [255, 255, 255]],
    ],
    np.uint8,
)
GRAY = np.array([[0, 77], [128, 255]], np.uint8)


def image(pixels, encoding, padding=0, big_endian=False, size=None):
    """Return a look-alike of sensor_msgs/Image with so many bytes of padding in each row."""
    rows = np.ascontiguousarray(pixels).reshape(len(pixels), -1)
    rows = rows.astype(rows.dtype.newbyteorder('>' if big_endian else '<'))
    raw = rows.view(np.uint8).reshape(len(pixels), -1)
    raw = np.pad(raw, ((0, 0), (0, padding)), constant_values=99)
    height, width = size or pixels.shape[:2]
    return SimpleNamespace(
        height=height,
        width=width,
        encoding=encoding,
        is_bigendian=int(big_endian),
        step=raw.shape[1],
        data=array.array('B', raw.tobytes()),
    )


def with_alpha(rgb):
    return np.dstack([rgb, np.full(rgb.shape[:2], 7, np.uint8)])


def gray_rgb(values):
    return np.repeat(np.asarray(values, np.uint8)[..., None], 3, axis=2)


CASES = {
    'rgb8': (GOLDEN, GOLDEN),
    'bgr8': (GOLDEN[..., ::-1], GOLDEN),
    'rgba8': (with_alpha(GOLDEN), GOLDEN),
    'bgra8': (with_alpha(GOLDEN[..., ::-1]), GOLDEN),
    '8UC3': (GOLDEN[..., ::-1], GOLDEN),
    '8UC4': (with_alpha(GOLDEN[..., ::-1]), GOLDEN),
    'mono8': (GRAY, gray_rgb(GRAY)),
    '8UC1': (GRAY, gray_rgb(GRAY)),
    'rgb16': (GOLDEN.astype(np.uint16) * 257, GOLDEN),
    'bgr16': (GOLDEN[..., ::-1].astype(np.uint16) * 257, GOLDEN),
    'rgba16': (with_alpha(GOLDEN).astype(np.uint16) * 257, GOLDEN),
    'bgra16': (with_alpha(GOLDEN[..., ::-1]).astype(np.uint16) * 257, GOLDEN),
    '16UC3': (GOLDEN[..., ::-1].astype(np.uint16) * 257, GOLDEN),
    '16UC4': (with_alpha(GOLDEN[..., ::-1]).astype(np.uint16) * 257, GOLDEN),
    'mono16': (GRAY.astype(np.uint16) * 257, gray_rgb(GRAY)),
}


@pytest.mark.parametrize('padding', [0, 1, 6, 32])
@pytest.mark.parametrize('encoding', CASES)
def test_golden_pixels(encoding, padding):
    pixels, expected = CASES[encoding]
    np.testing.assert_array_equal(decode_rgb(image(pixels, encoding, padding)), expected)


def test_big_endian_grey():
    pixels, expected = CASES['mono16']
    message = image(pixels, 'mono16', padding=2, big_endian=True)
    np.testing.assert_array_equal(decode_rgb(message), expected)


# Y, U, V of pure red by BT.601 (limited range), as cameras send it.
RED_YUV = (82, 90, 240)


@pytest.mark.parametrize(
    ('encoding', 'order'),
    [('yuv422', 'uyvy'), ('uyvy', 'uyvy'), ('yuv422_yuy2', 'yuyv'), ('yuyv', 'yuyv')],
)
def test_packed_yuv(encoding, order):
    values = dict(zip('yuv', RED_YUV))
    pair = np.array([values[letter] for letter in order], np.uint8)
    pixels = np.tile(pair, (2, 2)).reshape(2, 4, 2)
    result = decode_rgb(image(pixels, encoding, padding=3))
    assert result.shape == (2, 4, 3)
    np.testing.assert_allclose(result.reshape(-1, 3), [[255, 0, 0]] * 8, atol=3)


@pytest.mark.parametrize(('encoding', 'order'), [('nv12', 'uv'), ('nv21', 'vu'), ('nv24', 'uv')])
def test_planar_yuv(encoding, order):
    values = dict(zip('yuv', RED_YUV))
    luma = np.full((4, 6), values['y'], np.uint8)
    rows = 8 if encoding == 'nv24' else 2
    chroma = np.tile([values[letter] for letter in order], (rows, 3)).astype(np.uint8)
    pixels, padding = np.vstack([luma, chroma]), 0 if encoding == 'nv24' else 2
    message = image(pixels, encoding, padding, size=(4, 6))
    np.testing.assert_allclose(decode_rgb(message).reshape(-1, 3), [[255, 0, 0]] * 24, atol=3)
    # Drivers that count both planes send the same bytes with another step.
    tight = image(pixels, encoding, size=(4, 6))
    tight.step = 12
    np.testing.assert_array_equal(decode_rgb(tight), decode_rgb(message))


def test_nv24_keeps_the_color_of_every_pixel():
    luma = np.array([[82, 145, 41]], np.uint8)
    # Red, green, blue by BT.601.
    chroma = np.array([[90, 240], [54, 34], [240, 110]], np.uint8).reshape(2, 3)
    message = image(np.vstack([luma, chroma]), 'nv24', size=(1, 3))
    expected = [[255, 0, 0], [0, 255, 0], [0, 0, 255]]
    np.testing.assert_allclose(decode_rgb(message)[0], expected, atol=3)
    padded = image(np.vstack([luma, chroma]), 'nv24', padding=1, size=(1, 3))
    with pytest.raises(ImageError, match='padded rows'):
        decode_rgb(padded)


@pytest.mark.parametrize('big_endian', [False, True])
@pytest.mark.parametrize('bits', [8, 16])
@pytest.mark.parametrize('pattern', ['rggb', 'bggr', 'gbrg', 'grbg'])
def test_bayer_of_a_flat_colour(pattern, bits, big_endian):
    color = {'r': 200, 'g': 100, 'b': 30}
    tile = np.array([color[letter] for letter in pattern], np.uint8).reshape(2, 2)
    if bits == 16:
        tile = tile.astype(np.uint16) * 257
    message = image(np.tile(tile, (4, 4)), f'bayer_{pattern}{bits}', 2, big_endian)
    np.testing.assert_array_equal(decode_rgb(message).reshape(-1, 3), [[200, 100, 30]] * 64)


# Of sensor_msgs/image_encodings.hpp, of Jazzy; what is not read is named with what is.
PUBLISHED = [
    *(f'{order}{bits}' for order in ('rgb', 'rgba', 'bgr', 'bgra', 'mono') for bits in (8, 16)),
    *(f'{bits}{kind}C{n}' for bits in (8, 16, 32) for kind in 'US' for n in range(1, 5)),
    *(f'{bits}FC{n}' for bits in (32, 64) for n in range(1, 5)),
    *(f'bayer_{p}{bits}' for p in ('rggb', 'bggr', 'gbrg', 'grbg') for bits in (8, 16)),
    *('yuv422', 'uyvy', 'yuv422_yuy2', 'yuyv', 'nv21', 'nv24'),
]


@pytest.mark.parametrize('encoding', PUBLISHED)
def test_every_published_encoding_is_read_or_named(encoding):
    layout = ENCODINGS.get(encoding)
    if layout is None or layout.to_rgb is None:
        with pytest.raises(ImageError, match=f'{encoding}.*'):
            decode_rgb(image(np.zeros((4, 4), np.uint8), encoding))
        return
    rows = np.zeros((4 * layout.stored_rows // 2, 4, layout.channels), layout.dtype)
    assert decode_rgb(image(rows, encoding, size=(4, 4))).shape == (4, 4, 3)


@pytest.mark.parametrize('big_endian', [False, True])
def test_depth_in_millimetres(big_endian):
    values = np.array([[0, 500], [1234, 65535]], np.uint16)
    depth = decode_depth(image(values, '16UC1', padding=4, big_endian=big_endian))
    np.testing.assert_allclose(depth, [[np.nan, 0.5], [1.234, 65.535]], rtol=1e-6)


@pytest.mark.parametrize('big_endian', [False, True])
def test_depth_in_metres(big_endian):
    values = np.array([[np.nan, np.inf], [-1, 0.75]], np.float32)
    depth = decode_depth(image(values, '32FC1', padding=2, big_endian=big_endian))
    np.testing.assert_array_equal(depth, [[np.nan, np.nan], [np.nan, 0.75]])
    assert depth.dtype == np.float32


def test_last_row_may_lack_its_padding():
    message = image(GOLDEN, 'rgb8', padding=10)
    message.data = message.data[:-10]
    np.testing.assert_array_equal(decode_rgb(message), GOLDEN)


@pytest.mark.parametrize(
    ('change', 'words'),
    [
        ({'encoding': 'holographic8'}, 'holographic8.*rgb8'),
        ({'encoding': '16UC1'}, 'depth'),
        ({'encoding': 'yuv422', 'width': 3, 'step': 6}, 'divisible by 2'),
        ({'encoding': 'bayer_rggb8', 'height': 3}, 'divisible'),
        ({'height': 0}, 'empty'),
        ({'width': 0}, 'empty'),
        ({'step': 5}, 'step is 5'),
        ({'data': array.array('B', b'12345')}, 'truncated: 5 bytes of 24'),
        ({'height': 2**32 - 1}, 'truncated'),
    ],
    ids=lambda value: str(value)[:30],
)
def test_unreadable_image_names_the_cause(change, words):
    message = image(GOLDEN, 'rgb8')
    vars(message).update(change)
    with pytest.raises(ImageError, match=words):
        decode_rgb(message)


def test_colour_is_no_depth():
    with pytest.raises(ImageError, match=r'rgb8.*32FC1'):
        decode_depth(image(GOLDEN, 'rgb8'))


@pytest.mark.parametrize('encoding', [e for e, v in ENCODINGS.items() if v.stored_rows == 2])
def test_what_is_written_is_read_back(encoding):
    layout = ENCODINGS[encoding]
    rng = np.random.default_rng(0)
    pixels = rng.integers(1, 200, (4, 6, layout.channels)).astype(layout.dtype)
    message = fill_image(SimpleNamespace(), pixels[:, ::-1], encoding)
    assert isinstance(message.data, array.array)
    again = image(pixels[:, ::-1], encoding)
    assert (message.step, message.data) == (again.step, again.data)
    read = decode_rgb if layout.to_rgb else decode_depth
    np.testing.assert_array_equal(read(message), read(again))


def test_writing_refuses_what_does_not_fit():
    with pytest.raises(ImageError, match='float64'):
        fill_image(SimpleNamespace(), np.zeros((2, 2)), 'rgb8')


def test_rgb_is_not_copied():
    message = image(GOLDEN, 'rgb8')
    assert np.shares_memory(decode_rgb(message), np.frombuffer(message.data, np.uint8))


def test_bayer_agrees_with_a_photograph():
    # A smooth picture survives mosaic and reconstruction; a swapped pattern would not.
    ramp = np.linspace(0, 255, 64, dtype=np.uint8)
    picture = np.dstack(
        [np.tile(ramp, (64, 1)), np.tile(ramp[:, None], 64), np.full((64, 64), 40)]
    )
    picture = cv2.GaussianBlur(picture.astype(np.uint8), (5, 5), 0)
    mosaic = picture[..., 1].copy()
    mosaic[::2, ::2] = picture[::2, ::2, 0]
    mosaic[1::2, 1::2] = picture[1::2, 1::2, 2]
    result = decode_rgb(image(mosaic, 'bayer_rggb8')).astype(int)
    assert np.abs(result - picture)[4:-4, 4:-4].max() <= 6
