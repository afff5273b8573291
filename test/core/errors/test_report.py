"""No traceback reaches a user: cause and remedy, or where the details of a bug lie."""

from __future__ import annotations

import errno
import json
from pathlib import Path
import sqlite3

import cv2
import numpy as np
import pytest
import yaml

from efficientsam3_ros.core.errors.report import BUG, USER_ERROR, report
from efficientsam3_ros.core.frame import Frame


def deep() -> None:
    json.loads('[' * 100_000)


FORESEEN = {
    'OpenCV': lambda: cv2.resize(np.zeros((0, 0, 3), np.uint8), (1, 1)),
    'YAML': lambda: yaml.safe_load('a: ]'),
    'SQLite': lambda: sqlite3.connect(':memory:').execute('no words'),
    'JSON': lambda: json.loads('{'),
    'UTF-8': lambda: b'\xff'.decode(),
    'too large': lambda: float(10**400),
    'nested too deeply': deep,
    'check the path': lambda: Path('/no/such/file').read_bytes(),
    '8-bit RGB': lambda: Frame(np.zeros(3)),
}


def told(act, monkeypatch, tmp_path) -> tuple[str, int]:
    monkeypatch.setenv('XDG_STATE_HOME', str(tmp_path))
    try:
        act()
    except Exception as error:
        return report(error)
    raise AssertionError('nothing was raised')


@pytest.mark.parametrize('words', FORESEEN)
def test_a_foreseen_error_is_one_sentence_and_the_users(words, monkeypatch, tmp_path):
    text, code = told(FORESEEN[words], monkeypatch, tmp_path)
    assert words in text and code == USER_ERROR
    assert text.endswith('.') and '\n' not in text
    assert not list(tmp_path.iterdir())


def test_a_full_disk_names_the_remedy():
    text, code = report(OSError(errno.ENOSPC, 'No space left on device', 'a.mp4'))
    assert (text, code) == (
        'a.mp4: No space left on device; free some space, or choose another disk.',
        USER_ERROR,
    )


def test_a_full_disk_is_known_in_the_words_of_a_library():
    text, code = report(sqlite3.OperationalError('database or disk is full'))
    assert (text, code) == (
        'SQLite failed: database or disk is full; free some space, or choose another disk.',
        USER_ERROR,
    )


@pytest.mark.parametrize(
    'act',
    [
        lambda: {}['key'],
        lambda: np.zeros(2) + np.zeros(3),
        lambda: int('twelve'),
        lambda: [][0],
    ],
    ids=['key', 'shapes', 'number', 'index'],
)
def test_what_nobody_foresaw_is_called_a_bug_and_its_details_are_kept(act, monkeypatch, tmp_path):
    text, code = told(act, monkeypatch, tmp_path)
    assert 'bug of efficientsam3' in text and code == BUG and '\n' not in text
    (kept,) = tmp_path.rglob('error-*.txt')
    assert str(kept) in text and 'test_report.py' in kept.read_text()


def test_details_are_few_and_small(monkeypatch, tmp_path):
    folder = tmp_path / 'efficientsam3'
    folder.mkdir()
    for index in range(30):
        (folder / f'error-2000-{index:02}.txt').write_text('old')

    def fail() -> None:
        raise KeyError('x' * 10**6)

    text, _ = told(fail, monkeypatch, tmp_path)
    assert len(text) < 2000
    kept = sorted(folder.iterdir())
    assert len(kept) == 10 and kept[-1].stat().st_size < 100_000


def test_where_nothing_can_be_written_debug_is_the_remedy(monkeypatch, tmp_path):
    blocked = tmp_path / 'file'
    blocked.touch()
    monkeypatch.setenv('XDG_STATE_HOME', str(blocked))
    monkeypatch.setattr('tempfile.gettempdir', lambda: str(blocked))
    assert '--debug' in report(KeyError('x'))[0]


def test_control_characters_of_a_file_never_reach_the_terminal():
    assert report(KeyError('\x1b[31mred'))[0].isprintable()
