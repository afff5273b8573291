"""``efficientsam3 export``: what it refuses, and pictures for calibration."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip('timm')

from efficientsam3_ros.cli.export import _pictures
from efficientsam3_ros.cli.main import main
from efficientsam3_ros.cli.options import OptionError
from efficientsam3_ros.core import Preprocess


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


def test_calibration_pictures_are_prepared_as_at_run_time(tmp_path):
    rgb = np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8)
    cv2.imwrite(str(tmp_path / 'a.png'), rgb[..., ::-1])
    (tmp_path / 'notes.txt').write_text('no picture')
    prepared = list(_pictures(tmp_path, Preprocess(32, 32)))
    assert len(prepared) == 1
    np.testing.assert_array_equal(prepared[0], Preprocess(32, 32)(rgb))


def test_a_folder_without_pictures_and_a_broken_picture_are_refused(tmp_path):
    with pytest.raises(OptionError, match='holds no picture'):
        list(_pictures(tmp_path, Preprocess(32, 32)))
    (tmp_path / 'a.png').write_bytes(b'not a picture')
    with pytest.raises(OptionError, match=r'a\.png is no readable picture'):
        list(_pictures(tmp_path, Preprocess(32, 32)))
