"""The whole shipped proof at toy size, through the command."""

from __future__ import annotations

import json

import pytest
from toy_proof import toy_plan, write_scenes

from efficientsam3_ros.model.weights.store import read_info
from training import export_teacher
from training.pipeline import running
from training.proof import __main__ as proof
from training.proof.table import NUMBERS, TABLE

BASELINES = ('labels alone from nothing', 'alignment, labels alone', 'labels alone, aligned')
ROWS = ('stage 1', *BASELINES, 'stages 1 + 2', 'stages 1 + 2 + 3')


@pytest.fixture(scope='module')
def finished(tmp_path_factory):
    root = tmp_path_factory.mktemp('proof')
    write_scenes(root)
    words = ['--plan', str(toy_plan(root, ROWS)), '--out', str(root / 'out'), '--one-process']
    assert proof.main(words) == 0
    return root / 'out', words


def test_every_row_is_scored_on_what_it_can_do(finished):
    out, _ = finished
    figures = json.loads((out / NUMBERS).read_text())['figures']
    assert list(figures) == ['teacher', *ROWS]
    for row, own in figures.items():
        for metric in ('box_miou', 'cgf1', 'il_mcc'):
            assert own[metric]['low'] <= own[metric]['value'] <= own[metric]['high'], row
        memory = row in ('teacher', 'stages 1 + 2')
        assert (own['jf'] is not None) == (own['memory_tokens'] is not None) == memory
    # Dense memory has a token a cell, the Perceiver its latents.
    assert figures['teacher']['memory_tokens']['value'] == 64
    assert figures['stages 1 + 2']['memory_tokens']['value'] == 6


def test_a_perceiver_is_no_teachers_tracker(finished, tmp_path, capsys):
    rows = finished[0] / 'seed_1'
    words = ['--run', str(rows / 'row_stages_1_2_3/run/best.pt'), '--out', str(tmp_path / 'x')]
    assert export_teacher.main([*words, '--memory', str(rows / 'row_stages_1_2/run/best.pt')]) == 2
    assert 'no dense memory' in capsys.readouterr().err
    # Stage 3 kept the trunk that its memory knows; without the memory it is a teacher of pictures.
    assert export_teacher.main(words) == 0
    assert not read_info(tmp_path / 'x').tracker


def test_expectations_stand_beside_what_was_found(finished):
    text = (finished[0] / TABLE).read_text()
    assert 'GMAC: teacher >= 5 x stages 1 + 2 + 3' in text
    assert (finished[0] / 'table.html').is_file()


def test_what_is_finished_is_not_run_again(finished, monkeypatch):
    _, words = finished
    monkeypatch.setattr(running, '_main_of', lambda module: 1 / 0)
    assert proof.main(words) == 0


def test_another_plan_is_refused_for_a_finished_row(finished, capsys):
    _, words = finished
    assert proof.main([*words, 'shared=[precision=bf16-mixed]']) == 2
    assert 'was finished with other settings' in capsys.readouterr().err


@pytest.mark.slow
def test_all_rows_of_the_shipped_plan_run(tmp_path):
    write_scenes(tmp_path)
    words = ['--plan', str(toy_plan(tmp_path)), '--out', str(tmp_path / 'out'), '--one-process']
    assert proof.main(words) == 0
    verdicts = json.loads((tmp_path / 'out' / NUMBERS).read_text())['verdicts']
    assert len(verdicts) == 14 and all(each['met'] is not None for each in verdicts)
