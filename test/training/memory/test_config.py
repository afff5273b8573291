"""Settings of the memory: shipped, spelled out, wrong."""

from __future__ import annotations

from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path

from clip_files import tiny_memory
import pytest
import yaml

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.engine import DEFAULT_BUNDLE, find_bundle
from efficientsam3_ros.model.memory.config import nano_memory
from training.data.clips.clip_features import EncoderIdentity
from training.data.clips.clips import Stage
from training.detector.config import SupervisedConfig
from training.memory.config import MemoryRunConfig, MemoryScheduleConfig
from training.memory.weights import load_memory
from training.settings.reading import ConfigError

CONFIGS = Path(__file__).parents[3] / 'training/configs'


@pytest.mark.parametrize(
    'text, message',
    [
        ('kindd: dense', "kindd: Key 'kindd' not in .* Did you mean: 'kind'"),
        ('schedule: {stepz: 3}', "schedule.stepz: Key 'stepz' not in 'MemoryScheduleConfig'"),
        ('kind: sparse', "kind: .*'sparse'.*'perceiver', 'dense'"),
        ('schedule: {stages: [{frames: 1, clips: 1, objects: 1, until: 5}]}', '2 frames'),
        ('schedule: {stages: []}', 'needs a stage'),
        ('data: {sources: {pans: {train: a, share: 1}}}', 'sources.pans both train and'),
        ('schedule: {free_running_from: 0.1}', 'teacher_forcing_until <= free_running_from'),
        ('schedule: {trusted: 0.1}', 'schedule.trusted is now schedule.conditioning_share'),
        ('start: w.pt', 'start is now initialize_from'),
        ('a: [', 'not YAML'),
    ],
)
def test_wrong_settings_are_named(tmp_path, text, message):
    path = tmp_path / 'c.yaml'
    path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        MemoryRunConfig.load(path)


def test_the_shipped_settings_share_shape_and_data():
    perceiver = MemoryRunConfig.load(CONFIGS / 'nano_memory.yaml')
    dense = MemoryRunConfig.load(CONFIGS / 'nano_memory_dense.yaml')
    assert perceiver.memory == nano_memory('perceiver')
    assert dense.memory == replace(perceiver.memory, kind='dense')
    assert perceiver.data == dense.data and perceiver.bundle == dense.bundle == DEFAULT_BUNDLE


def test_the_shipped_weights_are_of_the_shipped_settings_and_encoder():
    memory = MemoryRunConfig.load(CONFIGS / 'nano_memory.yaml')
    weights = CONFIGS.parent / 'weights' / 'nano_memory.pt'
    encoder = EncoderIdentity.of(Manifest.load(find_bundle(memory.bundle)))
    assert load_memory(weights, encoder).config == memory.memory


def test_the_memory_fits_its_encoder():
    memory = MemoryRunConfig.load(CONFIGS / 'nano_memory.yaml')
    student = SupervisedConfig.load(CONFIGS / 'nano.yaml').student
    height, width = student.input_height, student.input_width
    assert memory.memory.level_grid == (height // 16, width // 16)
    assert memory.memory.level_channels == (student.pixel_width, student.width, student.width)
    assert memory.memory.grid == nano_memory().grid
    assert set(memory.data.used()) == {'pans', 'clean', 'printed', 'textured'}


def test_settings_may_spell_a_shape_out(tmp_path):
    path = tmp_path / 'c.yaml'
    path.write_text(yaml.safe_dump({'shape': to_lists(asdict(tiny_memory()))}))
    assert MemoryRunConfig.load(path).memory == tiny_memory()


def test_a_shape_may_be_that_of_a_larger_image(tmp_path):
    path = tmp_path / 'c.yaml'
    path.write_text(yaml.safe_dump({'shape': {'level_grid': [18, 24]}}))
    memory = MemoryRunConfig.load(path).memory
    assert memory.level_sizes == ((144, 192), (36, 48), (18, 24))
    assert memory.level_channels == (24, 96, 96) and memory.grid == nano_memory().grid


def to_lists(value):
    if isinstance(value, dict):
        return {k: to_lists(v) for k, v in value.items()}
    return [to_lists(v) for v in value] if isinstance(value, tuple) else value


def test_true_masks_give_way_to_own_ones():
    schedule = MemoryScheduleConfig(stages=[Stage(4, 1, 1, 100)])
    shares = [schedule.teacher_forced(step) for step in range(100)]
    assert shares[0] == 1 and shares[29] == 1
    assert shares[99] == schedule.teacher_forcing_share < shares[50] < 1
    assert all(a >= b for a, b in pairwise(shares))
