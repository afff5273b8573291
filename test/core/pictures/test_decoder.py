"""Pictures that OpenCV declines; ``test_header.py`` decodes the others."""

from __future__ import annotations

from io import BytesIO
import struct
import sys
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from efficientsam3_ros.core.pictures.decoder import decode_picture
from efficientsam3_ros.core.pictures.header import PictureError


def iso_media(brand: bytes) -> bytes:
    """Return the beginning of a container that tells the size of its picture."""
    return b'\0\0\0\x18ftyp' + brand + bytes(20) + b'ispe' + struct.pack('>III', 0, 8, 8)


def test_avif_is_read_by_pillow_where_opencv_was_built_without_it(monkeypatch):
    image = pytest.importorskip('PIL.Image', reason='needs Pillow')
    from PIL import features

    if 'avif' not in features.modules or not features.check_module('avif'):
        pytest.skip('this Pillow reads no AVIF')
    rgb = np.full((24, 32, 3), (200, 60, 20), np.uint8)
    image.fromarray(rgb).save(file := BytesIO(), 'AVIF', quality=90)
    monkeypatch.setattr(cv2, 'imdecode', lambda *_: None)
    found = decode_picture(file.getvalue())
    assert found.shape == rgb.shape and np.abs(found.astype(int) - rgb).max() < 12
    with pytest.raises(PictureError, match='damaged AVIF'):
        decode_picture(iso_media(b'avif'))
    monkeypatch.setattr(features, 'modules', {})
    with pytest.raises(PictureError, match='no library here reads AVIF; pip install'):
        decode_picture(iso_media(b'avif'))


def test_heic_is_read_where_its_package_is_installed(monkeypatch):
    image = pytest.importorskip('PIL.Image', reason='needs Pillow')
    opened = []

    def register() -> None:
        opened.append(1)
        monkeypatch.setattr(image, 'open', lambda _: image.new('L', (8, 8), 7))

    monkeypatch.setitem(sys.modules, 'pillow_heif', None)
    with pytest.raises(PictureError, match='no library here reads HEIC; pip install pillow-heif'):
        decode_picture(iso_media(b'heic'))
    package = SimpleNamespace(register_heif_opener=register)
    monkeypatch.setitem(sys.modules, 'pillow_heif', package)
    assert decode_picture(iso_media(b'heic')).tolist() == [[[7, 7, 7]] * 8] * 8
    assert opened
