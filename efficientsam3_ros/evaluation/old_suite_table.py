"""Scene scores to figures, for people and for files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
import math

import numpy as np

from efficientsam3_ros.evaluation.metrics.bootstrap import percentile_interval, resampled
from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts, ConceptScore
from efficientsam3_ros.evaluation.metrics.identity import IdentityCounts
from efficientsam3_ros.evaluation.metrics.presence import PresenceCounts
from efficientsam3_ros.evaluation.metrics.region_boundary import RegionBoundaryCounts
from efficientsam3_ros.evaluation.scene_scores import SceneScores

HEADER = (
    'scene', 'concepts (absent in brackets)', 'cgF1', 'pmF1@.5', 'IL_MCC', 'absent ok',
    'J&F', 'J', 'F', 'objects', 'id switches', 'tracker cgF1',
)  # fmt: skip


@dataclass(frozen=True)
class Metrics:
    """Figures of one scene or of all together.

    Attributes:
        detector: cgF1 of the detector alone, frame by frame.
        presence: Yes and no of the detector.
        tracker: cgF1 of the tracker's visible masks, frame by frame.
        identity: Identity switches of the tracker.
        j: Mean region similarity over objects, 0..1.
        f: Mean boundary accuracy over objects, 0..1.
        idle: J&F that an always empty answer would get, 0..1.
        objects: Objects that entered J and F.
        tracks: Tracks that were ever visible.
        seconds: Median time of one tracker step (of the scenes' medians).
    """

    detector: ConceptScore
    presence: PresenceCounts
    tracker: ConceptScore
    identity: IdentityCounts
    j: float
    f: float
    idle: float
    objects: int
    tracks: int
    seconds: float

    @classmethod
    def of(cls, scenes: Sequence[SceneScores], threshold: float) -> Metrics:
        """Join scenes at a detection threshold."""
        points = [point for scene in scenes for point in scene.datapoints]
        objects = [item for scene in scenes for item in scene.tracks.objects]
        tracked = sum((scene.tracks.concept for scene in scenes), ConceptCounts())
        return cls(
            detector=sum((p.counts(threshold) for p in points), ConceptCounts()).score(),
            presence=sum((p.presence(threshold) for p in points), PresenceCounts()),
            tracker=tracked.score(),
            identity=sum((scene.tracks.identity for scene in scenes), IdentityCounts()),
            j=_mean([item.j for item in objects]),
            f=_mean([item.f for item in objects]),
            idle=_mean([item.idle for item in objects]),
            objects=len(objects),
            tracks=sum(scene.tracks.tracks for scene in scenes),
            seconds=float(np.median([scene.seconds for scene in scenes])),
        )

    @property
    def jf(self) -> float:
        """(J + F) / 2."""
        return (self.j + self.f) / 2

    def row(self, name: str, concepts: str) -> tuple[str, ...]:
        """Return the cells under ``HEADER``; scores x 100."""
        scores = (self.detector.cgf1, self.detector.pmf1_50, self.detector.il_mcc)
        masks = (self.jf, self.j, self.f)
        return (
            name,
            concepts,
            *map(_hundredfold, (*scores, self.presence.absent_accuracy, *masks)),
            str(self.objects),
            str(self.identity.switches),
            _hundredfold(self.tracker.cgf1),
        )

    def data(self) -> dict[str, object]:
        """Return everything for JSON; what does not exist is null."""
        presence = self.presence
        more = {
            'jf': self.jf,
            'absent_accuracy': presence.absent_accuracy,
            'out_of_view_accuracy': presence.out_of_view_accuracy,
            'present_accuracy': presence.present_accuracy,
        }
        return {name: _without_nan(value) for name, value in (asdict(self) | more).items()}


def scene_rows(scenes: Sequence[SceneScores], threshold: float) -> list[tuple[str, ...]]:
    """Return one row a scene and the total."""
    rows = []
    for scene in scenes:
        names = [f'({c})' if c in scene.absent else c for c in scene.concepts]
        rows.append(Metrics.of([scene], threshold).row(scene.name, ', '.join(names)))
    return [*rows, Metrics.of(scenes, threshold).row('all', '')]


def intervals(scenes: Sequence[SceneScores], threshold: float) -> dict[str, tuple[float, ...]]:
    """Return 95 % bootstrap intervals over scenes of cgF1 and J&F, 0..1."""
    counts = [
        sum((p.counts(threshold) for p in scene.datapoints), ConceptCounts()) for scene in scenes
    ]
    masks = [
        sum((item.counts() for item in scene.tracks.objects), RegionBoundaryCounts())
        for scene in scenes
    ]
    return {
        'cgf1': percentile_interval([total.score().cgf1 for total in resampled(counts)]),
        'jf': percentile_interval([total.jf for total in resampled(masks)]),
    }


def markdown(title: str, notes: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a report in Markdown."""
    lines = [f'# {title}', '', *(f'- {note}' for note in notes), '']
    lines += [_cells(HEADER), _cells(['---', '---', *['--:'] * (len(HEADER) - 2)])]
    return '\n'.join([*lines, *(_cells(row) for row in rows)]) + '\n'


def _cells(row: Sequence[str]) -> str:
    return f'| {" | ".join(row)} |'


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else math.nan


def _hundredfold(value: float) -> str:
    return '-' if math.isnan(value) else f'{100 * value:.1f}'


def _without_nan(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    return None if isinstance(value, float) and math.isnan(value) else value
