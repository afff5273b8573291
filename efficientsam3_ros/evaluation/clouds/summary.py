"""What came of all scenes: as data, and as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from efficientsam3_ros.evaluation.clouds.scene import ObjectRow
from efficientsam3_ros.evaluation.clouds.taken import Taken
from efficientsam3_ros.evaluation.run.text_table import text_table

_DIGITS = 4
_NONE = '-'
WAYS = {'plain': 'mask as it is', 'cleaned': 'cleaned by scene3d'}
"""Key to title: with the cleaning and without."""
SHARES = 'recovered', 'neighbors', 'surface', 'recovered_of_all'
"""Figures of a way that are means over objects."""
Intervals = Mapping[str, Mapping[str, tuple[float, float]]]
"""By way and share."""


@dataclass(frozen=True)
class SceneRow:
    """One scene.

    Attributes:
        scene: Its name.
        answers: How many were scored.
        objects: All of the truth.
    """

    scene: str
    answers: int
    objects: tuple[ObjectRow, ...]


def summary_of(scenes: Iterable[SceneRow]) -> dict[str, Any]:
    """Return counts and means over objects; what is not defined is None.

    ``recovered`` is of objects that were found, ``recovered_of_all`` counts missed ones as 0.
    """
    rows = list(scenes)
    objects = [item for row in rows for item in row.objects]
    found = [item for item in objects if item.iou is not None]
    ways: dict[str, list[Taken]] = {
        'cleaned': [item.cleaned for item in found if item.cleaned],
        'plain': [item.plain for item in found if item.plain],
    }
    return {
        'objects': len(objects),
        'answers': sum(row.answers for row in rows),
        'found': len(found),
        'mask_iou': _mean(item.iou for item in found),
        'kept_of_true': _mean(item.kept_of_true for item in objects if item.points),
        **{name: _of_way(taken, len(objects)) for name, taken in ways.items()},
    }


def _of_way(taken: Sequence[Taken], objects: int) -> dict[str, Any]:
    total = sum(item.recovered for item in taken)
    sane = [item.sane for item in taken if item.sane is not None]
    return {
        'recovered': _mean(item.recovered for item in taken),
        'recovered_of_all': _rounded(total / objects) if objects else None,
        'neighbors': _mean(item.neighbors for item in taken),
        'neighbors_most': _rounded(max((item.neighbors for item in taken), default=None)),
        'surface': _mean(item.surface for item in taken),
        'boxes': sum(bool(item.size_m) for item in taken),
        'boxes_compared': len(sane),
        'boxes_sane': sum(sane),
        'box_iou_median': _median(item.box_iou for item in taken),
    }


def results_data(
    settings: Mapping[str, Any],
    scenes: Sequence[SceneRow],
    notes: Sequence[str],
    intervals: Intervals,
) -> dict[str, Any]:
    """Return everything, as JSON knows it."""
    return {
        'settings': dict(settings),
        'notes': list(notes),
        'summary': summary_of(scenes),
        'intervals': {way: dict(shares) for way, shares in intervals.items()},
        'scenes': [
            {
                'scene': row.scene,
                'summary': summary_of([row]),
                'objects': [_short(asdict(item)) for item in row.objects],
            }
            for row in scenes
        ],
    }


def results_text(
    settings: Mapping[str, Any],
    scenes: Sequence[SceneRow],
    notes: Sequence[str],
    intervals: Intervals,
) -> str:
    """Return the tables: all scenes together with and without cleaning, then scene by scene.

    Args:
        settings: Of the run, by name.
        scenes: What came of each.
        notes: Sentences on what is left out.
        intervals: Of the figures of all scenes; empty if not known.
    """
    words = ', '.join(f'{name} {value}' for name, value in settings.items())
    total = summary_of(scenes)
    about = (
        f'{len(scenes)} RGB-D scenes ({words}). {total["found"]} of {total["objects"]} objects '
        f'are found by {total["answers"]} answers; mask IoU of these {_cell(total["mask_iou"])}. '
        f'Of the points under true masks, the cleaning keeps {_percent(total["kept_of_true"])}.'
    )
    parts = [about, _ways(total, intervals), _scenes(scenes), *notes]
    return '\n\n'.join(parts) + '\n'


def _ways(total: Mapping[str, Any], intervals: Intervals) -> str:
    rows = [
        [
            'of found objects', 'points recovered', 'of neighbors', 'of the surface',
            'recovered of all objects', 'of neighbors, most', 'box IoU, median',
            'boxes of sane size',
        ]
    ]  # fmt: skip
    for key, title in WAYS.items():
        way, own = total[key], intervals.get(key, {})
        shares = [_percent(way[name]) + _interval(own.get(name)) for name in SHARES]
        sane = f'{way["boxes_sane"]} of {way["boxes_compared"]}'
        most = _percent(way['neighbors_most'])
        rows.append([title, *shares, most, _cell(way['box_iou_median']), sane])
    return text_table(rows, 1)


def _interval(limits: tuple[float, float] | None) -> str:
    return '' if limits is None else f' ({100 * limits[0]:.1f} to {100 * limits[1]:.1f})'


def _scenes(scenes: Sequence[SceneRow]) -> str:
    rows = [
        [
            'scene', 'objects', 'answers', 'found', 'mask IoU', 'recovered', 'of neighbors',
            'recovered, plain', 'of neighbors, plain', 'boxes of sane size',
        ]
    ]  # fmt: skip
    for scene in scenes:
        own = summary_of([scene])
        shares = (own[way][key] for way in ('cleaned', 'plain') for key in SHARES[:2])
        sane = f'{own["cleaned"]["boxes_sane"]} of {own["cleaned"]["boxes_compared"]}'
        counts = (str(own[key]) for key in ('objects', 'answers', 'found'))
        rows.append([scene.scene, *counts, _cell(own['mask_iou']), *map(_percent, shares), sane])
    return text_table(rows, 1)


def _mean(values: Iterable[float | None]) -> float | None:
    return _over(values, np.mean)


def _median(values: Iterable[float | None]) -> float | None:
    return _over(values, np.median)


def _over(values: Iterable[float | None], how: Callable[[Any], Any]) -> float | None:
    known = [value for value in values if value is not None]
    return _rounded(float(how(known))) if known else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def _short(data: Any) -> Any:
    """Return the same with numbers of few digits."""
    if isinstance(data, dict):
        return {key: _short(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_short(value) for value in data]
    return _rounded(data) if isinstance(data, float) else data


def _percent(value: float | None) -> str:
    return _NONE if value is None else f'{100 * value:.1f} %'


def _cell(value: float | None) -> str:
    return _NONE if value is None else f'{value:.2f}'
