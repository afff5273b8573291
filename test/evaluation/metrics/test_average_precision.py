"""Average precision is COCOeval's, also of drawn pictures."""

from __future__ import annotations

import math

import numpy as np
import pytest

pytest.importorskip('pycocotools')
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from efficientsam3_ros.evaluation.metrics.average_precision import (
    AveragePrecision,
    CocoScores,
    mean_precision,
)


def random_files(seed: int, pictures: int = 6, classes: int = 3):
    """Return truth and answers of boxes; the last class has no truth."""
    rng = np.random.default_rng(seed)
    truth, answers = [], []
    for image in range(1, pictures + 1):
        for number in range(1, classes):
            for _ in range(rng.integers(0, 4)):
                box = [float(v) for v in (*rng.integers(0, 60, 2), *rng.integers(8, 40, 2))]
                truth.append({'id': len(truth) + 1, 'image_id': image, 'category_id': number,
                              'bbox': box, 'area': box[2] * box[3],
                              'iscrowd': int(rng.random() < 0.1)})  # fmt: skip
                if rng.random() < 0.7:
                    moved = [v + float(rng.integers(-3, 4)) for v in box]
                    answers.append({'image_id': image, 'category_id': number, 'bbox': moved,
                                    'score': float(rng.random())})  # fmt: skip
        answers.append({'image_id': image, 'category_id': classes, 'bbox': [5.0, 5.0, 9.0, 9.0],
                        'score': 0.5})  # fmt: skip
    images = [{'id': i, 'height': 100, 'width': 100} for i in range(1, pictures + 1)]
    categories = [{'id': n, 'name': f'class {n}'} for n in range(1, classes + 1)]
    data = {'images': images, 'annotations': truth, 'categories': categories}
    return data, answers


def stock(truth, answers, kind='bbox'):
    """Return AP, AP50 and AP75 as COCO's own summary prints them."""
    coco = COCO()
    coco.dataset = truth
    coco.createIndex()
    scored = COCOeval(coco, coco.loadRes([dict(item) for item in answers]), kind)
    scored.evaluate()
    scored.accumulate()
    scored.summarize()
    return scored.stats[:3]


@pytest.mark.parametrize('seed', [1, 2])
def test_the_mean_is_that_of_cocos_summary(seed):
    truth, answers = random_files(seed)
    scores = CocoScores(truth, answers, 'bbox')
    rows = scores.by_class()
    assert scores.classes == ('class 1', 'class 2', 'class 3')
    assert np.isnan(rows[2]).all()
    mean = mean_precision(rows)
    assert [mean.ap, mean.ap_50, mean.ap_75] == pytest.approx(stock(truth, answers), abs=1e-9)


def test_drawn_pictures_are_scored_as_if_they_were_the_data_set():
    truth, answers = random_files(3)
    choice = np.array([0, 2, 2, 5, 1, 2])
    drawn = CocoScores(truth, answers, 'bbox').by_class(choice)
    copies = {
        'images': [{**truth['images'][0], 'id': n} for n in range(1, 7)],
        'annotations': [], 'categories': truth['categories'],
    }  # fmt: skip
    given = []
    for place, picture in enumerate(choice + 1, 1):
        for item in truth['annotations']:
            if item['image_id'] == picture:
                number = len(copies['annotations']) + 1
                copies['annotations'].append({**item, 'id': number, 'image_id': place})
        given += [{**a, 'image_id': place} for a in answers if a['image_id'] == picture]
    mean = mean_precision(drawn)
    assert [mean.ap, mean.ap_50, mean.ap_75] == pytest.approx(stock(copies, given), abs=1e-9)


def test_without_answers_it_is_zero_and_without_truth_undefined():
    truth, _ = random_files(1)
    rows = CocoScores(truth, [], 'bbox').by_class()
    assert rows[:2].tolist() == [[0, 0, 0], [0, 0, 0]]
    assert math.isnan(rows[2, 0])
    assert math.isnan(mean_precision([]).ap)
    assert mean_precision(rows) == AveragePrecision(0, 0, 0)


def test_scoring_leaves_the_files_as_they_are():
    truth, answers = random_files(1)
    before = repr((truth, answers))
    CocoScores(truth, answers, 'bbox').by_class()
    assert repr((truth, answers)) == before
