"""Medians over objects, with intervals, beside the bars that they must meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
import math
from typing import Any

import numpy as np

from efficientsam3_ros.evaluation.objects.measure import ObjectRow
from efficientsam3_ros.evaluation.scoring.intervals import choices, percentile_interval

_DIGITS = 4


@dataclass(frozen=True)
class Bar:
    """What a median must meet.

    Attributes:
        figure: Field of ``ObjectRow``.
        limit: Its bar.
        at_most: Whether the median may not be above it; else not below.
    """

    figure: str
    limit: float
    at_most: bool

    def met(self, value: float | None) -> bool:
        """Tell whether a median meets the bar; none does not."""
        if value is None:
            return False
        return value <= self.limit if self.at_most else value >= self.limit

    def __str__(self) -> str:
        return f'{"at most" if self.at_most else "at least"} {self.limit:g}'


BARS = {
    False: (Bar('middle_mm', 10, True), Bar('box_iou', 0.5, False)),
    True: (Bar('middle_mm', 15, True), Bar('box_iou', 0.4, False)),
}
"""Without and with sensor noise."""


@dataclass(frozen=True)
class Median:
    """Of a figure over objects.

    Attributes:
        value: The median; None without objects.
        low: Lower end of the 95 % interval over scenes; NaN if it is not known.
        high: Upper end.
        objects: Over how many objects.
    """

    value: float | None
    low: float
    high: float
    objects: int

    def data(self) -> dict[str, Any]:
        """Return it as JSON knows it."""
        ends = None if math.isnan(self.low) else [self.low, self.high]
        return {'median': self.value, 'interval': ends, 'objects': self.objects}


@dataclass(frozen=True)
class Tally:
    """All objects of all scenes under one kind of camera.

    Attributes:
        scenes: How many.
        unoccluded: Objects that are unoccluded in an image and more.
        found: Of these, how many have an answer then.
        medians: By figure.
    """

    scenes: int
    unoccluded: int
    found: int
    medians: Mapping[str, Median]

    @classmethod
    def of(cls, rows: Iterable[ObjectRow], seeds: Sequence[int]) -> Tally:
        """Count.

        Args:
            rows: Of all images.
            seeds: All scenes, those without objects, too.
        """
        own = by_object(row for row in rows if row.counts)
        found = sum(any(row.mask_iou is not None for row in images) for images in own.values())
        names = ('mask_iou', 'middle_mm', 'target_mm', 'box_iou')
        medians = {name: _median(own, name, seeds) for name in names}
        return cls(len(seeds), len(own), found, medians)

    def data(self) -> dict[str, Any]:
        """Return it as JSON knows it."""
        medians = {name: item.data() for name, item in self.medians.items()}
        counts = {'scenes': self.scenes, 'unoccluded': self.unoccluded, 'found': self.found}
        return counts | medians


ByObject = Mapping[tuple[int, int], Sequence[ObjectRow]]
"""Rows of the images of an object, by scene and id."""


def by_object(rows: Iterable[ObjectRow]) -> dict[tuple[int, int], list[ObjectRow]]:
    """Return the rows of each object of each scene."""
    found = defaultdict(list)
    for row in rows:
        found[row.seed, row.object].append(row)
    return dict(found)


def figure_of(images: Sequence[ObjectRow], name: str) -> float | None:
    """Return the median of a figure over the images of an object; None if it never has one."""
    values = [value for row in images if (value := getattr(row, name)) is not None]
    return float(np.median(values)) if values else None


def _median(own: ByObject, name: str, seeds: Sequence[int]) -> Median:
    values: dict[int, list[float]] = {seed: [] for seed in seeds}
    for (seed, _), images in own.items():
        value = figure_of(images, name)
        if value is not None:
            values[seed].append(value)
    pooled = [value for own_values in values.values() for value in own_values]
    if not pooled:
        return Median(None, math.nan, math.nan, 0)
    low, high = _interval(list(values.values()))
    median = round(float(np.median(pooled)), _DIGITS)
    return Median(median, round(low, _DIGITS), round(high, _DIGITS), len(pooled))


def _interval(scenes: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Return the 95 % bootstrap interval over scenes; NaN of a single one."""
    if len(scenes) < 2:
        return math.nan, math.nan
    drawn = ([v for i in chosen for v in scenes[i]] for chosen in choices(len(scenes)).tolist())
    return percentile_interval(float(np.median(values)) for values in drawn if values)
