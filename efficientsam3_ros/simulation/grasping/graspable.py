"""Which objects a gripper could take at all: decided from the truth, before any attempt."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.simulation.grasping.hand_shape import DEFAULT_SHAPE, HandShape

CLEARANCE_M = 0.004
"""Left on either side of an object between the open fingers."""
LOWEST_M = 0.004
"""Height above the table that fingertips keep."""
LEAST_HEIGHT_M = 0.01
"""Of an object that fingers can take at its sides."""
LEAST_VISIBLE = 0.9
"""Share of an object's outline that must be seen."""
_TURNS = 18
_BAND_STEP_M = 0.01
_DEPTHS = (0.3, 0.6, 0.9)
_MIDDLE = 0.25
_MIN_POINTS = 6


def narrowest_width(points: np.ndarray, shape: HandShape = DEFAULT_SHAPE) -> float:
    """Return the smallest width of an object that a hand from above meets.

    At 18 closing directions the object is cut into bands as wide as a finger, in the middle half
    of its length, because at the end of a round thing fingers slip off. In each band the hand
    comes down by 0.3, 0.6 and 0.9 of the fingers' length from the band's top, but not to the
    table. What lies between the fingertips' height and the top has a width; of things so hollow
    that a finger fits in, each wall has its own, if it is not wider than high as the rim of a
    plate is.

    Args:
        points: float (N, 3), all over the surface, metres, z = 0 on the table, z up.
        shape: Of the hand.

    Returns:
        Metres; infinite for what is less than 10 mm high.
    """
    if points[:, 2].max() < LEAST_HEIGHT_M:
        return float('inf')
    widths = [float('inf')]
    for turn in np.pi / _TURNS * np.arange(_TURNS):
        closing = np.array([np.cos(turn), np.sin(turn)])
        along = points[:, :2] @ [-closing[1], closing[0]]
        own = np.stack([points[:, :2] @ closing, points[:, 2]], axis=1)
        low, high = along.min(), along.max()
        rest = _MIDDLE * (high - low)
        for at in np.arange(low + rest, high - rest + 1e-9, _BAND_STEP_M):
            band = own[np.abs(along - at) <= shape.finger_width / 2]
            widths += [_width(band, share * shape.finger_length, shape) for share in _DEPTHS]
    return float(min(widths))


def is_graspable(width: float, visible: float, whole: bool, shape: HandShape) -> bool:
    """Tell whether an object counts.

    Args:
        width: Of ``narrowest_width``, metres.
        visible: Share of its outline that nothing hides, 0..1.
        whole: Whether none of it is outside the image.
        shape: Of the hand.
    """
    fits = width <= shape.opening - 2 * CLEARANCE_M
    return bool(fits and visible >= LEAST_VISIBLE and whole)


def _width(band: np.ndarray, depth: float, shape: HandShape) -> float:
    """Return the width of a cut (N, 2), across and up, down to a depth below its top."""
    if len(band) < _MIN_POINTS:
        return float('inf')
    top = band[:, 1].max()
    tip = max(top - depth, LOWEST_M)
    if top - tip < LEAST_HEIGHT_M - LOWEST_M:
        return float('inf')
    between = np.sort(band[band[:, 1] >= tip, 0])
    if len(between) < _MIN_POINTS:
        return float('inf')
    room = shape.finger_thickness + 2 * CLEARANCE_M
    edges = np.flatnonzero(np.diff(between) > room)
    starts, ends = np.append(0, edges + 1), np.append(edges, len(between) - 1)
    widths = between[ends] - between[starts]
    if len(widths) > 1:
        widths = widths[widths <= top - tip]
    return float(widths.min(initial=float('inf')))
