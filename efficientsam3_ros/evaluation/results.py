"""What an evaluation leaves behind: ``results.json`` as dataclasses.

Everything outside ``timing`` is a function of the data, the bundle and the settings: two
``every_frame`` runs give the same bytes there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
import json
import math
from pathlib import Path
from typing import Any

from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.core.writing.atomic import write_text
from efficientsam3_ros.evaluation.class_result import Anchor, ClassMeans, ClassResult
from efficientsam3_ros.evaluation.scoring.metrics import Metrics
from efficientsam3_ros.evaluation.sequence_result import SequenceResult, SequenceTiming
from efficientsam3_ros.evaluation.typed_json import FormatError, from_data, to_data

FORMAT_VERSION = 2
_NEW_NAMES = (
    'figures is now metrics, concepts_figures concept_metrics, timeline track_timelines, '
    'worst worst_frames, unheard undelivered'
)


@dataclass(frozen=True)
class RunSettings:
    """What was run, as far as it may change the results.

    Attributes:
        mode: 'every_frame' or 'realtime'.
        over_dds: Whether the tracker was a ROS 2 node of its own.
        bundle: Name in the bundle's manifest.
        bundle_digest: SHA-256 of the manifest, which holds the checksums of all graphs.
        graphs: Graph name to its SHA-256.
        engine: Inference backend.
        threshold: Detection threshold in force, 0..1.
        tracker: Every setting of ``TrackerConfig``; null where the bundle decides.
        concepts: What the user asked for instead of the truth's concepts.
        suite: Name of the stored suite, empty without one.
        detector_alone: Whether each frame's detections were scored, without a tracker.
    """

    mode: str
    over_dds: bool
    bundle: str
    bundle_digest: str
    graphs: Mapping[str, str]
    engine: str
    threshold: float
    tracker: Mapping[str, Any]
    concepts: tuple[str, ...] = ()
    suite: str = ''
    detector_alone: bool = False


@dataclass(frozen=True)
class Timing:
    """Everything that differs between two runs.

    Attributes:
        seconds: Wall time of the whole run.
        workers: Processes.
        threads: CPU threads of each engine, 0 = all cores.
        sequences: Name to its times.
    """

    seconds: float = math.nan
    workers: int = 1
    threads: int = 0
    sequences: Mapping[str, SequenceTiming] = field(default_factory=dict)


@dataclass(frozen=True)
class RunResults:
    """A whole evaluation.

    Attributes:
        config: What was run.
        total: Figures of all sequences together, from summed counts.
        intervals_95: Figure to its 95 % bootstrap interval over sequences.
        sequences: Name to result, in the order of the names.
        failed: Name to the reason, for sequences without a result.
        timing: Times.
        classes: Class to its result over all pictures; empty but for suites of single pictures.
        class_means: Means over these.
        anchor: Another detector on the same pictures.
        format_version: Version of the layout.
    """

    config: RunSettings
    total: Metrics
    intervals_95: Mapping[str, tuple[float, float]]
    sequences: Mapping[str, SequenceResult]
    failed: Mapping[str, str]
    timing: Timing
    classes: Mapping[str, ClassResult] = field(default_factory=dict)
    class_means: ClassMeans = field(default_factory=ClassMeans)
    anchor: Anchor = field(default_factory=Anchor)
    format_version: int = FORMAT_VERSION

    def save(self, path: Path) -> None:
        """Write ``results.json``, whole or not at all."""
        # One line a key of the outer levels, so that files can be compared.
        write_text(path, json.dumps(to_data(self), indent=1, ensure_ascii=False) + '\n')

    @classmethod
    def load(cls, path: Path) -> RunResults:
        """Read ``results.json``, or the one in a folder.

        Raises:
            FormatError: If it is none, damaged, or of another format; the message says where.
        """
        file = path / 'results.json' if path.is_dir() else path
        try:
            data = json.loads(file.read_text(encoding='utf-8-sig'))
        except FileNotFoundError:
            raise FormatError(
                f'{file} does not exist; "efficientsam3 evaluate ... --out FOLDER" makes it.'
            ) from None
        except (OSError, RecursionError, ValueError) as error:
            raise FormatError(
                f'{file} is no JSON file ({one_line(error)}); evaluate again.'
            ) from error
        _check_format(data, file)
        return from_data(cls, data, str(file))


def _check_format(data: Any, file: Path) -> None:
    found = data.get('format_version', data.get('format')) if isinstance(data, dict) else None
    if found is None:
        raise FormatError(
            f'{file} is no result of "efficientsam3 evaluate": it names no format_version.'
        )
    if found != FORMAT_VERSION:
        names = f' ({_NEW_NAMES})' if found == 1 else ''
        raise FormatError(
            f'{file} has format {found}; this version reads format {FORMAT_VERSION}{names}, '
            'so evaluate again.'
        )
