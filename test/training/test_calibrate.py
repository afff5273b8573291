"""A threshold is chosen on held-out pictures, about which everything that is asked is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scripted_bundle import write_bundle
from scripted_engine import ColorEngine, painted_frame

from efficientsam3_ros.core import Manifest
from training import calibrate
from training.data.picture import Thing, TrainingPicture
from training.data.sources.held_out import held_out
from training.data.sources.opening import OpenSource

MUG = Thing(1, 1, frozenset({'mug', 'red mug', 'object'}), 'mug', 'red', colored=True)
BOWL = Thing(2, 2, frozenset({'bowl', 'blue bowl', 'object'}), 'bowl', 'blue', colored=True)


def picture() -> TrainingPicture:
    ids = np.zeros((48, 64), np.int32)
    ids[5:25, 4:20], ids[22:44, 30:60] = 1, 2
    rgb = painted_frame({'red': (4, 5, 16, 20), 'blue': (30, 22, 30, 22)}).rgb
    nouns = frozenset({'mug', 'bowl', 'fork', 'knife', 'spoon', 'object'})
    return TrainingPicture(rgb, ids, (MUG, BOWL), exhaustive=nouns)


class Same:
    """Forty times the same picture."""

    views, framing = False, None

    def __len__(self) -> int:
        return 40

    def read(self, index, views, rng):
        return [picture()]


def test_the_same_pictures_and_questions_each_time(household):
    source = OpenSource('some', Same(), 1.0)
    first = list(held_out(source, household, 4, 6, seed=1))
    again = list(held_out(source, household, 4, 6, seed=1))
    assert [item.name for item in first] == ['some-0', 'some-13', 'some-26', 'some-39']
    assert [item.digest for item in first] == [item.digest for item in again]
    (truth,) = first[0].truth()
    for phrase, things in first[0].answers.items():
        assert sum(i.concept == phrase for i in truth.instances) == len(things)


@pytest.fixture
def bundle(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(calibrate, 'load_engine', lambda *_, **__: ColorEngine())
    folder = tmp_path / 'bundle'
    write_bundle(folder)
    return folder


@pytest.fixture
def config(tmp_path, monkeypatch) -> Path:
    sources = [OpenSource('some', Same(), 1.0)]
    monkeypatch.setattr(calibrate, 'open_sources', lambda *_, **__: sources)
    path = tmp_path / 'settings.yaml'
    path.write_text('vocabulary: {base: household}')
    return path


def test_the_choice_is_written_into_a_new_bundle(bundle, config, tmp_path, capsys):
    words = [str(bundle), '--config', str(config), '--pictures', '9', '--seed', '1', '--out']
    assert calibrate.main([*words, str(tmp_path / 'new')]) == 0
    chosen = Manifest.load(tmp_path / 'new')
    assert Manifest.load(bundle).threshold == 0.95
    printed = capsys.readouterr().out
    assert 'all, before' in printed and 'some' in printed
    assert f'{chosen.threshold:.3f}' in printed
    assert chosen.threshold < 0.95
    assert calibrate.main([*words, str(tmp_path / 'new')]) == 2
    assert calibrate.main([*words, str(bundle), '--force']) == 2
    assert Manifest.load(bundle).threshold == 0.95


@pytest.mark.parametrize(
    'words, message',
    [
        (['--dry-run'], 'either --run or --config'),
        (['--config', 'no.yaml', '--dry-run'], 'does not exist'),
        (['--config', 'CONFIG'], '--out'),
        (['--config', 'CONFIG', '--dry-run', '--min-absent', '3'], '0 to 1'),
    ],
)
def test_wrong_options_are_named(bundle, config, words, message, capsys):
    words = [str(config) if word == 'CONFIG' else word for word in words]
    assert calibrate.main([str(bundle), *words]) == 2
    assert message in capsys.readouterr().err
