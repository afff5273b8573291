"""Boxes of a YOLOX detector on ONNX Runtime.

Ge, Liu, Wang, Li and Sun, "YOLOX: Exceeding YOLO Series in 2021" (arXiv:2107.08430): no anchor
boxes; each cell of three grids (strides 8, 16 and 32) gives one box. The files that its authors
export take the picture in BGR, 0 to 255, at the top left of a gray square, and give for each cell
(x, y, w, h, objectness, classes), offsets and logarithms of sizes in strides, the rest as
probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.engine import EngineError
from efficientsam3_ros.evaluation.anchor.coco_classes import COCO_CLASSES

LEAST_SCORE, NMS_IOU = 0.01, 0.65
"""With which its authors measure average precision."""
_STRIDES = 8, 16, 32
_GRAY = 114
_LARGEST_LOG = 10.0


@dataclass(frozen=True, eq=False)
class Boxes:
    """What was found in a picture; every cell's box has its best class only.

    Attributes:
        xywh: float32 (N, 4) left, top, width and height, pixels of the picture.
        scores: float32 (N,), 0..1.
        classes: int64 (N,) places in ``COCO_CLASSES``.
    """

    xywh: np.ndarray
    scores: np.ndarray
    classes: np.ndarray

    def distinct(self, by_class: bool = True) -> Boxes:
        """Return the boxes that non-maximum suppression leaves, best first.

        Args:
            by_class: Whether boxes of different classes leave each other alone.
        """
        places = self.xywh.astype(np.float64)
        if by_class and len(places):
            # Far apart, classes leave each other alone; OpenCV's own way is newer than 4.6.
            places[:, 0] += self.classes * 2 * (np.abs(places).max() + 1)
        kept = cv2.dnn.NMSBoxes(places.tolist(), self.scores.tolist(), LEAST_SCORE, NMS_IOU)
        return self.at(np.asarray(kept, np.int64).ravel())

    def at(self, places: np.ndarray) -> Boxes:
        """Return some of them, by place or as a bool mask."""
        return Boxes(self.xywh[places], self.scores[places], self.classes[places])


class Yolox:
    """A YOLOX network with the classes of COCO.

    Args:
        path: Its file.
        threads: CPU threads, 0 takes all cores.

    Raises:
        EngineError: If it cannot be loaded, or is another network.
    """

    def __init__(self, path: Path, threads: int = 0) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=['CPUExecutionProvider']
            )
        except Exception as error:  # its exceptions have no common type
            raise EngineError(f'{path} cannot be loaded: {one_line(error)}') from error
        entry, result = self._session.get_inputs()[0], self._session.get_outputs()[0]
        self._input = entry.name
        shape = list(entry.shape)
        if len(shape) != 4 or shape[1] != 3 or shape[2] != shape[3] or shape[2] not in _sizes():
            raise EngineError(f'{path} takes {shape}; a YOLOX model takes (1, 3, 416, 416) or so.')
        self.size = int(shape[2])
        self._cells, self._steps = _grid(self.size)
        wanted = [1, len(self._cells), 5 + len(COCO_CLASSES)]
        if list(result.shape)[1:] != wanted[1:]:
            raise EngineError(
                f'{path} gives {list(result.shape)}; YOLOX with the classes of COCO gives '
                f'{wanted}.'
            )

    def detect(self, rgb: np.ndarray) -> Boxes:
        """Return the boxes of a picture, overlapping ones among them.

        Args:
            rgb: uint8 (H, W, 3).
        """
        square, scale = _letterbox(rgb, self.size)
        planes = square[:, :, ::-1].transpose(2, 0, 1)[None].astype(np.float32)
        raw = self._session.run(None, {self._input: planes})[0][0]
        middles = (raw[:, :2] + self._cells) * self._steps
        sizes = np.exp(np.minimum(raw[:, 2:4], _LARGEST_LOG)) * self._steps
        probabilities = raw[:, 4:5] * raw[:, 5:]
        classes = probabilities.argmax(axis=1)
        scores = probabilities[np.arange(len(classes)), classes]
        found = Boxes(np.hstack([middles - sizes / 2, sizes]) / scale, scores, classes)
        return found.at(scores >= LEAST_SCORE)


def _sizes() -> range:
    return range(_STRIDES[-1], 2049, _STRIDES[-1])


def _grid(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the (x, y) of every cell, float32 (N, 2), and its stride, float32 (N, 1)."""
    cells, steps = [], []
    for stride in _STRIDES:
        y, x = np.mgrid[0 : size // stride, 0 : size // stride]
        cells.append(np.stack([x, y], axis=-1).reshape(-1, 2))
        steps.append(np.full((x.size, 1), stride))
    return np.concatenate(cells).astype(np.float32), np.concatenate(steps).astype(np.float32)


def _letterbox(rgb: np.ndarray, size: int) -> tuple[np.ndarray, float]:
    """Return the picture at the top left of a gray square, and its scale."""
    height, width = rgb.shape[:2]
    scale = min(size / height, size / width)
    square = np.full((size, size, 3), _GRAY, np.uint8)
    rows, columns = max(1, int(height * scale)), max(1, int(width * scale))
    square[:rows, :columns] = cv2.resize(rgb, (columns, rows), interpolation=cv2.INTER_LINEAR)
    return square, scale
