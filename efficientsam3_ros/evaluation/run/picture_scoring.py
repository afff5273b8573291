"""Scores of one picture of a suite, with all concepts that were asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from efficientsam3_ros.core import FrameResult, Prompt, Rle
from efficientsam3_ros.datasets.real.asked_picture import AskedPicture
from efficientsam3_ros.evaluation.run.prediction import Prediction
from efficientsam3_ros.evaluation.run.scoring import score_sequence
from efficientsam3_ros.evaluation.scoring.measure import measure
from efficientsam3_ros.evaluation.scoring.metrics import Metrics
from efficientsam3_ros.evaluation.scoring.unlabeled import without_unlabeled
from efficientsam3_ros.evaluation.sequence_result import SequenceResult
from efficientsam3_ros.evaluation.stills.coco_files import PictureRecord
from efficientsam3_ros.evaluation.stills.crowds import without_crowd


def score_picture(
    picture: AskedPicture, prediction: Prediction, prompts: Sequence[Prompt]
) -> tuple[SequenceResult, PictureRecord]:
    """Compare the answers about a picture with its truth.

    The sequence's own figures are those of the concepts that were asked by name; ids say nothing
    in a single picture.

    Args:
        picture: Where the truth is.
        prediction: Of one frame.
        prompts: What was asked.

    Returns:
        Its result, and truth and answers for COCO's files.

    Raises:
        SequenceError: If the picture cannot be read.
        ValueError: If prediction and picture do not belong together.
    """
    known = picture.read()
    truth, given = known.truth, prediction.results[0]
    assert given is not None, 'every picture is answered'
    answers = _about_labeled(given, known.labeled.unlabeled)
    record = PictureRecord(
        picture.name, truth.height, truth.width, picture.words, picture.concepts,
        picture.any_object, truth.instances, known.crowd, answers.instances,
    )  # fmt: skip
    scored = without_crowd(answers, truth, known.crowd)
    kept = replace(prediction, results=(scored,))
    named = [prompt for prompt in prompts if prompt.concept != picture.any_object]
    measured = measure((truth,), (scored,), picture.concepts)
    counts = {concept: own.drop_ids() for concept, own in measured.by_concept.items()}
    result = replace(
        score_sequence(picture, kept, named, tracked=False),
        concepts=picture.concepts,
        concept_metrics={concept: Metrics.of(own) for concept, own in counts.items()},
        concept_counts=counts,
    )
    return result, record


def _about_labeled(answers: FrameResult, unlabeled: np.ndarray | None) -> FrameResult:
    if unlabeled is None:
        return answers
    (judged,) = without_unlabeled((answers,), (Rle.encode(unlabeled),))
    assert judged is not None
    return judged
