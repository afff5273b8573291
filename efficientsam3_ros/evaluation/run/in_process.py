"""A tracker, or the detector alone, in this process; loaded when the first sequence needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from efficientsam3_ros.core import Prompt
from efficientsam3_ros.datasets.sequence import Sequence as FrameSequence
from efficientsam3_ros.engine import Engine, load_engine
from efficientsam3_ros.evaluation.run.every_frame import run_every_frame
from efficientsam3_ros.evaluation.run.frame_detector import FrameDetector
from efficientsam3_ros.evaluation.run.plan import Mode, RunPlan
from efficientsam3_ros.evaluation.run.prediction import Prediction, Tick
from efficientsam3_ros.evaluation.run.realtime import run_realtime
from efficientsam3_ros.tracking import ConceptTracker


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
            detector = FrameDetector(self._engine, config, prompts)
            prediction = run_every_frame(detector, sequence.frames(), tick)
            return _with_unknown(detector.unknown_words, prediction)
        tracker = ConceptTracker(self._engine, config)
        tracker.set_prompts(prompts)
        run = run_realtime if plan.mode is Mode.REALTIME else run_every_frame
        return _with_unknown(tracker.unknown_words, run(tracker, sequence.frames(), tick))

    def close(self) -> None:
        """Free the network."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None


def _with_unknown(unknown: Mapping[str, Sequence[str]], made: Prediction) -> Prediction:
    notes = [
        f'The model has never seen {", ".join(words)} of "{concept}".'
        for concept, words in unknown.items()
    ]
    return replace(made, notes=(*notes, *made.notes))
