"""What cut-outs are pasted on: drawn surfaces, and smooth parts of photographs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from efficientsam3_ros.media.picture_files import read_picture
from efficientsam3_ros.simulation.packs.surfaces import texture, texture_names
from efficientsam3_ros.simulation.scene.photo import patterns
from training.data.pseudo_labels import Found

SIZE = (312, 416)
"""Height and width of a picture, pixels."""
PHOTO_SHARE = 0.3
TWO_SURFACES = 0.45
_DRAWN = (
    *(patterns.wood, patterns.planks, patterns.marble, patterns.concrete, patterns.cloth),
    *(patterns.tiles, patterns.carpet, patterns.paint),
)
_KEPT = 10
"""Surfaces of each kind that are drawn; each use takes another part in another light."""
_ROUGHEST = 14.0
_TRIES = 8


@dataclass(frozen=True)
class Grounds:
    """Grounds to paste on.

    Attributes:
        root: Folder of photographs; None for drawn surfaces alone.
        labels: What a detector found on them, by their names.
    """

    root: Path | None = None
    labels: Mapping[str, tuple[Found, ...]] = field(default_factory=dict, repr=False)

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, bool]:
        """Return a ground, uint8 (312, 416, 3), and whether it is certainly empty."""
        if self.root is not None and self.labels and rng.random() < PHOTO_SHARE:
            part = self._photograph(rng)
            if part is not None:
                return part, False
        image = _surface(rng)
        if rng.random() < TWO_SURFACES:
            image = _behind(image, _surface(rng), rng)
        return _lit(image, rng), True

    def _photograph(self, rng: np.random.Generator) -> np.ndarray | None:
        """Return a part without edges on which the detector finds nothing; None without luck."""
        assert self.root is not None
        names = sorted(self.labels)
        for _ in range(_TRIES):
            name = names[rng.integers(len(names))]
            image = read_picture(self.root / name)
            height, width = image.shape[:2]
            columns = int(rng.uniform(0.35, 0.9) * min(width, height * 4 / 3))
            rows = columns * 3 // 4
            y, x = rng.integers(height - rows + 1), rng.integers(width - columns + 1)
            box = np.array([x, y, x + columns, y + rows])
            part = image[y : y + rows, x : x + columns]
            free = not any(_overlap(box, found.box) for found in self.labels[name])
            if free and _roughness(part) < _ROUGHEST:
                return cv2.resize(part, SIZE[::-1], interpolation=cv2.INTER_LINEAR)
        return None


def _overlap(box: np.ndarray, other: tuple[float, float, float, float]) -> bool:
    return bool((np.minimum(box[2:], other[2:]) > np.maximum(box[:2], other[:2])).all())


def _roughness(image: np.ndarray) -> float:
    small = cv2.resize(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (104, 78)).astype(np.float32)
    return float(np.hypot(cv2.Sobel(small, -1, 1, 0), cv2.Sobel(small, -1, 0, 1)).mean())


@lru_cache(maxsize=_KEPT * (len(_DRAWN) + 1))
def _picture(kind: int, number: int) -> np.ndarray:
    if kind < len(_DRAWN):
        return _DRAWN[kind](np.random.default_rng((kind, number)))
    names = texture_names()
    return cv2.resize(texture(names[number % len(names)]), (patterns.SIZE, patterns.SIZE))


def _surface(rng: np.random.Generator) -> np.ndarray:
    """Return part of a surface, turned and seen at an angle, float32 (312, 416, 3)."""
    picture = _picture(int(rng.integers(len(_DRAWN) + 1)), int(rng.integers(_KEPT)))
    if rng.random() < 0.5:
        picture = np.ascontiguousarray(picture.transpose(1, 0, 2))
    height, width = SIZE
    scale, tilt = rng.uniform(0.45, 1.3), rng.uniform(0, 0.35)
    middle = rng.uniform(150, 360, 2)
    half = np.array([width, height]) / 2 * scale
    near, far = half[0], half[0] * (1 + tilt)
    corners = np.array([[-far, -half[1]], [far, -half[1]], [near, half[1]], [-near, half[1]]])
    angle = rng.uniform(-0.5, 0.5)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    source = (corners @ turn.T + middle).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(source, target)
    warped = cv2.warpPerspective(
        picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    return warped * rng.uniform(0.8, 1.15, 3).astype(np.float32)


def _behind(table: np.ndarray, room: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a table whose far edge is in view, with the room behind it out of focus."""
    height, width = SIZE
    left, right = rng.uniform(0.05, 0.45, 2) * height
    edge = np.linspace(left, right, width)[None]
    share = np.clip(np.arange(height)[:, None] - edge, 0, 1)[..., None].astype(np.float32)
    room = cv2.GaussianBlur(room, (0, 0), rng.uniform(0.6, 2.5)) * np.float32(rng.uniform(0.5, 1))
    return table * share + room * (1 - share)


def _lit(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the picture in light that falls off to one side."""
    height, width = SIZE
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    slope = np.float32(rng.uniform(0, 0.25))
    light = 1 + slope * (np.float32(np.cos(angle)) * x + np.float32(np.sin(angle)) * y)
    return np.clip(image * light[..., None], 0, 255).astype(np.uint8)
