"""The simulated tabletop with a gripper: a picture, the truth about it, and attempts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import mujoco
import numpy as np

from efficientsam3_ros.simulation.grasping.attempt import Plan, Watcher, try_grasp
from efficientsam3_ros.simulation.grasping.equipment import GraspEquipment
from efficientsam3_ros.simulation.grasping.graspable import is_graspable, narrowest_width
from efficientsam3_ros.simulation.grasping.hand_shape import DEFAULT_SHAPE, HandShape
from efficientsam3_ros.simulation.grasping.outcome import Attempt
from efficientsam3_ros.simulation.grasping.true_surface import true_surface
from efficientsam3_ros.simulation.scene import placement
from efficientsam3_ros.simulation.tabletop import Observation, Tabletop, TabletopConfig

_REST_STEPS = 750
_OUT_OF_SIGHT_M = -3.0


@dataclass(frozen=True)
class TrueObject:
    """What is true of an object in a picture.

    Attributes:
        id: In the id image.
        noun: What it is.
        phrase: What to ask for: color and noun, or the noun of a patterned thing.
        width_m: Smallest width that a hand from above meets; see ``narrowest_width``.
        visible: Share of its pixels that nothing hides, 0..1.
        whole: Whether none of it is outside the image.
        graspable: Whether it counts; see ``is_graspable``.
    """

    id: int
    noun: str
    phrase: str
    width_m: float
    visible: float
    whole: bool
    graspable: bool


class GraspTable(Tabletop):
    """A table at rest in front of a camera that stands still; close it.

    Objects are solid as their convex parts, instead of one hull, and have a few seconds more to
    come to rest; so they lie a little differently than in a ``Tabletop`` of the same seed.

    Args:
        config: What to simulate; its motion is always 'still', of one frame.
        shape: Of the gripper.

    Raises:
        AssetError: If the pack's files are missing.
        RendererError: If no off-screen OpenGL context can be made.
    """

    def __init__(self, config: TabletopConfig, shape: HandShape = DEFAULT_SHAPE) -> None:
        super().__init__(replace(config, motion='still', frames=1), GraspEquipment(shape))
        self._shape = shape
        placement.settle(self._scene, _REST_STEPS)
        mujoco.mj_forward(self._scene.model, self._scene.data)

    def __enter__(self) -> GraspTable:
        return self

    def picture(self) -> Observation:
        """Take the picture; only once, as the camera looks from another place each time."""
        return next(self.frames())

    def truth(self, seen: Observation) -> tuple[TrueObject, ...]:
        """Return what is true of every object that the picture shows, ascending by id."""
        shown = {int(i) for i in np.unique(seen.ids)} - {0}
        return tuple(self._truth_of(item.id, seen) for item in self.objects if item.id in shown)

    def attempt(self, target: int, plan: Plan, watch: Watcher | None = None) -> Attempt:
        """Try a grasp in the world's frame; afterwards everything is as before."""
        return try_grasp(self._scene, target, plan, self._shape, watch)

    def now(self, pose: np.ndarray) -> np.ndarray:
        """Return what the camera at a pose (4, 4) sees now, uint8 (H, W, 3), without noise."""
        self._renderer.look(self._scene.data, pose)
        return self._renderer.rgb()

    def _truth_of(self, target: int, seen: Observation) -> TrueObject:
        item = self.objects[target - 1]
        alone = self._alone(target, seen.pose)
        visible = float((seen.ids == target).sum() / max(alone.sum(), 1))
        edge = np.ones(alone.shape, bool)
        edge[1:-1, 1:-1] = False
        whole = not (alone & edge).any()
        width = narrowest_width(true_surface(self._scene, target), self._shape)
        phrase = item.noun if item.color in (None, item.noun) else f'{item.color} {item.noun}'
        counts = is_graspable(width, visible, whole, self._shape)
        return TrueObject(target, item.noun, phrase, width, visible, whole, counts)

    def _alone(self, target: int, pose: np.ndarray) -> np.ndarray:
        """Return the pixels of an object if no other one were there, bool (H, W)."""
        scene = self._scene
        saved = scene.data.qpos.copy()
        for index in range(len(scene.objects)):
            if index != target - 1:
                scene.state(index)[2] = _OUT_OF_SIGHT_M
        self._renderer.look(scene.data, pose)
        pixels = self._renderer.ids() == target
        scene.data.qpos[:] = saved
        mujoco.mj_forward(scene.model, scene.data)
        return np.asarray(pixels)
