"""An overlay has the frames' own stamps, and what is cut off plays up to there."""

import errno
import shutil

import numpy as np
import pytest

from efficientsam3_ros.core.writing.film_file import FilmFile
from efficientsam3_ros.core.writing.overlay_video import OverlayVideo

av = pytest.importorskip('av')


def picture(seed, size=(60, 80)):
    return np.random.default_rng(seed).integers(0, 255, (*size, 3), np.uint8)


def stamps_ms(path):
    with av.open(str(path)) as film:
        return [round(1000 * frame.time) for frame in film.decode(video=0)]


def test_the_stamps_are_the_frames_own(tmp_path):
    given = [0, 100, 200, 1500, 1533]
    with OverlayVideo(tmp_path / 'a.mp4', 10.0) as film:
        for ms in given:
            film.add(picture(ms), 10**18 + ms * 10**6)
    assert stamps_ms(tmp_path / 'a.mp4') == given


def test_pictures_without_later_stamps_follow_at_the_rate(tmp_path):
    with OverlayVideo(tmp_path / 'a.mp4', 20.0) as film:
        for stamp in (7, 7, None, 3):
            film.add(picture(1), stamp)
    assert stamps_ms(tmp_path / 'a.mp4') == [0, 50, 100, 150]


def test_odd_sizes_and_pictures_of_other_sizes_are_taken(tmp_path):
    with OverlayVideo(tmp_path / 'a.mp4', 20.0) as film:
        film.add(picture(1, (61, 81)))
        film.add(picture(2, (30, 40)))
    with av.open(str(tmp_path / 'a.mp4')) as film:
        assert [(f.width, f.height) for f in film.decode(video=0)] == [(82, 62)] * 2


def test_a_film_that_was_never_closed_plays(tmp_path):
    film = OverlayVideo(tmp_path / 'a.mp4', 5.0)
    for number in range(13):
        film.add(picture(number))
    shutil.copy(tmp_path / 'a.mp4', tmp_path / 'killed.mp4')
    film.close()
    assert len(stamps_ms(tmp_path / 'killed.mp4')) >= 5


def test_a_film_of_which_no_picture_is_whole_is_empty(tmp_path):
    path = tmp_path / 'a.mp4'
    with OverlayVideo(path, 2.0) as film:
        film.add(picture(0))
    whole = path.read_bytes()
    begun = FilmFile(tmp_path / 'b.mp4')
    begun.write(whole[: whole.index(b'mdat') + 10])
    begun.error = OSError(errno.ENOSPC, 'No space left on device')
    begun.close()
    assert (tmp_path / 'b.mp4').stat().st_size == 0


def test_a_full_disk_is_told_and_the_film_plays_up_to_there(tmp_path):
    path = tmp_path / 'a.mp4'
    film = OverlayVideo(path, 2.0)
    for number in range(9):
        film.add(picture(number))
    real = film._film._raw._file

    class Full:
        def __getattr__(self, name):
            return getattr(real, name)

        def __enter__(self):
            return real.__enter__()

        def __exit__(self, *error):
            return real.__exit__(*error)

        def write(self, data):
            raise OSError(errno.ENOSPC, 'No space left on device')

    film._film._raw._file = Full()
    with pytest.raises(OSError, match=r'a\.mp4') as told:
        for number in range(9, 20):
            film.add(picture(number))
    assert told.value.errno == errno.ENOSPC
    with pytest.raises(OSError, match=r'a\.mp4'):
        film.close()
    assert len(stamps_ms(path)) >= 4
