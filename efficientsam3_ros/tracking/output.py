"""From tracks to the result of a frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from efficientsam3_ros.core import Instance, Rle, TrackState
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.cropped_mask import CroppedMask
from efficientsam3_ros.tracking.track import Track


def output(
    tracks: Sequence[Track],
    concepts: Mapping[str, str],
    size: tuple[int, int],
    frame: int,
    config: TrackerConfig,
) -> tuple[Instance, ...]:
    """Describe the tracks at one frame.

    Args:
        tracks: Ordered by id.
        concepts: Concept key to the concept as it was given.
        size: Image (height, width), pixels.
        frame: Frame number; visible masks that were detected earlier are moved along.
        config: Life cycle and overlap policy.

    Returns:
        Instances in the order of the tracks. Occluded and lately lost ones have an empty mask.
    """
    masks = {track: track.predicted(frame, config) for track in tracks if track.visible}
    masks = resolve(masks, config.overlap)
    last = config.max_occluded_frames + config.report_lost
    reported = [t for t in tracks if t.visible or frame - t.last_seen <= last]
    empty = Rle.empty(*size)
    return tuple(
        _instance(track, masks[track].rle() if track in masks else empty, concepts, frame, config)
        for track in reported
    )


def _instance(
    track: Track, mask: Rle, concepts: Mapping[str, str], frame: int, config: TrackerConfig
) -> Instance:
    state = track.state(frame, config)
    if track.visible and not mask.area:
        # It moved out of the image, or another object owns all its pixels.
        state = TrackState.OCCLUDED
    return Instance(
        track_id=track.track_id,
        label=track.label,
        concept=concepts[track.key],
        score=track.score,
        mask=mask,
        state=state,
        age=frame - track.born,
        mask_quality=track.quality,
    )


def resolve(tracks: Mapping[Track, CroppedMask], policy: str) -> dict[Track, CroppedMask]:
    """Cut masks where a better track has the pixel.

    Args:
        tracks: Visible tracks with their current masks.
        policy: ``'keep'`` changes nothing; ``'concept'`` resolves among tracks of one concept;
            ``'all'`` among all tracks. The higher score owns the pixel, then the older track.
    """
    if policy == 'keep':
        return dict(tracks)
    resolved: dict[Track, CroppedMask] = {}
    for track in sorted(tracks, key=lambda item: (-item.score, item.track_id)):
        region = tracks[track]
        for better, taken in resolved.items():
            if policy == 'all' or better.key == track.key:
                region = region.without(taken)
        resolved[track] = region
    return resolved
