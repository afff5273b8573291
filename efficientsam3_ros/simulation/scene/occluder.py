"""A box or a hand that passes between camera and table; it has no id and touches nothing."""

from __future__ import annotations

import mujoco
import numpy as np

from efficientsam3_ros.simulation.camera.views import View

BODY = 'occluder'
SKIN = ((0.85, 0.62, 0.5), (0.55, 0.36, 0.26), (0.3, 0.2, 0.15))
_DISTANCE = 0.34
_REACH = 0.5
_OUT_OF_SIGHT = (0.0, 0.0, -4.0)


def add_occluder(spec: mujoco.MjSpec, rng: np.random.Generator) -> None:
    """Add the body, out of sight; its frame is the optical frame when it is shown."""
    body = spec.worldbody.add_body(name=BODY, mocap=True, pos=list(_OUT_OF_SIGHT))
    if rng.random() < 0.5:
        half = rng.uniform([0.05, 0.05, 0.01], [0.1, 0.1, 0.03])
        _part(body, mujoco.mjtGeom.mjGEOM_BOX, half, [0, 0, 0], rng.uniform(0.2, 0.9, 3))
        return
    skin = np.array(SKIN[rng.integers(len(SKIN))])
    sleeve = rng.uniform(0.1, 0.9, 3)
    upright = [0.7071, 0.7071, 0, 0]
    capsule = mujoco.mjtGeom.mjGEOM_CAPSULE
    _part(body, mujoco.mjtGeom.mjGEOM_ELLIPSOID, [0.045, 0.05, 0.018], [0, 0, 0], skin)
    _part(body, capsule, [0.028, 0.04, 0], [0, 0.07, 0], skin, upright)
    _part(body, capsule, [0.04, 0.2, 0], [0, 0.32, 0], sleeve, upright)
    for place in (-0.033, -0.011, 0.011, 0.033):
        _part(body, capsule, [0.009, 0.03, 0], [place, -0.065, 0], skin, upright)


def _part(
    body: mujoco.MjsBody,
    kind: mujoco.mjtGeom,
    size: np.ndarray | list[float],
    place: list[float],
    color: np.ndarray,
    turn: list[float] | None = None,
) -> None:
    body.add_geom(
        type=kind,
        size=size,
        pos=place,
        quat=turn or [1, 0, 0, 0],
        rgba=[*color, 1],
        contype=0,
        conaffinity=0,
    )


def show(model: mujoco.MjModel, data: mujoco.MjData, view: View, progress: float) -> None:
    """Place the occluder in front of the view.

    Args:
        model: Scene.
        data: Its state.
        view: Where the camera is.
        progress: 0 = left of the image, 1 = right of it; otherwise it is put out of sight.
    """
    mocap = model.body(BODY).mocapid[0]
    data.mocap_pos[mocap] = _OUT_OF_SIGHT
    if not 0 <= progress <= 1:
        return
    pose = view.pose()
    across = (2 * progress - 1) * _REACH
    data.mocap_pos[mocap] = (pose @ [across, 0.04, _DISTANCE, 1])[:3]
    mujoco.mju_mat2Quat(data.mocap_quat[mocap], pose[:3, :3].flatten())
