"""``efficientsam3 track --camera`` with a script in place of the device."""

import os
import signal
import time

import cv2
import pytest
from scripted_engine import ColorEngine, painted_frame
from track_command import lines

from efficientsam3_ros.cli import track
from efficientsam3_ros.cli.main import main

PICTURES = 200


class ScriptedCamera:
    """Shows a red block that moves, until it is unplugged; may press Ctrl-C."""

    def __init__(self, pictures=PICTURES, interrupt_at=-1):
        self.pictures, self.interrupt_at = pictures, interrupt_at
        self.shown = 0
        self.released = False

    def isOpened(self):
        return True

    def get(self, _key):
        return 30.0

    def read(self):
        if self.shown == self.interrupt_at:
            os.kill(os.getpid(), signal.SIGINT)
        if self.shown == self.pictures:
            return False, None
        time.sleep(0.005)  # a device takes its time, so that the tracker gets to see some
        frame = painted_frame({'red': (4 + self.shown % 20, 6, 12, 10)})
        self.shown += 1
        return True, frame.rgb[..., ::-1].copy()

    def release(self):
        self.released = True


@pytest.fixture
def plug(monkeypatch):
    monkeypatch.setattr(track, 'load_engine', lambda *_: ColorEngine())

    def plug_in(camera):
        monkeypatch.setattr(cv2, 'VideoCapture', lambda _index: camera)
        return camera

    return plug_in


def run(out, *more) -> int:
    return main(['track', '--prompts', 'red mug', '--out', str(out), *more])


def pictures_of(path) -> int:
    import av

    with av.open(str(path)) as film:
        return sum(1 for _ in film.decode(video=0))


def test_max_frames_ends_it_with_film_sheet_and_lines(plug, tmp_path):
    camera = plug(ScriptedCamera(pictures=10**9))
    assert run(tmp_path / 'out', '--camera', '0', '--max-frames', '4') == 0
    found = lines(tmp_path / 'out')
    assert len(found) == 4
    assert [item['concept'] for row in found for item in row['instances']] == ['red mug'] * 4
    stamps = [row['stamp_ns'] for row in found]
    assert sorted(set(stamps)) == stamps
    assert pictures_of(tmp_path / 'out' / 'overlay.mp4') == 4
    assert (tmp_path / 'out' / 'contact_sheet.png').stat().st_size > 0
    assert camera.released


def test_ctrl_c_ends_it_as_a_file_ends(plug, tmp_path, capsys):
    camera = plug(ScriptedCamera(pictures=10**9, interrupt_at=50))
    before = signal.getsignal(signal.SIGINT)
    assert run(tmp_path / 'out', '--camera', '0') == 0
    assert camera.released
    assert signal.getsignal(signal.SIGINT) is before
    found = lines(tmp_path / 'out')
    assert found
    assert pictures_of(tmp_path / 'out' / 'overlay.mp4') == len(found)
    assert f'{len(found)} frames' in capsys.readouterr().out


def test_an_unplugged_camera_ends_it_with_a_note(plug, tmp_path, capsys):
    plug(ScriptedCamera())
    assert run(tmp_path / 'out', '--camera', '0') == 0
    assert 'note: Camera 0 ended after' in capsys.readouterr().err


@pytest.mark.parametrize('words', [[], ['clip.mp4', '--camera', '0'], ['--camera', '-1']])
def test_exactly_one_thing_is_tracked(plug, tmp_path, capsys, words):
    plug(ScriptedCamera())
    assert run(tmp_path / 'out', *words) == 2
    assert 'camera' in capsys.readouterr().err
    assert not (tmp_path / 'out').exists()
