"""``efficientsam3 compare`` as a build server calls it."""

from __future__ import annotations

import json
from pathlib import Path

from evaluation_examples import example_results
import pytest

from efficientsam3_ros.cli.main import USER_ERROR, main
from efficientsam3_ros.evaluation.compare import comparison


@pytest.fixture(autouse=True)
def few_draws(monkeypatch):
    real = comparison.paired_differences
    monkeypatch.setattr(comparison, 'paired_differences', lambda a, b, draws: real(a, b, 40))


@pytest.fixture(scope='module')
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp('runs')
    for name, quality in (('old', 0.85), ('new', 0.8)):
        (root / name).mkdir()
        example_results(5, quality).save(root / name / 'results.json')
    return str(root / 'old'), str(root / 'new')


def test_tables_name_figures_sequences_and_concepts(folders, capsys):
    assert main(['compare', *folders]) == 0
    text = capsys.readouterr().out
    assert '5 sequences compared' in text
    first = text.split('95 % interval')[1].splitlines()[2]
    assert first.startswith('cgF1')
    assert first.endswith('worse')
    assert 'table-00' in text
    assert 'red mug' in text


@pytest.mark.parametrize(
    ('conditions', 'code'),
    [
        (['cgf1 < -0.5'], 1),
        (['cgf1 < -99'], 0),
        (['cgf1 < -99', 'misses > 1'], 1),
        (['p95_ms > 1'], 0),
        (['cgf9 < 1'], USER_ERROR),
        (['cgf1 is worse'], USER_ERROR),
    ],
)
def test_the_exit_code_is_for_build_servers(folders, conditions, code, capsys):
    options = [word for text in conditions for word in ('--fail-if', text)]
    assert main(['compare', *folders, *options]) == code
    assert ('failed: ' in capsys.readouterr().err) == (code == 1)


def test_json_is_json_even_when_a_condition_is_true(folders, capsys):
    assert main(['compare', *folders, '--json', '--fail-if', 'cgf1 < -0.5']) == 1
    data = json.loads(capsys.readouterr().out)
    assert data['fail_if'] == {'cgf1 < -0.5': True}
    assert data['total']['cgf1']['change']['value'] < 0
    assert data['sequences'].keys() >= {'table-00', 'table-04'}


def test_a_page_is_written(folders, tmp_path, capsys):
    page = tmp_path / 'comparison.html'
    assert main(['compare', *folders, '--html', str(page)]) == 0
    assert main(['compare', *folders, '--html', str(page)]) == 2
    assert main(['compare', *folders, '--html', str(page), '--force']) == 0
    assert 'Changes of the scores' in page.read_text()


def test_files_and_folders_both_do(folders, capsys):
    old, new = folders
    assert main(['compare', f'{old}/results.json', new]) == 0


def test_long_lists_are_cut_unless_asked(tmp_path, capsys):
    file = tmp_path / 'results.json'
    example_results(22, frames=200).save(file)
    assert main(['compare', str(file), str(file)]) == 0
    assert 'and 2 more' in capsys.readouterr().out
    assert main(['compare', str(file), str(file), '--all']) == 0
    assert 'table-21' in capsys.readouterr().out


def test_a_missing_result_is_named(folders, tmp_path, capsys):
    assert main(['compare', folders[0], str(tmp_path)]) == USER_ERROR
    assert 'results.json' in capsys.readouterr().err


def test_without_truth_the_text_says_so(tmp_path, capsys):
    file = tmp_path / 'results.json'
    example_results(2, truth='none').save(file)
    assert main(['compare', str(file), str(file)]) == 0
    assert 'none of these metrics is accuracy' in capsys.readouterr().out


def test_neither_results_nor_a_file_of_others_is_overwritten_by_the_page(folders, tmp_path):
    results, notes = Path(folders[0]) / 'results.json', tmp_path / 'notes.html'
    notes.write_text('precious')
    before = results.read_bytes()
    for page in (results, Path(folders[0]) / 'page.html', notes, tmp_path, Path('/dev/null')):
        assert main(['compare', *folders, '--html', str(page), '--force']) == 2
    assert results.read_bytes() == before
    assert notes.read_text() == 'precious'
