"""Depth is never color, an unread encoding is named, the first message does not decide alone."""

from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from efficientsam3_ros.bags import BagError
from efficientsam3_ros.bags.image_topics import color_topic, content_of, shows_ids

RAW, PACKED = 'sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage'


def raw(encoding):
    return SimpleNamespace(encoding=encoding)


PICTURE = np.zeros((4, 6, 3), np.uint8)


def packed(form, pixels=PICTURE):
    return SimpleNamespace(format=form, data=cv2.imencode('.png', pixels)[1].tobytes())


def chosen(**topics):
    """Choose among topics, each given by its first messages."""
    named = {f'/{name.replace("__", "/")}': found for name, found in topics.items()}
    kinds = {t: PACKED if hasattr(found[0], 'format') else RAW for t, found in named.items()}
    return color_topic('bag', kinds, {t: content_of(found) for t, found in named.items()})


def test_depth_is_never_color():
    depth = np.full((4, 6), 900, np.uint16)
    for message in (
        raw('16UC1'),
        packed('16UC1; png compressed', depth),
        packed('png', depth),
        packed('16UC1; compressedDepth png'),
    ):
        with pytest.raises(BagError, match=r'holds no colour images.*depth'):
            chosen(cam__aligned=[message])
    # Where only its name says so.
    for message in (raw('mono16'), raw('8UC1'), packed('jpeg'), packed('mono16; png compressed')):
        with pytest.raises(BagError, match='holds no colour images'):
            chosen(cam__depth__image=[message])
    assert chosen(cam__depth_camera__rgb=[raw('rgb8')]) == '/cam/depth_camera/rgb'


def test_raw_camera_beats_its_twin_and_gray_serves():
    assert chosen(c__image=[raw('bgr8')], c__image__compressed=[packed('jpeg')]) == '/c/image'
    assert chosen(c__image=[raw('mono8')], c__depth=[raw('16UC1')]) == '/c/image'


def test_odd_first_message_does_not_hide_a_camera():
    assert chosen(c__image=[raw(''), raw('rgb8')]) == '/c/image'
    empty = SimpleNamespace(format='', data=b'')
    assert chosen(c__packed=[empty, packed('jpeg')]) == '/c/packed'


def test_encoding_that_is_not_read_is_named():
    with pytest.raises(BagError, match=r'/c/image \(.*, 8SC3\).*Encodings that are read: rgb8, '):
        chosen(c__image=[raw('8SC3')])


def ids_image(pixels, encoding):
    return SimpleNamespace(
        height=pixels.shape[0],
        width=pixels.shape[1],
        encoding=encoding,
        is_bigendian=0,
        step=pixels.shape[1] * pixels.itemsize,
        data=pixels.tobytes(),
    )


def test_image_of_ids_has_few_values_and_whole_numbers():
    ids = np.arange(24, dtype=np.uint16).reshape(4, 6) // 6
    depth = np.arange(600, dtype=np.uint16).reshape(20, 30) + 500
    assert shows_ids([SimpleNamespace(), ids_image(ids, '16UC1')])
    assert not shows_ids([ids_image(depth, '16UC1')])
    assert not shows_ids([ids_image(np.zeros((4, 6, 3), np.uint8), 'rgb8')])
    assert not shows_ids([])
