"""Ids come from the values of a PNG, whatever its depth and palette."""

import struct

import cv2
import miniatures
import numpy as np
import pytest

from efficientsam3_ros.datasets import SequenceError
from efficientsam3_ros.datasets.palette_png import read_values


def ids_of(path):
    values, colored = read_values(path)
    assert not colored
    return values


@pytest.mark.parametrize('kind', [0, 3])
@pytest.mark.parametrize('bits', [1, 2, 4, 8])
def test_every_depth_gives_the_stored_values(tmp_path, bits, kind):
    ids = (np.arange(77) % (1 << bits)).astype(np.uint8).reshape(7, 11)
    miniatures.png(tmp_path / 'a.png', ids, bits, kind)
    assert np.array_equal(ids_of(tmp_path / 'a.png'), ids)


def test_sixteen_bits_are_kept(tmp_path):
    ids = np.array([[0, 1], [300, 65535]], np.uint16)
    cv2.imwrite(str(tmp_path / 'a.png'), ids)
    assert np.array_equal(ids_of(tmp_path / 'a.png'), ids)


def test_palette_that_pillow_writes_is_read(tmp_path):
    image = pytest.importorskip('PIL.Image')
    ids = miniatures.two_objects(4)
    picture = image.fromarray(ids, 'P')
    picture.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0])
    picture.save(tmp_path / 'a.png')
    assert np.array_equal(ids_of(tmp_path / 'a.png'), ids)


def test_a_mask_of_gigabytes_is_refused_by_its_header(tmp_path):
    miniatures.png(tmp_path / 'a.png', np.ones((5, 5), np.uint8))
    data = bytearray((tmp_path / 'a.png').read_bytes())
    struct.pack_into('>II', data, 16, 20000, 20000)
    (tmp_path / 'a.png').write_bytes(data)
    with pytest.raises(SequenceError, match='50 megapixels'):
        read_values(tmp_path / 'a.png')


def test_colors_are_numbers_that_tell_them_apart(tmp_path):
    bgr = np.array([[[0, 0, 0], [0, 0, 9], [9, 0, 0], [9, 0, 0]]], np.uint8)
    for name, image in (('8', bgr), ('16', bgr.astype(np.uint16)), ('a', np.dstack([bgr, bgr]))):
        cv2.imwrite(str(tmp_path / f'{name}.png'), image[..., :4])
        values, colored = read_values(tmp_path / f'{name}.png')
        assert colored
        assert values[0, 0] == 0 < values[0, 1] != values[0, 2] == values[0, 3]


def test_damage_is_refused(tmp_path):
    miniatures.png(tmp_path / 'a.png', np.ones((50, 50), np.uint8))
    content = (tmp_path / 'a.png').read_bytes()
    (tmp_path / 'cut.png').write_bytes(content[:30])
    with pytest.raises(SequenceError, match=r'cut\.png is no PNG'):
        read_values(tmp_path / 'cut.png')
    with pytest.raises(SequenceError, match='cannot be read'):
        read_values(tmp_path / 'none.png')
