"""A student with SAM 3's tracker, from a checkpoint of upstream's to a bundle of six graphs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip('torch')
pytest.importorskip('timm')

from bundle_parity import ask_torch, differences  # noqa: E402
from random_weights import randomize_norms  # noqa: E402
import upstream_checkpoint as upstream  # noqa: E402

from efficientsam3_ros.cli.main import main  # noqa: E402
from efficientsam3_ros.core import Manifest  # noqa: E402
from efficientsam3_ros.engine import load_engine  # noqa: E402
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory  # noqa: E402
from efficientsam3_ros.model.registry import student_config  # noqa: E402
from efficientsam3_ros.model.student import Student  # noqa: E402
from efficientsam3_ros.model.student_memory import student_memory  # noqa: E402
from efficientsam3_ros.model.weights.conversion import Conversion, convert  # noqa: E402
from efficientsam3_ros.model.weights.errors import WeightsError  # noqa: E402
from efficientsam3_ros.model.weights.keys.key_rules import key_table  # noqa: E402
from efficientsam3_ros.model.weights.keys.student_keys import student_table  # noqa: E402
from efficientsam3_ros.model.weights.keys.tracker_keys import TRACKER_RULES  # noqa: E402
from efficientsam3_ros.model.weights.store import save_converted  # noqa: E402
from efficientsam3_ros.model.weights.video import (  # noqa: E402
    load_prompts,
    load_student,
    load_student_with_tracker,
)

VARIANT, SIZE = 'es_ev_s', 112
LEVELS = '.tracker_layers.'


def written_as_upstream(student: Student, memory: VideoMemory) -> dict[str, torch.Tensor]:
    """Return a merged checkpoint of the two, what neither reads included."""
    state = student.state_dict()
    levels = {key: value for key, value in state.items() if LEVELS in key}
    images = {k: v for k, v in state.items() if k not in levels}
    videos = {**memory.state_dict(), **levels}
    keys = upstream.as_checkpoint(student_table(student.config.trunk, images), images)
    keys |= upstream.as_checkpoint(key_table(TRACKER_RULES, videos), videos)
    whole = {**upstream.merged(VARIANT)}
    unread = {k: v for k, v in whole.items() if k.removeprefix('detector.') not in keys}
    named = {k if k.startswith('tracker.') else f'detector.{k}': v for k, v in keys.items()}
    return unread | named


@pytest.fixture(scope='module')
def pair() -> tuple[Student, VideoMemory]:
    torch.manual_seed(0)
    student = Student(replace(student_config(VARIANT, size=SIZE), tracker_neck=True)).eval()
    memory = VideoMemory(student_memory(student.config, 'dense')).eval()
    for part in (student, memory):
        randomize_norms(part)
    return student, memory


@pytest.fixture(scope='module')
def checkpoint(pair, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp('merged') / 'merged.pt'
    keys = written_as_upstream(*pair)
    assert len(keys) == len(upstream.merged(VARIANT))
    torch.save({'model': keys}, path)
    return path


@pytest.fixture(scope='module')
def converted(checkpoint) -> Conversion:
    return convert(checkpoint)


def test_student_and_tracker_come_back_exactly(pair, converted, tmp_path):
    save_converted(converted, tmp_path / 'weights', keep_tracker=True)
    for found, expected in zip(load_student_with_tracker(tmp_path / 'weights', SIZE), pair):
        assert found.config == expected.config
        state = found.state_dict()
        assert all(torch.equal(state[k], v) for k, v in expected.state_dict().items())
        assert not found.training
    # Clicks, boxes and earlier masks are left aside by both, and kept for training.
    prompts, keys = load_prompts(tmp_path / 'weights'), converted.tracker
    name = 'tracker.sam_prompt_encoder.'
    for row in range(4):
        stored = keys[f'{name}point_embeddings.{row}.weight']
        assert torch.equal(prompts.labels[row], stored[0])
    assert torch.equal(prompts.mask[6].weight, keys[f'{name}mask_downscaling.6.weight'])
    alone = load_student(tmp_path / 'weights', 512).state_dict()
    assert alone.keys() == {key for key in pair[0].state_dict() if LEVELS not in key}


def test_weights_without_a_tracker_are_refused_with_the_way_to_one(converted, tmp_path):
    save_converted(converted, tmp_path / 'weights')
    with pytest.raises(WeightsError, match='convert again with --keep-tracker'):
        load_student_with_tracker(tmp_path / 'weights', SIZE)
    with pytest.raises(WeightsError, match=r"no prompts of SAM 3's tracker.*without clicks"):
        load_prompts(tmp_path / 'weights')


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_checkpoint_becomes_a_bundle_that_tracks_as_its_network_does(
    pair, checkpoint, tmp_path, capsys
):
    weights, bundle = tmp_path / 'weights', tmp_path / 'bundle'
    words = ['--context', '16', '--keep-tracker', '--out', str(weights)]
    assert main(['convert', str(checkpoint), *words]) == 0
    words = ['--weights', str(weights), '--size', str(SIZE), '--max-objects', '5']
    assert main(['export', VARIANT, *words, '--out', str(bundle)]) == 0
    manifest = Manifest.load(bundle)
    assert len(manifest.graphs) == 6
    assert manifest.bounds['objects'] == 5 and manifest.bounds['exemplars'] == 16
    assert manifest.memory.latents == 8 * 8, 'the memory is dense'
    assert manifest.license == 'LicenseRef-SAM'
    printed = capsys.readouterr().out
    assert 'track_step' in printed and 'no video memory' not in printed
    asked = [question for question in ask_torch(*pair) if question.graph != 'text_encoder']
    found = differences(load_engine(bundle), asked)
    print({name: f'{value:.1e}' for name, value in found.items()})
    assert max(found.values()) <= 1e-4
