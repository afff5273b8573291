"""What a frame means for the tracks, decided before anything is changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from efficientsam3_ros.core import TrackState
from efficientsam3_ros.tracking.association.appearance import Appearance
from efficientsam3_ros.tracking.association.cascade import continued, returned, unused
from efficientsam3_ros.tracking.association.observations import Observations
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.cropped_mask import iou_matrix
from efficientsam3_ros.tracking.detection.detector import Detection
from efficientsam3_ros.tracking.lifecycle.duplicates import duplicates
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
    config: TrackerConfig,
) -> Decision:
    """Continue, hide, recover and begin tracks.

    Args:
        tracks: Track id to track, rising.
        observations: What the frame shows.
        appearance: Compares tracks with detections.
        next_id: Gives ids that were never given before.
        config: Gates and limits.
    """
    if observations.detections is None:
        after = {i: _in_between(track, observations, config) for i, track in tracks.items()}
        return _settle(tracks, Decision(after), observations, config)
    matches = continued(tracks, observations, appearance, config)
    after = {
        i: _matched(track, matches[i], observations, config)
        if i in matches
        else _unmatched(track, observations, config)
        for i, track in tracks.items()
    }
    returns = returned(
        after, unused(observations, matches), observations.frame, appearance, config
    )
    for i, detection in returns.items():
        after[i] = after[i].returned(detection, observations.frame)
    matches |= returns
    births = _births(after, unused(observations, matches), observations, next_id, config)
    return _settle(tracks, Decision(after, matches, births), observations, config)


def _births(
    tracks: Mapping[int, Track],
    detections: Sequence[Detection],
    observations: Observations,
    next_id: Callable[[], int],
    config: TrackerConfig,
) -> dict[int, Detection]:
    """Choose the detections that begin tracks, best first, while there is room."""
    states = [track.state(observations.frame, config) for track in tracks.values()]
    room = max(0, config.max_objects - len(states) + states.count(TrackState.LOST))
    wanted = [
        item
        for item in sorted(detections, key=lambda d: -d.score)
        if item.score >= max(config.birth_threshold, observations.thresholds[item.key])
    ]
    if observations.remembering:
        visible = [track for track in tracks.values() if track.visible]
        wanted = [item for item in wanted if not _covered(item, visible, config)]
    return {next_id(): item for item in wanted[:room]}


def _covered(detection: Detection, tracks: Sequence[Track], config: TrackerConfig) -> bool:
    """Tell whether a visible track of the concept is the same object already."""
    same = [track.region for track in tracks if track.key == detection.key]
    return bool((iou_matrix([detection.region], same) > config.duplicate_iou).any())


def _matched(
    track: Track, detection: Detection, observations: Observations, config: TrackerConfig
) -> Track:
    view = _best_mask(track, detection, observations, config)
    if track.state(observations.frame, config) is TrackState.LOST:
        return track.returned(view, observations.frame)
    return track.seen(view, observations.frame)


def _best_mask(
    track: Track, detection: Detection, observations: Observations, config: TrackerConfig
) -> Detection:
    """Give the detection the memory's mask of the same object if that is wanted."""
    prediction = observations.memory_predictions.get(track.track_id)
    if config.mask_from == 'detection' or prediction is None or not prediction.visible(config):
        return detection
    better = config.mask_from == 'memory' or prediction.quality > detection.quality
    if not better or not prediction.region.overlap(detection.region):
        return detection
    return replace(detection, region=prediction.region, quality=prediction.quality)


def _unmatched(track: Track, observations: Observations, config: TrackerConfig) -> Track:
    """Hide a track that was not detected, unless its memory may speak for it."""
    missed = track.missed()
    prediction = observations.memory_predictions.get(track.track_id)
    if prediction is not None and _enough(prediction, track, missed, observations.frame, config):
        return missed.carried(prediction.region, prediction.quality, observations.frame)
    return missed


def _in_between(track: Track, observations: Observations, config: TrackerConfig) -> Track:
    """Follow a track by its memory; one without memory waits for the next detection."""
    prediction = observations.memory_predictions.get(track.track_id)
    if prediction is None:
        return track
    if track.visible:
        seen = prediction.visible(config)
    else:
        seen = _enough(prediction, track, track, observations.frame, config)
    if seen:
        return track.carried(prediction.region, prediction.quality, observations.frame)
    return track.hidden()


def _enough(
    prediction: MemoryPrediction, track: Track, after: Track, frame: int, config: TrackerConfig
) -> bool:
    """Tell whether a memory prediction shows a track that was not detected.

    A hidden track shows itself where it is expected: a prediction elsewhere is rather
    another object like it, as long as no detection says otherwise.

    Args:
        prediction: Of its memory.
        track: As before the frame.
        after: With this frame's miss, if the detector ran.
        frame: Frame number.
        config: When the memory is sure, and how long it may speak alone.
    """
    expected = track.visible or prediction.region.overlap(track.predicted(frame, config)) > 0
    return expected and prediction.confident(config) and may_carry(after, frame, config)


def may_carry(track: Track, frame: int, config: TrackerConfig) -> bool:
    """Tell whether the memory alone is enough to show a track.

    It is for a real object that was detected lately: what the detector sees now and then only,
    it mostly sees by mistake, and the memory would keep the mistake alive.
    """
    return (
        track.confirmed(config)
        and track.misses <= config.memory_only_runs
        and track.misses <= config.memory_only_share * track.hits
        and track.state(frame, config) is not TrackState.LOST
    )


def _settle(
    before: Mapping[int, Track],
    decision: Decision,
    observations: Observations,
    config: TrackerConfig,
) -> Decision:
    """Let one of two tracks yield where the memory follows the same object twice."""
    if not observations.remembering:
        return decision
    yielding = duplicates(decision.tracks.values(), config)
    after = dict(decision.tracks)
    for i in yielding:
        after[i] = replace(before[i], misses=after[i].misses, visible=False)
    return replace(
        decision,
        tracks=after,
        matches={i: item for i, item in decision.matches.items() if i not in yielding},
        ended=tuple(i for i in yielding if not before[i].confirmed(config)),
    )
