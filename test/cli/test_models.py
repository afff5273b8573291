"""``efficientsam3 models`` tells what a student and its video memory weigh and cost."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from efficientsam3_ros.cli.main import USER_ERROR, main


def test_table_names_model_trunk_and_figures(capsys):
    pytest.importorskip('timm')
    assert main(['models', 'es_ev_s', '--size', '512']) == 0
    out = capsys.readouterr().out
    assert 'MobileCLIP-S0' in out
    rows = [line.split() for line in out.splitlines() if line.startswith('es_ev_s')]
    # Two necks in each of two tables; neck and total of the first rows.
    assert [row[2] for row in rows[:2]] == ['sam3', 'lean']
    assert [row[:4] for row in rows[2:]] == [
        ['es_ev_s', 'sam3', '512', '36'],
        ['es_ev_s', 'lean', '512', '18'],
    ]
    assert rows[0][3] == '0.68'


def test_json_agrees_with_itself(capsys):
    pytest.importorskip('timm')
    words = ['es_ev_s', '--neck', 'lean', '--size', '512', '--text', 's1', '--json']
    assert main(['models', *words]) == 0
    (record,) = json.loads(capsys.readouterr().out)
    parameters = record['parameters']
    assert (record['neck'], record['text']) == ('lean', 'MobileCLIP-S1')
    assert parameters.pop('total') == sum(parameters.values())
    assert record['megabytes']['fp32'] == 2 * record['megabytes']['fp16']
    macs = record['macs']['512']
    assert macs['frame'] == macs['encoder'] + macs['detector']


def test_an_unknown_student_is_refused_with_the_known_ones(capsys):
    pytest.importorskip('timm')
    assert main(['models', 'es_xx_s']) == USER_ERROR
    assert 'known are es_rv_s' in capsys.readouterr().err


def test_without_torch_the_remedy_is_named():
    code = (
        'import sys\n'
        'sys.modules["torch"] = None\n'
        'from efficientsam3_ros.cli.main import main\n'
        'sys.exit(main(["models", "es_ev_s"]))\n'
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert done.returncode == USER_ERROR
    assert '".[export]"' in done.stderr


def memory_rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines() if line.startswith(('dense', 'perceiver'))]


def test_each_neck_and_size_is_a_pair_of_rows_whatever_the_student(capsys):
    pytest.importorskip('timm')
    assert main(['models', 'es_ev_s', 'es_rv_s', '--size', '512']) == 0
    rows = memory_rows(capsys.readouterr().out)
    assert [row[:4] for row in rows] == [
        [kind, neck, '512', grid]
        for neck, grid in (('sam3', '36'), ('lean', '18'))
        for kind in ('dense', 'perceiver')
    ]


def test_levels_of_its_own_are_counted_with_the_frame(capsys):
    pytest.importorskip('timm')
    assert main(['models', 'es_ev_s', '--size', '512', '--json']) == 0
    sam3, lean = (record['memory']['512'] for record in json.loads(capsys.readouterr().out))
    assert lean['dense']['own_levels'] == lean['dense']['own_level_parameters'] == 0
    for record in (sam3['dense'], sam3['perceiver'], lean['dense']):
        names = ('own_levels', 'attention', 'decoder', 'encoder', 'perceiver')
        assert record['frame'] == sum(record[name] for name in names)
    assert sam3['perceiver']['own_levels'] > sam3['perceiver']['attention']


def test_a_size_without_a_perceiver_has_a_dense_memory(capsys):
    pytest.importorskip('timm')
    assert main(['models', 'es_ev_s', '--neck', 'sam3', '--size', '742']) == 0
    assert [row[0] for row in memory_rows(capsys.readouterr().out)] == ['dense']
