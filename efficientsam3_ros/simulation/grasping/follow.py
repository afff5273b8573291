"""How far an object has moved."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.simulation.scene.scene import Scene


class Follow:
    """Follows the point of an object that is to be grasped, and its center of mass.

    A bowl that is held by its rim hangs tilted, so its center rises less than the hand; the point
    between the fingers rises with the hand unless the object slips.

    Args:
        scene: Its state is the start.
        target: Id of the object.
        place: float64 (3,), where it is to be grasped, world, metres.
    """

    def __init__(self, scene: Scene, target: int, place: np.ndarray) -> None:
        self._data = scene.data
        self._body = scene.model.body(f'object_{target - 1}').id
        self._place = place
        self._own = self._turn().T @ (place - self._data.xpos[self._body])
        self._height = float(self._data.xipos[self._body, 2])

    def moved(self) -> np.ndarray:
        """Return the way of the grasped point, float64 (3,), world, metres."""
        return np.asarray(self._turn() @ self._own + self._data.xpos[self._body] - self._place)

    def center_rise(self) -> float:
        """Return how far the center of mass has risen, metres."""
        return float(self._data.xipos[self._body, 2]) - self._height

    def _turn(self) -> np.ndarray:
        return np.asarray(self._data.xmat[self._body].reshape(3, 3))
