"""The plane that most points lie on."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.scene3d.plane.plane import Plane

TOLERANCE_M = 0.008
"""Metres from a plane at which a point counts as on it: the noise of depth at 1.5 m."""
MAX_TILT_DEG = 20.0
_HYPOTHESES = 256
_DRAWN = 2048  # of which, with a direction, those count that are level
_SCORED_POINTS = 3000
_ROUNDS = 12
_MIN_POINTS = 10


def fit_plane(
    points: np.ndarray,
    *,
    up: np.ndarray | None = None,
    tolerance: float = TOLERANCE_M,
    max_tilt_deg: float = MAX_TILT_DEG,
    seed: int = 0,
) -> Plane | None:
    """Fit a plane by RANSAC, then by least squares to its own points.

    Hypotheses are scored as in P. Torr and A. Zisserman, "MLESAC", CVIU 2000: by squared
    distances that end at the tolerance.

    Args:
        points: float (N, 3), metres, finite.
        up: (3,); if given, the plane is nearly horizontal.
        tolerance: Distance up to which a point belongs to the plane, metres.
        max_tilt_deg: How far from horizontal the plane may be; without effect where ``up`` is
            None.
        seed: Of the random choice.

    Returns:
        The plane, its normal on the side of ``up`` if given, else of the camera; None if no ten
        points lie on one.
    """
    if len(points) < _MIN_POINTS:
        return None
    rng = np.random.default_rng(seed)
    points = np.asarray(points, np.float64)
    scored = points
    if len(points) > _SCORED_POINTS:
        scored = points[rng.choice(len(points), _SCORED_POINTS, replace=False)]
    level = None if up is None else np.asarray(up, np.float64) / np.linalg.norm(up)
    least = np.cos(np.radians(max_tilt_deg))
    plane = _best(scored, rng, level, least, tolerance)
    if plane is not None:
        plane = _refined(plane, points, level, tolerance)
    if plane is None or (level is not None and plane.normal @ level < least):
        return None
    return plane


def _best(
    points: np.ndarray,
    rng: np.random.Generator,
    up: np.ndarray | None,
    least: float,
    tolerance: float,
) -> Plane | None:
    drawn = _HYPOTHESES if up is None else _DRAWN
    corners = points[rng.integers(0, len(points), (drawn, 3))]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.linalg.norm(normals, axis=1)
    useful = lengths > 1e-12
    normals, corners = normals[useful] / lengths[useful, None], corners[useful]
    if up is not None:
        flat = np.flatnonzero(np.abs(normals @ up) >= least)[:_HYPOTHESES]
        normals, corners = normals[flat], corners[flat]
    if not len(normals):
        return None
    offsets = -(normals * corners[:, 0]).sum(axis=1)
    squared = (normals @ points.T + offsets[:, None]) ** 2
    best = int(np.minimum(squared, tolerance**2).sum(axis=1).argmin())
    return _oriented(normals[best], float(offsets[best]), up)


def _refined(
    plane: Plane, points: np.ndarray, up: np.ndarray | None, tolerance: float
) -> Plane | None:
    """Fit the plane to its own points until these stay the same."""
    before = 0
    for _ in range(_ROUNDS):
        near = np.abs(plane.heights(points)) < tolerance
        count = int(near.sum())
        if count < _MIN_POINTS:
            return None
        if count == before:
            break
        before = count
        plane = _least_squares(points[near], up)
    return plane


def _least_squares(points: np.ndarray, up: np.ndarray | None) -> Plane:
    middle = points.mean(axis=0)
    off = points - middle
    _, vectors = np.linalg.eigh(off.T @ off)
    return _oriented(vectors[:, 0], float(-vectors[:, 0] @ middle), up)


def _oriented(normal: np.ndarray, offset: float, up: np.ndarray | None) -> Plane:
    side = offset if up is None else float(normal @ up)
    return Plane(normal, offset) if side >= 0 else Plane(-normal, -offset)
