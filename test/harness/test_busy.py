from __future__ import annotations

import os

import pytest

from efficientsam3_ros.harness.busy import busy_processes


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_busy_processes_end_with_the_block_even_when_it_fails():
    with pytest.raises(KeyError), busy_processes(2) as ids:
        assert len(set(ids)) == 2 and all(map(alive, ids))
        raise KeyError('fault')
    assert not any(map(alive, ids))


def test_none_is_none():
    with busy_processes(0) as ids:
        assert ids == ()
