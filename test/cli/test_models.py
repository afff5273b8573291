"""``efficientsam3 models`` tells what a student weighs and costs."""

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
    assert 'efficientsam3_ros[export]' in done.stderr
