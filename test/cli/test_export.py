"""``efficientsam3 export``: what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip('timm')

from efficientsam3_ros.cli.main import main


def export(*words: str, out: Path) -> int:
    return main(['export', *words, '--out', str(out / 'bundle')])


def test_random_weights_are_never_taken_silently(tmp_path, capsys):
    with pytest.raises(SystemExit):
        export('es_ev_s', out=tmp_path)
    assert '--weights --random-weights' in capsys.readouterr().err


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
