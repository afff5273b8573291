"""The shipped proof at toy size: its rows and expectations, two steps of each training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import yaml

from efficientsam3_ros.simulation import SceneObject
from efficientsam3_ros.simulation.vocabulary import phrases
from training.data.scene_file import SceneFile

SHIPPED = Path(__file__).parents[3] / 'training/configs/proof/plan.yaml'
SIZES = (
    '{trunk_width: 32, stride: 16, detector: {width: 16, heads: 2, feedforward: 16, '
    'fusion_layers: 1, decoder_layers: 1, exemplar_layers: 1, queries: 4, exemplar_bins: 2, '
    'kept_queries: 4, query_selection: proposals}, '
    'text: {title: toy, layers: 1, width: 8, heads: 2}, memory: {width: 16, '
    'memory_width: 8, attention_width: 16, feedforward: 16, conditioning_slots: 1, '
    'recent_slots: 2, pointer_slots: 2, fuser_layers: 1, mask_upsampling: 1, perceiver: '
    '{global_latents: 2, windows: [2, 2], depth: 1}, decoder: {layers: 1, heads: 2, '
    'feedforward: 16, hypotheses: 2, upscaling: [8, 8], level_channels: [16, 16]}}}'
)
_SHORT = {
    'stage1': ['schedule.steps=2', 'data.pictures=2', 'data.validation_pictures=1'],
    'stage2': [
        'size=112',
        'schedule.stages=[{frames: 2, clips: 1, objects: 2, until: 2}]',
        'data.validation_clips=1',
        'data.validation_frames=3',
    ],
    'stage3': ['size=112', 'schedule.steps=2', 'data.pictures=1', 'data.validation_pictures=2'],
    'align': ['schedule.steps=2', 'data.pictures=2', 'data.validation_pictures=2'],
}
_KINDS = (('mug', 'red', (200, 20, 20)), ('bowl', 'blue', (20, 20, 200)))

OBJECTS = tuple(
    SceneObject(id=n, noun=noun, color=color, asset='box', phrases=phrases(noun, color))
    for n, (noun, color, _) in enumerate(_KINDS, 1)
)


def write_scene(path: Path, seed: int, frames: int) -> None:
    """Write a red mug and a blue bowl, rectangles that move; the bowl is not always there."""
    rng = np.random.default_rng(seed)
    rgb = rng.integers(80, 120, (frames, 48, 64, 3), np.uint8)
    ids = np.zeros((frames, 48, 64), np.uint8)
    for frame in range(frames):
        x = int(rng.integers(0, 20))
        ids[frame, 5:25, x : x + 16] = 1
        if seed % 2:
            ids[frame, 22:44, 30:60] = 2
    for number, (_, _, color) in enumerate(_KINDS, 1):
        rgb[ids == number] = color
    path.parent.mkdir(parents=True, exist_ok=True)
    SceneFile(rgb, ids, OBJECTS, np.arange(frames)).write(path)


def write_scenes(root: Path) -> None:
    """Write what the shipped plan draws: fewer, and of things that two steps tell apart."""
    for split, first in (('train', 0), ('validation', 100), ('test', 200)):
        for seed in range(first, first + 4):
            write_scene(root / f'scenes/{split}/scene_{seed}.npz', seed, 2)
    for split, first in (('train', 0), ('test', 20)):
        for seed in range(first + 1, first + 5, 2):
            write_scene(root / f'clips/{split}/clip_{seed:05d}_0.npz', seed, 5)


def toy_plan(root: Path, rows: tuple[str, ...] = ()) -> Path:
    """Write the shipped plan at toy size; return its file.

    Args:
        root: Folder of the scenes and of the file.
        rows: Which are kept; all if none is named.
    """
    plan: dict[str, Any] = yaml.safe_load(SHIPPED.read_text())
    plan['values']['sizes'] = SIZES
    plan['seeds'] = [1]
    plan['prepare'] = [_short(step, root) for step in plan['prepare'] if _kept(step)]
    plan['rows'] = {n: row for n, row in plan['rows'].items() if not rows or n in rows}
    known = {'teacher', *plan['rows']}
    plan['expected'] = [
        e for e in plan['expected'] if {e['row'], e.get('than', 'teacher')} <= known
    ]
    for row in plan['rows'].values():
        row.setdefault('settings', []).extend(_SHORT[row['stage']])
    path = root / 'toy.yaml'
    path.write_text(yaml.safe_dump(plan, sort_keys=False))
    return path


def _kept(step: dict[str, Any]) -> bool:
    return step['module'] != 'training.data.drawn'


def _short(step: dict[str, Any], root: Path) -> dict[str, Any]:
    words = [word.replace('{out}/scenes', f'{root}/scenes') for word in step['words']]
    words = [word.replace('{out}/clips', f'{root}/clips') for word in words]
    for option in ('--first', '--count'):
        if option in words:
            words[words.index(option) + 1] = '2'
    stage = step['module'].removeprefix('training.')
    if stage in _SHORT:
        words += ['threads=1', 'workers=0', 'student.name=es_ev_s', 'precision=32-true']
        words += _SHORT[stage]
    return {**step, 'words': words}
