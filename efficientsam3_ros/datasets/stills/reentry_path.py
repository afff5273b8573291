"""A path over a still on which one object leaves the picture and returns.

Everything is chosen by geometry, of the masks and of where nothing is labeled, and by a seed;
never by what a tracker makes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
import hashlib
import math

import numpy as np

from efficientsam3_ros.datasets.stills.camera_path import CameraPath, Stop, Window
from efficientsam3_ros.datasets.stills.window_grid import WindowGrid, outline

SETTLE_S, AWAY_S = 1.5, 1.4
"""Seconds of slow drift before and after, and of those with the object out of view."""
SPEED = 0.35
"""Picture widths a second at which the camera travels, on average."""
TRAVEL_S = (1.2, 2.2)
"""Seconds that a way out or back takes at least and at most."""
_DRIFT, _ZOOM, _TURN = 0.05, 1.12, math.radians(2.5)
_TRIES = 30
_NEAR = 0.04
"""How far, in picture widths, an object that is out of view stays from the picture."""


@dataclass(frozen=True)
class ReentryPath:
    """A path, and what it is for.

    Attributes:
        path: Of the camera.
        leaving: Id of the object that leaves and returns; 0 if no window leaves one out.
    """

    path: CameraPath
    leaving: int


def reentry_path(
    ids: np.ndarray,
    unlabeled: np.ndarray,
    aspect: float,
    name: str,
    leaving: Collection[int] | None = None,
) -> ReentryPath:
    """Plan the film of a still.

    Args:
        ids: uint16 (H, W) object ids, 0 = none.
        unlabeled: bool (H, W) where nothing is known.
        aspect: Height of the film over its width.
        name: Of the still; decides what is left to chance.
        leaving: Ids of the objects that may leave and return; all without.
    """
    seed = hashlib.sha256(name.encode()).digest()[:8]
    random = np.random.default_rng(int.from_bytes(seed, 'little'))
    grid = WindowGrid.of(ids, unlabeled, aspect)
    number, home, away = grid.views(leaving)
    edge = ids.shape[1] - 1, ids.shape[0] - 1

    def inside(window: Window) -> bool:
        corners = window.corners(aspect)
        return bool((corners >= 0).all() and (corners <= edge).all())

    hull = outline(ids == number) if number else np.empty((0, 2))

    def whole(window: Window) -> bool:
        seen = window.seen(hull, aspect)
        return inside(window) and bool((seen >= 0).all() and (seen <= 1).all())

    homes = [_varied(home, random, whole) for _ in range(4)]
    if not number:
        return ReentryPath(_path([*homes, homes[0], homes[1]], random), 0)

    def clear(window: Window) -> bool:
        return inside(window) and out_of_view(window, hull, aspect)

    first = _varied(away, random, clear)
    # Drawn beside the first, so that what lies between both is out of view as they are.
    second = _varied(first, random, clear, strength=0.3)
    return ReentryPath(_path([*homes[:2], first, second, *homes[2:]], random), number)


def out_of_view(window: Window, hull: np.ndarray, aspect: float, near: float = _NEAR) -> bool:
    """Tell whether an object lies beyond one side of a window.

    Args:
        window: What is seen.
        hull: float (N, 2) convex outline of the object in the still.
        aspect: Height of the picture over its width.
        near: How far from the picture it has to stay, in picture widths.
    """
    seen = window.seen(hull, aspect)
    margin = np.array([near, near / aspect])
    return bool((seen.max(axis=0) < -margin).any() or (seen.min(axis=0) > 1 + margin).any())


def _varied(
    window: Window,
    random: np.random.Generator,
    fits: Callable[[Window], bool],
    strength: float = 1.0,
) -> Window:
    """Return a window a little beside the given one; itself if no draw fits."""
    for _ in range(_TRIES):
        dx, dy, zoom, turn = strength * random.uniform(-1, 1, 4)
        width = window.width * _ZOOM**zoom
        drawn = Window(
            window.x + _DRIFT * width * dx, window.y + _DRIFT * width * dy, width, _TURN * turn
        )
        if fits(drawn):
            return drawn
    return window


def _path(windows: list[Window], random: np.random.Generator) -> CameraPath:
    """Return the path through six windows: settled, out of the one view, back, settled."""
    start, leave, gone, turn, back, end = windows
    second, stops = 0.0, [Stop(0.0, start)]
    for window, seconds in (
        (leave, SETTLE_S * random.uniform(0.8, 1.2)),
        (gone, _travel(leave, gone)),
        (turn, AWAY_S * random.uniform(0.8, 1.2)),
        (back, _travel(turn, back)),
        (end, SETTLE_S * random.uniform(0.8, 1.2)),
    ):
        second += seconds
        stops.append(Stop(second, window))
    return CameraPath(tuple(stops))


def _travel(first: Window, second: Window) -> float:
    """Return how many seconds the way between two windows takes."""
    width = math.sqrt(first.width * second.width)
    distance = math.hypot(second.x - first.x, second.y - first.y) / width
    return float(np.clip(distance / SPEED, *TRAVEL_S))
