"""Where the surfaces of objects really are."""

from __future__ import annotations

import mujoco
import numpy as np

from efficientsam3_ros.simulation.grasping.solids.surface_samples import triangle_samples
from efficientsam3_ros.simulation.scene.scene import Scene

_SPACING_M = 0.003
_RAYS = 4000


def true_surface(scene: Scene, target: int) -> np.ndarray:
    """Return points all over what is seen of an object, from every side.

    Args:
        scene: At rest.
        target: Id of the object.

    Returns:
        float64 (N, 3), world, metres.
    """
    model, data = scene.model, scene.data
    body = model.body(f'object_{target - 1}').id
    geoms = [int(g) for g in np.flatnonzero(model.geom_bodyid == body) if model.geom_group[g] < 3]
    found = []
    for geom in geoms:
        turn, place = data.geom_xmat[geom].reshape(3, 3), data.geom_xpos[geom]
        mesh = int(model.geom_dataid[geom])
        own = _of_mesh(model, mesh) if mesh >= 0 else _of_primitive(model, geom)
        found.append(own @ turn.T + place)
    return np.concatenate(found)


def _of_mesh(model: mujoco.MjModel, mesh: int) -> np.ndarray:
    start, count = model.mesh_vertadr[mesh], model.mesh_vertnum[mesh]
    vertices = model.mesh_vert[start : start + count]
    start, count = model.mesh_faceadr[mesh], model.mesh_facenum[mesh]
    return triangle_samples(vertices, model.mesh_face[start : start + count], _SPACING_M)


def _of_primitive(model: mujoco.MjModel, geom: int) -> np.ndarray:
    """Return where rays from the middle, evenly in all directions, leave the geom."""
    number = np.arange(_RAYS) + 0.5
    height = 1 - 2 * number / _RAYS
    turn, radius = np.pi * (1 + np.sqrt(5)) * number, np.sqrt(1 - height**2)
    rays = np.stack([radius * np.cos(turn), radius * np.sin(turn), height], axis=1)
    middle, straight = np.zeros(3), np.eye(3).ravel()
    size, kind = model.geom_size[geom], int(model.geom_type[geom])
    lengths = [mujoco.mju_rayGeom(middle, straight, size, middle, ray, kind) for ray in rays]
    return rays * np.array(lengths)[:, None]
