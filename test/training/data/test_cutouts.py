"""Cut-outs: whole things only, with the background gone."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from training.data.cutouts.__main__ import main
from training.data.cutouts.cutting import cut_out, is_whole
from training.data.cutouts.plain_board import on_board, on_white
from training.data.sources.cutouts import read_cutout, read_index


def board(x: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a green disc with its shadow on a gray board that is lit from one side, its mask."""
    light = np.linspace(150, 220, 200)[None, :, None]
    rgb = np.broadcast_to(light, (240, 200, 3)).copy()
    disc, shadow = np.zeros((240, 200), np.uint8), np.zeros((240, 200), np.uint8)
    cv2.circle(disc, (x, 120), 45, 1, -1)
    cv2.circle(shadow, (x + 14, 132), 45, 1, -1)
    rgb *= 1 - 0.15 * cv2.GaussianBlur(shadow.astype(np.float32), (0, 0), 5)[..., None]
    rgb[disc > 0] = (40, 130, 50)
    return rgb.astype(np.uint8), disc > 0


def test_a_thing_on_a_board_is_cut_without_its_shadow():
    rgb, disc = board(100)
    found = on_board(rgb)
    assert found is not None
    assert (found & disc).sum() / (found | disc).sum() > 0.9


def test_a_thing_that_leaves_the_picture_is_not_whole():
    assert on_board(board(20)[0]) is None
    assert not is_whole(board(20)[1]) and is_whole(board(100)[1])


def test_a_thing_that_is_covered_by_another_is_not_whole():
    mask, other = board(90)[1], np.zeros((240, 200), bool)
    other[:, 100:] = ~mask[:, 100:]
    assert not is_whole(mask, other)


def test_white_is_transparent_and_the_edge_is_soft():
    rgb = np.full((120, 120, 3), 255, np.uint8)
    rgb[30:90, 40:80] = (200, 30, 30)
    mask = on_white(rgb)
    assert mask is not None and mask.sum() == 60 * 40
    alpha = cut_out(rgb, mask)[..., 3]
    assert alpha[0].max() == 0 and alpha.max() == 255 and ((alpha > 20) & (alpha < 235)).any()


def test_the_command_cuts_masks_and_icons_and_names_them(coco_folder, tmp_path, capsys):
    icons = tmp_path / 'icons'
    icons.mkdir()
    picture = np.full((120, 120, 3), 255, np.uint8)
    cv2.circle(picture, (60, 60), 40, (30, 30, 200), -1)
    cv2.imwrite(str(icons / 'Fruit__Apple__Red.jpg'), picture)
    cv2.imwrite(str(icons / 'Fruit__Plum.jpg'), picture)
    out = tmp_path / 'out'
    assert main(['--coco', str(coco_folder), '--icons', str(icons), '--out', str(out)]) == 0
    found = read_index(out)
    assert {cutout.noun for cutout in found} == {'cup', 'bottle', 'apple'}
    assert all(read_cutout(out, cutout).shape[2] == 4 for cutout in found)
    assert 'bottle 12' in capsys.readouterr().out


def test_a_damaged_index_names_the_remedy(tmp_path):
    (tmp_path / 'cutouts.json').write_text(json.dumps({'cutouts': [{'file': 1}]}))
    with pytest.raises(ValueError, match=r'training\.data\.cutouts'):
        read_index(tmp_path)
