"""Sizes from headers; every writer of OpenCV's is asked."""

import struct
import time
import zlib

import cv2
import numpy as np
import pytest

from efficientsam3_ros.core.pictures.decoder import decode_picture
from efficientsam3_ros.core.pictures.header import PictureError, check_size, picture_size


def chunk(name, data):
    return struct.pack('>I', len(data)) + name + data + struct.pack('>I', zlib.crc32(name + data))


def png(width, height, rows=None):
    """Write a picture of zeros; of a large one only the first rows."""
    header = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes((1 + 3 * width) * (rows or height)))
    parts = (chunk(b'IHDR', header), chunk(b'IDAT', pixels), chunk(b'IEND', b''))
    return b'\x89PNG\r\n\x1a\n' + b''.join(parts)


@pytest.mark.parametrize('channels', [1, 3, 4])
@pytest.mark.parametrize('suffix', ['.png', '.jpg', '.bmp', '.tiff', '.webp', '.avif'])
def test_the_size_is_that_of_the_decoded_picture(suffix, channels):
    picture = np.full((37, 83, channels), 90, np.uint8)
    try:
        data = cv2.imencode(suffix, picture)[1].tobytes()
    except cv2.error:
        pytest.skip(f'OpenCV was built without {suffix}')
    assert picture_size(data) == (83, 37)
    assert decode_picture(data).shape == (37, 83, 3)


def test_lossy_webp_big_tiff_and_odd_bmps():
    data = cv2.imencode('.webp', np.zeros((37, 83, 3), np.uint8), [cv2.IMWRITE_WEBP_QUALITY, 50])
    assert picture_size(data[1].tobytes()) == (83, 37)
    tags = struct.pack('>HHQQHHQHxxxxxx', 256, 4, 1, 83 << 32, 257, 3, 1, 37)
    assert picture_size(b'MM\0\x2b\0\x08\0\0' + struct.pack('>QQ', 16, 2) + tags) == (83, 37)
    head = b'BM' + bytes(12)
    assert picture_size(head + struct.pack('<Iii', 40, 83, -37)) == (83, 37)
    assert picture_size(head + struct.pack('<IHH', 12, 83, 37)) == (83, 37)


def test_the_thumbnail_of_a_jpeg_is_not_its_size():
    small = cv2.imencode('.jpg', np.zeros((8, 8, 3), np.uint8))[1].tobytes()
    data = cv2.imencode('.jpg', np.zeros((37, 83, 3), np.uint8))[1].tobytes()
    with_thumbnail = b'\xff\xd8\xff\xe1' + struct.pack('>H', len(small) + 2) + small + data[2:]
    assert picture_size(with_thumbnail) == (83, 37)


def test_a_decompression_bomb_is_refused_at_once():
    data = png(20000, 20000, rows=10)
    start = time.process_time()
    with pytest.raises(PictureError, match=r'20000x20000 .* 50 megapixels'):
        decode_picture(data)
    assert time.process_time() - start < 0.1


@pytest.mark.parametrize('head', [b'\x89PNG\r\n\x1a\n', b'\xff\xd8\xff', b'BM', b'II\x2a\0\xff'])
def test_short_headers_and_empty_sizes(head):
    with pytest.raises(PictureError, match='header'):
        check_size(head)
    with pytest.raises(PictureError, match='header'):
        check_size(head + bytes(60))


def test_sixteen_bits_become_eight():
    picture = np.full((8, 8, 3), (0x1234, 0x8000, 0xFFFF), np.uint16)
    for suffix in ('.png', '.tiff'):
        rgb = decode_picture(cv2.imencode(suffix, picture)[1].tobytes())
        assert rgb[0, 0].tolist() == [0xFF, 0x80, 0x12], suffix


@pytest.mark.parametrize(
    ('data', 'word'),
    [
        (b'', 'empty'),
        (b'GIF89a', 'no JPEG'),
        (png(8, 8)[:60], 'cut off'),
        (png(8, 8).replace(b'IDAT', b'IDOT'), 'damaged'),
        (cv2.imencode('.tiff', np.zeros((8, 8), np.float32))[1].tobytes(), 'does not read'),
        (b'\0\0\0\x18ftypheic' + bytes(20) + b'ispe' + b'\0\0\0\0\0\0\0\x08\0\0\0\x08', 'HEIC'),
    ],
)
def test_what_cannot_be_decoded_says_why(data, word):
    with pytest.raises(PictureError, match=word):
        decode_picture(data)
