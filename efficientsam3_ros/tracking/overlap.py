"""Who owns a pixel that several masks claim."""

from __future__ import annotations

from collections.abc import Mapping

from efficientsam3_ros.tracking.cropped_mask import CroppedMask
from efficientsam3_ros.tracking.track import Track


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
