"""Videos of every kind that OpenCV read wrongly."""

import gc
from itertools import islice
import os
from pathlib import Path
import signal
import struct
import sys

import av
from films import SIZE, shade, write_film
import numpy as np
import pytest

from efficientsam3_ros.core.pictures.header import MAX_PIXELS
from efficientsam3_ros.media import containers
from efficientsam3_ros.media.frame_source import SourceError
from efficientsam3_ros.media.video_source import VideoSource

UNEVEN_MS = [0, 100, 200, 300, 400, 1400, 2400, 2500]


def brightness(frames):
    return [frame.rgb.mean() for frame in frames]


@pytest.mark.parametrize('suffix', ['.mp4', '.mkv', '.avi'])
def test_stamps_are_those_of_the_container(tmp_path, suffix):
    film = VideoSource(write_film(tmp_path / f'a:b 100%{suffix}', UNEVEN_MS), fps=15)
    assert film.fps == pytest.approx(10), 'known before the first frame'
    assert film.count in (0, len(UNEVEN_MS))
    for _ in range(2):
        assert [frame.stamp_ns // 1_000_000 for frame in film] == UNEVEN_MS
        assert film.notes == []


def test_the_first_stamp_is_zero_wherever_the_container_begins(tmp_path):
    film = VideoSource(write_film(tmp_path / 'a.mkv', [700, 740, 780]), fps=15)
    assert [frame.stamp_ns // 1_000_000 for frame in film] == [0, 40, 80]


def test_every_interlaced_frame_is_its_own_picture(tmp_path):
    stamps = range(0, 400, 40)
    film = VideoSource(write_film(tmp_path / 'a.mp4', stamps, interlaced=True), fps=15)
    frames = list(film)
    assert [frame.stamp_ns // 1_000_000 for frame in frames] == list(stamps)
    wanted = [shade(index).mean() for index in range(10)]
    assert np.abs(np.subtract(brightness(frames), wanted)).max() < 6


def test_rows_of_two_fields_are_not_combed(tmp_path):
    """A bright edge moves by 16 pixels between the fields; no row may differ from both."""
    pictures = []
    for index in range(6):
        rgb = np.full((SIZE[1], SIZE[0], 3), 30, np.uint8)
        for field in range(2):
            left = 4 * (2 * index + field)
            rgb[field::2, left : left + 16] = 220
        pictures.append(rgb)
    path = write_film(tmp_path / 'a.mp4', range(0, 240, 40), 'mpeg4', True, pictures)
    for frame in VideoSource(path, fps=15):
        gray = frame.rgb.astype(int).mean(axis=2)[8:-8]
        combs = np.abs(2 * gray[1:-1] - gray[:-2] - gray[2:]).max()
        assert combs < 150


@pytest.mark.parametrize(
    ('matrix', 'corner'),
    [
        ((0, 1, -1, 0), (0, -1)),
        ((-1, 0, 0, -1), (-1, -1)),
        ((0, -1, 1, 0), (-1, 0)),
        ((0, 0, 0, 0), (0, 0)),
    ],
)
def test_a_rotation_that_the_container_asks_for_is_applied(tmp_path, matrix, corner):
    rgb = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    rgb[:16, :16] = 200
    path = write_film(tmp_path / 'a.mp4', [0, 40], pictures=[rgb, rgb])
    data = bytearray(path.read_bytes())
    a, b, c, d = (value << 16 for value in matrix)
    struct.pack_into('>9i', data, data.find(b'tkhd') + 44, a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    for frame in VideoSource(path, fps=15):
        assert frame.rgb[corner].mean() > 150
        assert frame.rgb.shape[:2] == (SIZE if matrix[1] else SIZE[::-1])


def test_a_cut_file_is_read_up_to_the_cut_and_the_note_says_so(tmp_path):
    stamps = range(0, 4000, 40)
    noise = np.random.default_rng(0).integers(0, 255, (100, SIZE[1], SIZE[0], 3), np.uint8)
    path = write_film(tmp_path / 'a.mkv', stamps, pictures=noise)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    film = VideoSource(path, fps=15)
    assert 30 < len(list(film)) < 70
    assert any('ends after' in note for note in film.notes), film.notes


def test_damage_within_costs_few_frames(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (60, SIZE[1], SIZE[0], 3), np.uint8)
    path = write_film(tmp_path / 'a.mp4', range(0, 2400, 40), pictures=noise)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 3000] = bytes(3000)
    path.write_bytes(data)
    film = VideoSource(path, fps=15)
    frames = list(film)
    assert len(frames) >= 50
    stamps = [frame.stamp_ns for frame in frames]
    assert sorted(set(stamps)) == stamps
    assert film.notes


def test_what_is_no_video(tmp_path):
    for name, data in (('a.mp4', b''), ('b.mp4', b'no video'), ('c.txt', b'hello\n' * 99)):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(SourceError, match='cannot be read as a video'):
            VideoSource(tmp_path / name, fps=15)
    path = write_film(tmp_path / 'd.mp4', range(0, 400, 40))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(SourceError, match=r'cannot be read as a video.*(cut off|finished)'):
        VideoSource(path, fps=15)


def test_frames_of_too_many_pixels_are_refused_before_they_are_decoded(tmp_path, monkeypatch):
    path = write_film(tmp_path / 'a.mp4', [0, 40])
    assert SIZE[0] * SIZE[1] < MAX_PIXELS
    monkeypatch.setattr(containers, 'MAX_PIXELS', SIZE[0] * SIZE[1] - 1)
    with pytest.raises(SourceError, match='64x48 pixels are more than the limit'):
        VideoSource(path, fps=15)


def test_without_pyav_the_remedy_is_told(tmp_path, monkeypatch):
    path = write_film(tmp_path / 'a.mp4', [0, 40])
    monkeypatch.setitem(sys.modules, 'av', None)
    with pytest.raises(SourceError, match='pip install av'):
        VideoSource(path, fps=15)


@pytest.fixture
def no_collection():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize('count', [None, 3])
def test_a_process_that_is_forked_after_reading_does_not_hang(tmp_path, no_collection, count):
    film = VideoSource(write_film(tmp_path / 'a.mp4', range(0, 400, 40)), fps=15)
    assert len(list(islice(film, count))) == (count or 10)
    child = os.fork()
    if not child:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(10)
        gc.collect()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


def threads():
    return len(list(Path('/proc/self/task').iterdir()))


def test_frames_are_freed_and_converted_without_threads(tmp_path, no_collection):
    path = write_film(tmp_path / 'a.mkv', range(0, 400, 40), 'rawvideo')  # not threaded itself
    before = threads()
    for frame in VideoSource(path, fps=15):
        assert threads() <= before, frame.stamp_ns
    del frame  # its pixels are PyAV's
    assert not any(isinstance(item, av.VideoFrame) for item in gc.get_objects())
