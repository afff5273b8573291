"""Hand orientations worth a try."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

_ANGLES = 6
_STEEP = 0.5
_END_ON = 0.9
_MAX_FROM_VIEW = 0.0


def orientations(
    point: np.ndarray,
    normal: np.ndarray,
    up: np.ndarray | None,
    along: np.ndarray | None = None,
) -> Iterator[np.ndarray]:
    """Return rotations of the hand for a point on the object.

    The hand comes against the normal, as A. ten Pas et al. sample it in "Grasp Pose Detection in
    Point Clouds" (IJRR 2017), and from above, or where up is not known, from the camera. Where the
    surface is steep to the approach, the fingers close along its normal: a contact pair whose
    axis is in the friction cone, which J. Mahler et al. sample in "Dex-Net 2.0" (RSS 2017).
    Elsewhere closing directions are tried all around, along and
    across the object among them.

    Args:
        point: float64 (3,), optical frame.
        normal: float64 (3,), towards the camera.
        up: float64 (3,), against gravity, of length 1.
        along: float64 (3,), of length 1, where the object points.

    Returns:
        float64 (3, 3) each, hand to camera; none comes from behind, where nothing is seen.
    """
    view = point / np.linalg.norm(point)
    for approach in (-normal, view if up is None else -up):
        if approach @ view < _MAX_FROM_VIEW:
            continue
        for closing in _closings(approach, normal, along):
            yield np.stack([np.cross(closing, approach), closing, approach], axis=1)


def _closings(
    approach: np.ndarray, normal: np.ndarray, along: np.ndarray | None
) -> list[np.ndarray]:
    sideways = normal - (normal @ approach) * approach
    length = float(np.linalg.norm(sideways))
    if length > _STEEP:
        return [sideways / length]
    if along is None or abs(along @ approach) > _END_ON:
        along = np.eye(3)[int(np.abs(approach).argmin())]
    first = np.cross(along, approach)
    first /= np.linalg.norm(first)
    second = np.cross(approach, first)
    angles = np.pi / _ANGLES * np.arange(_ANGLES)
    return [np.cos(angle) * first + np.sin(angle) * second for angle in angles]
