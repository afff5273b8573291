"""``efficientsam3 models`` tells what the video memory weighs and costs."""

from __future__ import annotations

import json

import pytest

pytest.importorskip('timm')

from efficientsam3_ros.cli.main import main


def memory_rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines() if line.startswith(('dense', 'perceiver'))]


def test_each_neck_and_size_is_a_pair_of_rows_whatever_the_student(capsys):
    assert main(['models', 'es_ev_s', 'es_rv_s', '--size', '512']) == 0
    rows = memory_rows(capsys.readouterr().out)
    assert [row[:4] for row in rows] == [
        [kind, neck, '512', grid]
        for neck, grid in (('sam3', '36'), ('lean', '18'))
        for kind in ('dense', 'perceiver')
    ]


def test_levels_of_its_own_are_counted_with_the_frame(capsys):
    assert main(['models', 'es_ev_s', '--size', '512', '--json']) == 0
    sam3, lean = (record['memory']['512'] for record in json.loads(capsys.readouterr().out))
    assert lean['dense']['own_levels'] == lean['dense']['own_level_parameters'] == 0
    for record in (sam3['dense'], sam3['perceiver'], lean['dense']):
        names = ('own_levels', 'attention', 'decoder', 'encoder', 'perceiver')
        assert record['frame'] == sum(record[name] for name in names)
    assert sam3['perceiver']['own_levels'] > sam3['perceiver']['attention']


def test_a_size_without_a_perceiver_has_a_dense_memory(capsys):
    assert main(['models', 'es_ev_s', '--neck', 'sam3', '--size', '742']) == 0
    assert [row[0] for row in memory_rows(capsys.readouterr().out)] == ['dense']
