from __future__ import annotations

import pytest

from efficientsam3_ros.cli.benchmarks.live_settings import (
    LiveRun,
    compare_settings,
    parse_settings,
    settings_table,
)
from efficientsam3_ros.cli.support.options import OptionError
from efficientsam3_ros.harness.recorder import Recording
from efficientsam3_ros.nodes.tracker.settings import NodeSettings


def test_settings_are_threads_and_whether_they_spin():
    found = parse_settings(['0', '1', '2:spin'], NodeSettings(prompts=('mug',)))
    assert [(s.threads, s.spin) for s in found.values()] == [(0, False), (1, False), (2, True)]
    assert all(s.prompts == ('mug',) for s in found.values())


@pytest.mark.parametrize('text', ['', 'spin', '2:turn', '-1', '257', '1.5'])
def test_another_form_is_refused(text):
    with pytest.raises(OptionError, match='THREADS:spin'):
        parse_settings([text], NodeSettings())


class Session:
    """Stands for a running session; a tracker of n threads gives 10 n results a second."""

    def __init__(self):
        self.order = []

    def replace_tracker(self, parameters):
        self.order.append(parameters['threads'])

    def wait_until_ready(self):
        pass

    def forget(self):
        self.recording = Recording()

    def listen(self, seconds):
        if not hasattr(self, 'recording'):
            self.recording = Recording()
        count = round(10 * self.order[-1] * seconds)
        self.recording.receipts += [i / count for i in range(count)]
        self.recording.latencies += [0.05] * count


def test_settings_take_turns_and_the_warm_up_does_not_count():
    session = Session()
    choices = parse_settings(['1', '2'], NodeSettings())
    found = compare_settings(session, choices, 2.0, 3)
    assert session.order == [1, 2] * 3
    assert found['2'] == [LiveRun(20.0, 50.0, 50.0)] * 3


def test_the_table_shows_medians():
    runs = [LiveRun(rate, 40.0, 60.0) for rate in (9.0, 16.0, 14.0)]
    last = settings_table({'2:spin': runs}).splitlines()[-1]
    assert last == '| 2, spinning | 14.0 (9.0 to 16.0) | 40 | 60 |'
