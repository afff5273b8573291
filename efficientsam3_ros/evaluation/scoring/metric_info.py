"""What the metrics are called, in which unit they are shown, and which direction is better."""

from __future__ import annotations

from dataclasses import dataclass
import math

MINUS = '\u2212'
UNDEFINED = '\u2013'
POINTS = 'points'
"""Unit of scores 0..1: they are shown times 100, and so are their differences."""


@dataclass(frozen=True)
class MetricKind:
    """One field of ``Metrics`` or of ``SequenceTiming``.

    Attributes:
        name: Field, and the word in ``--fail-if``.
        label: For people.
        better: 'higher' or 'lower'.
        unit: ``POINTS``, 'ms', or empty for counts.
        meaning: One line.
        label_free: Whether it needs no ground truth, and is no accuracy.
    """

    name: str
    label: str
    better: str
    unit: str
    meaning: str
    label_free: bool = False

    @property
    def scale(self) -> float:
        """Factor from the stored value to the shown one."""
        return 100.0 if self.unit == POINTS else 1.0

    def show(self, value: float | None, sign: bool = False) -> str:
        """Return a stored value as text; a dash where it is undefined.

        Args:
            value: As stored: 0..1, a count, or milliseconds.
            sign: Whether to write '+' before positive values (differences).
        """
        if value is None or math.isnan(value):
            return UNDEFINED
        number = value * self.scale
        digits = 0 if not self.unit and float(number).is_integer() else 1
        text = f'{abs(number):.{digits}f}'
        if not float(text):
            return text
        return f'{MINUS if number < 0 else "+" if sign else ""}{text}'


def counted(number: int, one: str, many: str = '') -> str:
    """Return a number with its word, '1 frame' or '2 frames'."""
    return f'{number} {one if number == 1 else many or f"{one}s"}'


def _score(name: str, label: str, meaning: str) -> MetricKind:
    return MetricKind(name, label, 'higher', POINTS, meaning)


def _errors(name: str, label: str, meaning: str) -> MetricKind:
    return MetricKind(name, label, 'lower', '', meaning)


def _free(name: str, label: str, better: str, meaning: str) -> MetricKind:
    return MetricKind(name, label, better, POINTS, meaning, label_free=True)


SCORES = (
    _score('cgf1', 'cgF1', 'finding, naming and outlining together: pmF1 \u00d7 IL_MCC'),
    _score('cgf1_50', 'cgF1@.5', 'cgF1 with masks counted right from IoU 0.5'),
    _score('cgf1_75', 'cgF1@.75', 'cgF1 with masks counted right from IoU 0.75'),
    _score('pmf1', 'pmF1', 'F1 of masks where the concept is present'),
    _score('pmf1_50', 'pmF1@.5', 'pmF1 with masks counted right from IoU 0.5'),
    _score('il_mcc', 'IL_MCC', 'is the concept in the picture: correlation of answer and truth'),
    _score('absent_accuracy', 'absent ok', 'share of absent concepts that were rightly not found'),
    _score(
        'present_accuracy', 'present ok', 'share of frames with the concept in which it was found'
    ),
    _score(
        'out_of_view_accuracy',
        'out of view ok',
        'share of frames that stayed empty while the concept was out of view',
    ),
    _score('video_cgf1', 'video cgF1', 'cgF1 over whole tracks instead of single masks'),
    _score('video_pmf1', 'video pmF1', 'pmF1 over whole tracks'),
    _score('video_il_mcc', 'video IL_MCC', 'is the concept in the video'),
    _score('hota', 'HOTA', 'detection and association in balance: √(DetA \u00d7 AssA)'),
    _score('deta', 'DetA', 'detection part of HOTA'),
    _score('assa', 'AssA', 'association part of HOTA'),
    _score('j', 'J', 'overlap of masks with the truth'),
    _score('f', 'F', 'agreement of mask boundaries'),
    _score('jf', 'J&F', 'mean of overlap and boundary agreement'),
    _score('miou', 'mIoU', 'mean intersection over union'),
    _score('mota', 'MOTA', '1 \u2212 (misses + false positives + id switches) / true objects'),
    _score('reid_rate', 're-identified', 'share of objects that come back and get their id back'),
    _score('recall_50', 'recall@.5', 'share of objects in view with an answer of IoU 0.5'),
    _score('precision_50', 'precision@.5', 'share of answers that lie on an object, IoU 0.5'),
    _score('recall_75', 'recall@.75', 'share of objects in view with an answer of IoU 0.75'),
    _score('precision_75', 'precision@.75', 'share of answers on an object, IoU 0.75'),
    _score('ap', 'AP', "COCO's average precision of masks over IoU .50:.95"),
    _score('ap_50', 'AP50', 'average precision with masks counted right from IoU 0.5'),
    _score('ap_75', 'AP75', 'average precision with masks counted right from IoU 0.75'),
)
ERRORS = (
    _errors('id_switches', 'id switches', 'an object is followed by another track than before'),
    _errors('fragmentations', 'fragments', 'an object is lost and found again'),
    _errors('false_positives', 'false', 'instances that lie on no object'),
    _errors('misses', 'missed', 'objects in view that no track lies on'),
    _errors('mostly_lost', 'mostly lost', 'objects found in less than 20 % of their frames'),
    _errors('unanswered_frames', 'unanswered', 'annotated frames without any result'),
)
LABEL_FREE = (
    _free('temporal_iou', 'temporal IoU', 'higher', 'overlap of a mask with the one before'),
    _free('flicker', 'flicker', 'lower', 'short disappearances for 100 visible masks'),
    _free('id_churn', 'id churn', 'lower', 'share of ids not needed at the busiest moment'),
    _free('coverage', 'coverage', 'higher', 'share of (frame, concept) with a visible mask'),
)
LATENCIES = (
    MetricKind('p50_ms', 'p50 latency', 'lower', 'ms', 'median latency of a frame'),
    MetricKind(
        'p95_ms', 'p95 latency', 'lower', 'ms', 'latency that 95 % of the frames stay below'
    ),
    MetricKind(
        'p99_ms', 'p99 latency', 'lower', 'ms', 'latency that 99 % of the frames stay below'
    ),
    MetricKind('max_ms', 'longest latency', 'lower', 'ms', 'the longest latency'),
)
METRIC_INFO = {kind.name: kind for kind in (*SCORES, *ERRORS, *LABEL_FREE, *LATENCIES)}
"""Every metric that can be compared, by name."""
