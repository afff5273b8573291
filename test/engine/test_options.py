"""Choices that make no sense are refused; the cache folder follows the user's settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from efficientsam3_ros.engine import EngineError, EngineOptions


@pytest.mark.parametrize(
    ('choice', 'said'),
    [
        ({'threads': -1}, 'threads'),
        ({'precision': 'fp8'}, 'fp32, fp16, bf16, int8'),
        ({'device': -1}, 'GPU'),
    ],
)
def test_senseless_choices_are_refused(choice, said):
    with pytest.raises(EngineError, match=said):
        EngineOptions(**choice)


def test_the_cache_folder_is_made_for_the_user_alone(tmp_path, monkeypatch):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    folder = EngineOptions().cache()
    assert folder == tmp_path / 'cache' / 'efficientsam3_ros'
    assert folder.stat().st_mode & 0o777 == 0o700
    assert EngineOptions(cache_folder=tmp_path).cache() == tmp_path


def test_without_a_setting_the_cache_is_in_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.delenv('XDG_CACHE_HOME', raising=False)
    monkeypatch.setattr(Path, 'home', lambda: tmp_path)
    assert EngineOptions().cache() == tmp_path / '.cache' / 'efficientsam3_ros'


def test_a_folder_that_cannot_be_made_names_the_remedy(tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(EngineError, match='XDG_CACHE_HOME'):
        EngineOptions(cache_folder=tmp_path / 'file' / 'cache').cache()
