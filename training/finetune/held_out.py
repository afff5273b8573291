"""What bundles find on held-out pictures, noun by noun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from efficientsam3_ros.datasets.real.asked import Asked
from efficientsam3_ros.datasets.real.asked_picture import AskedPicture
from efficientsam3_ros.engine import load_engine
from efficientsam3_ros.evaluation.metrics.detection import DetectionCounts
from efficientsam3_ros.evaluation.run.calibration import datapoints
from efficientsam3_ros.evaluation.run.text_table import text_table
from efficientsam3_ros.evaluation.scoring.operating_point import (
    GATES,
    THRESHOLDS,
    Datapoint,
    best,
    rate,
)
from efficientsam3_ros.tracking.detection.postprocess import gated
from training.data.own.export import OwnExport
from training.data.vocabulary import Vocabulary

Answers = Mapping[str, Sequence[Datapoint]]
"""Noun to what a bundle's detector says of it, one entry a picture."""
_ALL_ASKED = 12
"""Up to so many nouns, each is asked of every picture; of more, not all that are absent."""
UNKNOWN = '-'


@dataclass(frozen=True)
class OperatingChoice:
    """Threshold and gate.

    Attributes:
        threshold: Score from which a detection counts.
        presence_gate: Presence below which scores shrink.
    """

    threshold: float
    presence_gate: float


def questions(export: OwnExport, vocabulary: Vocabulary) -> tuple[Asked, ...]:
    """Return the nouns of an export, each with the categories of which it is true."""
    names = {category: vocabulary.names_of(category) for category in export.categories}
    nouns = dict.fromkeys(own[0] for own in names.values() if own)
    return tuple(
        Asked(noun, tuple(category for category, own in names.items() if noun in own))
        for noun in nouns
    )


def asked_pictures(export: OwnExport, asked: Sequence[Asked]) -> list[AskedPicture]:
    """Return the held-out pictures with what is asked of each."""
    every = 1 if len(asked) <= _ALL_ASKED else len(asked) // _ALL_ASKED + 1
    pictures = (AskedPicture(still, tuple(asked), every) for still in export.held_out)
    return [picture for picture in pictures if picture.concepts]


def answers_of(bundle: Path, pictures: Sequence[AskedPicture], threads: int) -> Answers:
    """Run a bundle's detector over pictures.

    Raises:
        SequenceError: If a picture cannot be read.
        EngineError: If a graph fails.
    """
    found: dict[str, list[Datapoint]] = {}
    with closing(load_engine(bundle, threads=threads)) as engine:
        for picture in tqdm(pictures, 'held out', unit='picture', leave=False, disable=None):
            for noun, point in zip(picture.concepts, datapoints(picture, engine, lambda: None)):
                found.setdefault(noun, []).append(point)
    return found


def choose(answers: Answers) -> OperatingChoice | None:
    """Return the threshold and gate of the best cgF1; None if every picture shows every noun."""
    points = [point for own in answers.values() for point in own]
    if len({point.iou.shape[1] > 0 for point in points}) < 2:
        return None
    found = best(rate(points, THRESHOLDS, GATES))
    return OperatingChoice(found.threshold, found.presence_gate)


def counts_of(points: Sequence[Datapoint], choice: OperatingChoice) -> DetectionCounts:
    """Count what is right at a threshold and gate."""
    total = DetectionCounts()
    for point in points:
        presence = np.array([point.presence], np.float32)
        scores = gated(point.matches[None], presence, choice.presence_gate)[0]
        total += DetectionCounts.of_iou(point.iou[scores >= choice.threshold].T)
    return total


def comparison(
    before: tuple[Answers, OperatingChoice],
    after: tuple[Answers, OperatingChoice],
    new: Sequence[str],
) -> str:
    """Return a table of recall and precision at mask IoU .5, as Markdown.

    Args:
        before: What the bundle to start with says, at its own threshold and gate; it is not asked
            what it does not know.
        after: The same of the new bundle.
        new: Nouns that are new.
    """
    head = ['noun', '', 'objects', 'recall before', 'after', 'precision before', 'after']
    rows = []
    for noun, points in sorted(after[0].items()):
        now, then = counts_of(points, after[1]), counts_of(before[0].get(noun, ()), before[1])
        known = noun in before[0]
        recall = _shown(then.recall_50) if known else UNKNOWN
        precision = _shown(then.precision_50) if known else UNKNOWN
        kind = 'new' if noun in new else ''
        rows.append(
            [noun, kind, str(now.truths), recall, _shown(now.recall_50), precision,
             _shown(now.precision_50)]
        )  # fmt: skip
    return text_table([head, *rows], 2)


def _shown(share: float) -> str:
    return UNKNOWN if np.isnan(share) else f'{100 * share:.0f} %'
