"""All counts of a sequence, from which every metric and every total follows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts
from efficientsam3_ros.evaluation.metrics.counts import Counts
from efficientsam3_ros.evaluation.metrics.detection import DetectionCounts
from efficientsam3_ros.evaluation.metrics.hota import HotaCounts
from efficientsam3_ros.evaluation.metrics.identity import IdentityCounts
from efficientsam3_ros.evaluation.metrics.mean_iou import OverlapCounts
from efficientsam3_ros.evaluation.metrics.presence import PresenceCounts
from efficientsam3_ros.evaluation.metrics.reentry import ReentryCounts
from efficientsam3_ros.evaluation.metrics.region_boundary import RegionBoundaryCounts
from efficientsam3_ros.evaluation.metrics.stability import StabilityCounts


@dataclass(frozen=True, eq=False)
class SequenceCounts(Counts):
    """Sums over the frames and concepts of any number of sequences.

    Attributes:
        frames: Frames.
        annotated: Frames with truth.
        image: Image cgF1, one datapoint a (frame, concept).
        video: Video cgF1, one datapoint a (sequence, concept).
        hota: pHOTA, each (sequence, concept) a sequence.
        identity: CLEAR-MOT.
        masks: J and F over objects.
        overlap: Mean IoU over objects in view, and frames without an answer.
        presence: Yes and no.
        stability: Metrics without labels.
        reentry: Whether objects that come back get their track back.
        without_ids: Frames whose answers have no identity; anything above 0 leaves the metrics of
            tracks undefined.
        found: Recall and precision, frame by frame.
    """

    frames: int = 0
    annotated: int = 0
    image: ConceptCounts = field(default_factory=ConceptCounts)
    video: ConceptCounts = field(default_factory=ConceptCounts)
    hota: HotaCounts = field(default_factory=HotaCounts)
    identity: IdentityCounts = field(default_factory=IdentityCounts)
    masks: RegionBoundaryCounts = field(default_factory=RegionBoundaryCounts)
    overlap: OverlapCounts = field(default_factory=OverlapCounts)
    presence: PresenceCounts = field(default_factory=PresenceCounts)
    stability: StabilityCounts = field(default_factory=StabilityCounts)
    reentry: ReentryCounts = field(default_factory=ReentryCounts)
    without_ids: int = 0
    found: DetectionCounts = field(default_factory=DetectionCounts)

    def drop_ids(self) -> SequenceCounts:
        """Return what is left if every answer stands for itself, as detections do."""
        own, seen = self.identity, self.stability
        return replace(
            self,
            video=ConceptCounts(),
            hota=HotaCounts(),
            identity=IdentityCounts(
                matches=own.matches, misses=own.misses, false_positives=own.false_positives
            ),
            masks=RegionBoundaryCounts(),
            stability=StabilityCounts(answered=seen.answered, asked=seen.asked),
            reentry=ReentryCounts(),
            without_ids=self.frames,
        )
