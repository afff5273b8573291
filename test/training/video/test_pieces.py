"""Pieces of videos: what only annotations tell is not asked before a video is drawn."""

from __future__ import annotations

import json

import miniatures
import numpy as np
import pytest
from tiny_stage2 import write_sav

from efficientsam3_ros.datasets import SequenceError, sav_train
from training.data.samples.skipping import SkippingSamples, UnfitError
from training.data.samples.tolerance import DamageError, Tolerance
from training.video.pieces import VideoPiece, WholeVideo, open_pieces


def write_videos(root, count):
    """Write SA-V as it is downloaded: videos of 17 pictures, 5 annotations."""
    miniatures.sav_train(root, frames=False)
    for n in range(2, count + 1):
        for suffix in ('_manual.json', '.mp4'):
            source = root / f'sav_000001{suffix}'
            (root / f'sav_{n:06d}{suffix}').write_bytes(source.read_bytes())
    return root


@pytest.fixture
def opened(monkeypatch):
    """Return the annotations that were opened so far."""
    found = []
    original = sav_train.read_json
    monkeypatch.setattr(sav_train, 'read_json', lambda p: found.append(p.name) or original(p))
    sav_train._read.cache_clear()
    return found


def clip_of(read, rng):
    frames, step = read
    return [[item.track_id for item in there] for _, there in frames], step


def test_pictures_are_cut_as_before_and_videos_are_taken_whole(tmp_path, opened):
    pieces = open_pieces([write_sav(tmp_path / 'pictures', videos=2)], 2)
    assert [type(piece) for piece in pieces] == [VideoPiece] * 4
    assert [piece.places for piece in pieces[:2]] == [(0, 4), (8, 12)]
    opened.clear()
    whole = open_pieces([write_videos(tmp_path / 'videos', 3)], 2)
    assert [type(piece) for piece in whole] == [WholeVideo] * 3 and opened == []


def test_one_video_is_opened_for_one_sample(tmp_path, opened):
    dataset = SkippingSamples(open_pieces([write_videos(tmp_path, 3)], 2), clip_of)
    assert dataset[1][1] == 4
    assert opened == ['sav_000002_manual.json']


def test_every_start_is_drawn_and_carries_its_own_masks(tmp_path):
    (piece,) = open_pieces([write_videos(tmp_path, 1)], 2)
    starts = set()
    for seed in range(40):
        (first, second), _ = piece.read_part(np.random.default_rng(seed))
        starts.add(miniatures.number_of(first[0]))
        assert miniatures.number_of(second[0]) == miniatures.number_of(first[0]) + 4
        # The bar of object 1 begins in the column that is the picture's number.
        assert first[1][0].mask.x == miniatures.number_of(first[0])
    assert starts == {0, 4, 8, 12}


def test_a_video_that_is_too_short_is_of_no_use_and_not_damaged(tmp_path):
    (piece,) = open_pieces([write_videos(tmp_path, 1)], 6)
    with pytest.raises(UnfitError, match='5 annotated pictures of 6'):
        piece.read_part(np.random.default_rng(0))


def test_a_corrupt_annotation_is_skipped_when_it_is_met_within_the_bound(tmp_path):
    root = write_videos(tmp_path, 4)
    (root / 'sav_000002_manual.json').write_text('{"masklet": [')
    about = json.loads((root / 'sav_000003_manual.json').read_text())
    about['masklet'] = [7] * 5
    (root / 'sav_000003_manual.json').write_text(json.dumps(about))
    told = []
    pieces = open_pieces([root], 2)
    dataset = SkippingSamples(pieces, clip_of, 0, Tolerance(0.5), told.append)
    assert all(dataset[place][1] == 4 for place in range(4))
    assert dataset.damaged == (1, 2) and len(told) == 2
    assert 'sav_000002_manual.json cannot be read as JSON' in told[0]
    strict = SkippingSamples(pieces, clip_of, 0, Tolerance(0.25), told.append)
    with pytest.raises(DamageError, match='2 of 4 samples are damaged'):
        [strict[place] for place in range(4)]


def test_pictures_with_a_damaged_mask_are_told_as_damaged(tmp_path):
    root = write_sav(tmp_path, videos=1)
    path = root / 'sav_000001_manual.json'
    about = json.loads(path.read_text())
    about['masklet'][1] = 7
    path.write_text(json.dumps(about))
    with pytest.raises(SequenceError, match='Picture 4 of sav_000001'):
        open_pieces([root], 2)[0].read()
