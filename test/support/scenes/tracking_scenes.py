"""Short films for the tracker: a scene for each frame, and what comes out of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from scripted_engine import ScriptedEngine, Seen, frame_of

from efficientsam3_ros.core import FrameResult, Instance, Prompt, TrackState
from efficientsam3_ros.tracking import ConceptTracker, TrackerConfig
from efficientsam3_ros.tracking.memory.memory_ring import MemoryRing

SHOWN = (TrackState.NEW, TrackState.TRACKED)


def make_tracker(engine: ScriptedEngine, *concepts: str, **settings: object) -> ConceptTracker:
    """Return a tracker that looks for the concepts (``red mug`` unless said otherwise)."""
    tracker = ConceptTracker(engine, TrackerConfig(**settings))  # type: ignore[arg-type]
    tracker.set_prompts([Prompt(concept) for concept in concepts or ('red mug',)])
    return tracker


def play(
    tracker: ConceptTracker, engine: ScriptedEngine, scenes: Iterable[Sequence[Seen]]
) -> list[FrameResult]:
    """Show the scenes one by one."""
    results = []
    for index, scene in enumerate(scenes):
        engine.scene = scene
        results.append(tracker.step(frame_of(stamp_ns=index)))
    return results


def unseen(thing: Seen, **changes: Any) -> Seen:
    """Return a thing that the detector misses and the memory sees."""
    return replace(thing, score=0.0, **changes)


def hidden(thing: Seen) -> Seen:
    """Return a thing that neither sees."""
    return unseen(thing, memory_score=0.05)


def shown(result: FrameResult) -> list[Instance]:
    """Return the instances that are seen in the frame."""
    return [item for item in result.instances if item.state in SHOWN]


def ids(result: FrameResult) -> list[int]:
    """Return the ids that are seen in the frame."""
    return [item.track_id for item in shown(result)]


def id_at(result: FrameResult, x: int) -> int:
    """Return the id of the only seen instance whose box begins at column x."""
    (found,) = [item.track_id for item in shown(result) if item.mask.x == x]
    return found


def filled(ring: MemoryRing, track_id: int) -> tuple[int, int, int]:
    """Return how many conditioning, recent and pointer slots an object fills."""
    bank, cut = ring.bank([track_id], 0), ring._layout.conditioning
    valid = bank['memory_valid'][0]
    return int(valid[:cut].sum()), int(valid[cut:].sum()), int(bank['pointer_valid'].sum())
