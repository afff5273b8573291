"""What the gripper touches."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.simulation.grasping.hand_body import FINGERS, HAND, PADS
from efficientsam3_ros.simulation.scene.scene import Scene

ROOM = 0
"""Stands for the table and everything else that is no object."""
_HAND = -1


class Touch:
    """Reads a scene's contacts.

    Args:
        scene: With a hand.
    """

    def __init__(self, scene: Scene) -> None:
        model = scene.model
        self._data = scene.data
        self._owner = scene.object_of_geom.astype(np.int64)
        bodies = [model.body(name).id for name in (HAND, *FINGERS)]
        self._owner[np.isin(model.geom_bodyid, bodies)] = _HAND
        self._pads = [model.geom(name).id for name in PADS]

    def by_hand(self) -> frozenset[int]:
        """Return the ids of the objects that any part of the hand touches; ``ROOM`` among them."""
        owners = self._owner[self._geoms()]
        touching = owners[(owners == _HAND).any(axis=1)]
        return frozenset(int(i) for i in touching[touching != _HAND])

    def by_both_pads(self, target: int) -> bool:
        """Tell whether both pads touch an object."""
        geoms = self._geoms()
        owners = self._owner[geoms]
        near = geoms[(owners == target).any(axis=1)]
        return all(bool((near == pad).any()) for pad in self._pads)

    def only_hand(self, target: int) -> bool:
        """Tell whether an object touches nothing but the hand."""
        owners = self._owner[self._geoms()]
        own = owners[(owners == target).any(axis=1)]
        return bool(((own == target) | (own == _HAND)).all())

    def _geoms(self) -> np.ndarray:
        """Return the pairs of geoms that touch, int (N, 2)."""
        return np.asarray(self._data.contact.geom[self._data.contact.dist <= 0])
