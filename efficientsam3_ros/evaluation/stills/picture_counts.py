"""The counts of a class over pictures: few enough to draw pictures again and again."""

from __future__ import annotations

from dataclasses import dataclass, field

from efficientsam3_ros.evaluation.class_result import CLASS_SCORES, PRECISIONS
from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts
from efficientsam3_ros.evaluation.metrics.counts import Counts
from efficientsam3_ros.evaluation.metrics.detection import DetectionCounts
from efficientsam3_ros.evaluation.metrics.presence import PresenceCounts
from efficientsam3_ros.evaluation.scoring.metrics import concept_score
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts

SUMS = tuple(name for name in CLASS_SCORES if name not in PRECISIONS)
"""The figures of a class that follow from sums, in the order of ``PictureCounts.scores``."""


@dataclass(frozen=True, eq=False)
class PictureCounts(Counts):
    """What of ``SequenceCounts`` says something of pictures.

    Attributes:
        image: cgF1.
        presence: Yes and no.
        found: Recall and precision.
    """

    image: ConceptCounts = field(default_factory=ConceptCounts)
    presence: PresenceCounts = field(default_factory=PresenceCounts)
    found: DetectionCounts = field(default_factory=DetectionCounts)

    @classmethod
    def of(cls, counts: SequenceCounts) -> PictureCounts:
        """Take them out of a picture's counts."""
        return cls(counts.image, counts.presence, counts.found)

    def scores(self) -> list[float]:
        """Return the figures of ``SUMS``, as ``Metrics`` has them."""
        image, presence, found = concept_score(self.image), self.presence, self.found
        return [
            found.recall_50, found.precision_50, found.recall_75, found.precision_75, image.cgf1,
            image.cgf1_50, image.pmf1, image.pmf1_50, image.il_mcc, presence.absent_accuracy,
        ]  # fmt: skip
