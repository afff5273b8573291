"""Surfaces of revolution about z, from the axis out and back to the axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.simulation.prints.forms.patch import Cell, Patch, grid

SEGMENTS = 28
# Flatter bends look round, sharper ones look like an edge.
_CREASE_COS = np.cos(np.radians(50))

Point = tuple[float, float]


@dataclass(frozen=True)
class Section:
    """Part of a profile with a place of its own in the texture.

    Attributes:
        profile: (radius, height) of each point, metres; a section starts where the one before
            ends. A hollow thing starts at the inner floor, a solid one at the top.
        cell: Its place in the texture.
        flat: Printed as seen from above or below, like a lid, instead of wound around.
    """

    profile: Sequence[Point]
    cell: Cell
    flat: bool = False


def rounded(profile: Sequence[Point], radius: float, steps: int = 3) -> list[Point]:
    """Round the corners of a profile; its ends stay."""
    points = [np.array(point, float) for point in profile]
    result = [points[0]]
    for before, corner, after in zip(points, points[1:], points[2:]):
        ways = [before - corner, after - corner]
        reach = [min(radius, 0.45 * float(np.linalg.norm(way))) for way in ways]
        start, end = (corner + way / np.linalg.norm(way) * r for way, r in zip(ways, reach))
        for t in np.linspace(0, 1, steps + 1):
            result.append((1 - t) ** 2 * start + 2 * t * (1 - t) * corner + t**2 * end)
    return [(float(p[0]), float(p[1])) for p in [*result, points[-1]]]


def evenly(start: Point, end: Point, count: int) -> list[Point]:
    """Return ``count`` points of a straight line, both ends among them.

    The renderer lights vertices only, so a long straight wall needs some on its way.
    """
    shares = np.linspace(0, 1, count)
    return [
        (float(start[0] + t * (end[0] - start[0])), float(start[1] + t * (end[1] - start[1])))
        for t in shares
    ]


def revolve(sections: Sequence[Section], segments: int = SEGMENTS) -> list[Patch]:
    """Turn the profile about z, a piece for each section; a wound print's middle faces -y."""
    lines = [np.array(section.profile, float) for section in sections]
    across = [_segment_normals(line) for line in lines]
    patches = []
    for index, (section, line) in enumerate(zip(sections, lines)):
        before = across[index - 1][-1] if index else None
        after = across[index + 1][0] if index + 1 < len(lines) else None
        patches.append(_wound(section, _rows(line, across[index], before, after), segments))
    return patches


def _segment_normals(line: np.ndarray) -> np.ndarray:
    step = np.diff(line, axis=0)
    normals = np.stack([-step[:, 1], step[:, 0]], 1)
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)


def _rows(
    line: np.ndarray, across: np.ndarray, before: np.ndarray | None, after: np.ndarray | None
) -> np.ndarray:
    """Return (R, 5) radius, height, share of the length and normal; edges have two rows."""
    lengths = np.linalg.norm(np.diff(line, axis=0), axis=1)
    shares = np.concatenate([[0], np.cumsum(lengths)]) / lengths.sum()
    rows = []
    for k, (point, share) in enumerate(zip(line, shares)):
        first = across[k - 1] if k else before
        second = across[k] if k < len(across) else after
        own = [n for n, inside in ((first, k > 0), (second, k < len(across))) if inside]
        if first is not None and second is not None and first @ second > _CREASE_COS:
            own = [(first + second) / np.linalg.norm(first + second)]
        rows += [np.concatenate([point, [share], normal]) for normal in own]
    return np.array(rows)


def _wound(section: Section, rows: np.ndarray, segments: int) -> Patch:
    share = np.linspace(0, 1, segments + 1)
    angle = 2 * np.pi * (share - 0.5) - np.pi / 2
    # The last column is the first one, to the bit.
    cos, sin = np.cos(angle), np.sin(angle)
    cos[-1], sin[-1] = cos[0], sin[0]
    radius, height, along, out, up = (column[:, None] for column in rows.T)
    ones = np.ones_like(cos)
    points = np.stack([radius * cos, radius * sin, height * ones], -1)
    normals = np.stack([out * cos, out * sin, up * ones], -1)
    if section.flat:
        wide = 2 * max(float(radius.max()), 1e-6)
        mirrored = 1 if up.sum() < 0 else -1
        coordinates = np.stack([points[..., 0], mirrored * points[..., 1]], -1) / wide + 0.5
    else:
        coordinates = np.stack(np.broadcast_arrays(share[None], along), -1)
    return grid(points, normals, section.cell.place(coordinates))
