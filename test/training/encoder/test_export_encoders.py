"""Encoders of a run become part of a student's converted weights, whole or not at all."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from unittest import mock

from installed import needs
import pytest
from tiny_stage1 import SIZE, run_config, tiny_config, tiny_students, trainer
import torch

from efficientsam3_ros.model.student import Student, sam3_preprocess
from efficientsam3_ros.model.weights import store
from efficientsam3_ros.model.weights.store import LICENSE, WeightsInfo, load_converted, read_info
from training import export_encoders
from training.encoder.config import FeatureConfig, StudentPlan

pytestmark = needs('transformers')


@contextmanager
def tiny_weights():
    with (
        tiny_students(),
        mock.patch.object(store, 'student_config', tiny_config),
        mock.patch.object(export_encoders, 'student_config', tiny_config),
        mock.patch.object(export_encoders, 'INPUT_SIZE', SIZE),
    ):
        yield


@pytest.fixture(scope='module')
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp('base')
    info = WeightsInfo(
        'es_rv_s', 'sam3', 's0', 16, sam3_preprocess(SIZE), (), '', LICENSE, tracker=False
    )
    with tiny_weights():
        torch.manual_seed(7)
        store.write_weights(Student(tiny_config('es_rv_s')).state_dict(), info, folder)
    return folder


@pytest.fixture
def best(sam3_folder, sa1b, phrases, tmp_path):
    def write(**changes):
        config = run_config(sam3_folder, sa1b, **changes)
        config = replace(config, data=replace(config.data, phrases=str(phrases)))
        number = len(list(tmp_path.glob('best_*.pt')))
        path = tmp_path / f'best_{number}.pt'
        torch.save(trainer(config, tmp_path / f'run_{number}').best_entries(), path)
        return path

    return write


def export(base, out, *runs):
    words = [word for run in runs for word in ('--runs', str(run))]
    with tiny_weights():
        return export_encoders.main([*words, '--base', str(base), '--out', str(out)])


def test_the_encoders_are_replaced_and_the_rest_is_the_bases(base, best, tmp_path):
    image, text = best(), best(parts=('text',), student=StudentPlan('es_ev_s', text='s1'))
    out = tmp_path / 'out'
    assert export(base, out, image, text) == 0
    with tiny_weights():
        config, state, _ = load_converted(out)
        _, before, _ = load_converted(base)
        Student(config).load_state_dict(state)
    info = read_info(out)
    assert (info.variant, info.text, info.context) == ('es_ev_s', 's1', 16)
    assert [source.name for source in info.sources] == [image.name, text.name]
    for path in (image, text):
        for name, value in torch.load(path, weights_only=True)['average'].items():
            assert torch.equal(state[name], value), name
    kept = [n for n in before if n.startswith(('detector.', 'exemplar_encoder.'))]
    assert kept and all(torch.equal(state[n], before[n]) for n in kept)


def test_what_does_not_fit_is_refused(base, best, tmp_path, capsys):
    lean = best(
        student=StudentPlan('es_ev_s', neck='lean'),
        features=FeatureConfig(trunk=False, teacher_levels=(1, 2, 2)),
    )
    holed, other = best(), best()
    for path, change in (
        (holed, lambda e: e['average'].pop('image_encoder.neck.head.3.bias')),
        (other, lambda e: e['origin']['teacher'].update(preprocess='x')),
    ):
        entries = torch.load(path, weights_only=True)
        change(entries)
        torch.save(entries, path)
    for path, message in (
        (lean, 'neck "lean"'),
        (holed, '1 weights are missing'),
        (other, 'another preprocess'),
        (tmp_path / 'none.pt', 'does not exist'),
    ):
        assert export(base, tmp_path / 'out', path) == 2
        assert message in capsys.readouterr().err
    assert not (tmp_path / 'out').exists()
