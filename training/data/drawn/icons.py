"""Icons: what can be drawn, and how."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from efficientsam3_ros.simulation import SceneObject
from efficientsam3_ros.simulation.vocabulary import phrases

ASSET = 'icon'
"""What ``SceneObject.asset`` says of every drawn thing."""
NOUNS = ('cross', 'die', 'disc', 'flag', 'star', 'target')
COLORS = {
    'red': (200, 40, 40),
    'green': (40, 160, 60),
    'blue': (50, 70, 200),
    'yellow': (225, 200, 50),
    'purple': (130, 60, 160),
    'white': (235, 235, 230),
}
_MARK = (35, 35, 40)
_SIDES = 40
_PIPS = ((-0.4, -0.4), (0.4, 0.4), (0.0, 0.0), (-0.4, 0.4), (0.4, -0.4))


@dataclass(frozen=True)
class Icon:
    """A thing with its own shade, size and turn.

    Attributes:
        number: In the id image, from 1.
        noun: One of :data:`NOUNS`.
        color: One of :data:`COLORS`.
        shade: RGB of the thing (3,), each 0..255.
        mark: RGB of the marks on it (3,).
        radius: In pixels.
        angle: In radians.
    """

    number: int
    noun: str
    color: str
    shade: np.ndarray
    mark: np.ndarray
    radius: float
    angle: float

    @classmethod
    def drawn(cls, number: int, side: int, rng: np.random.Generator) -> Icon:
        """Draw one by lot for a picture of so many pixels a side."""
        noun, color = str(rng.choice(NOUNS)), str(rng.choice(list(COLORS)))
        shade = np.array(COLORS[color]) * rng.uniform(0.8, 1.1) + rng.normal(0, 8, 3)
        mark = np.array(_MARK) + rng.normal(0, 6, 3)
        radius, angle = rng.uniform(0.12, 0.22) * side, rng.uniform(0, 2 * np.pi)
        return cls(number, noun, color, shade, mark, radius, angle)

    @property
    def told(self) -> SceneObject:
        """Return what is known of it."""
        said = phrases(self.noun, self.color)
        return SceneObject(self.number, self.noun, self.color, said, ASSET)

    def paint(self, rgb: np.ndarray, ids: np.ndarray, center: np.ndarray) -> None:
        """Paint it over what is there.

        Args:
            rgb: float32 (H, W, 3).
            ids: uint8 (H, W).
            center: x and y in pixels.
        """
        shape, texture = np.zeros_like(ids), np.empty_like(rgb)
        texture[:] = self.shade
        self._fill(shape, outline(self.noun), center, 1)
        self._mark(texture, center)
        inside = shape > 0
        rgb[inside], ids[inside] = texture[inside], self.number

    def _mark(self, texture: np.ndarray, center: np.ndarray) -> None:
        if self.noun == 'target':
            self._disc(texture, (0.0, 0.0), 0.72, self.mark, center)
            self._disc(texture, (0.0, 0.0), 0.42, self.shade, center)
        if self.noun == 'die':
            for pip in _PIPS:
                self._disc(texture, pip, 0.16, self.mark, center)
        if self.noun == 'flag':
            for low, high in ((-0.36, -0.12), (0.12, 0.36)):
                stripe = np.array([[-1, low], [1, low], [1, high], [-1, high]])
                self._fill(texture, stripe, center, self.mark)

    def _at(self, points: np.ndarray, center: np.ndarray) -> np.ndarray:
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        turn = np.array([[cos, -sin], [sin, cos]])
        return np.round(points * self.radius @ turn.T + center).astype(np.int32)

    def _fill(
        self, canvas: np.ndarray, points: np.ndarray, center: np.ndarray, value: int | np.ndarray
    ) -> None:
        cv2.fillPoly(canvas, [self._at(points, center)], np.ravel(value).astype(float).tolist())

    def _disc(
        self,
        canvas: np.ndarray,
        place: tuple[float, float],
        radius: float,
        value: np.ndarray,
        center: np.ndarray,
    ) -> None:
        middle = self._at(np.array([place]), center)[0]
        size = max(1, int(radius * self.radius))
        cv2.circle(canvas, (int(middle[0]), int(middle[1])), size, value.tolist(), -1)


def outline(noun: str) -> np.ndarray:
    """Return the corners (N, 2) of a noun's shape of radius 1.

    Raises:
        ValueError: If the noun is unknown.
    """
    if noun in ('disc', 'target'):
        return _ring(np.linspace(0, 2 * np.pi, _SIDES, endpoint=False), np.ones(_SIDES))
    if noun == 'star':
        return _ring(np.arange(10) * np.pi / 5, np.tile([1.0, 0.45], 5))
    if noun == 'die':
        return np.array([[-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]])
    if noun == 'flag':
        return np.array([[-1, -0.65], [1, -0.65], [1, 0.65], [-1, 0.65]])
    if noun == 'cross':
        arm = np.array([[0.33, -1], [0.33, -0.33], [1, -0.33]])
        turns = (np.array([[c, -s], [s, c]]) for c, s in ((1, 0), (0, 1), (-1, 0), (0, -1)))
        return np.concatenate([arm @ turn.T for turn in turns])
    raise ValueError(f'Nobody knows how to draw a {noun}; known are {", ".join(NOUNS)}.')


def _ring(angles: np.ndarray, radii: np.ndarray) -> np.ndarray:
    return np.stack([np.cos(angles), np.sin(angles)], 1) * radii[:, None]
