"""Frames at their own pace, with an engine that is too slow for them."""

from __future__ import annotations

import time

from painted_sequence import PaintedSequence
import pytest
from scripted_engine import ColorEngine

from efficientsam3_ros.core import Prompt
from efficientsam3_ros.engine import EngineError
from efficientsam3_ros.evaluation.run.prediction import FrameAccountingError, sequence_timing
from efficientsam3_ros.evaluation.run.realtime import run_realtime
from efficientsam3_ros.evaluation.run.scoring import score_sequence
from efficientsam3_ros.tracking import ConceptTracker

PROMPTS = (Prompt('red block'), Prompt('green mug'))


class SlowEngine(ColorEngine):
    """Takes three frame periods a frame, and fails where it is told to."""

    def __init__(self, fail_at=()):
        super().__init__()
        self.fail_at = fail_at

    def run(self, graph, inputs):
        if graph == 'detector':
            time.sleep(0.06)
            if self.runs['detector'] + 1 in self.fail_at:
                self.runs['detector'] += 1
                raise EngineError('out of memory')
        return super().run(graph, inputs)


def run(engine, sequence):
    tracker = ConceptTracker(engine)
    tracker.set_prompts(PROMPTS)
    return run_realtime(tracker, sequence.frames(), lambda: None)


def test_a_slow_tracker_loses_frames_and_accounts_for_them():
    sequence = PaintedSequence(count=30, fps=50)
    begin = time.monotonic()
    prediction = run(SlowEngine(), sequence)
    assert time.monotonic() - begin >= 29 / 50
    timing = prediction.timing
    assert timing.offered == timing.received == 30
    assert timing.received == timing.processed + sum(timing.dropped.values())
    assert timing.dropped['busy'] >= 10
    assert timing.p50_ms >= 60
    assert timing.p50_ms <= timing.p95_ms <= timing.p99_ms <= timing.max_ms
    assert sum(timing.histogram) == timing.processed
    answered = [result is not None for result in prediction.results]
    assert sum(answered) == timing.processed
    for stamp, result in zip(prediction.stamps_ns, prediction.results):
        assert result is None or result.stamp_ns == stamp


def test_a_lost_frame_is_answered_by_what_the_robot_has():
    sequence = PaintedSequence(count=30, fps=50)
    prediction = run(SlowEngine(), sequence)
    result = score_sequence(sequence, prediction, PROMPTS)
    assert result.per_frame.processed.count(False) == prediction.timing.dropped['busy']
    # The block moves on under a mask that stands still, so boundaries suffer, not recall.
    first = result.per_frame.processed.index(True)
    assert result.metrics.unanswered_frames == first
    assert result.metrics.jf < 0.95
    assert sum(result.scores.true) + sum(result.scores.false) == prediction.timing.processed


def test_a_failing_network_is_a_cause_of_its_own():
    prediction = run(SlowEngine(fail_at=(2,)), PaintedSequence(count=15, fps=50))
    assert prediction.timing.dropped['failed'] == 1
    assert any('out of memory' in note for note in prediction.notes)


@pytest.mark.parametrize('processed', [5, 7])
def test_counts_that_do_not_add_up_are_refused(processed):
    said = f'10 frames were received, but {processed} processed'
    with pytest.raises(FrameAccountingError, match=said):
        sequence_timing(10, 10, processed, {'busy': 3, 'stale': 1}, [0.1] * processed, 1.0)


def test_lost_results_are_counted():
    timing = sequence_timing(12, 10, 3, {'busy': 7}, [0.1, 0.1], 1.0)
    assert (timing.offered, timing.received, timing.undelivered) == (12, 10, 1)
