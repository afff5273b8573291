"""Colour, depth and object ids of a MuJoCo scene through off-screen OpenGL.

Classic rasteriser without multisampling, so that one pixel belongs to exactly one object in every
pass. The platform is chosen in the package's ``__init__``.
"""

from __future__ import annotations

import os

import mujoco
import numpy as np

CAMERA = 'camera'
# MuJoCo cameras look along -z with y up; the optical frame looks along +z with y down.
_OPTICAL_TO_GL = np.diag([1.0, -1.0, -1.0])
# A plain integer: comparing an array with the enum itself costs 80 ms a frame.
_GEOM = int(mujoco.mjtObj.mjOBJ_GEOM)


class RendererError(RuntimeError):
    """No off-screen OpenGL context could be made; the message names the missing package."""


class SceneRenderer:
    """Draws one compiled scene; close it, because a process holds few OpenGL contexts.

    Args:
        model: Scene with a fixed camera named 'camera'.
        object_of_geom: uint16 (ngeom,) object id of every geom, 0 for the background.
        width: Image columns.
        height: Image rows.

    Raises:
        RendererError: If OpenGL cannot be started.
    """

    def __init__(
        self, model: mujoco.MjModel, object_of_geom: np.ndarray, width: int, height: int
    ) -> None:
        self._model = model
        self._object_of_geom = np.append(object_of_geom, 0).astype(np.uint16)
        try:
            self._renderer = mujoco.Renderer(model, height, width)
        except Exception as error:
            raise RendererError(
                f'No OpenGL context with MUJOCO_GL={os.environ.get("MUJOCO_GL")}: {error}. '
                'Install libegl1 and libgl1-mesa-dri (or libosmesa6 and set MUJOCO_GL=osmesa), '
                'and import efficientsam3_ros.simulation before mujoco.'
            ) from error

    def look(self, data: mujoco.MjData, pose: np.ndarray) -> None:
        """Place the camera; ``pose`` is (4, 4) camera in world, optical frame."""
        camera = self._model.camera(CAMERA).id
        quaternion = np.empty(4)
        mujoco.mju_mat2Quat(quaternion, (pose[:3, :3] @ _OPTICAL_TO_GL).flatten())
        self._model.cam_pos[camera], self._model.cam_quat[camera] = pose[:3, 3], quaternion
        mujoco.mj_kinematics(self._model, data)
        mujoco.mj_camlight(self._model, data)
        self._renderer.update_scene(data, CAMERA)

    def rgb(self) -> np.ndarray:
        """Return uint8 (H, W, 3) of the last view."""
        return self._renderer.render()

    def unshadowed(self) -> np.ndarray:
        """Return uint8 (H, W, 3) of the last view as it is without shadows."""
        flags = self._renderer.scene.flags
        flags[mujoco.mjtRndFlag.mjRND_SHADOW] = False
        image = self._renderer.render()
        flags[mujoco.mjtRndFlag.mjRND_SHADOW] = True
        return image

    def depth(self) -> np.ndarray:
        """Return float32 (H, W) metres along the optical axis of the last view."""
        self._renderer.enable_depth_rendering()
        image = self._renderer.render()
        self._renderer.disable_depth_rendering()
        return image

    def ids(self) -> np.ndarray:
        """Return uint16 (H, W) object ids of the last view, 0 = background."""
        return self.objects_of(self.geoms())

    def objects_of(self, geoms: np.ndarray) -> np.ndarray:
        """Return uint16 (H, W) object ids of what ``geoms`` returned."""
        return self._object_of_geom[geoms]

    def geoms(self) -> np.ndarray:
        """Return int (H, W) MuJoCo's numbers of the geoms of the last view, -1 = none."""
        self._renderer.enable_segmentation_rendering()
        image = self._renderer.render()
        self._renderer.disable_segmentation_rendering()
        return np.where(image[:, :, 1] == _GEOM, image[:, :, 0], -1)

    def close(self) -> None:
        """Free the OpenGL context."""
        self._renderer.close()
