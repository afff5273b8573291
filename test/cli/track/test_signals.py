"""What a signal leaves of ``efficientsam3 track``."""

import signal

import cv2
import pytest
from track_command import lines, track

from efficientsam3_ros.bags import BagReader
from efficientsam3_ros.cli.support.result_folder import ResultFolder

pytestmark = pytest.mark.usefixtures('engine')


def readable(out) -> tuple[int, int]:
    """Return how many lines and how many results of the bag can be read."""
    with BagReader(out / 'instances.mcap') as results:
        return len(lines(out)), len(list(results.results('/tracker/instances')))


@pytest.fixture
def heeds_ctrl_c():
    """Hear SIGINT, which shells have jobs in the background ignore."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures('heeds_ctrl_c')
@pytest.mark.parametrize(('number', 'code'), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_what_was_done_before_a_signal_is_kept_and_told(
    pictures, tmp_path, monkeypatch, capsys, number, code
):
    real = ResultFolder.add

    def add(folder, *frame):
        real(folder, *frame)
        if folder.frames == 4:
            signal.raise_signal(number)

    monkeypatch.setattr(ResultFolder, 'add', add)
    out = tmp_path / 'out'
    assert track(pictures, out) == code
    assert readable(out) == (4, 4)
    assert cv2.VideoCapture(str(out / 'overlay.mp4')).read()[0]
    assert f'What was done is kept in {out}. 4 frames were tracked.' in capsys.readouterr().err
