"""Camera poses around the table: independent views, or one smooth path that looks away once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FOVY_DEG = 48.0


@dataclass(frozen=True)
class View:
    """A camera seen from the point it looks at.

    Attributes:
        target: (3,) point looked at, metres, world frame (origin: centre of the table top, z up).
        distance: Metres from the target.
        azimuth: Degrees around z; 0 looks along +y from the front side of the table.
        elevation: Degrees above the table plane.
        roll: Degrees about the optical axis.
    """

    target: np.ndarray
    distance: float
    azimuth: float
    elevation: float
    roll: float = 0.0

    def pose(self) -> np.ndarray:
        """Return the camera in the world, float64 (4, 4), optical frame (x right, z forward)."""
        azimuth, elevation, roll = np.radians([self.azimuth, self.elevation, self.roll])
        around = np.array([np.sin(azimuth), -np.cos(azimuth)]) * np.cos(elevation)
        offset = np.array([around[0], around[1], np.sin(elevation)])
        forward = -offset
        right = np.cross(forward, [0.0, 0.0, 1.0])
        right /= np.linalg.norm(right)
        down = np.cross(forward, right)
        turned = np.cos(roll) * right + np.sin(roll) * down
        pose = np.eye(4)
        pose[:3, :3] = np.stack([turned, np.cross(forward, turned), forward], axis=1)
        pose[:3, 3] = self.target + self.distance * offset
        return pose


def random_view(rng: np.random.Generator, centers: np.ndarray) -> View:
    """Draw an independent view which looks near one of the objects.

    Args:
        rng: Source of randomness.
        centers: (N, 3) object positions, metres, world frame.
    """
    focus = centers[rng.integers(len(centers))] * rng.uniform(0.2, 1.0)
    target = np.array([focus[0], focus[1], 0.03]) + rng.normal(0, 0.03, 3)
    return View(
        target,
        distance=rng.uniform(0.45, 1.1),
        azimuth=rng.uniform(-180, 180),
        elevation=rng.uniform(20, 75),
        roll=rng.normal(0, 3),
    )


def clip_views(rng: np.random.Generator, frames: int) -> list[View]:
    """Draw a smooth path of six key views, one of which looks 0.65 m aside, so objects leave.

    Args:
        rng: Source of randomness.
        frames: Number of views to return.
    """
    azimuth, keys = rng.uniform(-40, 40), []
    for _ in range(6):
        azimuth = float(np.clip(azimuth + rng.uniform(-35, 35), -65, 65))
        target = np.array([rng.uniform(-0.1, 0.1), rng.uniform(-0.08, 0.08), 0.03])
        elevation, distance = rng.uniform(25, 60), rng.uniform(0.65, 1.0)
        keys.append(np.array([*target, distance, azimuth, elevation]))
    side = np.radians(keys[3][4])
    aside = rng.choice([-0.65, 0.65])
    keys[3][:2] += aside * np.array([np.cos(side), np.sin(side)])
    views = []
    for place in np.linspace(0, len(keys) - 1, frames):
        first = min(int(place), len(keys) - 2)
        t = place - first
        mixed = keys[first] + (keys[first + 1] - keys[first]) * (3 * t**2 - 2 * t**3)
        target = mixed[:3] + rng.normal(0, 0.002, 3)
        views.append(View(target, float(mixed[3]), float(mixed[4]), float(mixed[5])))
    return views
