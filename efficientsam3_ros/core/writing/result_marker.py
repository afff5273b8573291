"""Which folders this program wrote: by a marker file, older ones by the files of their kind."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from fnmatch import fnmatchcase
import json
from pathlib import Path
from typing import Any

from efficientsam3_ros.core.writing.atomic import write_text

MARKER = '.efficientsam3'
LEFTOVERS = ('.part-*',)
"""What a killed run may leave in a folder."""


class ResultKind(Enum):
    """A kind of folder that this program writes; the values are the names in its top level."""

    TRACK = (
        'overlay.mp4',
        'instances.mcap',
        'instances.jsonl',
        'contact_sheet.png',
        'clouds',
        'summary.json',
        'tracker_node.*',
        'simulated_camera.*',
    )
    EVALUATION = ('results.json', 'results.md', 'report.html', 'predictions', 'overlays')
    BENCHMARK = ('*',)
    BUNDLE = ('manifest.json', '*.onnx', '*.onnx.data', '*.xml', '*.bin', 'README.md')
    WEIGHTS = ('weights.safetensors', 'weights.json')
    TEACHER = ('*.json', '*.safetensors', '*.txt', '*.model', '*.md', 'LICENSE*', '.gitattributes')
    RECORDING = ('metadata.yaml', '*.mcap', '*.db3')
    TRAINING_RUN = (
        'checkpoint.pt',
        'best.pt',
        'not_finite_*.pt',
        'config.yaml',
        'metrics.jsonl',
        'memory.pt',
        'weights.pt',
        'tensorboard',
        'bundle',
    )
    PIPELINE = ('*',)
    SCENES = ('scene_*.npz', 'clip_*.npz', 'features')
    FEATURES = ('index.json', 'clip_*.level_*.npy')
    TEACHER_FEATURES = ('index.json', 'trunk_*.npy')
    SHARDS = ('index.json', 'shard-*.tar')
    PICTURES = ('*.jpg', '*.json', '*.txt', 'images', 'JPEGImages', 'Annotations')


def mark_folder(folder: Path, kind: ResultKind) -> None:
    """Write the marker into a folder that exists."""
    text = f'{kind.name.lower()}: written by efficientsam3, which may replace this folder\n'
    write_text(folder / MARKER, text)


def result_kind(folder: Path) -> ResultKind | None:
    """Return what this program wrote into a folder; None for any other folder, or no folder."""
    try:
        return _marked(folder) or _recognised(folder)
    except (OSError, ValueError):
        return None


def is_result_folder(folder: Path) -> bool:
    """Return whether a folder holds results (or a bundle, or weights) and so is no recording.

    A simulated recording is one, though this program wrote it, and so are samples for training.
    """
    samples = (
        ResultKind.RECORDING,
        ResultKind.SCENES,
        ResultKind.SHARDS,
        ResultKind.PICTURES,
    )
    return result_kind(folder) not in (None, *samples)


def strange_names(folder: Path, kind: ResultKind) -> list[str]:
    """Return the names in a folder that do not belong to its kind, sorted."""
    patterns = (MARKER, *LEFTOVERS, *kind.value)
    return sorted(item.name for item in folder.iterdir() if not _fits(item.name, patterns))


def is_empty(folder: Path) -> bool:
    """Return whether a folder holds nothing but what a killed run left."""
    return all(_fits(item.name, (MARKER, *LEFTOVERS)) for item in folder.iterdir())


def _fits(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _marked(folder: Path) -> ResultKind | None:
    marker = folder / MARKER
    if not marker.is_file():
        return None
    with marker.open(encoding='utf-8') as file:
        name = file.read(100).partition(':')[0].upper()
    return ResultKind.__members__.get(name)


def _recognised(folder: Path) -> ResultKind | None:
    """Return the kind of a folder of before there was a marker."""
    names = {item.name for item in folder.iterdir()} if folder.is_dir() else set()
    if {'instances.jsonl', 'instances.mcap'} <= names or 'tracker_node.yaml' in names:
        return ResultKind.TRACK
    if {'weights.safetensors', 'weights.json'} <= names:
        return ResultKind.WEIGHTS
    if {'checkpoint.pt', 'config.yaml'} <= names:
        return ResultKind.TRAINING_RUN
    if 'results.json' in names and {'config', 'sequences'} <= _keys(folder / 'results.json'):
        return ResultKind.EVALUATION
    if 'manifest.json' in names and {'graphs', 'preprocess'} <= _keys(folder / 'manifest.json'):
        return ResultKind.BUNDLE
    if 'index.json' in names and {'image_encoder', 'preprocess'} == _keys(folder / 'index.json'):
        return ResultKind.FEATURES
    scenes = bool(names) and all(_fits(name, ResultKind.SCENES.value) for name in names)
    return ResultKind.SCENES if scenes else None


def _keys(path: Path) -> set[str]:
    """Return the outer keys of a JSON file."""
    data: Any = json.loads(path.read_text(encoding='utf-8'))
    return set(data) if isinstance(data, dict) else set()
