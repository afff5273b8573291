"""Average precision by COCOeval of pycocotools, of masks or boxes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
import io
import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pycocotools.coco import COCO

_EVERY_AREA = [0, 1e10]
_DETECTIONS = 100
_AT_50, _AT_75 = 0, 5


@dataclass(frozen=True)
class AveragePrecision:
    """Average precision, 0..1; NaN where the truth has no object.

    Attributes:
        ap: Mean over IoU .50, .55, ... .95.
        ap_50: At IoU .50.
        ap_75: At IoU .75.
    """

    ap: float = math.nan
    ap_50: float = math.nan
    ap_75: float = math.nan


class CocoScores:
    """What COCOeval matched, from which the average precision of any choice of pictures follows.

    As in COCO's own summary, of all areas and at most 100 answers a picture and class.

    Args:
        truth: In COCO's form: ``images``, ``annotations``, ``categories``.
        answers: COCO's list of results.
        kind: 'segm' or 'bbox'.
    """

    def __init__(
        self, truth: Mapping[str, Any], answers: Sequence[Mapping[str, Any]], kind: str = 'segm'
    ) -> None:
        from pycocotools.cocoeval import COCOeval

        with redirect_stdout(io.StringIO()):
            self._eval = COCOeval(_index(truth), _answers(truth, answers), kind)
            params = self._eval.params
            params.areaRng, params.areaRngLbl = [_EVERY_AREA], ['all']
            params.maxDets = [_DETECTIONS]
            self._eval.evaluate()
        names = {item['id']: item['name'] for item in truth['categories']}
        self.classes = tuple(names[number] for number in params.catIds)
        shape = len(params.catIds), len(params.imgIds)
        self._matched = np.empty(shape, object)
        self._matched.ravel()[:] = self._eval.evalImgs
        # COCOeval sorts the pictures by their ids.
        self.pictures = shape[1]

    def by_class(self, choice: np.ndarray | None = None) -> np.ndarray:
        """Return float64 (classes, 3): AP, AP50 and AP75; NaN for a class without an object.

        Args:
            choice: Places of pictures, in the order of their ids, as many as there are, with
                repetition; None takes each once.
        """
        chosen = self._matched if choice is None else self._matched[:, choice]
        self._eval.evalImgs = list(chosen.ravel())
        with redirect_stdout(io.StringIO()):
            self._eval.accumulate()
        # (IoU, recall, class, area, detections); -1 where there is nothing to find.
        precision = self._eval.eval['precision'][:, :, :, 0, 0]
        at_iou = np.where(precision < 0, math.nan, precision).mean(axis=1)
        return np.stack([at_iou.mean(axis=0), at_iou[_AT_50], at_iou[_AT_75]], axis=1)


def mean_precision(rows: Iterable[Sequence[float]]) -> AveragePrecision:
    """Return the mean over the classes that have an object.

    Args:
        rows: From ``CocoScores.by_class``.
    """
    known = np.array([row for row in rows if not math.isnan(row[0])], float).reshape(-1, 3)
    return AveragePrecision(*map(float, known.mean(axis=0))) if len(known) else AveragePrecision()


def _index(data: Mapping[str, Any]) -> COCO:
    from pycocotools.coco import COCO

    made = COCO()
    # COCOeval marks annotations and takes their run lengths apart.
    made.dataset = {**data, 'annotations': [dict(item) for item in data['annotations']]}
    made.createIndex()
    return made


def _answers(truth: Mapping[str, Any], answers: Sequence[Mapping[str, Any]]) -> COCO:
    if answers:
        return _index(truth).loadRes([dict(item) for item in answers])
    # COCO cannot load an empty list.
    return _index({**truth, 'annotations': []})
