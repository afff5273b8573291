"""The ring holds the first view, the latest ones and nothing of anybody else."""

from __future__ import annotations

import numpy as np
import pytest
from tracking_scenes import filled

from efficientsam3_ros.core.memory_layout import MemoryLayout
from efficientsam3_ros.tracking.memory.memory_ring import MemoryRing

LAYOUT = MemoryLayout(
    conditioning=2, recent=3, pointers=3, latents=4, width=5, pointer_width=6, mask=(6, 8)
)


def tokens(value: float) -> np.ndarray:
    return np.full((LAYOUT.latents, LAYOUT.width), value, np.float32)


def pointer(value: float) -> np.ndarray:
    return np.full(LAYOUT.pointer_width, value, np.float32)


@pytest.fixture
def ring() -> MemoryRing:
    ring = MemoryRing(LAYOUT, 2)
    ring.condition(7, tokens(1), 0)
    return ring


def slots(ring: MemoryRing, track_id: int = 7) -> list[float]:
    """Return each slot's value, 0 where it is not valid."""
    bank = ring.bank([track_id], 100)
    assert (bank['memory'] == bank['memory'][:, :, :1, :1]).all()
    return (bank['memory'][0, :, 0, 0] * bank['memory_valid'][0]).tolist()


def test_recent_views_stand_newest_first_and_the_oldest_goes(ring):
    for value in (2, 3):
        ring.append(7, tokens(value))
    assert slots(ring) == [1, 0, 3, 2, 0]
    for value in (4, 5, 6):
        ring.append(7, tokens(value))
    assert slots(ring) == [1, 0, 6, 5, 4]


def test_the_first_view_stays_and_the_latest_trusted_one_replaces_those_before(ring):
    for frame, value in enumerate((2, 3, 4), start=20):
        ring.condition(7, tokens(value), frame)
        assert slots(ring) == [1, value, 0, 0, 0]
    assert ring.conditioned(7) == 22


def test_pointers_have_their_ages_newest_first(ring):
    for frame in (3, 5, 6, 9):
        ring.point(7, pointer(frame), frame)
    bank = ring.bank([7], 11)
    assert bank['pointers'][0, :, 0].tolist() == [9, 6, 5]
    assert bank['pointer_ages'].tolist() == [[2, 5, 6]]
    assert bank['pointer_valid'].tolist() == [[1, 1, 1]]


def test_empty_slots_are_marked(ring):
    ring.point(7, pointer(8), 8)
    bank = ring.bank([7], 9)
    assert bank['pointer_valid'].tolist() == [[1, 0, 0]]
    assert bank['pointer_ages'].tolist() == [[1, 0, 0]]
    assert bank['memory_valid'].tolist() == [[1, 0, 0, 0, 0]]


def test_objects_are_kept_apart_in_any_order(ring):
    ring.condition(9, tokens(50), 4)
    ring.append(9, tokens(51))
    ring.append(7, tokens(2))
    assert slots(ring, 9) == [50, 0, 51, 0, 0]
    assert ring.bank([9, 7], 5)['memory'][:, 0, 0, 0].tolist() == [50, 1]
    assert ring.bank([9, 7], 5).keys() == {
        'memory', 'memory_valid', 'pointers', 'pointer_ages', 'pointer_valid'
    }  # fmt: skip


def test_a_freed_row_holds_nothing_of_its_last_owner(ring):
    ring.append(7, tokens(2))
    ring.point(7, pointer(8), 8)
    ring.forget(7)
    assert 7 not in ring
    assert not ring._latents.any()
    ring.condition(8, tokens(3), 9)
    assert slots(ring, 8) == [3, 0, 0, 0, 0]
    assert filled(ring, 8) == (1, 0, 0)
    assert not ring.bank([8], 10)['pointers'].any()


def test_a_full_ring_takes_no_new_object_and_says_so(ring):
    ring.condition(8, tokens(2), 0)
    with pytest.raises(ValueError, match='All 2 rows are taken'):
        ring.condition(9, tokens(3), 0)
    ring.retain([8])
    ring.condition(9, tokens(3), 0)
    assert len(ring) == 2


def test_a_single_conditioning_slot_takes_the_latest_trusted_view():
    layout = MemoryLayout(1, 1, 1, 4, 5, 6, (6, 8))
    ring = MemoryRing(layout, 1)
    for value in (1, 2):
        ring.condition(7, tokens(value), value)
    assert slots(ring) == [2, 0]


def test_bytes_do_not_depend_on_what_is_held(ring):
    size = ring.nbytes
    for value in range(50):
        ring.append(7, tokens(value))
    assert ring.nbytes == size > 2 * 5 * 4 * 5 * 4
