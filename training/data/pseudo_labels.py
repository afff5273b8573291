"""Boxes that YOLOX finds on pictures without labels, kept in one JSON file.

An interrupted run goes on where it stopped. Every box is kept from a low score on: training takes
sure ones as things, unsure ones as regions to ignore, and what is not found at all as absent.

Examples:
    python -m training.data.pseudo_labels --onnx data/real/yolox_nano.onnx \
        --pictures data/real/backgrounds --out data/backgrounds.json
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
import sys
from typing import Any

from tqdm import tqdm

from efficientsam3_ros.core.writing.atomic import write_json
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.datasets.masks import DAMAGE, read_json
from efficientsam3_ros.evaluation.anchor.coco_classes import COCO_CLASSES
from efficientsam3_ros.evaluation.anchor.yolox import Boxes, Yolox
from efficientsam3_ros.media.picture_files import is_picture, read_picture
from training.settings.command_line import run_command

LEAST_SCORE = 0.05
_KIND = 'pseudo labels of YOLOX'
_SAVE_EVERY = 100


@dataclass(frozen=True)
class Found:
    """A box.

    Attributes:
        category: A class of COCO.
        score: 0..1.
        box: (x0, y0, x1, y1), pixels of the picture.
    """

    category: str
    score: float
    box: tuple[float, float, float, float]


def read_labels(path: Path) -> dict[str, tuple[Found, ...]]:
    """Read a file of this command: picture, relative to its folder, to boxes.

    Raises:
        ValueError: If it is missing, damaged or another file.
    """
    data = read_json(path)
    try:
        if data['kind'] != _KIND:
            raise ValueError('another kind of file')
        return {
            name: tuple(Found(COCO_CLASSES[c], float(s), tuple(box)) for c, s, *box in boxes)
            for name, boxes in data['pictures'].items()
        }
    except DAMAGE as error:
        raise ValueError(
            f'{path} holds no pseudo labels ({error}); write it with '
            'python -m training.data.pseudo_labels.'
        ) from error


def label(*, onnx: Path, pictures: Path, out: Path, threads: int = 1) -> None:
    """Find boxes on all pictures of a folder and its folders.

    Args:
        onnx: YOLOX with COCO's classes.
        pictures: The folder.
        out: JSON file; one of the same pictures is gone on with.
        threads: CPU threads, 0 takes all cores.
    """
    files = sorted(f for f in pictures.rglob('*') if is_picture(f))
    if not files:
        raise ValueError(f'{pictures} holds no picture; name another folder.')
    check_output(out, (onnx, pictures), force=True, own_file=_is_ours)
    network = Yolox(onnx, threads)
    done: dict[str, Any] = read_json(out)['pictures'] if out.is_file() else {}
    left = [f for f in files if f.relative_to(pictures).as_posix() not in done]
    for count, file in enumerate(tqdm(left, unit='picture'), 1):
        boxes = network.detect(read_picture(file)).distinct()
        done[file.relative_to(pictures).as_posix()] = _entries(boxes)
        if count % _SAVE_EVERY == 0:
            _save(out, done)
    _save(out, done)
    print(f'{out}: {sum(map(len, done.values()))} boxes on {len(done)} pictures')


def _entries(boxes: Boxes) -> list[list[float]]:
    kept = boxes.at(boxes.scores >= LEAST_SCORE)
    return [
        [int(c), round(float(s), 3), *(round(float(v), 1) for v in (x, y, x + w, y + h))]
        for c, s, (x, y, w, h) in zip(kept.classes, kept.scores, kept.xywh)
    ]


def _save(out: Path, pictures: Mapping[str, Any]) -> None:
    write_json(out, {'kind': _KIND, 'pictures': dict(pictures)})


def _is_ours(path: Path) -> bool:
    try:
        data = read_json(path)
    except ValueError:
        return False
    return isinstance(data, dict) and data.get('kind') == _KIND


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.data.pseudo_labels', __doc__, label, argv)


if __name__ == '__main__':
    sys.exit(main())
