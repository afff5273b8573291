"""A film of which it is known where every object is in space, and how much of it is seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.simulation.grasping.true_surface import true_surface
from efficientsam3_ros.simulation.tabletop import Observation, Tabletop


@dataclass(frozen=True, eq=False)
class TrueShape:
    """What is true of an object in a frame.

    Attributes:
        id: In the id image.
        visible: Share of the pixels of its whole silhouette that are seen, 0..1; the silhouette is
            what the camera sees if nothing else is there.
        whole: Whether the silhouette ends inside the image.
        surface: float64 (N, 3), points all over it, hidden ones included, metres, world (z up).
    """

    id: int
    visible: float
    whole: bool
    surface: np.ndarray


class SpatialTabletop(Tabletop):
    """The same film as ``Tabletop`` of the same config; see there for the arguments."""

    def __enter__(self) -> SpatialTabletop:
        return self

    def chosen(self, wanted: Callable[[np.ndarray], bool]) -> Iterator[Observation]:
        """Yield the frames of which the id image is wanted; of the others nothing else is drawn.

        Args:
            wanted: Asked with the id image (H, W) of every frame, in order.
        """
        for index in range(self.config.frames):
            pose = self._motion.view(index).pose()
            self._renderer.look(self._scene.data, pose)
            if wanted(self._renderer.ids()):
                yield self._observation(self._view(index, pose))

    def shape(self, target: int, seen: Observation) -> TrueShape:
        """Return what is true of an object.

        Args:
            target: Its id.
            seen: The frame that ``frames`` or ``chosen`` has yielded last.
        """
        silhouette = self._renderer.silhouette(target)
        visible = float((seen.ids == target).sum() / max(silhouette.sum(), 1))
        whole = bool(silhouette.any()) and not _touches_border(silhouette)
        return TrueShape(target, visible, whole, true_surface(self._scene, target))


def _touches_border(mask: np.ndarray) -> bool:
    edges = (mask[0], mask[-1], mask[:, 0], mask[:, -1])
    return any(bool(edge.any()) for edge in edges)
