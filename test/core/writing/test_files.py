"""Lines and pictures are whole, or an error names the file."""

from contextlib import contextmanager
import errno
import resource

import numpy as np
import pytest

from efficientsam3_ros.core.writing.line_file import LineFile
from efficientsam3_ros.core.writing.picture_file import write_picture


@contextmanager
def small_files():
    """Allow no file over 1000 bytes, as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_line_is_on_the_disk_at_once(tmp_path):
    with LineFile(tmp_path / 'a.jsonl') as lines:
        lines.add('ä')
        assert (tmp_path / 'a.jsonl').read_text(encoding='utf-8') == 'ä\n'


def test_a_line_that_does_not_fit_is_told_and_leaves_whole_lines(tmp_path):
    path = tmp_path / 'a.jsonl'
    with LineFile(path) as lines, small_files(), pytest.raises(OSError, match=r'a\.jsonl') as told:
        for _ in range(9):
            lines.add('x' * 300)
    assert told.value.errno == errno.EFBIG
    assert path.read_text().splitlines() == ['x' * 300] * 3


def test_a_picture_that_does_not_fit_is_told(tmp_path):
    noise = np.random.default_rng(1).integers(0, 255, (40, 40, 3), np.uint8)
    with small_files(), pytest.raises(OSError, match=r'File too large.*a\.png'):
        write_picture(tmp_path / 'a.png', noise)
    assert not list(tmp_path.iterdir())
