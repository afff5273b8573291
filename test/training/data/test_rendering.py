"""Where scenes and clips for training may be written."""

from __future__ import annotations

import pytest

pytest.importorskip('mujoco')

from efficientsam3_ros.core.writing.result_marker import ResultKind, result_kind
from training.data import tabletop_render
from training.data.clips import clip_render


@pytest.mark.parametrize(
    ('module', 'count'), [(tabletop_render, '--scenes'), (clip_render, '--films')]
)
def test_scenes_go_into_a_folder_of_scenes_only(tmp_path, monkeypatch, capsys, module, count):
    monkeypatch.setattr(module, 'render_all', lambda *_: None)
    thesis, scenes = tmp_path / 'thesis', tmp_path / 'data' / 'train'
    thesis.mkdir()
    (thesis / 'thesis.tex').write_text('precious')
    assert module.main(['--out', str(thesis), count, '1']) == 2
    assert 'holds nothing to go on with' in capsys.readouterr().err
    assert [p.name for p in thesis.iterdir()] == ['thesis.tex']
    for _ in range(2):
        assert module.main(['--out', str(scenes), count, '1']) == 0
        assert result_kind(scenes) is ResultKind.SCENES
        (scenes / 'scene_1.npz').touch()
    assert (scenes / 'scene_1.npz').exists()
