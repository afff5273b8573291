"""The alignment: cells and phrases agree more after it, and it needs proposals."""

from __future__ import annotations

import pytest
from tiny_stage1 import SIZE
from tiny_stage3 import write_saco
from toy_training import log_of

from training import align

SIZES = (
    'student.sizes={trunk_width: 32, stride: 16, detector: {width: 16, heads: 2, feedforward: 16, '
    'fusion_layers: 1, decoder_layers: 1, exemplar_layers: 1, queries: 4, kept_queries: 4, '
    'query_selection: SELECTION}, text: {title: toy, layers: 1, width: 16, heads: 2}}'
)


@pytest.fixture(scope='module')
def words(tmp_path_factory) -> list[str]:
    saco = write_saco(tmp_path_factory.mktemp('aligned') / 'set')
    settings = (f'data.saco={saco}', 'data.validation=', 'data.validation_pictures=2')
    settings += (f'size={SIZE}', 'student.name=es_ev_s', 'threads=1', 'precision=32-true')
    settings += ('data.pictures=4', 'schedule.steps=40', 'schedule.warmup=2')
    settings += ('schedule.validate_every=20', 'schedule.learning_rate=0.005')
    return ['--config', 'training/configs/proof/alignment.yaml', *settings]


def test_cells_come_to_agree_with_phrases(words, tmp_path):
    out = ['--out', str(tmp_path), SIZES.replace('SELECTION', 'proposals')]
    assert align.main([*words, *out]) == 0
    costs = [row['alignment'] for row in log_of(tmp_path) if 'alignment' in row]
    assert len(costs) == 2 and costs[1] < 0.9 * costs[0]
    assert sum('val_cell_iou' in row for row in log_of(tmp_path)) == 2
    assert (tmp_path / 'best.pt').is_file()


def test_learned_queries_have_nothing_to_align(words, tmp_path, capsys):
    out = ['--out', str(tmp_path), SIZES.replace('SELECTION', 'learned')]
    assert align.main([*words, *out]) == 2
    assert 'set detector.query_selection to proposals' in capsys.readouterr().err


def test_a_dry_run_needs_no_data_and_refuses_the_same(capsys):
    words = ['--config', 'training/configs/proof/alignment.yaml', '--dry-run']
    assert align.main([*words, SIZES.replace('SELECTION', 'learned')]) == 2
    assert 'set detector.query_selection to proposals' in capsys.readouterr().err
    assert align.main([*words, SIZES.replace('SELECTION', 'proposals')]) == 0
    assert 'detector.similarity' in capsys.readouterr().out
