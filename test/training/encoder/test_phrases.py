"""Phrases: cleaned, without those of evaluations, none cut."""

from __future__ import annotations

import pytest

from training.encoder.data.opening import spread
from training.encoder.data.phrases import JoinPhrases, read_phrases
from training.settings.reading import ConfigError


def test_phrases_of_evaluations_are_left_out_and_counted(tmp_path):
    learned, asked = tmp_path / 'learned.txt', tmp_path / 'asked.txt'
    learned.write_text('Red  Mug\nblue bowl\n\nred mug\nthe green can\n')
    asked.write_text('BLUE BOWL\nnever seen\n')
    found = read_phrases(learned, 16, asked)
    assert found.phrases == ('red mug', 'the green can')
    assert found.excluded == 1
    assert found.remarks[0].startswith('1 phrases')
    assert read_phrases(learned, 16).excluded == 0


def test_phrases_longer_than_the_context_are_left_out_not_cut(tmp_path):
    path = tmp_path / 'p.txt'
    path.write_text('red mug\n' + 'very ' * 14 + 'red\n' + 'very ' * 13 + 'red\n')
    found = read_phrases(path, 16)
    assert found.long == 1 and len(found.phrases) == 2
    batch = JoinPhrases(16)(found.phrases)
    assert batch.token_ids.shape == (2, 16)
    assert (batch.token_ids[1] != 0).all() and batch.token_ids[0, 4:].tolist() == [0] * 12
    path.write_text('\n')
    with pytest.raises(ConfigError, match='no phrase'):
        read_phrases(path, 16)


def test_what_is_held_out_is_never_trained_on():
    for count, wanted in ((10, 3), (7, 100), (100, 1)):
        rest, chosen = spread(range(count), wanted)
        assert not set(rest) & set(chosen) and 1 <= len(chosen) <= wanted
        assert len(rest) >= len(chosen)
    with pytest.raises(ConfigError, match='cannot be split'):
        spread([1], 1)
