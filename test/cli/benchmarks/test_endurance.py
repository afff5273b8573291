"""A long run is judged by what it costs and by its ids."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from remembering_engine import RememberingEngine, memory_manifest
from scripted_engine import Seen, look

from efficientsam3_ros.cli.benchmarks.endurance import Endurance, IdBook, endure
from efficientsam3_ros.tracking import ConceptTracker

GOOD = Endurance(10_000, 1000, (300, 400, 410), (20, 21), (18, 18.5), 90, False, 12, 8, 0.5)


def test_a_run_with_changing_prompts_is_counted():
    engine = RememberingEngine(memory_manifest(objects=2))
    engine.scene = [
        Seen(2, 2, who=1),
        Seen(30, 2, who=2, embedding=look(3)),
        Seen(2, 30, who=3, concept='blue mug', embedding=look(5)),
    ]
    tracker = ConceptTracker(engine)
    film = [np.full((48, 64, 3), level, np.uint8) for level in (90, 100, 110)]
    found = endure(tracker, film, ('red mug', 'blue mug'), 220)
    assert (found.frames, found.window) == (220, 55)
    # Prompts change at 0, 97 and 194, an operator removes a track at 48 and at 145.
    assert found.ids > 4
    assert not found.reused
    assert found.most_remembered == 2
    assert found.video_memory_mb > 0
    assert all(value > 0 for value in (*found.memory_mb, *found.wall_ms, *found.cpu_ms))


def test_what_grows_or_gives_an_id_twice_fails():
    assert GOOD.passed
    assert not replace(GOOD, reused=True).passed
    assert not replace(GOOD, memory_mb=(300, 400, 421)).passed
    assert not replace(GOOD, wall_ms=(20, 30), cpu_ms=(20, 30)).passed
    assert any('reused: yes' in line for line in replace(GOOD, reused=True).lines())


def test_a_busy_machine_is_no_growth():
    assert replace(GOOD, wall_ms=(20, 90)).passed


@pytest.mark.parametrize(
    ('frames', 'reused'),
    [([[1], [1, 2], [2], [3]], False), ([[1], [], [1]], True), ([[5], [5, 4]], True)],
)
def test_an_id_that_comes_again_is_noticed(frames, reused):
    book = IdBook()
    for live in frames:
        book.note(live)
    assert book.reused is reused
