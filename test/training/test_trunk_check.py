"""The comparison with YOLOX's own file: what counts as the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from yolox_onnx import random_convolutions, write_convolutions

from efficientsam3_ros.model.image.yolox.trunk import YoloxTrunk
from training.network.initial_weights import load_trunk
import training.trunk_check as trunk_check


@pytest.fixture
def narrow(monkeypatch, tmp_path) -> Path:
    """Return a file of a narrow network, which stands for the source's."""
    monkeypatch.setattr(trunk_check, 'YoloxTrunk', lambda: YoloxTrunk(base=2, classes=3))
    monkeypatch.setattr(trunk_check, 'SIDE', 52)
    given = random_convolutions(YoloxTrunk(base=2, classes=3), seed=4)
    given = [(w / np.sqrt(w[0].size), b * 0.1) for w, b in given]
    return write_convolutions(tmp_path / 'narrow.onnx', given)


def answer_of(file: Path, rgb: np.ndarray) -> np.ndarray:
    trunk = YoloxTrunk(base=2, classes=3)
    load_trunk(trunk, str(file))
    return trunk_check.trunk_output(trunk, rgb)


def test_the_exit_code_tells_whether_both_give_the_same(narrow, monkeypatch, capsys):
    monkeypatch.setattr(trunk_check, 'source_output', answer_of)
    assert trunk_check.main([str(narrow)]) == 0
    assert 'classes      largest relative difference 0.0e+00' in capsys.readouterr().out

    def changed(file: Path, rgb: np.ndarray) -> np.ndarray:
        answer = answer_of(file, rgb).copy()
        answer[7, 6] += 1e-3
        return answer

    monkeypatch.setattr(trunk_check, 'source_output', changed)
    assert trunk_check.main([str(narrow)]) == 1
    assert trunk_check.main([str(narrow), '--tolerance', '0.1']) == 0


def test_another_size_and_another_file_are_refused(narrow, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(trunk_check, 'source_output', lambda *_: np.zeros((3549, 85)))
    assert trunk_check.main([str(narrow)]) == 2
    assert 'take YOLOX-nano' in capsys.readouterr().err
    assert trunk_check.main([str(tmp_path / 'missing.onnx')]) == 2
    assert 'does not exist' in capsys.readouterr().err
