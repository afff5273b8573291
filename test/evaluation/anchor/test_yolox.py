"""The anchor: what it makes of a network's numbers."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_onnx import constant_model, copying_model

from efficientsam3_ros.engine import EngineError
from efficientsam3_ros.evaluation.anchor.coco_classes import COCO_CLASSES
from efficientsam3_ros.evaluation.anchor.yolox import Boxes, Yolox

CUP, BOWL = COCO_CLASSES.index('cup'), COCO_CLASSES.index('bowl')
CELLS = 64 + 16 + 4
"""Of a square of 64 pixels."""


def network(tmp_path, cells):
    """Return a network that says the same of every picture.

    Args:
        tmp_path: Where its file is written.
        cells: Number of the cell to (x, y, log w, log h), objectness and {class: probability}.
    """
    raw = np.zeros((1, CELLS, 85), np.float32)
    for number, (place, objectness, classes) in cells.items():
        raw[0, number, :4], raw[0, number, 4] = place, objectness
        for name, probability in classes.items():
            raw[0, number, 5 + name] = probability
    path = tmp_path / 'yolox.onnx'
    path.write_bytes(constant_model(('images', (1, 3, 64, 64)), ('output', raw)))
    return Yolox(path, threads=1)


def test_cells_become_boxes_of_the_picture(tmp_path):
    # Cell 10 of the finest grid is row 1, column 2; cell 64 + 5 of the next one row 1, column 1.
    cells = {
        10: ((0.5, 0.25, np.log(2), 0.0), 0.8, {CUP: 0.5, BOWL: 0.25}),
        69: ((0.0, 0.0, 0.0, np.log(0.5)), 1.0, {BOWL: 0.9}),
        70: ((0.0, 0.0, 0.0, 0.0), 0.009, {BOWL: 1.0}),
    }
    found = network(tmp_path, cells).detect(np.zeros((32, 128, 3), np.uint8))
    # The picture is twice as wide as the square: one of its pixels is half a pixel there.
    assert found.classes.tolist() == [CUP, BOWL]
    assert found.scores.tolist() == pytest.approx([0.4, 0.9])
    assert found.xywh[0].tolist() == pytest.approx([24, 12, 32, 16], abs=1e-4)
    assert found.xywh[1].tolist() == pytest.approx([16, 24, 32, 16], abs=1e-4)


def test_overlapping_boxes_of_one_class_are_one():
    boxes = Boxes(
        np.array([[0, 0, 10, 10], [1, 0, 10, 10], [0, 0, 10, 10], [30, 0, 5, 5]], np.float32),
        np.array([0.5, 0.9, 0.4, 0.3], np.float32),
        np.array([CUP, CUP, BOWL, CUP]),
    )
    assert boxes.distinct().scores.tolist() == pytest.approx([0.9, 0.4, 0.3])
    assert boxes.distinct(by_class=False).scores.tolist() == pytest.approx([0.9, 0.3])
    nothing = boxes.at(np.zeros(4, bool)).distinct()
    assert len(nothing.scores) == 0 and nothing.xywh.shape == (0, 4)


@pytest.mark.parametrize('content', [b'nothing', None])
def test_another_file_is_refused_in_a_sentence(tmp_path, content):
    path = tmp_path / 'other.onnx'
    path.write_bytes(content or copying_model({'image': ('level', 1, (1, 3, 64, 64))}))
    with pytest.raises(EngineError, match=r'other\.onnx'):
        Yolox(path)
