"""What happens to objects during a clip: they are carried away and back, and pushed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.simulation import placement
from efficientsam3_ros.simulation.scene import Scene

_SIDE = 1.3
_LIFT = 0.25
_LEG = 0.3


@dataclass(frozen=True)
class Push:
    """One object gets a sudden speed towards the middle of the table.

    Attributes:
        time: Share of the clip, 0 to 1.
        draw: Which of the objects on the table, 0 to 1.
        speed: Metres per second.
    """

    time: float
    draw: float
    speed: float

    def apply(self, scene: Scene) -> None:
        """Give the speed to the object."""
        candidates = np.flatnonzero(placement.on_table(scene))
        if not len(candidates):
            return
        index = int(candidates[int(self.draw * len(candidates))])
        inward = -scene.state(index)[:2] + [0.05, 0.02]
        scene.velocity(index)[:2] = self.speed * inward / np.linalg.norm(inward)


class Carry:
    """Lifts one object, holds it far to the side, and puts it down on a free spot.

    Args:
        start: When it is lifted, share of the clip.
        end: When it is put down.
        index: Object, from 0.
        side: -1 or 1, to which side of the table.
    """

    def __init__(self, start: float, end: float, index: int, side: int) -> None:
        self._start, self._end, self._index, self._side = start, end, index, side
        self._home: np.ndarray | None = None
        self._goal: np.ndarray | None = None

    def busy(self, time: float) -> bool:
        """Whether the object is in the air at ``time`` (share of the clip)."""
        return self._start <= time < self._end

    def apply(self, scene: Scene, rng: np.random.Generator, time: float) -> None:
        """Set the object's pose for ``time``; nothing outside of start and end."""
        if not self.busy(time):
            return
        state = scene.state(self._index)
        if self._home is None:
            self._home = state.copy()
        away = np.array([self._side * _SIDE, 0.0, self._home[2] + _LIFT])
        done = (time - self._start) / (self._end - self._start)
        state[3:] = self._home[3:]
        if done < _LEG:
            state[:3] = _arc(self._home[:3], away, done / _LEG)
        elif done < 1 - _LEG:
            state[:3] = away
        else:
            if self._goal is None:
                spot = placement.free_spot(scene, rng, self._index, {self._index})
                self._goal = np.array([*spot, self._home[2] + 0.003])
            state[:3] = _arc(away, self._goal, (done - 1 + _LEG) / _LEG)
        scene.velocity(self._index)[:] = 0


def _arc(start: np.ndarray, end: np.ndarray, share: float) -> np.ndarray:
    smooth = 3 * share**2 - 2 * share**3
    return start + smooth * (end - start) + [0, 0, _LIFT * np.sin(np.pi * smooth)]
