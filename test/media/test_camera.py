"""A live camera, with a script in place of the device."""

import gc
from threading import Event

import cv2
import numpy as np
import pytest

import efficientsam3_ros as es3
from efficientsam3_ros.media.frame_source import SourceError

WAIT_S = 30


class FakeCapture:
    """Gives pictures numbered by their brightness, each when it is allowed."""

    def __init__(self, pictures=0, opens=True):
        self.pictures = pictures
        self.opens = opens
        self.read_so_far = 0
        self.go, self.all_read, self.released = Event(), Event(), Event()

    def isOpened(self):
        return self.opens

    def get(self, key):
        return 30.0 if key == cv2.CAP_PROP_FPS else 0.0

    def read(self):
        if self.read_so_far == self.pictures:
            self.all_read.set()
            # A device waits for the next picture; the script's end is the unplugged cable.
            self.go.wait(WAIT_S)
            return False, None
        self.read_so_far += 1
        return True, np.full((4, 6, 3), (1, 2, self.read_so_far), np.uint8)

    def release(self):
        self.go.set()
        self.released.set()


@pytest.fixture
def plug(monkeypatch):
    def plug_in(capture):
        monkeypatch.setattr(cv2, 'VideoCapture', lambda index: capture)
        return capture

    return plug_in


def test_the_newest_picture_is_given_and_older_ones_are_passed_over(plug):
    capture = plug(FakeCapture(pictures=5))
    with es3.video(0) as camera:
        assert camera.fps == 30.0
        assert capture.all_read.wait(WAIT_S)
        frame = next(camera)
        assert frame.rgb[0, 0].tolist() == [5, 2, 1], 'RGB'
        assert frame.stamp_ns > 0
        capture.go.set()
        assert list(camera) == [], 'no picture comes twice'
    assert camera.notes == ['Camera 0 ended after 1 pictures.']
    assert capture.released.wait(WAIT_S)


def test_leaving_the_block_releases_the_camera(plug):
    capture = plug(FakeCapture(pictures=2))
    with es3.video(0) as camera:
        assert capture.all_read.wait(WAIT_S)
        capture.go.set()
    assert capture.released.wait(WAIT_S)
    assert list(camera) == []
    assert camera.notes == [], 'it was closed, not unplugged'


def test_a_forgotten_camera_is_released(plug):
    capture = plug(FakeCapture(pictures=2))
    capture.go.set()
    next(iter(es3.video(0)))
    gc.collect()
    assert capture.released.wait(WAIT_S)


def test_a_camera_that_cannot_be_opened_is_told_with_remedies(plug):
    plug(FakeCapture(opens=False))
    with pytest.raises(SourceError, match=r'Camera 3 cannot be opened.*connected.*/dev/video3'):
        es3.video(3)


def test_a_camera_without_a_picture_is_an_error(plug):
    capture = plug(FakeCapture(pictures=0))
    capture.go.set()
    with es3.video(0) as camera, pytest.raises(SourceError, match='gives no picture'):
        next(camera)
