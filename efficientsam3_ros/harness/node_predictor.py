"""The tracker node over DDS as a predictor: fed by the bag player, heard by this process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
import tempfile
import time

from efficientsam3_ros.bags import BagWriter
from efficientsam3_ros.core import FrameResult, Prompt
from efficientsam3_ros.datasets.bag.bag_sequence import BagSequence
from efficientsam3_ros.datasets.sequence import Sequence as FrameSequence
from efficientsam3_ros.engine.bundles import find_bundle
from efficientsam3_ros.evaluation.run.plan import RunPlan
from efficientsam3_ros.evaluation.run.prediction import Prediction, Tick, sequence_timing
from efficientsam3_ros.evaluation.sequence_result import SequenceTiming
from efficientsam3_ros.harness.live_figures import LiveFigures
from efficientsam3_ros.harness.recorder import IMAGE, Recording
from efficientsam3_ros.harness.session import SessionError, TrackerSession

_SETTLE_S = 60.0
# Of a quarter of a second each; the node reports twice a second.
_QUIET_LOOKS = 6
_SLOWEST_PLAY = 3.0
_NS = 1e9


class NodePredictor:
    """A ``Predictor`` that starts a tracker node for each sequence.

    Latency runs from the moment an image is published to the receipt of its result in this
    process. Images that never reached the node are ``offered`` less ``received``.

    Args:
        plan: What to run; always at the recorded pace.

    Raises:
        RosMissingError: When predicting, if ROS 2 is not installed.
    """

    def __init__(self, plan: RunPlan) -> None:
        self._plan = plan

    def predict(
        self, sequence: FrameSequence, prompts: Sequence[Prompt], tick: Tick
    ) -> Prediction:
        """Play a sequence to a fresh node.

        Raises:
            SessionError: If a prompt needs more than words.
            SessionError: If the node does not start.
            ChildError: If a node ends by a fault.
            FrameAccountingError: If an image is unaccounted for.
        """
        if any(prompt.has_exemplars for prompt in prompts):
            raise SessionError('With --node, objects are named in words; add --concepts.')
        with tempfile.TemporaryDirectory(prefix='efficientsam3_source_') as folder:
            heard, timing = self._play(sequence, prompts, Path(folder))
        stamps = tuple(frame.stamp_ns for frame in sequence.frames())
        for _ in stamps:
            tick()
        results = tuple(heard.get(stamp) for stamp in stamps)
        strange = len(heard) - sum(result is not None for result in results)
        notes = (
            (
                timing.undelivered,
                'results never reached this process; their frames count as dropped',
            ),
            (strange, 'results bear a stamp that no frame has; they are not scored'),
        )
        said = tuple(f'{count} {what}.' for count, what in notes if count)
        return Prediction(stamps, results, timing, said)

    def close(self) -> None:
        """Do nothing: every node has ended with its sequence."""

    def _play(
        self, sequence: FrameSequence, prompts: Sequence[Prompt], scratch: Path
    ) -> tuple[dict[int, FrameResult], SequenceTiming]:
        """Return what was heard by its stamp, and when."""
        bag, topic = _playable(sequence, scratch)
        # Kept until the next play, so that the logs that an error names are there.
        logs = self._plan.cache / 'node_logs'
        logs.mkdir(parents=True, exist_ok=True)
        journal = (scratch / 'published.txt').resolve()
        player = {'bag': str(bag), 'topic': topic, 'stamps': 'original', 'journal': str(journal)}
        # Reads the whole source, so it must not happen while results come in.
        patience = _SETTLE_S + _SLOWEST_PLAY * _duration(sequence)
        with TrackerSession(logs) as session:
            session.start_tracker(self.parameters(prompts))
            session.wait_until_ready()
            process = session.start('bag_player', player, f'image_raw:={IMAGE}', ends=True)
            recording = session.recording
            session.wait(lambda: bool(recording.arrivals) or process.finished, patience)
            # From the first result on: a player that still starts would make us look idle.
            begin, cpu = time.monotonic(), time.process_time()
            session.wait(lambda: process.finished, patience, 'The bag player does not end')
            seconds = max(time.monotonic() - begin, 1e-9)
            share = (time.process_time() - cpu) / seconds
            _settle(session)
        return recording.results, _timing(recording, _read_journal(journal), seconds, share)

    def parameters(self, prompts: Sequence[Prompt]) -> dict[str, object]:
        """Return the parameters of the node."""
        from efficientsam3_ros.nodes.tracker.parameters import TRACKING

        plan = self._plan
        limit = max(plan.tracker.max_prompts, len(prompts))
        settings = asdict(replace(plan.tracker, max_prompts=limit))
        # JSON has no NaN; what is left out keeps its default, which is NaN.
        tracker = {f'{TRACKING}{name}': v for name, v in settings.items() if v == v}
        return {
            **tracker,
            'bundle': str(find_bundle(plan.bundle).resolve()),
            'engine': plan.engine,
            'threads': plan.threads,
            'prompts': [prompt.concept for prompt in prompts],
            'diagnostics_period': 0.5,
        }


def _playable(sequence: FrameSequence, folder: Path) -> tuple[Path, str]:
    """Return a bag and its image topic; pictures become a bag first."""
    if isinstance(sequence, BagSequence) and sequence.topics.image is not None:
        return sequence.path.resolve(), sequence.topics.image
    path = folder / 'source.mcap'
    with BagWriter(path) as bag:
        for frame in sequence.frames():
            bag.image(IMAGE, frame.rgb, 'rgb8', frame.stamp_ns, frame.frame_id)
    return path, IMAGE


def _duration(sequence: FrameSequence) -> float:
    """Return seconds between the first and the last truth."""
    stamps = [frame.stamp_ns for frame in sequence.truth() if frame is not None]
    return (stamps[-1] - stamps[0]) / _NS if stamps else float(sequence.expected_frames)


def _settle(session: TrackerSession) -> None:
    """Wait until nothing is under way in the node, and its reports and results have stopped."""
    seen: list[tuple[int, int, int]] = []

    def settled() -> bool:
        now = LiveFigures.of(session.recording)
        seen.append((now.received, now.under_way, len(session.recording.arrivals)))
        quiet = seen[-_QUIET_LOOKS:]
        return len(quiet) == _QUIET_LOOKS and len(set(quiet)) == 1 and now.under_way == 0

    session.wait(settled, _SETTLE_S)


def _read_journal(path: Path) -> list[tuple[int, int]]:
    lines = path.read_text(encoding='utf-8').splitlines()
    if not lines:
        raise SessionError(f'The bag player published nothing; see the logs in {path.parent}.')
    return [(int(stamp), int(at)) for stamp, at in (line.split() for line in lines)]


def _timing(
    recording: Recording, published: list[tuple[int, int]], seconds: float, cpu_share: float
) -> SequenceTiming:
    """Summarise one play.

    Args:
        recording: What was heard.
        published: Stamp and time of publishing of every image, nanoseconds, in order.
        seconds: Wall time from the first result to the end of the play.
        cpu_share: CPU time of this process over wall time.
    """
    times: dict[int, list[int]] = defaultdict(list)
    for stamp, at in published:
        times[stamp].append(at)
    latencies = [
        (at - times[stamp].pop(0)) / _NS for stamp, at in recording.arrivals if times[stamp]
    ]
    figures = LiveFigures.of(recording)
    first_stamp, first_at = published[0]
    late = max((at - first_at) - (stamp - first_stamp) for stamp, at in published)
    return sequence_timing(
        offered=len(published),
        received=figures.received,
        processed=figures.processed,
        dropped=figures.dropped,
        latencies=latencies,
        seconds=seconds,
        late_s=late / _NS,
        harness_cpu_share=cpu_share,
    )
