"""The metrics of an evaluation, all computed from sums of counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
import math

from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts, ConceptScore
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts

_NAN = math.nan


@dataclass(frozen=True)
class Metrics:
    """Metrics of one concept, one sequence, or any number of them; NaN where undefined.

    Scores are 0..1 (``il_mcc`` -1..1, ``mota`` up to 1). Publish cgF1 with pmF1 and IL_MCC, and
    video cgF1 with HOTA, DetA and AssA. Of detections without identities, what is said of tracks
    is undefined: NaN, counts None.

    Attributes:
        cgf1: Image cgF1 of the visible masks, one datapoint a (frame, concept), IoU .50:.95. NaN
            if the truth has no negative or no positive datapoint: its correlation is 0/0 then.
        cgf1_50: At IoU .50.
        cgf1_75: At IoU .75.
        pmf1: Positive micro F1.
        pmf1_50: At IoU .50.
        il_mcc: Correlation of 'is there' between truth and answer.
        absent_accuracy: Share of (frame, concept) pairs of absent concepts that stayed empty.
        present_accuracy: Share of those with an object in view in which something was found.
        out_of_view_accuracy: Share of (frame, concept) pairs that stayed empty while the concept's
            objects were out of view.
        video_cgf1: Video cgF1, one datapoint a (sequence, concept), IoU of space-time volumes.
        video_pmf1: Its mask part.
        video_il_mcc: Its presence part.
        hota: pHOTA: HOTA with each (sequence, concept) as a sequence.
        deta: Detection accuracy.
        assa: Association accuracy.
        j: Region similarity, mean over objects.
        f: Boundary accuracy, mean over objects.
        jf: (J + F) / 2.
        idle_jf: J&F of an answer that is always empty.
        miou: Mean IoU over (frame, object in view), 0 where none was matched.
        mota: Multi-object tracking accuracy at IoU .5.
        id_switches: Times an object changed its track.
        fragmentations: Times an object in view was lost and found again.
        mostly_tracked: Objects matched in more than 80 % of their frames.
        mostly_lost: Objects matched in less than 20 % of their frames.
        matches: (frame, object) pairs that were found.
        false_positives: Predicted masks without an object.
        misses: (frame, object) pairs that were not found.
        datapoints: (frame, concept) pairs.
        objects: Objects that entered J and F.
        tracks: Tracks that were ever visible.
        frames: Frames.
        annotated_frames: Frames with truth.
        unanswered_frames: Frames with truth but without any result; they count as empty answers.
        temporal_iou: Label-free: mask IoU of a track with itself one frame before, after both are
            centred on each other.
        flicker: Label-free: short disappearances for each visible mask.
        id_churn: Label-free: share of the ids that were not needed at the busiest moment.
        coverage: Label-free: share of (frame, concept) pairs with a visible mask.
        reid_rate: Share of ``reentries`` in which the object got its track back.
        reidentified: Number of these.
        reentries: Times an object that was followed comes back after 8 frames or more.
        recall_50: Share of (frame, object in view) pairs with an answer of mask IoU .50 or more.
        precision_50: Share of the answers that lie on an object so.
        recall_75: The same at IoU .75.
        precision_75: The same at IoU .75.
        ap: Average precision of masks as COCO's, mean over the classes of a suite of pictures; NaN
            for anything else, as it is no sum over sequences.
        ap_50: At IoU .50.
        ap_75: At IoU .75.
    """

    cgf1: float = _NAN
    cgf1_50: float = _NAN
    cgf1_75: float = _NAN
    pmf1: float = _NAN
    pmf1_50: float = _NAN
    il_mcc: float = _NAN
    absent_accuracy: float = _NAN
    present_accuracy: float = _NAN
    out_of_view_accuracy: float = _NAN
    video_cgf1: float = _NAN
    video_pmf1: float = _NAN
    video_il_mcc: float = _NAN
    hota: float = _NAN
    deta: float = _NAN
    assa: float = _NAN
    j: float = _NAN
    f: float = _NAN
    jf: float = _NAN
    idle_jf: float = _NAN
    miou: float = _NAN
    mota: float = _NAN
    id_switches: int | None = 0
    fragmentations: int | None = 0
    mostly_tracked: int | None = 0
    mostly_lost: int | None = 0
    matches: int = 0
    false_positives: int = 0
    misses: int = 0
    datapoints: int = 0
    objects: int | None = 0
    tracks: int | None = 0
    frames: int = 0
    annotated_frames: int = 0
    unanswered_frames: int = 0
    temporal_iou: float = _NAN
    flicker: float = _NAN
    id_churn: float = _NAN
    coverage: float = _NAN
    reid_rate: float = _NAN
    reidentified: int | None = 0
    reentries: int | None = 0
    recall_50: float = _NAN
    precision_50: float = _NAN
    recall_75: float = _NAN
    precision_75: float = _NAN
    ap: float = _NAN
    ap_50: float = _NAN
    ap_75: float = _NAN

    @classmethod
    def of(cls, counts: SequenceCounts) -> Metrics:
        """Compute all metrics."""
        image, video = concept_score(counts.image), concept_score(counts.video)
        identity, masks, stability = counts.identity, counts.masks, counts.stability
        tracked = not counts.without_ids
        return cls(
            cgf1=image.cgf1,
            cgf1_50=image.cgf1_50,
            cgf1_75=image.cgf1_75,
            pmf1=image.pmf1,
            pmf1_50=image.pmf1_50,
            il_mcc=image.il_mcc,
            absent_accuracy=counts.presence.absent_accuracy,
            present_accuracy=counts.presence.present_accuracy,
            out_of_view_accuracy=counts.presence.out_of_view_accuracy,
            video_cgf1=video.cgf1,
            video_pmf1=video.pmf1,
            video_il_mcc=video.il_mcc,
            hota=counts.hota.hota,
            deta=counts.hota.deta,
            assa=counts.hota.assa,
            j=masks.j,
            f=masks.f,
            jf=masks.jf,
            idle_jf=masks.idle_jf,
            miou=counts.overlap.miou,
            mota=identity.mota if tracked else _NAN,
            id_switches=int(identity.switches) if tracked else None,
            fragmentations=int(identity.fragmentations) if tracked else None,
            mostly_tracked=int(identity.mostly_tracked) if tracked else None,
            mostly_lost=int(identity.mostly_lost) if tracked else None,
            matches=int(identity.matches),
            false_positives=int(identity.false_positives),
            misses=int(identity.misses),
            datapoints=int(counts.image.datapoints),
            objects=int(masks.objects) if tracked else None,
            tracks=int(stability.tracks) if tracked else None,
            frames=int(counts.frames),
            annotated_frames=int(counts.annotated),
            unanswered_frames=int(counts.overlap.skipped),
            temporal_iou=stability.temporal_iou,
            flicker=stability.flicker,
            id_churn=stability.id_churn,
            coverage=stability.coverage,
            reid_rate=counts.reentry.rate,
            reidentified=int(counts.reentry.same) if tracked else None,
            reentries=int(counts.reentry.total) if tracked else None,
            recall_50=counts.found.recall_50,
            precision_50=counts.found.precision_50,
            recall_75=counts.found.recall_75,
            precision_75=counts.found.precision_75,
        )

    def value(self, name: str) -> float:
        """Return one metric as a number, NaN where undefined."""
        value = getattr(self, name)
        return _NAN if value is None else float(value)


def concept_score(counts: ConceptCounts) -> ConceptScore:
    """Return the evaluator's scores, but undefined where it says 0 for want of a class."""
    score = counts.score()
    present, absent = counts.il_tp + counts.il_fn, counts.il_tn + counts.il_fp
    # The correlation of a truth that is all yes or all no is 0/0.
    if not (present and absent):
        score = replace(score, cgf1=_NAN, cgf1_50=_NAN, cgf1_75=_NAN, il_mcc=_NAN)
    if not present:
        score = replace(score, pmf1=_NAN, pmf1_50=_NAN, pmf1_75=_NAN)
    return score
