"""The anchor is asked what the bundle was asked, and scored as it is."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip('pycocotools')

from real_folders import coco_folder, scene_folder
from tiny_onnx import constant_model

from efficientsam3_ros.datasets.real.asked import Asked
from efficientsam3_ros.datasets.real.picture_suite import Layout, PictureSuite
from efficientsam3_ros.datasets.real.suites import REAL_SUITES
from efficientsam3_ros.datasets.stills.rgbd import RgbdScenes
from efficientsam3_ros.evaluation.anchor.coco_classes import COCO_CLASSES
from efficientsam3_ros.evaluation.anchor.score import anchor_scores
from efficientsam3_ros.evaluation.scoring.metrics import Metrics
from efficientsam3_ros.evaluation.stills.coco_files import PictureRecord

CUP, CHAIR = COCO_CLASSES.index('cup'), COCO_CLASSES.index('chair')
AT_CELL = (16, 8, 8, 8)
"""The box of cell 10 of the finest grid: row 1, column 2, one stride wide."""


def model(tmp_path, found):
    """Return a file that finds in every picture {cell: class}, each one stride wide."""
    raw = np.zeros((1, 84, 85), np.float32)
    for cell, number in found.items():
        raw[0, cell, :2], raw[0, cell, 4], raw[0, cell, 5 + number] = 0.5, 1.0, 0.8
    path = tmp_path / 'yolox.onnx'
    path.write_bytes(constant_model(('images', (1, 3, 64, 64)), ('output', raw)))
    return path


def scores(path, pictures):
    records = []
    for item in pictures:
        known = item.read()
        records.append(PictureRecord(
            item.name, known.truth.height, known.truth.width, item.words, item.concepts,
            item.any_object, known.truth.instances, known.crowd, (),
        ))  # fmt: skip
    words = {word for item in pictures for word in item.concepts}
    results = SimpleNamespace(classes={w: SimpleNamespace(metrics=Metrics(ap=0.1, ap_50=0.2,
                              ap_75=0.0)) for w in words})  # fmt: skip
    return anchor_scores(path, pictures, records, results, lambda: None, threads=1)


def test_a_synonym_is_asked_by_cocos_name_and_unknown_classes_are_left_out(tmp_path):
    coco_folder(tmp_path / 'c', ('mug', 'pot'), {'one': [('mug', AT_CELL)], 'two': []})
    concepts = Asked.of('mug'), Asked.of('pot')
    suite = PictureSuite('s', '', concepts, REAL_SUITES['real-coco'].layout, every=1)
    anchor = scores(model(tmp_path, {10: CUP}), suite.open(tmp_path / 'c'))
    assert list(anchor.classes) == ['mug']
    # Found in both pictures, and in one of them it is there: the first of two equal scores.
    assert anchor.mean.ap_50 == pytest.approx(1.0)
    assert anchor.same_classes.ap_50 == pytest.approx(0.2)
    assert anchor.model == 'yolox.onnx' and len(anchor.digest) == 64


def test_any_object_is_no_furniture_and_not_off_the_table(tmp_path):
    scene_folder(tmp_path / 'm', {'s': [('mug', AT_CELL)]}, table=(0, 0, 40, 48))
    layout = Layout('m', ('names.json',), 'scenes', RgbdScenes)
    suite = PictureSuite('s', '', (Asked.of('mug'),), layout, every=1, any_object='object')
    # A chair on the table, and a cup beyond it (column 7 of the finest grid).
    path = model(tmp_path, {10: CUP, 20: CHAIR, 31: CUP})
    anchor = scores(path, suite.open(tmp_path / 'm'))
    assert anchor.classes['object'].ap_50 == pytest.approx(1.0)
    assert anchor.classes['mug'].ap_50 == pytest.approx(1.0)
    assert anchor.mean == anchor.classes['mug']
