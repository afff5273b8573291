"""How many of the images that a camera sends arrive in the tracker node, over real DDS."""

from __future__ import annotations

from dataclasses import asdict, dataclass
import json
from pathlib import Path
import re

from efficientsam3_ros.harness.recorder import IMAGE
from efficientsam3_ros.harness.session import TrackerSession
from efficientsam3_ros.nodes.tracker.settings import NodeSettings

_PATIENCE_S = 90.0
# The first report after the last image may have been under way.
_LAST_REPORTS = 3


@dataclass(frozen=True)
class Stream:
    """What a camera sends.

    Attributes:
        width: Image columns.
        height: Image rows.
        rate: Images a second.
        reliability: QoS of the publisher.
    """

    width: int
    height: int
    rate: float
    reliability: str

    @classmethod
    def parse(cls, text: str, reliability: str) -> Stream:
        """Read ``640x480@30``.

        Raises:
            ValueError: If it has another form.
        """
        match = re.fullmatch(r'(\d{1,5})x(\d{1,5})@(\d{1,4}(?:\.\d+)?)', text)
        values = [float(value) for value in match.groups()] if match else [0.0]
        if min(values) <= 0:
            raise ValueError(f'A stream is given as 640x480@30, got "{text}".')
        width, height, rate = values
        return cls(int(width), int(height), rate, reliability)

    def __str__(self) -> str:
        return f'{self.width}x{self.height} at {self.rate:g} Hz'


@dataclass(frozen=True)
class Arrival:
    """What became of the images of one run.

    Attributes:
        sent: Images that were published.
        seconds: How long that took.
        received: Images that arrived in the node.
        lost: Images that the node counted as lost on the way.
    """

    sent: int
    seconds: float
    received: int
    lost: int

    @property
    def share(self) -> float:
        """Received of sent."""
        return self.received / self.sent

    @property
    def uncounted(self) -> int:
        """Images that neither arrived nor were counted as lost."""
        return self.sent - self.received - self.lost


def measure_arrival(
    stream: Stream, seconds: float, tracker: NodeSettings, folder: Path, profile: bool = True
) -> Arrival:
    """Start a tracker, send it a stream, and compare what was sent and received.

    Tracker and camera run in the environment that the launch file sets.

    Args:
        stream: What the camera sends.
        seconds: For how long.
        tracker: Parameters of the tracker.
        folder: Gets the logs.
        profile: Whether the camera has the Fast DDS profile, too.

    Raises:
        RosMissingError: If ROS 2 is not installed.
        SessionError: If the nodes do not work together.
        ChildError: If one ends by a fault.
    """
    journal = folder / 'sent.json'
    journal.unlink(missing_ok=True)
    count = max(1, round(seconds * stream.rate))
    sender = {**asdict(stream), 'count': count, 'journal': str(journal)}
    with TrackerSession(folder, results=False) as session:
        session.start_tracker(asdict(tracker))
        session.wait_until_ready()
        camera = session.start(
            'image_sender', sender, f'image:={IMAGE}', ends=True, profile=profile
        )
        patience = seconds + _PATIENCE_S
        session.wait(lambda: camera.finished, patience, 'The camera does not end')
        enough = session.recording.reports + _LAST_REPORTS
        session.wait(
            lambda: session.recording.reports >= enough, _PATIENCE_S, 'The tracker reports nothing'
        )
        counters = session.recording.counters
    sent = json.loads(journal.read_text())
    return Arrival(
        sent['sent'],
        sent['seconds'],
        int(counters['received']),
        int(counters['lost before the node']),
    )
