"""One mask of SA-1B before it is decoded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
import math
from typing import Any

from efficientsam3_ros.core.errors.one_line import shown
from efficientsam3_ros.datasets.masks import whole_number
from efficientsam3_ros.datasets.stills.mask_origin import MaskOrigin


@dataclass(frozen=True)
class Entry:
    """An element of ``annotations``.

    Attributes:
        number: Its place, from 1.
        area: Pixels, as the file tells it; 0 where there is no mask.
        origin: How it came about.
        segmentation: COCO run lengths.
    """

    number: int
    area: int
    origin: MaskOrigin
    segmentation: Any = field(repr=False)

    @classmethod
    def of(cls, item: Mapping[str, Any], number: int) -> Entry:
        """Read an element.

        Raises:
            ValueError: If a field has another form.
            KeyError: If one is missing.
        """
        x, y, width, height = _numbers(item['crop_box'], 'crop_box', 4)
        points = item['point_coords']
        if not isinstance(points, list):
            raise ValueError(f'point_coords is {shown(points)}; it must be a list of [x, y].')
        clicks = [_numbers(point, 'point_coords', 2) for point in points]
        (iou,) = _numbers([item['predicted_iou']], 'predicted_iou', 1)
        (stability,) = _numbers([item['stability_score']], 'stability_score', 1)
        origin = MaskOrigin(
            points=tuple((x, y) for x, y in clicks),
            crop=(x, y, x + width, y + height),
            predicted_iou=iou,
            stability=stability,
        )
        area = whole_number(item['area'], 'area', 0)
        return cls(number, area, origin, item['segmentation'])


def _numbers(values: Any, what: str, count: int) -> tuple[float, ...]:
    try:
        found = tuple(float(value) for value in values)
    except (TypeError, ValueError, OverflowError):
        found = ()
    if len(found) != count or not all(map(math.isfinite, found)):
        raise ValueError(f'{what} is {shown(values)}; it must hold {count} finite numbers.')
    return found
