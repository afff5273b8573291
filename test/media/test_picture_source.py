"""Folders of pictures as people leave them."""

import os
import struct

import cv2
import numpy as np
import pytest

from efficientsam3_ros.media.frame_source import MOST_NOTES, SourceError
from efficientsam3_ros.media.picture_source import PictureSource


def save(path, shade, dtype=np.uint8):
    cv2.imwrite(str(path), np.full((6, 8, 3), shade, dtype))


def shades(source):
    return [int(frame.rgb[0, 0, 0]) for frame in source]


def test_natural_order_and_what_is_passed_over(tmp_path):
    for index in range(12):
        save(tmp_path / f'frame_{index}.png', index)
    save(tmp_path / '.frame_3.png', 99)
    (tmp_path / 'frame_13.png').symlink_to('nowhere.png')
    (tmp_path / 'frame_14.png').mkdir()
    os.mkfifo(tmp_path / 'frame_15.png')
    (tmp_path / 'notes.txt').write_text('no picture')
    (tmp_path / 'frame_16.png').symlink_to('frame_2.png')
    source = PictureSource(tmp_path, fps=10)
    assert source.count == 13
    for _ in range(2):
        assert shades(source) == [*range(12), 2]
        assert [note.partition(': ')[2] for note in source.notes] == [
            '.frame_3.png skipped, being hidden.',
            'frame_13.png skipped, being a broken link.',
            'frame_14.png, frame_15.png skipped, being no regular file.',
        ]


def test_every_suffix_and_odd_names(tmp_path):
    for index, suffix in enumerate(('.JPG', '.jpeg', '.png', '.bmp', '.tif', '.TIFF', '.webp')):
        save(tmp_path / f'{index} %03d "ü\n{suffix}', 10 * index)
    source = PictureSource(tmp_path, fps=10)
    assert np.abs(np.subtract(shades(source), range(0, 70, 10))).max() <= 2
    assert source.notes == []


def test_sixteen_bits(tmp_path):
    save(tmp_path / '0.png', 0x1234, np.uint16)
    save(tmp_path / '1.tif', 0xFFFF, np.uint16)
    assert shades(PictureSource(tmp_path, fps=10)) == [0x12, 0xFF]


def test_what_opencv_dies_of_is_skipped(tmp_path):
    header = b'BM' + struct.pack(
        '<IIIIiiHHIIiiII', 54, 0, 54, 40, 3_000_000, 2_000_000, 1, 24, *[0] * 6
    )
    (tmp_path / '0.bmp').write_bytes(header + bytes(24))
    (tmp_path / '1.png').write_bytes(b'')
    (tmp_path / '2.heic').write_bytes(
        b'\0\0\0\x18ftypheic' + bytes(12) + b'ispe' + struct.pack('>III', 0, 6, 8) + bytes(9)
    )
    save(tmp_path / '3.png', 7)
    source = PictureSource(tmp_path, fps=10)
    (frame,) = source
    assert (frame.rgb[0, 0, 0], frame.stamp_ns) == (7, 300_000_000)
    for note, word in zip(
        source.notes, ('50 megapixels', 'is empty', 'reads HEIC; pip install pillow-heif')
    ):
        assert word in note


def test_notes_of_many_damaged_pictures_are_bounded(tmp_path):
    for index in range(100):
        (tmp_path / f'{index}.png').write_bytes(b'')
    with pytest.raises(SourceError, match=r'no readable picture: .*/0\.png .* is empty'):
        list(source := PictureSource(tmp_path, fps=10))
    assert len(source.notes) == MOST_NOTES + 1
    assert source.notes[-1] == '80 more notes are left out.'


def test_a_folder_without_pictures(tmp_path):
    (tmp_path / '0.png').symlink_to('nowhere.png')
    with pytest.raises(SourceError, match='broken link'):
        PictureSource(tmp_path, fps=10)
