from __future__ import annotations

import mmap

from efficientsam3_ros.tracking.live.resident_memory import resident_bytes


def test_resident_memory_grows_with_an_allocation():
    before = resident_bytes()
    # Fresh pages: a large heap may serve an ordinary object from what it holds already.
    with mmap.mmap(-1, 50_000_000) as block:
        block.write(b'x' * 50_000_000)
        grown = resident_bytes() - before
    assert grown > 40_000_000
