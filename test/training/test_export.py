"""Exporting a run: which settings and weights go into the bundle."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from efficientsam3_ros.model.nano_config import NanoConfig
from training.detector.config import SupervisedConfig
import training.export
from training.runtime.best import BEST
from training.runtime.checkpoint import CHECKPOINT, SETTINGS, keep_settings
from training.supervised import build_student

CONFIG = SupervisedConfig(
    name='small',
    student=NanoConfig(input_height=48, input_width=64, width=16, queries=4, heads=2),
)


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / 'run'
    keep_settings(CONFIG, folder)
    state = build_student(replace(CONFIG, seed=7)).state_dict()
    torch.save({'average': state, 'step': 3}, folder / CHECKPOINT)
    return folder


@pytest.fixture
def exported(monkeypatch):
    """Return what is handed to the export of graphs, which is tested on its own."""
    calls = []

    def export_bundle(plans, out, about):
        calls.append((plans, about))
        out.mkdir(exist_ok=True)
        about.save(out)
        return SimpleNamespace(parity={})

    monkeypatch.setattr(training.export, 'nano_plans', lambda student: student)
    monkeypatch.setattr(training.export, 'export_bundle', export_bundle)
    return calls


def test_the_averaged_weights_and_the_settings_of_the_run_are_exported(run, exported, tmp_path):
    weights = tmp_path / 'weights.pt'
    arguments = ['--run', str(run), '--out', str(tmp_path / 'out'), '--weights', str(weights)]
    gates = ['--threshold', '0.3', '--presence-gate', '0.7']
    assert training.export.main([*arguments, *gates]) == 0
    ((student, about),) = exported
    expected = torch.load(run / CHECKPOINT, weights_only=True)['average']
    torch.testing.assert_close(dict(student.state_dict()), dict(expected))
    torch.testing.assert_close(torch.load(weights, weights_only=True), dict(expected))
    assert (about.name, about.width) == ('small', 16)
    assert (about.threshold, about.presence_gate) == (0.3, 0.7)
    assert about.preprocess.height == 48 and not student.training


def test_bundle_and_torch_weights_are_the_same_halves(run, exported, tmp_path):
    weights = tmp_path / 'weights.pt'
    arguments = ['--run', str(run), '--out', str(tmp_path / 'out'), '--weights', str(weights)]
    assert training.export.main([*arguments, '--half-weights']) == 0
    ((student, _),) = exported
    given = torch.load(run / CHECKPOINT, weights_only=True)['average']
    kept = torch.load(weights, weights_only=True)
    for name, value in student.state_dict().items():
        if value.is_floating_point():
            assert kept[name].dtype == torch.float16
            assert torch.equal(value, given[name].half().float()), name
        assert torch.equal(value, kept[name].to(value.dtype)), name


def test_nothing_that_a_run_started_with_is_read_again(run, exported, tmp_path):
    gone = replace(CONFIG, trunk_weights='gone.onnx', initialize_from='gone.pt')
    (run / SETTINGS).unlink()
    keep_settings(gone, run)
    assert training.export.main(['--run', str(run), '--out', str(tmp_path / 'out')]) == 0


def test_a_run_without_a_checkpoint_is_refused(tmp_path, capsys):
    arguments = ['--run', str(tmp_path), '--out', str(tmp_path / 'out')]
    assert training.export.main(arguments) == 2
    assert 'train first' in capsys.readouterr().err


def test_only_an_older_bundle_is_replaced_and_its_card_stays(run, exported, tmp_path, capsys):
    out, foreign = tmp_path / 'out', tmp_path / 'foreign'
    arguments = ['--run', str(run), '--out', str(out)]
    assert training.export.main(arguments) == 0
    (out / 'README.md').write_text('card')
    assert training.export.main(arguments) == 2
    assert '--force' in capsys.readouterr().err
    assert training.export.main([*arguments, '--force']) == 0
    assert (out / 'README.md').read_text() == 'card'
    foreign.mkdir()
    (foreign / 'mine.txt').write_text('mine')
    for place in (foreign, run):
        before = sorted(path.name for path in place.iterdir())
        assert training.export.main(['--run', str(run), '--out', str(place), '--force']) == 2
        assert sorted(path.name for path in place.iterdir()) == before


def test_the_best_weights_are_exported_when_asked_for(run, exported, tmp_path, capsys):
    arguments = ['--run', str(run), '--out', str(tmp_path / 'out'), '--best']
    assert training.export.main(arguments) == 2
    assert 'best.pt does not exist' in capsys.readouterr().err
    state = build_student(replace(CONFIG, seed=9)).state_dict()
    torch.save({'average': state, 'step': 2, 'monitor': 'val', 'value': 0.5}, run / BEST)
    assert training.export.main(arguments) == 0
    ((student, _),) = exported
    torch.testing.assert_close(dict(student.state_dict()), dict(state))
