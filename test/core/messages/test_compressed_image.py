from __future__ import annotations

import array
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from efficientsam3_ros.core.messages.compressed_image import carries_depth, decode_compressed
from efficientsam3_ros.core.messages.image_codec import ImageError


def scene():
    rgb = np.zeros((40, 60, 3), np.uint8)
    rgb[..., 0] = np.linspace(0, 255, 60).astype(np.uint8)
    rgb[..., 2] = 200
    return rgb


def packed(extension, name='rgb8; jpeg compressed bgr8'):
    data = cv2.imencode(extension, cv2.cvtColor(scene(), cv2.COLOR_RGB2BGR))[1]
    return SimpleNamespace(format=name, data=array.array('B', data.tobytes()))


@pytest.mark.parametrize(
    ('extension', 'tolerance'), [('.png', 0), ('.jpg', 12), ('.webp', 16), ('.tiff', 0)]
)
def test_colours_survive(extension, tolerance):
    result = decode_compressed(packed(extension))
    assert np.abs(result.astype(int) - scene()).max() <= tolerance


def test_grey_becomes_rgb():
    data = cv2.imencode('.png', scene()[..., 0])[1].tobytes()
    result = decode_compressed(SimpleNamespace(format='mono8; png compressed', data=data))
    np.testing.assert_array_equal(result, np.repeat(scene()[..., :1], 3, axis=2))


def test_bytes_after_the_picture_do_no_harm():
    message = packed('.jpg')
    message.data.extend(bytes(4096))
    assert decode_compressed(message).shape == (40, 60, 3)


@pytest.mark.parametrize('extension', ['.png', '.jpg', '.webp'])
def test_truncated_picture_is_refused(extension):
    message = packed(extension)
    message.data = message.data[: len(message.data) * 2 // 3]
    with pytest.raises(ImageError, match='truncated'):
        decode_compressed(message)


@pytest.mark.parametrize(
    ('name', 'data', 'word'),
    [
        ('jpeg', b'', '0 bytes'),
        ('jpeg', b'GIF89a', 'neither JPEG, PNG'),
        ('jpeg', b'\xff\xd8nonsense\xff\xd9', 'damaged'),
        ('16UC1; compressedDepth png', b'\x89PNG', 'depth'),
    ],
)
def test_other_data_are_refused(name, data, word):
    with pytest.raises(ImageError, match=word):
        decode_compressed(SimpleNamespace(format=name, data=data))


@pytest.mark.parametrize(
    ('name', 'depth'),
    [
        ('16UC1; png compressed ', True),
        ('32FC1; compressedDepth rvl', True),
        ('png', True),
        ('mono16; png compressed ', False),
        ('bgr16; png compressed bgr16', False),
    ],
)
def test_gray_picture_of_16_bits_is_color_only_where_the_format_says_so(name, depth):
    pixels = np.full((4, 6), 1200, np.uint16)
    message = SimpleNamespace(format=name, data=cv2.imencode('.png', pixels)[1].tobytes())
    assert carries_depth(message) is depth
    if depth:
        with pytest.raises(ImageError, match='carries depth'):
            decode_compressed(message)
    else:
        assert decode_compressed(message).shape == (4, 6, 3)


def test_picture_that_asks_for_too_much_memory_is_refused_before_it_is_decoded():
    data = bytearray(cv2.imencode('.png', scene())[1].tobytes())
    data[16:24] = (40_000).to_bytes(4, 'big') * 2
    with pytest.raises(ImageError, match='40000x40000 pixels are more than the limit'):
        decode_compressed(SimpleNamespace(format='png', data=bytes(data)))
