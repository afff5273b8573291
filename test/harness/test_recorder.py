"""Recording what nodes publish."""

from __future__ import annotations

import os
from threading import Timer

import pytest

rclpy = pytest.importorskip('rclpy')
pytest.importorskip('efficientsam3_ros.msg')

from efficientsam3_ros.harness.recorder import LiveListener  # noqa: E402

pytestmark = pytest.mark.dds


def test_a_request_to_stop_ends_the_recording_as_an_interruption():
    # rclpy answers SIGINT and SIGTERM by a shutdown; the command line knows interruptions.
    recorder = LiveListener(dict(os.environ), images=False, results=False)
    try:
        request = Timer(0.3, rclpy.try_shutdown)
        request.start()
        with pytest.raises(KeyboardInterrupt):
            recorder.spin(30.0)
        request.join()
    finally:
        recorder.close()
