"""The truth of a bag in a JSON file beside it.

Either VEval's format with one video whose T masks belong to the T frames of the bag, or COCO's:

    {"images": [{"id": 1, "stamp_ns": 1700000000000000000}, {"id": 2, "frame_index": 1}],
     "annotations": [{"image_id": 1, "track_id": 4, "category_id": 7, "segmentation": ...}],
     "categories": [{"id": 7, "name": "red mug"}, {"id": 8, "name": "bowl"}]}

An image is named by its stamp or by its place in the bag (from 0). Listed images without
annotations say that nothing is in view; frames that are not listed are not annotated. All
categories are asked for, so one without annotations is an absent concept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from efficientsam3_ros.bags import BagReader
from efficientsam3_ros.core import Instance
from efficientsam3_ros.datasets.bag.bag_truth import Entry, Size
from efficientsam3_ros.datasets.masks import Labeled, RleMasks, read_json, whole_number
from efficientsam3_ros.datasets.saco import is_veval, phrase, veval_masks
from efficientsam3_ros.datasets.sequence import SequenceError, TruthKind

_MOST_IDS, _MOST_FRAMES = 2**31 - 1, 10_000_000


@dataclass(frozen=True)
class AnnotationFile:
    """What a file says, see ``BagTruth``.

    Attributes:
        masks: Number to objects; numbers are stamps or places, see ``by_stamp``.
        asked: The concepts that are asked for.
        by_stamp: Whether numbers are stamps in nanoseconds, else places in the bag.
    """

    masks: RleMasks = field(repr=False)
    asked: tuple[str, ...]
    by_stamp: bool
    kind = TruthKind.CONCEPTS

    def concepts(self, bag: BagReader) -> tuple[str, ...]:
        """Return what the file asks for."""
        return self.asked

    def stamps(self, bag: BagReader, frames: np.ndarray) -> np.ndarray:
        """Return the stamps that the file names, or those of the places that it names."""
        numbers = np.array(self._numbers(), np.int64)
        if self.by_stamp:
            return numbers
        beyond = numbers[numbers >= len(frames)]
        if beyond.size == numbers.size or not len(frames):
            raise SequenceError('The annotations name no frame that the bag has.')
        # Places beyond the bag's end stay unpaired, whatever the tolerance.
        far = np.iinfo(np.int64).max - beyond.size + np.arange(beyond.size)
        return np.concatenate([frames[numbers[numbers < len(frames)]], far])

    def entries(self, bag: BagReader) -> Iterator[Entry]:
        """Yield the annotated moments."""
        return enumerate(self._numbers())

    def instances(self, read: int, size: Size) -> tuple[Instance, ...]:
        """Decode the masks of one moment."""
        return self.masks.at(read, size) or ()

    def notes(self) -> Iterable[str]:
        """Return what was left out."""
        return self.masks.notes()

    def _numbers(self) -> list[int]:
        return sorted(self.masks.frames)


def read_annotations(path: Path) -> AnnotationFile:
    """Read a file.

    Raises:
        SequenceError: If it is missing, damaged, or in another format.
    """
    try:
        about = read_json(path)
        return _veval(about, path) if is_veval(about) else _coco(about, path)
    except (KeyError, TypeError, AttributeError) as error:
        raise SequenceError(
            f'{path} lacks what a COCO or VEval file holds ({error!r}); see annotations.py.'
        ) from error
    except SequenceError:
        raise
    except ValueError as error:
        raise SequenceError(str(error)) from error


def _veval(about: Mapping[str, Any], path: Path) -> AnnotationFile:
    if len(about['videos']) != 1:
        raise SequenceError(f'{path} holds {len(about["videos"])} videos; a bag is one.')
    count = whole_number(about['videos'][0]['length'], f'{path}: length', 0, _MOST_FRAMES)
    masks, asked = veval_masks(range(count), about['video_np_pairs'], about['annotations'])
    return AnnotationFile(masks, asked, by_stamp=False)


def _coco(about: Mapping[str, Any], path: Path) -> AnnotationFile:
    key = 'stamp_ns' if all('stamp_ns' in image for image in about['images']) else 'frame_index'
    if not all(key in image for image in about['images']):
        raise SequenceError(f'{path}: give all images "stamp_ns", or all "frame_index".')
    least = -(2**63) if key == 'stamp_ns' else 0
    numbers = {
        image['id']: whole_number(image[key], f'{path}: {key} of image {image["id"]!r}', least)
        for image in about['images']
    }
    if len(numbers) < len(about['images']):
        raise SequenceError(f'{path}: image ids repeat, so annotations name no single image.')
    names = {item['id']: phrase(item['name']) for item in about['categories']}
    frames: dict[int, list[Labeled]] = {number: [] for number in numbers.values()}
    skipped: Counter[str] = Counter()
    for item in about['annotations']:
        if item['image_id'] not in numbers:
            skipped['annotations of images that are not listed'] += 1
        elif item['category_id'] not in names:
            skipped['annotations of categories that are not listed'] += 1
        elif item.get('iscrowd'):
            skipped['annotations of crowds'] += 1
        else:
            frames[numbers[item['image_id']]].append(_labeled(item, names, skipped))
    texts = [f'{path.name}: {count} {what}.' for what, count in skipped.items()]
    return AnnotationFile(
        RleMasks(frames, tuple(texts)), tuple(dict.fromkeys(names.values())), key == 'stamp_ns'
    )


def _labeled(item: Mapping[str, Any], names: Mapping[Any, str], skipped: Counter[str]) -> Labeled:
    if 'track_id' not in item:
        skipped['annotations lack a track_id, so figures on identity mean nothing'] += 1
    what = f'Annotation {item.get("id")!r}: its track_id'
    number = whole_number(item.get('track_id', item['id']), what, 1, _MOST_IDS)
    return Labeled(number, names[item['category_id']], item['segmentation'])
