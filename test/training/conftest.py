"""Miniature data sets to train on."""

from __future__ import annotations

import json
from pathlib import Path

from clip_files import ColorEngine, tiny_memory, write_clip
import numpy as np
import pytest
from training_sets import write_coco, write_cutouts

from efficientsam3_ros.simulation.vocabulary import phrases
from training.data.clips.clip_features import cache_clips
from training.data.clips.clips import Stage
from training.data.vocabulary import Vocabulary, VocabularyConfig
from training.memory.config import MemoryDataConfig, MemoryRunConfig, MemoryScheduleConfig


def write_scene(folder: Path, seed: int) -> None:
    """Write a scene of four frames: a red mug and a blue bowl as plain rectangles."""
    rng = np.random.default_rng(seed)
    rgb = rng.integers(80, 120, (4, 48, 64, 3), np.uint8)
    ids = np.zeros((4, 48, 64), np.uint8)
    for frame in range(4):
        x = int(rng.integers(0, 20))
        ids[frame, 5:25, x : x + 16] = 1
        ids[frame, 22:44, 30:60] = 2
    rgb[ids == 1] = (200, 20, 20)
    rgb[ids == 2] = (20, 20, 200)
    table = [
        {'id': 1, 'noun': 'mug', 'color': 'red', 'asset': 'x'},
        {'id': 2, 'noun': 'bowl', 'color': 'blue', 'asset': 'y'},
    ]
    for item in table:
        item['phrases'] = sorted(phrases(str(item['noun']), str(item['color'])))
    np.savez(folder / f'scene_{seed}.npz', rgb=rgb, ids=ids, objects=json.dumps(table))


def write_scenes(folder: Path) -> Path:
    """Make a folder of four scenes."""
    folder.mkdir()
    for seed in range(4):
        write_scene(folder, seed)
    return folder


@pytest.fixture
def scenes(tmp_path: Path) -> Path:
    """Return a folder of four scenes."""
    return write_scenes(tmp_path / 'scenes')


@pytest.fixture(scope='module')
def shared_scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of four scenes that no test changes."""
    return write_scenes(tmp_path_factory.mktemp('shared') / 'scenes')


@pytest.fixture(scope='session')
def household() -> Vocabulary:
    """Return the words of real tables."""
    return Vocabulary.of(VocabularyConfig('household'))


@pytest.fixture(scope='session')
def coco_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return photographs with masks that no test changes."""
    return write_coco(tmp_path_factory.mktemp('coco'))


@pytest.fixture(scope='session')
def cutout_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return cut-outs that no test changes."""
    return write_cutouts(tmp_path_factory.mktemp('cutouts'))


@pytest.fixture(scope='module')
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return two clips with features."""
    folder = tmp_path_factory.mktemp('clips')
    for seed in range(2):
        write_clip(folder, seed)
    cache_clips(ColorEngine(tiny_memory()), folder)
    return folder


@pytest.fixture(scope='module')
def memory_config(clips: Path) -> MemoryRunConfig:
    """Return settings of a run on them."""
    return MemoryRunConfig(
        shape=tiny_memory(),
        data=MemoryDataConfig(str(clips), str(clips)),
        schedule=MemoryScheduleConfig(
            stages=[Stage(2, 1, 2, 2), Stage(3, 1, 2, 4)],
            warmup=1,
            checkpoint_every=2,
            validate_every=4,
            validation_clips=1,
        ),
    )
