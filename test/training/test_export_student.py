"""A fine-tuned student and the memory of its stage 2 become one network, whole or not at all."""

from __future__ import annotations

from dataclasses import replace

from installed import needs
import pytest
from tiny_stage1 import SIZE, tiny_students, write_teacher
import tiny_stage2
import tiny_stage3
import torch

from efficientsam3_ros.model.export.student import folded_plans
from training.export_student import joined, main
from training.network.initial_weights import WeightError
from training.network.trained_parts import TrainedPart

pytestmark = needs('transformers')
BEHIND = [TrainedPart('image_encoder.neck.fpn_layers'), TrainedPart('detector')]


@pytest.fixture(scope='module')
def weights(tmp_path_factory):
    """Return the files of stage 2, of a stage 3 behind its trunk, and of one with another."""
    root = tmp_path_factory.mktemp('weights')
    teacher = write_teacher(root / 'teacher')
    video = tiny_stage2.video_trainer(
        tiny_stage2.run_config(teacher, tiny_stage2.write_sav(root / 'sav')), root / 'stage2'
    )
    torch.save(video.best_entries(), root / 'stage2.pt')
    config = tiny_stage3.run_config(teacher, tiny_stage3.write_saco(root / 'saco'))
    config = replace(config, initialize_from=(str(root / 'stage2.pt'),), trained=BEHIND)
    behind = tiny_stage3.trainer(config, root / 'stage3')
    behind.set_train_mode()
    behind.update(2, [behind.data[0]])
    behind.threshold = 0.3
    entries = behind.best_entries() | {'average': behind.network.state_dict()}
    torch.save(entries, root / 'stage3.pt')
    other = tiny_stage3.trainer(replace(config, initialize_from=()), root / 'other')
    torch.save(other.best_entries(), root / 'other.pt')
    return root


def joined_files(*names):
    with tiny_students():
        return joined(*names, SIZE)


def test_the_student_has_the_memory_and_its_levels(weights):
    student, memory, threshold = joined_files(weights / 'stage3.pt', weights / 'stage2.pt')
    assert threshold == 0.3 and student.config.tracker_neck
    two, three = (
        torch.load(weights / f'stage{n}.pt', weights_only=True)['average'] for n in (2, 3)
    )
    state = student.state_dict()
    assert all(torch.equal(state[name], value) for name, value in three.items())
    levels = [name for name in state if 'tracker_layers' in name]
    assert levels and all(torch.equal(state[name], two[name]) for name in levels)
    own = memory.state_dict()
    assert all(torch.equal(value, two[f'memory.{name}']) for name, value in own.items())
    plans = folded_plans(student, memory)
    assert {'image_encoder', 'detector', 'track_step', 'memorise'} <= plans.keys()


def test_without_a_memory_it_finds_and_does_not_follow(weights):
    student, memory, _ = joined_files(weights / 'stage3.pt', None)
    assert memory is None and not student.config.tracker_neck


def test_a_memory_of_another_trunk_is_refused(weights):
    with pytest.raises(WeightError, match='another trunk'):
        joined_files(weights / 'other.pt', weights / 'stage2.pt')


def test_weights_that_are_not_whole_are_refused(weights, tmp_path):
    entries = torch.load(weights / 'stage3.pt', weights_only=True)
    entries['average'].pop('text_encoder.text_projection.bias')
    torch.save(entries, tmp_path / 'holes.pt')
    with pytest.raises(WeightError, match='does not fill'):
        joined_files(tmp_path / 'holes.pt', None)


def test_the_command_tells_which_file_is_missing(tmp_path, capsys):
    words = ['--run', str(tmp_path / 'no.pt'), '--out', str(tmp_path / 'bundle')]
    assert main(words) == 2
    assert 'no.pt does not exist' in capsys.readouterr().err
