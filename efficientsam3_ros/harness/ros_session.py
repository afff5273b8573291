"""Simulated camera and tracker as two processes, and a listener in this one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from efficientsam3_ros.harness.tracker_session import TrackerSession

_CAMERA_START_S = 60.0
_LONGEST_FILM_S = 60.0
# A software renderer on a busy machine draws a few images a second.
_RENDER_S_PER_FRAME = 1.0


@dataclass(frozen=True)
class SessionConfig:
    """What to start.

    Attributes:
        concepts: What the tracker is asked for, and the truth answers.
        bundle: Embedded name or folder.
        engine: Inference backend.
        threads: CPU threads of the tracker, 0 for all cores.
        seed: Which scene.
        rate: Camera frames a second.
        film_seconds: Length of the film, rendered before it is shown.
        loop: Begin the film anew when it ends.
        width: Image columns.
        height: Image rows.
    """

    concepts: tuple[str, ...]
    bundle: str
    engine: str = 'onnxruntime'
    threads: int = 0
    seed: int = 7
    rate: float = 15.0
    film_seconds: float = 20.0
    loop: bool = False
    width: int = 640
    height: int = 480

    def camera(self) -> dict[str, object]:
        """Return the camera's parameters; rendered beforehand, so that its rate is steady."""
        return {
            'seed': self.seed,
            'rate': float(self.rate),
            'width': self.width,
            'height': self.height,
            'seconds': float(self.film_seconds),
            'prerender_seconds': float(min(self.film_seconds, _LONGEST_FILM_S)),
            'loop': self.loop or self.film_seconds > _LONGEST_FILM_S,
            'depth': False,
            'concepts': list(self.concepts),
        }

    def tracker(self) -> dict[str, object]:
        """Return the tracker's parameters."""
        bundle = Path(self.bundle)
        return {
            'bundle': str(bundle.resolve()) if bundle.is_dir() else self.bundle,
            'engine': self.engine,
            'threads': self.threads,
            'prompts': list(self.concepts),
        }


class RosSession(TrackerSession):
    """A session of both nodes.

    Args:
        config: What to start.
        folder: Gets the nodes' logs and parameter files.
        images: Record the images too.
        results: Keep whole results and truth, not only their times.

    Raises:
        RosMissingError: If ROS 2 is not installed.
    """

    def __init__(self, config: SessionConfig, folder: Path, images: bool, results: bool) -> None:
        super().__init__(folder, images, results)
        self._config = config

    def start_both(self) -> None:
        """Start tracker and camera."""
        self.start_tracker(self._config.tracker())
        self.camera = self.start('simulated_camera', self._config.camera(), '__ns:=/camera')

    def wait_until_running(self) -> None:
        """Wait for the tracker to be ready and the camera to show its first image.

        Raises:
            ChildError: If a node ends.
            SessionError: If it takes too long.
        """
        self.wait_until_ready()
        frames = self._config.rate * min(self._config.film_seconds, _LONGEST_FILM_S)
        self.wait(
            lambda: bool(self.recording.offered),
            _CAMERA_START_S + frames * _RENDER_S_PER_FRAME,
            'The camera shows nothing',
        )

    def listen(self, seconds: float) -> None:
        """Record for a while.

        Raises:
            ChildError: If a node ends.
        """
        self.wait(lambda: False, seconds)
