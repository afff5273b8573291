"""A tiny teacher, pictures and a video with phrases, which no test changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_stage1 import write_teacher
from tiny_stage3 import write_saco, write_veval


@pytest.fixture(scope='session')
def sam3_folder(tmp_path_factory) -> Path:
    return write_teacher(tmp_path_factory.mktemp('teacher'))


@pytest.fixture(scope='session')
def saco(tmp_path_factory) -> Path:
    return write_saco(tmp_path_factory.mktemp('saco') / 'set')


@pytest.fixture(scope='session')
def veval(tmp_path_factory) -> Path:
    return write_veval(tmp_path_factory.mktemp('veval'))
