"""The node's work without ROS: messages are look-alikes."""

from __future__ import annotations

from threading import Event
import time
from types import SimpleNamespace

import pytest
from scripted_engine import ColorEngine, painted_frame

from efficientsam3_ros.core import Prompt, PromptError
from efficientsam3_ros.core.messages.image_codec import ImageError
from efficientsam3_ros.core.messages.image_fault import ImageFault
from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.engine import EngineError
from efficientsam3_ros.tracking import ConceptTracker
from efficientsam3_ros.tracking.live.hooks import Hooks
from efficientsam3_ros.tracking.live.pipeline import Pipeline
from efficientsam3_ros.tracking.live.recent_images import KEPT
from efficientsam3_ros.tracking.live.stamps import StampCheck
from efficientsam3_ros.tracking.live.statistics import Statistics
from efficientsam3_ros.tracking.live.summary import Loss

WAIT_S = 30.0


class Bench:
    """A pipeline with a fake network whose decoder can be held up."""

    def __init__(self):
        self.published, self.warnings = [], []
        self.entered, self.gate = Event(), Event()
        self.gate.set()
        self.statistics = Statistics()
        tracker = ConceptTracker(ColorEngine())
        tracker.set_prompts([Prompt('red block')])
        hooks = Hooks(
            decode=self.decode,
            publish=lambda header, frame, result: self.published.append((header, result)),
            warn=lambda key, text: self.warnings.append((key, text)),
            now_ns=lambda: 0,
        )
        self.pipeline = Pipeline(tracker, hooks, StampCheck(), self.statistics)
        self.pipeline.start()

    def decode(self, message):
        self.entered.set()
        assert self.gate.wait(WAIT_S)
        if message.bad:
            raise ImageError('no image', ImageFault.SIZE)
        return painted_frame({'red': (5, 5, 10, 10)}).rgb

    def send(self, sec, bad=False):
        header = SimpleNamespace(stamp=SimpleNamespace(sec=sec, nanosec=0), frame_id='optical')
        self.pipeline.submit(SimpleNamespace(header=header, bad=bad))
        return header

    def finish(self, count):
        """Wait until so many images are accounted for."""
        self.gate.set()
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            summary = self.statistics.summary()
            if summary.processed + sum(summary.losses.values()) == count:
                return summary
            self.pipeline.call(lambda tracker: tracker.prompts)
            Event().wait(0.01)
        raise AssertionError(f'{count} images are not accounted for: {summary}')


@pytest.fixture
def bench():
    bench = Bench()
    yield bench
    bench.gate.set()
    bench.pipeline.stop()


def test_every_image_is_accounted_for(bench):
    bench.gate.clear()
    bench.send(1)
    assert bench.entered.wait(WAIT_S)
    for sec in (2, 3, 4):
        bench.send(sec)
    bench.finish(4)
    bench.send(5, bad=True)
    summary = bench.finish(5)
    assert (summary.received, summary.processed) == (5, 2)
    assert summary.losses[Loss.BUSY] == 2
    assert summary.losses[Loss.UNREADABLE] == 1
    assert summary.unreadable == {fault: fault is ImageFault.SIZE for fault in ImageFault}
    assert (f'image: {ImageFault.SIZE.value}', 'no image') in bench.warnings
    assert [result.stamp_ns for _, result in bench.published] == [10**9, 4 * 10**9]


def test_header_is_the_very_object(bench):
    header = bench.send(1)
    bench.finish(1)
    assert bench.published[0][0] is header


def test_prompts_change_while_an_image_is_under_way(bench):
    bench.gate.clear()
    bench.send(1)
    assert bench.entered.wait(WAIT_S)
    bench.send(2)
    bench.gate.set()
    assert bench.pipeline.call(lambda tracker: tracker.set_prompts([Prompt('blue block')])) == 2
    bench.finish(2)
    versions = [result.prompt_version for _, result in bench.published]
    assert versions == [1, 2], 'a frame is never half under one prompt, half under another'


def test_the_last_images_are_found_by_their_stamps(bench):
    for sec in range(1, KEPT + 3):
        bench.send(sec)
        bench.finish(sec)
    recent = bench.pipeline.recent
    frame = bench.pipeline.call(lambda tracker: recent(5 * SECOND_NS))
    assert (frame.stamp_ns, frame.frame_id) == (5 * SECOND_NS, 'optical')
    assert (frame.rgb == painted_frame({'red': (5, 5, 10, 10)}).rgb).all()
    with pytest.raises(PromptError, match=f'the last {KEPT} are kept'):
        bench.pipeline.call(lambda tracker: recent(2 * SECOND_NS))


def test_an_image_that_was_published_counts_even_if_it_cannot_be_remembered(bench):
    def publish_and_fail(frame, publish):
        publish(step(frame))
        raise EngineError('memorise fails')

    step = bench.pipeline.call(lambda tracker: tracker.step)
    bench.pipeline.call(lambda tracker: setattr(tracker, 'step', publish_and_fail))
    bench.send(1)
    summary = bench.finish(1)
    assert (summary.processed, summary.losses[Loss.FAILED]) == (1, 0)
    assert len(bench.published) == 1
    assert [key for key, text in bench.warnings if 'memorise fails' in text] == ['memory']


def test_nothing_is_published_after_a_pause(bench):
    bench.gate.clear()
    bench.send(1)
    assert bench.entered.wait(WAIT_S)
    bench.send(2)
    bench.gate.set()
    bench.pipeline.pause()
    published = len(bench.published)
    summary = bench.finish(2)
    assert published == len(bench.published) == summary.processed
    assert summary.processed + summary.losses[Loss.INACTIVE] == 2
