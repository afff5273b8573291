"""Average precision of the anchor's boxes on the pictures and classes of a suite."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from efficientsam3_ros.core.manifest import file_sha256
from efficientsam3_ros.datasets.real.asked import Asked
from efficientsam3_ros.datasets.real.asked_picture import AskedPicture
from efficientsam3_ros.evaluation.anchor.coco_classes import COCO_CLASSES, FURNITURE_AND_PEOPLE
from efficientsam3_ros.evaluation.anchor.yolox import Boxes, Yolox
from efficientsam3_ros.evaluation.class_result import PRECISIONS, Anchor
from efficientsam3_ros.evaluation.metrics.average_precision import (
    AveragePrecision,
    CocoScores,
    mean_precision,
)
from efficientsam3_ros.evaluation.results import RunResults
from efficientsam3_ros.evaluation.scoring.unlabeled import MOST_UNLABELED
from efficientsam3_ros.evaluation.stills.coco_files import CocoForm, PictureRecord, words_of

_Found = tuple[str, Sequence[float], float]
"""Word, box (x, y, width, height) and score."""


def anchor_scores(
    model: Path,
    pictures: Sequence[AskedPicture],
    records: Sequence[PictureRecord],
    results: RunResults,
    tick: Callable[[], object],
    threads: int = 0,
) -> Anchor:
    """Run the anchor over the pictures of a suite.

    It answers what the bundle was asked, of each picture the same classes; a class that it does
    not know is left out. An object of any class is whatever it finds but furniture and people.
    Boxes are scored against those of the true masks.

    Args:
        model: YOLOX in ONNX's form.
        pictures: Of the suite.
        records: One for each.
        results: Of the bundle, with its classes.
        tick: Called after every picture.
        threads: CPU threads, 0 takes all cores.

    Raises:
        EngineError: If the file is no such model.
        SequenceError: If a picture cannot be read.
    """
    named, anything = words_of(records)
    concepts = {concept.word: concept for item in pictures for concept in item.suite}
    numbers = {word: number for word in named if (number := _number(concepts[word])) is not None}
    known = [word for word in (*named, *anything) if word in numbers or word in anything]
    network, boxes = Yolox(model, threads), []
    for picture in pictures:
        boxes.append(_answers(network, picture, numbers))
        tick()
    anchor = Anchor(model.name, file_sha256(model))
    if not known:
        return anchor
    form = CocoForm(records, known)
    rows = CocoScores(form.truth(), form.box_answers(boxes), 'bbox').by_class()
    own = [results.classes[word].metrics for word in numbers]
    return Anchor(
        anchor.model,
        anchor.digest,
        {word: AveragePrecision(*map(float, row)) for word, row in zip(known, rows)},
        mean_precision(rows[: len(numbers)]),
        mean_precision([[item.value(name) for name in PRECISIONS] for item in own]),
    )


def _number(concept: Asked) -> int | None:
    """Return the class that means a concept, by any of its names."""
    return next((COCO_CLASSES.index(n) for n in concept.names if n in COCO_CLASSES), None)


def _answers(network: Yolox, picture: AskedPicture, numbers: Mapping[str, int]) -> list[_Found]:
    labeled = picture.read().labeled
    boxes = network.detect(labeled.frame.rgb)
    by_class = boxes.distinct()
    found: list[_Found] = []
    for word in picture.concepts:
        if word == picture.any_object:
            things = [n for n, name in enumerate(COCO_CLASSES) if name not in FURNITURE_AND_PEOPLE]
            found += _labeled(
                word, boxes.at(np.isin(boxes.classes, things)).distinct(False), labeled.unlabeled
            )
        elif word in numbers:
            mine = by_class.at(by_class.classes == numbers[word])
            found += _labeled(word, mine, labeled.unlabeled)
    return found


def _labeled(word: str, boxes: Boxes, unlabeled: np.ndarray | None) -> list[_Found]:
    """Return a word's boxes but those of which more than half lies where nothing is labeled."""
    return [
        (word, tuple(map(float, box)), float(score))
        for box, score in zip(boxes.xywh, boxes.scores)
        if unlabeled is None or not _unknown(box, unlabeled)
    ]


def _unknown(box: np.ndarray, unlabeled: np.ndarray) -> bool:
    x, y, width, height = box
    rows = slice(max(0, round(float(y))), max(0, round(float(y + height))))
    columns = slice(max(0, round(float(x))), max(0, round(float(x + width))))
    part = unlabeled[rows, columns]
    return bool(part.size) and float(part.mean()) > MOST_UNLABELED
