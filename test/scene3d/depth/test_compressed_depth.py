from __future__ import annotations

import struct
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from rvl_writer import rvl

from efficientsam3_ros.core.messages.image_codec import ImageError
from efficientsam3_ros.core.messages.image_fault import ImageFault
from efficientsam3_ros.scene3d.depth import decode_compressed_depth

VALUES = np.array([[0, 1000, 1003], [65535, 0, 7]], np.uint16)
METRES = np.array([[np.nan, 1.0, 1.003], [65.535, np.nan, 0.007]], np.float32)
# What the transport derives from its defaults: depth_quantization 100, depth_max 10.
FACTOR, SHIFT = 100.0 * 101.0, 1.0 - 100.0 * 101.0 / 10.0


def png(values):
    return cv2.imencode('.png', values)[1].tobytes()


def message(payload, name='16UC1; compressedDepth png', factor=0.0, shift=0.0):
    return SimpleNamespace(format=name, data=struct.pack('<iff', 0, factor, shift) + payload)


@pytest.mark.parametrize('name', ['16UC1; compressedDepth', '16UC1; compressedDepth png'])
def test_whole_numbers_are_millimetres(name):
    depth = decode_compressed_depth(message(png(VALUES), name))
    assert depth.dtype == np.float32
    np.testing.assert_allclose(depth, METRES, rtol=1e-6)


def test_plain_png_of_the_compressed_transport():
    plain = SimpleNamespace(format='16UC1; png compressed', data=png(VALUES))
    np.testing.assert_allclose(decode_compressed_depth(plain), METRES, rtol=1e-6)


@pytest.mark.parametrize('code', ['png', 'rvl'])
def test_quantised_inverse_gives_metres_back(code):
    metres = np.array([[0.4, 1.0, 2.5], [9.9, 4.2, 0.7]])
    values = (FACTOR / metres + SHIFT).astype(np.uint16)
    values[1, 1] = 0
    payload = png(values) if code == 'png' else rvl(values)
    name = f'32FC1; compressedDepth {code}'
    depth = decode_compressed_depth(message(payload, name, FACTOR, SHIFT))
    assert np.isnan(depth[1, 1])
    seen = values > 0
    # One step of the quantisation at each distance.
    assert (np.abs(depth - metres)[seen] <= (metres**2 / FACTOR * 1.01)[seen]).all()


def test_rvl_is_lossless():
    rng = np.random.default_rng(3)
    values = np.cumsum(rng.integers(-30, 31, (40, 61)), axis=1) + 900
    values[rng.random(values.shape) < 0.2] = 0
    values[5, 5:40] = 777  # differences of 0 are measurements
    values[0, 0], values[-1, -1] = 65535, 1
    name = '16UC1; compressedDepth rvl'
    depth = decode_compressed_depth(message(rvl(values.astype(np.uint16)), name))
    np.testing.assert_array_equal(np.nan_to_num(depth * 1000).round(), values)


@pytest.mark.parametrize('keep', [4, 12, 60])
def test_cut_rvl_is_refused(keep):
    stream = rvl(np.full((20, 30), 4000, np.uint16))
    with pytest.raises(ImageError, match='damaged or truncated'):
        decode_compressed_depth(message(stream[:keep], '16UC1; compressedDepth rvl'))


def test_rvl_that_asks_for_gigabytes_is_refused():
    bomb = struct.pack('<III', 60000, 60000, 0)
    with pytest.raises(ImageError, match='60000x60000'):
        decode_compressed_depth(message(bomb, '16UC1; compressedDepth rvl'))


def test_png_that_asks_for_gigabytes_is_refused():
    data = bytearray(png(VALUES))
    data[16:24] = struct.pack('>II', 60000, 60000)
    with pytest.raises(ImageError, match='60000x60000') as caught:
        decode_compressed_depth(message(bytes(data)))
    assert caught.value.fault is ImageFault.SIZE


@pytest.mark.parametrize(
    ('broken', 'text'),
    [
        (message(png(VALUES)[:-20]), 'truncated'),
        (SimpleNamespace(format='16UC1; compressedDepth', data=bytes(12)), '12 bytes only'),
        (message(png(VALUES), '32FC1; compressedDepth png', np.nan, 1.0), 'parameters nan'),
        (message(png(VALUES), 'rgb8; jpeg compressed bgr8'), 'is color.*compressedDepth'),
        (message(png(VALUES.astype(np.uint8))), 'uint8 pixels'),
        (message(b'\xff\xd8 jpeg'), 'neither PNG nor RVL.*png'),
        (SimpleNamespace(format='32FC1; png compressed', data=png(VALUES)), 'distances are lost'),
    ],
)
def test_what_is_not_read_names_cause_and_remedy(broken, text):
    with pytest.raises(ImageError, match=text):
        decode_compressed_depth(broken)
