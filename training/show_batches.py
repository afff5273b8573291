"""Draws what batches hold: a contact sheet with masks, boxes, phrases and ignored regions.

Instances that some phrase is true of are outlined in the color of the first such phrase, in which
it stands below the picture; "no" marks phrases without an answer, hatching what is ignored for
the first phrase that ignores anything.

Examples:
    python -m training.show_batches --config training/configs/nano.yaml --out sheets
"""

from __future__ import annotations

from pathlib import Path
import sys

import cv2
import numpy as np
from tqdm import trange

from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.picture_file import write_picture
from training.data.batch import Batch
from training.data.batch_builder import BatchBuilder
from training.data.mixed import MixedBatches
from training.detector.config import SupervisedConfig
from training.detector.opening import open_batches
from training.settings.command_line import Count, run_command

_COLORS = (
    *((60, 220, 60), (255, 90, 90), (90, 160, 255), (255, 210, 60), (230, 90, 255)),
    *((60, 230, 230), (255, 150, 40), (190, 190, 190)),
)
_LINE = 14
_IN_A_ROW = 4


def show(
    *overrides: str, config: Path, out: Path, batches: Count = 4, validation: bool = False
) -> None:
    """Draw batches.

    Args:
        overrides: Settings in place of the file's.
        config: YAML settings of a supervised run on several sources.
        out: A new folder.
        batches: How many.
        validation: Draw those of the validation.
    """
    settings = SupervisedConfig.load(config, overrides)
    check_output(out, settings.inputs())
    data = open_batches(settings)[1 if validation else 0]
    if not isinstance(data, MixedBatches):
        raise ValueError(f'{config} names no source; give data.sources.coco.share=1, for example.')
    out.mkdir(parents=True)
    for index in trange(batches, unit='batch'):
        builder = data.builder(index)
        sheet = _sheet(builder, builder.build(data.tokenizer))
        write_picture(out / f'batch_{index:03d}.png', sheet)


def _sheet(builder: BatchBuilder, batch: Batch) -> np.ndarray:
    cells = [_cell(builder, batch, image) for image in range(len(builder.images))]
    cells += [np.zeros_like(cells[0])] * (-len(cells) % _IN_A_ROW)
    rows = [np.hstack(cells[i : i + _IN_A_ROW]) for i in range(0, len(cells), _IN_A_ROW)]
    return np.vstack(rows)


def _cell(builder: BatchBuilder, batch: Batch, image: int) -> np.ndarray:
    picture = builder.images[image].copy()
    width = picture.shape[1]
    rows = range(image * batch.phrases, (image + 1) * batch.phrases)
    ignoring = [row for row in rows if batch.ignored[row].max() > 0.5]
    if ignoring:
        _hatch(picture, batch.ignored[ignoring[0]].numpy())
    for row in reversed(rows):
        for instance in batch.positive[row].nonzero()[:, 0].tolist():
            _outline(picture, batch, instance, _COLORS[(row - rows[0]) % len(_COLORS)])
    text = np.zeros((_LINE * batch.phrases + 4, width, 3), np.uint8)
    for line, row in enumerate(rows):
        count = int(batch.positive[row].sum())
        told = f'{count}' if count else 'no'
        unsure = ' (ignored)' if row in ignoring else ''
        where = (4, _LINE * (line + 1) - 3)
        words = f'{told:>2s} {builder.phrases[row]}{unsure}'
        color = _COLORS[line % len(_COLORS)] if count else (130, 130, 130)
        cv2.putText(text, words, where, cv2.FONT_HERSHEY_SIMPLEX, 0.42, color, 1, cv2.LINE_AA)
    return np.vstack([picture, text])


def _outline(
    picture: np.ndarray, batch: Batch, instance: int, color: tuple[int, int, int]
) -> None:
    height, width = picture.shape[:2]
    if batch.masked[instance]:
        mask = cv2.resize(batch.masks[instance].numpy(), (width, height)) > 0.5
        lines, _ = cv2.findContours(
            mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
        )
        cv2.drawContours(picture, lines, -1, color, 2)
    else:
        scaled = batch.boxes[instance].numpy() * np.array([width, height, width, height])
        cx, cy, w, h = scaled.tolist()
        corners = (round(cx - w / 2), round(cy - h / 2)), (round(cx + w / 2), round(cy + h / 2))
        cv2.rectangle(picture, *corners, color, 1)
    x, y = (batch.places[instance].numpy() * [width, height]).astype(int).tolist()
    cv2.circle(picture, (x, y), 3, color, -1)


def _hatch(picture: np.ndarray, ignored: np.ndarray) -> None:
    height, width = picture.shape[:2]
    region = cv2.resize(ignored, (width, height), interpolation=cv2.INTER_NEAREST) > 0.5
    y, x = np.mgrid[:height, :width]
    picture[region & ((x + y) % 9 == 0)] = (255, 0, 255)


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.show_batches', __doc__, show, argv)


if __name__ == '__main__':
    sys.exit(main())
