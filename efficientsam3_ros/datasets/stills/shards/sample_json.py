"""A labelled picture as JSON, pictures and depth apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from efficientsam3_ros.core import Frame, FrameResult, Instance
from efficientsam3_ros.core.errors.one_line import shown
from efficientsam3_ros.core.id_image import true_instance
from efficientsam3_ros.core.intrinsics import Intrinsics
from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.datasets.coco import from_coco, to_coco
from efficientsam3_ros.datasets.masks import whole_number
from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame, Opinion
from efficientsam3_ros.datasets.stills.mask_origin import MaskOrigin

_MOST_IDS = 2**32 - 1
VERSION = 1
"""Of the form; another one is not read."""


def to_json(labeled: LabeledFrame) -> dict[str, Any]:
    """Return what ``from_json`` needs beside picture and depth."""
    silent, camera = labeled.unlabeled, labeled.intrinsics
    data: dict[str, Any] = {
        'version': VERSION,
        'name': labeled.name,
        'height': labeled.frame.height,
        'width': labeled.frame.width,
        'nouns': list(labeled.nouns),
        'instances': _listed(labeled.truth.instances),
        'crowd': _listed(labeled.crowd),
    }
    if labeled.origins:
        data['origins'] = {str(n): vars(origin) for n, origin in labeled.origins.items()}
    if labeled.opinions:
        data['opinions'] = [
            {
                'annotator': opinion.annotator,
                'instances': _listed(opinion.truth.instances),
                'crowd': _listed(opinion.crowd),
            }
            for opinion in labeled.opinions
        ]
    if silent is not None:
        data['unlabeled'] = to_coco(Rle.encode(silent))
    if camera is not None:
        data['intrinsics'] = vars(camera)
    return data


def from_json(data: Mapping[str, Any], frame: Frame, depth: np.ndarray | None) -> LabeledFrame:
    """Return the labelled picture.

    Args:
        data: From ``to_json``.
        frame: The picture.
        depth: Its depth, float32 (H, W), metres.

    Raises:
        ValueError: If it is of another version or size, or a mask is damaged.
        KeyError: If something is missing.
    """
    size = frame.height, frame.width
    if data['version'] != VERSION:
        raise ValueError(f'its version is {data["version"]}, this program reads {VERSION}')
    if (data['height'], data['width']) != size:
        raise ValueError('picture and JSON differ in size')
    silent, camera = data.get('unlabeled'), data.get('intrinsics')
    return LabeledFrame(
        name=_text(data['name']),
        frame=frame,
        truth=_truth(data['instances'], frame),
        nouns=tuple(map(_text, data['nouns'])),
        unlabeled=None if silent is None else from_coco(silent, size).decode(),
        crowd=_instances(data['crowd'], size),
        depth=depth,
        intrinsics=None if camera is None else Intrinsics(**camera),
        origins={int(n): _origin(item) for n, item in data.get('origins', {}).items()},
        opinions=tuple(_opinion(item, frame) for item in data.get('opinions', ())),
    )


def _listed(items: Iterable[Instance]) -> list[dict[str, Any]]:
    return [
        {'id': item.track_id, 'concept': item.concept, 'segmentation': to_coco(item.mask)}
        for item in items
    ]


def _instances(items: Iterable[Mapping[str, Any]], size: tuple[int, int]) -> tuple[Instance, ...]:
    return tuple(
        true_instance(
            whole_number(item['id'], 'An id', 1, _MOST_IDS),
            _text(item['concept']),
            from_coco(item['segmentation'], size),
        )
        for item in items
    )


def _truth(items: Iterable[Mapping[str, Any]], frame: Frame) -> FrameResult:
    size = frame.height, frame.width
    return FrameResult(frame.stamp_ns, frame.frame_id, *size, 1, _instances(items, size))


def _opinion(item: Mapping[str, Any], frame: Frame) -> Opinion:
    crowd = _instances(item['crowd'], (frame.height, frame.width))
    return Opinion(_text(item['annotator']), _truth(item['instances'], frame), crowd)


def _origin(item: Mapping[str, Any]) -> MaskOrigin:
    points = tuple((float(x), float(y)) for x, y in item['points'])
    x0, y0, x1, y1 = map(float, item['crop'])
    quality = float(item['predicted_iou']), float(item['stability'])
    return MaskOrigin(points, (x0, y0, x1, y1), *quality)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f'{shown(value)} is no text')
    return value
