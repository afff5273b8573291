"""The results as Markdown, and as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from efficientsam3_ros.evaluation.objects.measure import ObjectRow
from efficientsam3_ros.evaluation.objects.tally import BARS, Tally
from efficientsam3_ros.evaluation.objects.truth import UNOCCLUDED
from efficientsam3_ros.evaluation.run.text_table import text_table

NAMES = {
    'middle_mm': 'centroid, mm off',
    'box_iou': 'box IoU',
    'mask_iou': 'mask IoU',
    'target_mm': 'centroid of `~/target_points`, mm off',
}
"""Figure to its title."""


@dataclass(frozen=True)
class ImageCounts:
    """What became of the images of a scene.

    Attributes:
        sent: Images that the camera published.
        rate: Of these a second, by their stamps; None for fewer than two.
        results: Images of which the tracker's result was heard.
        begun: Images of which an output of the objects node was heard.
        complete: Images of which all were heard, each with the stamp of the image.
        measured: Images that were measured.
    """

    sent: int
    rate: float | None
    results: int
    begun: int
    complete: int
    measured: int


@dataclass(frozen=True)
class SceneRow:
    """A scene under one kind of camera.

    Attributes:
        seed: Of the scene.
        noise: Whether the camera is noisy.
        heard: Counts of images.
        rows: Objects of the images that were measured.
    """

    seed: int
    noise: bool
    heard: ImageCounts
    rows: tuple[ObjectRow, ...]


def results_data(settings: Mapping[str, Any], scenes: Sequence[SceneRow]) -> dict[str, Any]:
    """Return everything, as JSON knows it."""
    return {
        'settings': dict(settings),
        'summary': {_camera(noise): _summary(own) for noise, own in _by_noise(scenes).items()},
        'scenes': [
            {
                'seed': scene.seed,
                'sensor_noise': scene.noise,
                'images': asdict(scene.heard),
                'objects': [asdict(row) for row in scene.rows],
            }
            for scene in scenes
        ],
    }


def results_text(settings: Mapping[str, Any], scenes: Sequence[SceneRow]) -> str:
    """Return the tables of a run: medians beside their bars, images, and objects by name."""
    words = ', '.join(f'{name} {value}' for name, value in settings.items())
    about = (
        f'Simulated ({words}). Medians over objects that are unoccluded: their whole silhouette '
        f'lies in the image, and {100 * UNOCCLUDED:.0f} % of it and more are seen. The figure of '
        'an object is the median over its images. In brackets 95 % intervals over scenes.'
    )
    return '\n\n'.join([about, _medians(scenes), _images(scenes), _nouns(scenes)]) + '\n'


def _medians(scenes: Sequence[SceneRow]) -> str:
    rows = [['camera', 'figure', 'median', 'objects', 'bar', 'met']]
    for noise, own in _by_noise(scenes).items():
        tally = _tally(own)
        bars = {bar.figure: bar for bar in BARS[noise]}
        for name, title in NAMES.items():
            found, bar = tally.medians[name], bars.get(name)
            met = '' if bar is None else 'yes' if bar.met(found.value) else 'no'
            shown = _ended(found.value, found.low, found.high, 1 if name.endswith('mm') else 2)
            count = f'{found.objects} of {tally.unoccluded}'
            rows.append([_camera(noise), title, shown, count, str(bar or ''), met])
    return text_table(rows, 2)


def _images(scenes: Sequence[SceneRow]) -> str:
    rows = [
        [
            'camera', 'images sent', 'a second', 'with a result', 'with an output',
            'all outputs, equal stamps', 'share of those with an output', 'measured',
        ]
    ]  # fmt: skip
    for noise, own in _by_noise(scenes).items():
        total = _images_of(own)
        share = f'{100 * total.complete / total.begun:.1f} %' if total.begun else ''
        counts = (total.sent, _shown(total.rate, 1), total.results, total.begun, total.complete)
        rows.append([_camera(noise), *map(str, counts), share, str(total.measured)])
    return text_table(rows, 1)


def _nouns(scenes: Sequence[SceneRow]) -> str:
    kinds = list(_by_noise(scenes))
    heads = [f'{title}, {_camera(n)}' for n in kinds for title in ('found', 'mm off', 'box IoU')]
    rows = [['object', *heads]]
    phrases = {row.phrase.split()[-1] for scene in scenes for row in scene.rows if row.counts}
    for noun in sorted(phrases):
        cells = [cell for n in kinds for cell in _noun_cells(_by_noise(scenes)[n], noun)]
        rows.append([noun, *cells])
    return text_table(rows, 1)


def _noun_cells(scenes: Sequence[SceneRow], noun: str) -> list[str]:
    rows = [row for scene in scenes for row in scene.rows if row.phrase.split()[-1] == noun]
    tally = Tally.of(rows, [scene.seed for scene in scenes])
    values = (tally.medians['middle_mm'].value, tally.medians['box_iou'].value)
    shown = (_shown(value, digits) for value, digits in zip(values, (1, 2)))
    return [f'{tally.found} of {tally.unoccluded}', *shown]


def _summary(scenes: Sequence[SceneRow]) -> dict[str, Any]:
    tally = _tally(scenes)
    bars = {
        bar.figure: {'bar': str(bar), 'met': bar.met(tally.medians[bar.figure].value)}
        for bar in BARS[scenes[0].noise]
    }
    return {'images': asdict(_images_of(scenes)), 'bars': bars, **tally.data()}


def _tally(scenes: Sequence[SceneRow]) -> Tally:
    rows = [row for scene in scenes for row in scene.rows]
    return Tally.of(rows, [scene.seed for scene in scenes])


def _images_of(scenes: Sequence[SceneRow]) -> ImageCounts:
    sent, *others = (
        sum(getattr(scene.heard, name) for scene in scenes)
        for name in ('sent', 'results', 'begun', 'complete', 'measured')
    )
    rates = [scene.heard.rate for scene in scenes if scene.heard.rate is not None]
    return ImageCounts(sent, round(median(rates), 2) if rates else None, *others)


def _by_noise(scenes: Sequence[SceneRow]) -> dict[bool, list[SceneRow]]:
    kinds = sorted({scene.noise for scene in scenes})
    return {noise: [scene for scene in scenes if scene.noise == noise] for noise in kinds}


def _camera(noise: bool) -> str:
    return 'with noise' if noise else 'without noise'


def _ended(value: float | None, low: float, high: float, digits: int) -> str:
    ends = '' if low != low else f' ({low:.{digits}f} to {high:.{digits}f})'
    return _shown(value, digits) + ends


def _shown(value: float | None, digits: int) -> str:
    return '-' if value is None else f'{value:.{digits}f}'
