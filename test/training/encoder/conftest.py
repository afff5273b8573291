"""A tiny teacher, a miniature SA-1B and phrases, which no test changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_stage1 import write_phrases, write_sa1b, write_teacher


@pytest.fixture(scope='session')
def sam3_folder(tmp_path_factory) -> Path:
    return write_teacher(tmp_path_factory.mktemp('teacher'))


@pytest.fixture(scope='session')
def sa1b(tmp_path_factory) -> Path:
    return write_sa1b(tmp_path_factory.mktemp('sa1b'))


@pytest.fixture(scope='session')
def phrases(tmp_path_factory) -> Path:
    return write_phrases(tmp_path_factory.mktemp('phrases') / 'phrases.txt')
