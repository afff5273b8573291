"""``evaluate`` reads the pictures and videos that ``track`` reads, without truth."""

import pickle

import cv2
from films import shade, write_film
import numpy as np
import pytest

import efficientsam3_ros as es3
from efficientsam3_ros.datasets import SequenceError, open_sequences
from efficientsam3_ros.datasets.sequence import TruthKind

SECOND_NS = 1_000_000_000


@pytest.fixture(params=['pictures', 'video'])
def path(request, tmp_path):
    if request.param == 'video':
        return write_film(tmp_path / 'clip.mp4', [0, 100, 200, 900])
    folder = tmp_path / 'clip'
    folder.mkdir()
    for index in (0, 2, 10, 9):
        cv2.imwrite(str(folder / f'frame_{index}.png'), shade(index)[..., ::-1])
    (folder / 'frame_7.png').symlink_to('nowhere.png')
    return folder


def test_the_same_frames_as_track_a_second_later(path):
    (sequence,) = open_sequences(path)
    assert (sequence.name, sequence.truth_kind) == ('clip', TruthKind.NONE)
    assert sequence.expected_frames == 4
    kept = pickle.loads(pickle.dumps(sequence))
    for frame, tracked in zip(kept.frames(), list(es3.video(path)), strict=True):
        assert frame.stamp_ns == tracked.stamp_ns + SECOND_NS
        np.testing.assert_array_equal(frame.rgb, tracked.rgb)
    assert list(sequence.truth()) == [None] * 4
    assert len(kept.notes) == (path.suffix == '')
    assert len(sequence.digest) == 64


def test_what_cannot_be_read_is_told(tmp_path):
    (tmp_path / '0.png').write_bytes(b'no picture')
    (sequence,) = open_sequences(tmp_path)
    with pytest.raises(SequenceError, match='no readable picture'):
        list(sequence.frames())
    (tmp_path / 'a.mp4').write_bytes(b'no video')
    with pytest.raises(SequenceError, match=r'nothing to evaluate.*cannot be read as a video'):
        open_sequences(tmp_path / 'a.mp4')
