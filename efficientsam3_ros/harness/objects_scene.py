"""One simulated scene before the three nodes, and what they said of its images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from efficientsam3_ros.evaluation.objects.measure import Heard
from efficientsam3_ros.evaluation.objects.summary import ImageCounts
from efficientsam3_ros.harness.objects_listener import OutputRecording
from efficientsam3_ros.harness.objects_messages import unpacked
from efficientsam3_ros.harness.objects_session import ObjectsSession
from efficientsam3_ros.harness.recorder import Recording
from efficientsam3_ros.nodes.cameras.simulation_source import CameraSettings
from efficientsam3_ros.nodes.tracker.parameters import TRACKING
from efficientsam3_ros.nodes.tracker.settings import NodeSettings
from efficientsam3_ros.tracking import TrackerConfig

_NS = 1e9


@dataclass(frozen=True, eq=False)
class Played:
    """What was heard of a scene.

    Attributes:
        counts: Of its images; none is measured yet.
        recording: Of camera and tracker.
        outputs: Of the objects node.
        stamps: Of the images of which everything was heard, ascending, nanoseconds.
    """

    counts: ImageCounts
    recording: Recording
    outputs: OutputRecording
    stamps: tuple[int, ...]

    def heard(self, stamp_ns: int) -> Heard:
        """Return what was said of an image."""
        recording, outputs = self.recording, self.outputs
        return Heard(
            recording.truth[stamp_ns],
            recording.results[stamp_ns],
            outputs.middles[stamp_ns],
            outputs.boxes[stamp_ns],
            outputs.targets.get(stamp_ns),
        )

    def picture(self, stamp_ns: int) -> np.ndarray:
        """Return an image as the node took it, uint8 (H, W, 3)."""
        return unpacked(self.outputs.colors[stamp_ns])


def play(
    tracker: NodeSettings, camera: CameraSettings, phrases: Sequence[str], folder: Path
) -> Played:
    """Start the nodes, show them the film once, and stop them.

    Args:
        tracker: Parameters of the tracker.
        camera: Which film.
        phrases: What is asked for.
        folder: Gets the logs.

    Raises:
        RosMissingError: If ROS 2 or messages are not installed.
        SessionError: If the nodes do not work together.
        ChildError: If one ends by a fault.
    """
    words = tuple(phrases)
    limit = max(TrackerConfig().max_prompts, len(words))
    parameters = {**asdict(replace(tracker, prompts=words)), f'{TRACKING}max_prompts': limit}
    with ObjectsSession(folder) as session:
        session.start_nodes(parameters)
        session.show(replace(camera, concepts=words, loop=False))
        recording, outputs = session.recording, session.outputs
    done = outputs.complete & set(recording.truth) & set(recording.results)
    sent = round((camera.shown_seconds or camera.seconds) * camera.rate)
    begun, complete = len(outputs.begun), len(outputs.complete)
    counts = ImageCounts(
        sent, _rate(recording.offered), len(recording.results), begun, complete, 0
    )
    return Played(counts, recording, outputs, tuple(sorted(done)))


def _rate(stamps: Sequence[int]) -> float | None:
    if len(stamps) < 2:
        return None
    # The middle one of the gaps: what was not heard does not count as late.
    return round(_NS / float(np.median(np.diff(sorted(stamps)))), 2)
