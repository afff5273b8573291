"""The sheet of real pictures and renderings: which are shown, and which of their things."""

from __future__ import annotations

import cv2
import numpy as np

from efficientsam3_ros.cli.benchmarks.pictures.compared import (
    Compared,
    picture_files,
    read_picture,
)
from efficientsam3_ros.cli.benchmarks.side_by_side import side_by_side

SIZE = 240, 320
TITLE, WHOLE = 26, 240
"""Heights of a source's first two rows; the third is 160 pixels high."""


def picture(gray: int, *things: tuple[int, tuple[int, int, int, int], int]) -> Compared:
    """Return a gray picture with things: id, (x, y, width, height), brightness."""
    rgb, ids = np.full((*SIZE, 3), gray, np.uint8), np.zeros(SIZE, np.uint8)
    for number, (x, y, width, height), bright in things:
        rgb[y : y + height, x : x + width], ids[y : y + height, x : x + width] = bright, number
    return Compared(rgb, ids)


def test_each_source_has_its_pictures_and_its_things():
    real = [picture(10 * n) for n in range(9)]
    small, middle = (3, (10, 10, 20, 20), 90), (4, (150, 60, 40, 40), 200)
    cut = (5, (300, 0, 20, 99), 30)
    sheet = side_by_side({'real': real, 'drawn': [picture(100, small, middle, cut)]})
    height = TITLE + WHOLE + 160
    assert sheet.shape == (2 * height, 1280, 3)
    row = sheet[TITLE + 100]
    assert [int(row[160 + 320 * n, 0]) for n in range(4)] == [0, 30, 50, 80]
    # Of three things: the larger of those that are not cut off, in its own resolution.
    tile = sheet[height + TITLE + WHOLE :, :160, 0]
    assert (tile == 200).sum() == 1600 and tile[80, 80] == 200
    assert not sheet[height + TITLE + WHOLE :, 160:].any()


def test_large_things_are_whole_and_pictures_without_ids_show_their_middle():
    large = picture(0, (1, (60, 20, 200, 200), 255))
    plain = Compared(np.full((*SIZE, 3), 70, np.uint8))
    tile = side_by_side({'real': [large, plain]})[TITLE + WHOLE :, :320, 0]
    assert tile[10, 80] < 255 and tile[80, 80] == 255 and tile[80, 5] < 20
    assert (tile[:, 160:] == 70).all()


def test_ids_lie_beside_the_picture(tmp_path):
    shown = picture(40, (2, (5, 5, 30, 30), 150))
    cv2.imwrite(str(tmp_path / 'a_rgb.png'), shown.rgb)
    cv2.imwrite(str(tmp_path / 'a_inst.png'), shown.ids)
    (file,) = picture_files(tmp_path)
    read = read_picture(file)
    assert np.array_equal(read.rgb, shown.rgb) and np.array_equal(read.ids, shown.ids)
    cv2.imwrite(str(tmp_path / 'a_inst.png'), shown.ids[:9])
    assert read_picture(file).ids is None
