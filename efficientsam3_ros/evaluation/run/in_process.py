"""A tracker, or the detector alone, in this process; loaded when the first sequence needs it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from time import perf_counter

from efficientsam3_ros.core import Frame, Prompt
from efficientsam3_ros.datasets.sequence import Sequence as FrameSequence
from efficientsam3_ros.engine import Engine, load_engine
from efficientsam3_ros.evaluation.run.plan import Mode, RunPlan
from efficientsam3_ros.evaluation.run.prediction import Prediction, Tick, sequence_timing
from efficientsam3_ros.evaluation.run.prompting import PromptFeed
from efficientsam3_ros.evaluation.run.realtime import run_realtime
from efficientsam3_ros.tracking import ConceptTracker
from efficientsam3_ros.tracking.frame_detector import FrameDetector


class InProcess:
    """A ``Predictor`` that calls ``ConceptTracker``, or ``FrameDetector`` if the plan says so.

    Args:
        plan: What to run.
    """

    def __init__(self, plan: RunPlan) -> None:
        self._plan = plan
        self._engine: Engine | None = None

    def predict(
        self, sequence: FrameSequence, prompts: Sequence[Prompt], tick: Tick
    ) -> Prediction:
        """Run over a sequence with a fresh tracker.

        Raises:
            BundleError: If the bundle is missing or damaged.
            EngineError: If the network cannot be loaded or fails.
            PromptError: If the network cannot read a prompt.
        """
        plan = self._plan
        if self._engine is None:
            self._engine = load_engine(plan.bundle, plan.engine, plan.threads)
        # A data set may ask for more at a time than a robot usually is.
        limit = max(plan.tracker.max_prompts, len(prompts))
        config = replace(plan.tracker, max_prompts=limit)
        if plan.detector_alone:
            detector = FrameDetector(self._engine, config)
            feed = PromptFeed(prompts, detector.set_prompts)
            made = _run_every_frame(detector, sequence.frames(), tick, feed)
            unknown = detector.unknown_words
        else:
            tracker = ConceptTracker(self._engine, config)
            feed = PromptFeed(prompts, tracker.set_prompts)
            run = run_realtime if plan.mode is Mode.REALTIME else _run_every_frame
            made = run(tracker, sequence.frames(), tick, feed)
            unknown = tracker.unknown_words
        notes = [
            f'The model has never seen {", ".join(words)} of "{concept}".'
            for concept, words in unknown.items()
        ]
        return replace(made, notes=(*notes, *made.notes))

    def close(self) -> None:
        """Free the network."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None


def _run_every_frame(
    tracker: ConceptTracker | FrameDetector,
    frames: Iterable[Frame],
    tick: Tick,
    feed: PromptFeed,
) -> Prediction:
    """Step over all frames, each of which waits for the tracker.

    Reproducible, and as fast as the machine allows.
    """
    begin = perf_counter()
    stamps, results, latencies, steps = [], [], [], []
    for frame in frames:
        feed.before(frame.stamp_ns)
        start = perf_counter()
        results.append(tracker.step(frame))
        latencies.append(perf_counter() - start)
        steps.append(tracker.times)
        stamps.append(frame.stamp_ns)
        tick()
    count, seconds = len(stamps), perf_counter() - begin
    timing = sequence_timing(count, count, count, {}, latencies, seconds, steps)
    return Prediction(tuple(stamps), tuple(results), timing)
