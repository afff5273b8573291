"""What an evaluation runs, and the keys under which its work is kept."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import Enum
from functools import cache
import hashlib
import json
from pathlib import Path

from efficientsam3_ros import __version__, core, engine, tracking
from efficientsam3_ros.core import Manifest, Prompt
from efficientsam3_ros.core.manifest import MANIFEST_NAME, file_sha256
from efficientsam3_ros.engine import DEFAULT_BUNDLE
from efficientsam3_ros.engine.bundles import find_bundle
from efficientsam3_ros.evaluation.results import RunSettings
from efficientsam3_ros.tracking import TrackerConfig


class Mode(Enum):
    """How frames reach the tracker."""

    EVERY_FRAME = 'every_frame'
    """Each frame waits for the tracker: the same results on every machine."""
    REALTIME = 'realtime'
    """Frames come at their recorded pace, the newest wins, the others are lost."""


@dataclass(frozen=True)
class RunPlan:
    """What to run on every sequence.

    Attributes:
        bundle: Embedded name or folder.
        engine: Inference backend.
        threads: CPU threads of one engine, 0 = all cores.
        tracker: Settings of the tracker.
        mode: How frames reach it.
        over_dds: Whether it runs as a ROS 2 node of its own.
        concepts: What to ask for instead of the truth's concepts.
        topics: Topics that the user named; they choose what is read of a bag.
        suite: Name of the suite or of the simulated scenes, empty without.
        detector_alone: Whether to take each frame's detections instead of a tracker's results.
        cache: Folder of predictions.
        reuse: Whether predictions of an earlier run are taken.
    """

    bundle: str = DEFAULT_BUNDLE
    engine: str = 'onnxruntime'
    threads: int = 0
    tracker: TrackerConfig = field(default_factory=TrackerConfig)
    mode: Mode = Mode.EVERY_FRAME
    over_dds: bool = False
    concepts: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    suite: str = ''
    detector_alone: bool = False
    cache: Path = Path('output/evaluation')
    reuse: bool = True

    def settings(self) -> RunSettings:
        """Return what goes into the results.

        Raises:
            BundleError: If the bundle is missing or damaged.
        """
        folder = find_bundle(self.bundle)
        manifest = Manifest.load(folder)
        return RunSettings(
            mode=self.mode.value,
            over_dds=self.over_dds,
            bundle=manifest.name,
            bundle_digest=file_sha256(folder / MANIFEST_NAME),
            graphs={name: graph.sha256 for name, graph in manifest.graphs.items()},
            engine=self.engine,
            threshold=self.tracker.resolved(manifest).detection_threshold,
            tracker=asdict(self.tracker),
            concepts=self.concepts,
            suite=self.suite,
            detector_alone=self.detector_alone,
        )

    def key(self, digest: str, bundle_digest: str, prompts: tuple[Prompt, ...]) -> str:
        """Return the name under which the predictions of a sequence are kept.

        It changes with whatever could change a prediction: the content, the bundle, the
        settings, the prompts, and the tracker's own source code.

        Args:
            digest: Of the sequence.
            bundle_digest: Of the bundle.
            prompts: What is asked for.
        """
        config = {
            'tracker': asdict(self.tracker),
            'engine': self.engine,
            'mode': self.mode.value,
            'over_dds': self.over_dds,
            'detector_alone': self.detector_alone,
            'prompts': [asdict(prompt) for prompt in prompts],
            'topics': self.topics,
            'code': _code_digest(),
        }
        text = json.dumps(config, sort_keys=True)
        return '-'.join(
            (digest[:16], bundle_digest[:12], hashlib.sha256(text.encode()).hexdigest()[:12])
        )


@cache
def _code_digest() -> str:
    """Return a digest of everything between a frame and its result."""
    digest = hashlib.sha256(__version__.encode())
    for room in (core, engine, tracking):
        for source in sorted(Path(str(room.__file__)).parent.rglob('*.py')):
            digest.update(source.read_bytes())
    return digest.hexdigest()
