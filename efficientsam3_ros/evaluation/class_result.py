"""What is said of one class over all pictures of a suite, in ``results.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from efficientsam3_ros.evaluation.metrics.average_precision import AveragePrecision
from efficientsam3_ros.evaluation.scoring.metrics import Metrics

CLASS_SCORES = (
    'recall_50', 'precision_50', 'recall_75', 'precision_75', 'cgf1', 'cgf1_50', 'pmf1', 'pmf1_50',
    'il_mcc', 'absent_accuracy', 'ap', 'ap_50', 'ap_75',
)  # fmt: skip
"""What has an interval, and a mean over classes: fields of ``Metrics``."""
PRECISIONS = ('ap', 'ap_50', 'ap_75')
"""Those of them that are no ratio of counts."""


@dataclass(frozen=True)
class ClassResult:
    """One class.

    Attributes:
        asked: Pictures in which it was asked.
        present: Those of them that show it.
        objects: True objects.
        answers: Answers that were scored.
        metrics: From the sums over these pictures.
        intervals_95: Figure to its 95 % bootstrap interval over pictures.
        any_object: Whether it stands for objects of every class, so that it enters no mean.
    """

    asked: int
    present: int
    objects: int
    answers: int
    metrics: Metrics
    intervals_95: Mapping[str, tuple[float, float]]
    any_object: bool = False


@dataclass(frozen=True)
class ClassMeans:
    """Means over the classes of a suite in which a figure is defined.

    Attributes:
        scores: Figure to its mean, 0..1.
        classes: Figure to the number of these classes.
        intervals_95: Figure to its 95 % bootstrap interval over pictures.
    """

    scores: Mapping[str, float] = field(default_factory=dict)
    classes: Mapping[str, int] = field(default_factory=dict)
    intervals_95: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Anchor:
    """A well-known detector of boxes on the same pictures and classes.

    Attributes:
        model: Its file name; empty if none was run.
        digest: SHA-256 of the file.
        classes: Class to the average precision of its boxes.
        mean: Over the classes that the detector knows, those of any object apart.
        same_classes: The mean of the bundle's masks over the same classes.
    """

    model: str = ''
    digest: str = ''
    classes: Mapping[str, AveragePrecision] = field(default_factory=dict)
    mean: AveragePrecision = field(default_factory=AveragePrecision)
    same_classes: AveragePrecision = field(default_factory=AveragePrecision)
