"""What a frame means for the tracks, decided before anything is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from efficientsam3_ros.tracking.association.appearance import Appearance
from efficientsam3_ros.tracking.association.cascade import Cascade
from efficientsam3_ros.tracking.association.observations import Observations
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.cropped_mask import iou_matrix
from efficientsam3_ros.tracking.detection.detector import Detection
from efficientsam3_ros.tracking.memory.object_memory import MemoryPrediction
from efficientsam3_ros.tracking.track import Track


@dataclass(frozen=True)
class Decision:
    """What is to become of the tracks.

    Attributes:
        tracks: Track id to the track after this frame.
        matches: Track id to the detection that continues it.
        births: New track id to the detection that it begins with.
        ended: Tracks to forget.
    """

    tracks: Mapping[int, Track]
    matches: Mapping[int, Detection] = field(default_factory=dict)
    births: Mapping[int, Detection] = field(default_factory=dict)
    ended: tuple[int, ...] = ()


def decide(
    tracks: Mapping[int, Track],
    observations: Observations,
    appearance: Appearance,
    next_id: Callable[[], int],
) -> Decision:
    """Continue, hide, recover and begin tracks.

    Args:
        tracks: Track id to track, rising.
        observations: What the frame shows.
        appearance: Compares tracks with detections.
        next_id: Gives ids that were never given before.
    """
    if observations.detections is None:
        after = {i: _in_between(track, observations) for i, track in tracks.items()}
        return _settle(tracks, Decision(after), observations)
    cascade = Cascade(observations, appearance)
    matches = cascade.continued(tracks)
    after = {
        i: _matched(track, matches[i], observations)
        if i in matches
        else _unmatched(track, observations)
        for i, track in tracks.items()
    }
    returns = cascade.returned(after, matches)
    for i, detection in returns.items():
        after[i] = after[i].returned(detection, observations.frame)
    matches |= returns
    births = {next_id(): item for item in _newcomers(after, cascade.unused(matches), observations)}
    return _settle(tracks, Decision(after, matches, births), observations)


def _newcomers(
    tracks: Mapping[int, Track], detections: Sequence[Detection], observations: Observations
) -> list[Detection]:
    """Choose the detections that begin tracks, best first, while there is room."""
    config = observations.config
    alive = sum(not observations.lost(track) for track in tracks.values())
    wanted = [
        item
        for item in sorted(detections, key=lambda d: -d.score)
        if item.score >= max(config.birth_threshold, observations.thresholds[item.key])
    ]
    if observations.remembering:
        visible = [track for track in tracks.values() if track.visible]
        wanted = [item for item in wanted if not _covered(item, visible, config)]
    return wanted[: max(0, config.max_objects - alive)]


def _covered(detection: Detection, tracks: Sequence[Track], config: TrackerConfig) -> bool:
    """Tell whether a visible track of the concept is the same object already."""
    same = [track.region for track in tracks if track.key == detection.key]
    return bool((iou_matrix([detection.region], same) > config.duplicate_iou).any())


def _matched(track: Track, detection: Detection, observations: Observations) -> Track:
    view = _best_mask(track, detection, observations)
    if observations.lost(track):
        return track.returned(view, observations.frame)
    return track.seen(view, observations.frame)


def _best_mask(track: Track, detection: Detection, observations: Observations) -> Detection:
    """Give the detection the memory's mask of the same object if that is wanted."""
    config, prediction = observations.config, observations.prediction(track)
    if config.mask_from == 'detection' or prediction is None or not prediction.visible(config):
        return detection
    better = config.mask_from == 'memory' or prediction.quality > detection.quality
    if not better or not prediction.region.overlap(detection.region):
        return detection
    return replace(detection, region=prediction.region, quality=prediction.quality)


def _unmatched(track: Track, observations: Observations) -> Track:
    """Hide a track that was not detected, unless its memory may speak for it."""
    missed, prediction = track.missed(), observations.prediction(track)
    if prediction is not None and _enough(prediction, track, missed, observations):
        return missed.carried(prediction.region, prediction.quality, observations.frame)
    return missed


def _in_between(track: Track, observations: Observations) -> Track:
    """Follow a track by its memory; one without memory waits for the next detection."""
    prediction = observations.prediction(track)
    if prediction is None:
        return track
    if track.visible:
        seen = prediction.visible(observations.config)
    else:
        seen = _enough(prediction, track, track, observations)
    if seen:
        return track.carried(prediction.region, prediction.quality, observations.frame)
    return replace(track, visible=False)


def _enough(
    prediction: MemoryPrediction, track: Track, after: Track, observations: Observations
) -> bool:
    """Tell whether a memory prediction shows a track that was not detected.

    A hidden track shows itself where it is expected: a prediction elsewhere is rather
    another object like it, as long as no detection says otherwise.

    Args:
        prediction: Of its memory.
        track: As before the frame.
        after: With this frame's miss, if the detector ran.
        observations: Of the frame.
    """
    frame, config = observations.frame, observations.config
    expected = track.visible or prediction.region.overlap(track.predicted(frame, config)) > 0
    return expected and prediction.confident(config) and may_carry(after, observations)


def may_carry(track: Track, observations: Observations) -> bool:
    """Tell whether the memory alone is enough to show a track.

    It is for a real object that was detected lately: what the detector sees now and then only,
    it mostly sees by mistake, and the memory would keep the mistake alive.
    """
    config = observations.config
    return (
        track.confirmed(config)
        and track.misses <= config.memory_only_runs
        and track.misses <= config.memory_only_share * track.hits
        and not observations.lost(track)
    )


def _settle(
    before: Mapping[int, Track], decision: Decision, observations: Observations
) -> Decision:
    """Let one of two tracks yield where the memory follows the same object twice."""
    if not observations.remembering:
        return decision
    yielding = _duplicates(decision.tracks.values(), observations.config)
    after = dict(decision.tracks)
    for i in yielding:
        after[i] = replace(before[i], misses=after[i].misses, visible=False)
    return replace(
        decision,
        tracks=after,
        matches={i: item for i, item in decision.matches.items() if i not in yielding},
        ended=tuple(i for i in yielding if not before[i].confirmed(observations.config)),
    )


def _duplicates(tracks: Iterable[Track], config: TrackerConfig) -> tuple[int, ...]:
    """Return the ids of visible tracks that cover a better supported one of their concept.

    Detected beats undetected, then the longer supported track wins, then the older one.
    """
    visible = [track for track in tracks if track.visible]
    best_first = sorted(visible, key=lambda t: (t.misses, -t.hits, t.track_id))
    regions = [track.region for track in best_first]
    iou = iou_matrix(regions, regions)
    keys = np.array([track.key for track in best_first])
    same = (iou > config.duplicate_iou) & (keys[:, None] == keys[None])
    kept: list[int] = []
    for index in range(len(best_first)):
        if not same[index, kept].any():
            kept.append(index)
    return tuple(track.track_id for i, track in enumerate(best_first) if i not in set(kept))
