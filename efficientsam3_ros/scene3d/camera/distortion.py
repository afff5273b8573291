"""Lens distortion, by OpenCV: the models that ``sensor_msgs/CameraInfo`` names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from efficientsam3_ros.scene3d.errors import SceneError

NONE = ''
PLUMB_BOB = 'plumb_bob'
RATIONAL = 'rational_polynomial'
EQUIDISTANT = 'equidistant'
_OTHER_NAMES = {'fisheye': EQUIDISTANT, 'kannala_brandt4': EQUIDISTANT, 'none': NONE}
_COEFFICIENTS = {PLUMB_BOB: (4, 5), RATIONAL: (8, 12, 14), EQUIDISTANT: (4,)}
_WITHOUT_TILT = 12
_STEPS = 60
_PRECISION = 1e-8
_EXACT = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, _STEPS, _PRECISION)


def checked_distortion(model: str, coefficients: Sequence[float]) -> tuple[str, tuple[float, ...]]:
    """Return the model's name and its coefficients; '' without any where nothing is distorted.

    Args:
        model: As in ``CameraInfo.distortion_model``; '' only where all coefficients are 0.
        coefficients: As in ``CameraInfo.d``.

    Raises:
        SceneError: If the model is not known, or their number is not its own.
    """
    values = tuple(float(value) for value in coefficients)
    name = _OTHER_NAMES.get(model.lower(), model.lower())
    if name not in (NONE, *_COEFFICIENTS) or (name == NONE and any(values)):
        raise SceneError(
            f'The distortion model "{model}" is not read; take the rectified image of the camera '
            f'(image_rect), or calibrate it as {", ".join(_COEFFICIENTS)}.'
        )
    if not np.isfinite(values).all():
        raise SceneError(f'The distortion {values} is not finite; calibrate the camera again.')
    # A fisheye is no pinhole even where its coefficients are 0.
    if name != EQUIDISTANT and not any(values):
        return NONE, ()
    if len(values) not in _COEFFICIENTS[name]:
        counts = ' or '.join(map(str, _COEFFICIENTS[name]))
        raise SceneError(
            f'{name} has {counts} coefficients, camera_info gives {len(values)}; '
            "mend the driver's calibration file."
        )
    return name, values


def undistort(
    pixels: np.ndarray, matrix: np.ndarray, model: str, coefficients: Sequence[float]
) -> np.ndarray:
    """Return the rays of pixels.

    Args:
        pixels: float64 (N, 2), column and row.
        matrix: K, float64 (3, 3).
        model: From ``checked_distortion``.
        coefficients: From ``checked_distortion``.

    Returns:
        float64 (N, 2), x / z and y / z; without meaning where the model has no inverse.
    """
    if model == NONE:
        return (pixels - matrix[:2, 2]) / matrix[[0, 1], [0, 1]]
    points, values = pixels.reshape(-1, 1, 2), np.array(coefficients)
    cv: Any = cv2
    if model == EQUIDISTANT:
        rays = cv.fisheye.undistortPoints(points, matrix, values)
    elif hasattr(cv2, 'undistortPointsIter'):  # OpenCV 4, whose plain function stops too early
        rays = cv.undistortPointsIter(points, matrix, values, None, None, _EXACT)
    else:
        rays = cv.undistortPoints(points, matrix, values, criteria=_EXACT)
    return np.asarray(rays, np.float64).reshape(-1, 2)


def distort(
    rays: np.ndarray, matrix: np.ndarray, model: str, coefficients: Sequence[float]
) -> np.ndarray:
    """Return the pixels of rays, the inverse of ``undistort``.

    Args:
        rays: float64 (N, 2), x / z and y / z.
        matrix: K, float64 (3, 3).
        model: From ``checked_distortion``.
        coefficients: From ``checked_distortion``.

    Returns:
        float64 (N, 2), column and row.
    """
    if model == NONE or not len(rays):
        return rays * matrix[[0, 1], [0, 1]] + matrix[:2, 2]
    values = np.array(coefficients)
    cv: Any = cv2
    if model == EQUIDISTANT:
        pixels = cv.fisheye.distortPoints(rays.reshape(-1, 1, 2), matrix, values)
    elif len(coefficients) <= _WITHOUT_TILT:
        return _brown_conrady(rays, values) * matrix[[0, 1], [0, 1]] + matrix[:2, 2]
    else:
        points = np.concatenate([rays, np.ones((len(rays), 1))], axis=1)
        pixels, _ = cv.projectPoints(points, np.zeros(3), np.zeros(3), matrix, values)
    return np.asarray(pixels, np.float64).reshape(-1, 2)


def _brown_conrady(rays: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
    """Return distorted rays (N, 2); what projectPoints computes, but for its slow derivatives."""
    k1, k2, p1, p2, k3, k4, k5, k6, s1, s2, s3, s4 = np.pad(
        coefficients, (0, _WITHOUT_TILT - len(coefficients))
    )
    x, y = rays.T
    square = x * x + y * y
    radial = 1 + square * (k1 + square * (k2 + square * k3))
    radial /= 1 + square * (k4 + square * (k5 + square * k6))
    bent_x = x * radial + 2 * p1 * x * y + p2 * (square + 2 * x * x)
    bent_y = y * radial + p1 * (square + 2 * y * y) + 2 * p2 * x * y
    prism_x, prism_y = square * (s1 + square * s2), square * (s3 + square * s4)
    return np.stack([bent_x + prism_x, bent_y + prism_y], axis=1)
