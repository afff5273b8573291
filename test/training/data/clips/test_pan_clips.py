"""Clips of pans: what is read, what leaves and returns, and that masks lie on their things."""

from __future__ import annotations

import numpy as np
import pytest
from training_sets import write_coco

from efficientsam3_ros.core import Frame, FrameResult, Rle
from efficientsam3_ros.core.id_image import true_instance
from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame
from training.data.clips import pan_clips
from training.data.clips.clip_windows import GONE, SEEN, visible_shares
from training.data.clips.pan_still import PanStill
from training.data.scene_file import read_scene
from training.data.vocabulary import Vocabulary, VocabularyConfig

WORDS = Vocabulary.of(VocabularyConfig('household'))
THINGS = (
    ('dining table', (0, 120, 320, 240)),
    ('person', (0, 0, 320, 110)),
    ('cup', (60, 130, 90, 160)),
    ('cup', (220, 130, 250, 160)),
    ('bottle', (150, 125, 170, 175)),
)


def labeled() -> LabeledFrame:
    """Return two cups and a bottle on a table, and a large person; red is 50 times the number."""
    rgb = np.full((240, 320, 3), 255, np.uint8)
    items = []
    for number, (name, (x0, y0, x1, y1)) in enumerate(THINGS, 1):
        mask = np.zeros((240, 320), bool)
        mask[y0:y1, x0:x1] = True
        rgb[mask] = 50 * number
        items.append(true_instance(number, name, Rle.encode(mask)))
    crowd = np.zeros((240, 320), bool)
    crowd[200:] = True
    books = (true_instance(6, 'book', Rle.encode(crowd)),)
    truth = FrameResult(1, 'camera', 240, 320, 1, tuple(items))
    return LabeledFrame('desk', Frame(rgb, 1, 'camera'), truth, ('cup',), crowd=books)


@pytest.fixture(scope='module')
def still() -> PanStill:
    return PanStill.of(labeled(), WORDS)


def test_things_are_taken_and_what_is_under_them_or_fills_the_picture_is_not(still):
    assert sorted(item.noun for item in still.objects) == ['bottle', 'cup', 'cup']
    assert [item.id for item in still.objects] == [1, 2, 3]
    assert np.unique(still.ids).tolist() == [0, 1, 2, 3]
    assert still.unlabeled[200:].all() and not still.unlabeled[:200].any()


def test_masks_lie_on_their_things_and_most_clips_hold_a_return(still):
    returns, left = 0, set()
    for seed in range(6):
        clip = still.clip(seed, 12, (36, 48))
        assert clip.rgb.shape == (12, 36, 48, 3) and clip.ids.shape == (12, 36, 48)
        for item in clip.objects:
            red = clip.rgb[..., 0][clip.ids == item.id]
            expected = np.median(still.rgb[..., 0][still.ids == item.id])
            assert not len(red) or np.median(red) == pytest.approx(expected, abs=2)
        shares = np.stack([visible_shares(ids, 3) for ids in clip.ids])
        for number, column in enumerate(shares.T, 1):
            seen = np.flatnonzero(column >= SEEN)
            if len(seen) and (column[seen[0] : seen[-1]] < GONE).any():
                returns += 1
                left.add(number)
    assert returns >= 3 and len(left) > 1
    same = still.clip(2, 12, (36, 48)), still.clip(2, 12, (36, 48))
    assert np.array_equal(same[0].rgb, same[1].rgb)


def test_training_and_validation_pan_over_other_pictures(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(pan_clips, 'NARROWEST', 96)
    root = tmp_path / 'coco'
    root.mkdir()
    write_coco(root)
    both = [pan_clips.wide_stills(root, WORDS, held_out) for held_out in (False, True)]
    names = [{still.name for still in stills} for stills in both]
    assert len(names[0]) == 12 and len(names[1]) == 2 and not names[0] & names[1]
    size = ('--frames', '4', '--width', '32', '--height', '24')
    options = ['--out', str(tmp_path / 'pans'), '--coco', str(root), *size]
    assert pan_clips.main([*options, '--clips', '2']) == 0
    files = sorted((tmp_path / 'pans').glob('clip_*.npz'))
    clip = read_scene(files[0])
    assert clip.rgb.shape == (4, 24, 32, 3)
    assert {item.noun for item in clip.objects} == {'cup', 'bottle', 'person'}
    before = files[0].stat().st_mtime_ns
    (root / 'images' / f'{both[0][2].name}.png').unlink()
    assert pan_clips.main([*options, '--clips', '3']) == 0
    assert len(list((tmp_path / 'pans').glob('clip_*.npz'))) == 3
    assert files[0].stat().st_mtime_ns == before
    assert 'It is left out' in ''.join(capsys.readouterr())
    options[1] = str(root)
    assert pan_clips.main(options) == 2
    assert 'which is read' in capsys.readouterr().err


def test_sets_without_wide_pictures_are_named(tmp_path, capsys):
    assert pan_clips.main(['--out', str(tmp_path / 'pans')]) == 2
    assert 'give --coco or --tools' in capsys.readouterr().err
    write_coco(tmp_path)
    assert pan_clips.main(['--out', str(tmp_path / 'pans'), '--coco', str(tmp_path)]) == 2
    assert '440 pixels wide' in capsys.readouterr().err
