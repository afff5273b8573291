"""``efficientsam3 export``: what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip('timm')

from tiny_student import tiny_student

from efficientsam3_ros.cli import export as verb
from efficientsam3_ros.cli.export_network import ChosenNetwork
from efficientsam3_ros.cli.main import main
from efficientsam3_ros.model.export import bundle as bundle_export
from efficientsam3_ros.model.export import student as student_export
from efficientsam3_ros.model.export.graph import ExportError


def export(*words: str, out: Path) -> int:
    return main(['export', *words, '--out', str(out / 'bundle')])


def test_random_weights_are_never_taken_silently(tmp_path, capsys):
    assert export('es_ev_s', out=tmp_path) == 2
    assert 'either --weights FOLDER or --random-weights' in capsys.readouterr().err
    both = ('--weights', str(tmp_path), '--random-weights')
    assert export('es_ev_s', *both, out=tmp_path) == 2


def test_an_unknown_student_is_answered_with_the_known_ones(tmp_path, capsys):
    assert export('es_xx_s', '--random-weights', out=tmp_path) == 2
    assert 'es_rv_s' in capsys.readouterr().err
    assert not (tmp_path / 'bundle').exists()


def test_a_folder_without_weights_is_named(tmp_path, capsys):
    assert export('es_ev_s', '--weights', str(tmp_path / 'none'), out=tmp_path) == 2
    assert str(tmp_path / 'none') in capsys.readouterr().err


@pytest.mark.parametrize('words', [('--precision', 'int8'), ('--calibrate', 'frames')])
def test_int8_and_its_pictures_go_together(tmp_path, capsys, words):
    assert export('es_ev_s', '--random-weights', *words, out=tmp_path) == 2
    assert 'go together' in capsys.readouterr().err
    assert not (tmp_path / 'bundle').exists()


def test_objects_and_exemplars_have_limits_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr(verb, 'chosen_network', lambda *_: tiny)
    monkeypatch.setattr(verb, 'with_openvino', lambda manifest, *_, **__: (manifest, []))
    monkeypatch.setattr(student_export, 'folded_plans', lambda *_: {})
    tiny = ChosenNetwork(tiny_student('efficientvit_b0', 'lean'), None, 'Apache-2.0')
    words = ['es_ev_s', '--random-weights', '--max-objects', '7', '--max-exemplars', '3']
    assert export(*words, out=tmp_path) == 0
    bounds = json.loads((tmp_path / 'bundle' / 'manifest.json').read_text())['bounds']
    assert (bounds['objects'], bounds['exemplars'], bounds['points']) == (7, 3, 3)
    # Words, boxes, points and the class token.
    assert bounds['tokens'] == 16 + 3 + 3 + 1


def test_what_is_missing_for_a_memory_is_said_once(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(verb, 'chosen_network', lambda *_: tiny)
    monkeypatch.setattr(verb, 'with_openvino', lambda manifest, *_, **__: (manifest, []))
    monkeypatch.setattr(student_export, 'folded_plans', lambda *_: {})
    student = tiny_student('efficientvit_b0', 'lean')
    tiny = ChosenNetwork(student, None, 'Apache-2.0', remark='no video memory: because')
    assert export('es_ev_s', '--random-weights', out=tmp_path) == 0
    assert capsys.readouterr().out.count('no video memory: because') == 1


@pytest.mark.parametrize('step', ['export_bundle', 'with_openvino', '_openvino'])
def test_a_failed_export_keeps_the_older_bundle_and_leaves_nothing_else(
    tmp_path, monkeypatch, capsys, step
):
    def exported(_, part, about, *__):
        about.save(part)
        return about

    def failing(*_, **__):
        raise ExportError('OpenVINO has failed; no more of it.')

    student = tiny_student('efficientvit_b0', 'lean')
    tiny = ChosenNetwork(student, None, 'Apache-2.0')
    monkeypatch.setattr(verb, 'chosen_network', lambda *_: tiny)
    monkeypatch.setattr(verb, 'with_openvino', lambda manifest, *_, **__: (manifest, []))
    monkeypatch.setattr(verb, '_openvino', lambda *_: None)
    monkeypatch.setattr(student_export, 'folded_plans', lambda *_: {})
    monkeypatch.setattr(bundle_export, 'export_bundle', exported)
    words = ['es_ev_s', '--random-weights', '--engine', 'openvino']
    assert export(*words, out=tmp_path) == 0
    before = {p: p.read_bytes() for p in tmp_path.rglob('*') if p.is_file()}
    monkeypatch.setattr(bundle_export if step == 'export_bundle' else verb, step, failing)
    for more, out in ((['--force'], tmp_path), ([], tmp_path / 'new')):
        assert export(*words, *more, '--threshold', '0.25', out=out) == 2
        assert 'no more of it' in capsys.readouterr().err
    assert {p: p.read_bytes() for p in tmp_path.rglob('*') if p.is_file()} == before
