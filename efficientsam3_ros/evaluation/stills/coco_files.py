"""Truth and answers of a suite in COCO's form, so that anybody can score them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools import mask as coco_mask

from efficientsam3_ros.core import Instance, Rle
from efficientsam3_ros.core.writing.atomic import write_text

TRUTH_FILE, ANSWERS_FILE = 'truth.coco.json', 'answers.coco.json'
ANY_OBJECT, NAMED = 'any object', 'named'


@dataclass(frozen=True)
class PictureRecord:
    """One picture with its truth and the answers that are scored.

    Attributes:
        name: Of the picture.
        height: Pixels.
        width: Pixels.
        words: What the suite asks by name, in order.
        asked: Words that were asked of the picture.
        any_object: The one of them that every instance answers; empty without.
        truth: True objects.
        crowd: Regions with several objects.
        answers: Of the bundle.
    """

    name: str
    height: int
    width: int
    words: tuple[str, ...]
    asked: tuple[str, ...]
    any_object: str
    truth: tuple[Instance, ...]
    crowd: tuple[Instance, ...]
    answers: tuple[Instance, ...]


class CocoForm:
    """Numbers pictures and classes, and writes what belongs to them.

    Pictures are numbered from 1 in the order given, classes in that of ``words``.

    Args:
        records: One a picture.
        words: Classes, those of any object last; what is of others is left out of the truth.
    """

    def __init__(self, records: Sequence[PictureRecord], words: Sequence[str]) -> None:
        self._records = records
        self._numbers = {word: number for number, word in enumerate(words, 1)}

    def truth(self) -> dict[str, Any]:
        """Return the truth: ``images``, ``annotations`` and ``categories``.

        The category of any object has another ``supercategory``, so that it can be left out.
        """
        anything = {record.any_object for record in self._records}
        regions = [
            (place, item, crowd)
            for place, record in enumerate(self._records, 1)
            for crowd, items in enumerate((record.truth, record.crowd))
            for item in items
            if item.concept in self._numbers
        ]
        return {
            'images': [
                {'id': place, 'file_name': item.name, 'height': item.height, 'width': item.width}
                for place, item in enumerate(self._records, 1)
            ],
            'annotations': [
                {
                    'id': number,
                    **self._placed(place, item),
                    'area': item.area,
                    'bbox': box_xywh(item.mask),
                    'iscrowd': crowd,
                }
                for number, (place, item, crowd) in enumerate(regions, 1)
            ],
            'categories': [
                {
                    'id': number,
                    'name': word,
                    'supercategory': ANY_OBJECT if word in anything else NAMED,
                }
                for word, number in self._numbers.items()
            ],
        }

    def answers(self) -> list[dict[str, Any]]:
        """Return the answers as COCO's list of results."""
        return [
            {**self._placed(place, item), 'score': item.score}
            for place, record in enumerate(self._records, 1)
            for item in record.answers
        ]

    def box_answers(
        self, boxes: Sequence[Sequence[tuple[str, Sequence[float], float]]]
    ) -> list[dict[str, Any]]:
        """Return boxes as COCO's list of results.

        Args:
            boxes: One entry a picture: word, box (x, y, width, height) in pixels, and score.
        """
        return [
            {'image_id': place, 'category_id': self._numbers[word], 'bbox': list(box),
             'score': score}
            for place, found in enumerate(boxes, 1)
            for word, box, score in found
        ]  # fmt: skip

    def _placed(self, place: int, item: Instance) -> dict[str, Any]:
        return {
            'image_id': place,
            'category_id': self._numbers[item.concept],
            'segmentation': coco_rle(item.mask),
        }


def words_of(records: Sequence[PictureRecord]) -> tuple[list[str], list[str]]:
    """Return the words that were asked by name, and those of any object, in order."""
    asked = {word for record in records for word in record.asked}
    words = dict.fromkeys(word for record in records for word in record.words)
    anything = dict.fromkeys(record.any_object for record in records if record.any_object)
    return [word for word in words if word in asked], list(anything)


def coco_rle(mask: Rle) -> dict[str, Any]:
    """Return COCO's compressed run lengths of a mask."""
    made = coco_mask.encode(np.asfortranarray(mask.decode().astype(np.uint8)))
    return {'size': [mask.height, mask.width], 'counts': made['counts'].decode('ascii')}


def box_xywh(mask: Rle) -> list[float]:
    """Return a mask's box (x, y, width, height), pixels."""
    return [float(mask.x), float(mask.y), float(mask.roi_width), float(mask.roi_height)]


def write_coco_files(folder: Path, records: Sequence[PictureRecord]) -> None:
    """Write truth and answers beside a run's results."""
    named, anything = words_of(records)
    form = CocoForm(records, [*named, *anything])
    contents: Mapping[str, Any] = {TRUTH_FILE: form.truth(), ANSWERS_FILE: form.answers()}
    for name, content in contents.items():
        write_text(folder / name, json.dumps(content) + '\n')
