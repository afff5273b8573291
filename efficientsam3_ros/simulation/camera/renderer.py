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
_MOST_GEOMS = 10000
_TABLE_GROUP = 1
"""Group of geoms that only the table top is in; drawn like all others unless it is asked for."""
_NEVER_DRAWN_GROUP = 5


class RendererError(RuntimeError):
    """No off-screen OpenGL context could be made; the message names the missing package."""


class SceneRenderer:
    """Draws one compiled scene; close it, because a process holds few OpenGL contexts.

    Args:
        model: Scene with a fixed camera named 'camera' and a geom named 'table'.
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
        self._shape = height, width
        self._scene = mujoco.MjvScene(model, _MOST_GEOMS)
        self._table = mujoco.MjvScene(model, _MOST_GEOMS)
        self._table.flags[mujoco.mjtRndFlag.mjRND_SHADOW] = False
        model.geom_group[model.geom('table').id] = _TABLE_GROUP
        try:
            self._gl = mujoco.GLContext(width, height)
            self._gl.make_current()
            self._context = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_150)
        except Exception as error:
            raise RendererError(
                f'No OpenGL context with MUJOCO_GL={os.environ.get("MUJOCO_GL")}: {error}. '
                'Install libegl1 and libgl1-mesa-dri (or libosmesa6 and set MUJOCO_GL=osmesa), '
                'and import efficientsam3_ros.simulation before mujoco.'
            ) from error
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self._context)
        self._context.readDepthMap = mujoco.mjtDepthMap.mjDEPTH_ZEROFAR

    def look(self, data: mujoco.MjData, pose: np.ndarray) -> None:
        """Place the camera; ``pose`` is (4, 4) camera in world, optical frame."""
        camera = self._model.camera(CAMERA).id
        quaternion = np.empty(4)
        mujoco.mju_mat2Quat(quaternion, (pose[:3, :3] @ _OPTICAL_TO_GL).flatten())
        self._model.cam_pos[camera], self._model.cam_quat[camera] = pose[:3, 3], quaternion
        mujoco.mj_kinematics(self._model, data)
        mujoco.mj_camlight(self._model, data)
        self._data = data
        self._update(self._scene, mujoco.MjvOption())

    def rgb(self) -> np.ndarray:
        """Return uint8 (H, W, 3) of the last view."""
        return self._drawn(self._scene)

    def unshadowed_table(self) -> np.ndarray:
        """Return uint8 (H, W, 3) of the table top alone as it is without shadows."""
        option = mujoco.MjvOption()
        option.geomgroup[:] = 0
        option.geomgroup[_TABLE_GROUP] = 1
        self._update(self._table, option)
        return self._drawn(self._table)

    def ids(self) -> np.ndarray:
        """Return uint16 (H, W) object ids of the last view, 0 = background."""
        return self.objects_of(self.geoms())

    def objects_of(self, geoms: np.ndarray) -> np.ndarray:
        """Return uint16 (H, W) object ids of what ``geoms`` returned."""
        return self._object_of_geom[geoms]

    def silhouette(self, number: int) -> np.ndarray:
        """Return the pixels of an object if nothing else were in the last view, bool (H, W)."""
        groups = self._model.geom_group.copy()
        self._model.geom_group[self._object_of_geom[:-1] != number] = _NEVER_DRAWN_GROUP
        try:
            self._update(self._scene, mujoco.MjvOption())
            return np.asarray(self.ids() == number)
        finally:
            self._model.geom_group[:] = groups
            self._update(self._scene, mujoco.MjvOption())

    def geoms(self) -> np.ndarray:
        """Return int (H, W) MuJoCo's numbers of the geoms of the last view, -1 = none."""
        return self._segmented(None)

    def geoms_and_depth(self) -> tuple[np.ndarray, np.ndarray]:
        """Return ``geoms`` and float32 (H, W) metres along the optical axis, of one drawing."""
        nearness = np.empty(self._shape, np.float32)
        geoms = self._segmented(nearness)
        return geoms, _meters(self._model, np.flipud(nearness))

    def close(self) -> None:
        """Free the OpenGL context."""
        self._gl.make_current()
        self._context.free()
        self._gl.free()

    def _update(self, scene: mujoco.MjvScene, option: mujoco.MjvOption) -> None:
        camera = mujoco.MjvCamera()
        camera.type = mujoco.mjtCamera.mjCAMERA_FIXED
        camera.fixedcamid = self._model.camera(CAMERA).id
        parts = mujoco.mjtCatBit.mjCAT_ALL
        mujoco.mjv_updateScene(self._model, self._data, option, None, camera, parts, scene)

    def _segmented(self, nearness: np.ndarray | None) -> np.ndarray:
        """Draw numbers in place of colors; return the geoms, and fill ``nearness``, bottom up."""
        for flag in (mujoco.mjtRndFlag.mjRND_SEGMENT, mujoco.mjtRndFlag.mjRND_IDCOLOR):
            self._scene.flags[flag] = True
        colors = self._drawn(self._scene, nearness)
        for flag in (mujoco.mjtRndFlag.mjRND_SEGMENT, mujoco.mjtRndFlag.mjRND_IDCOLOR):
            self._scene.flags[flag] = False
        geom_of = np.full(self._scene.ngeom + 1, -1, np.int32)
        for geom in self._scene.geoms[: self._scene.ngeom]:
            if geom.objtype == _GEOM and geom.segid >= 0:
                geom_of[geom.segid + 1] = geom.objid
        # Red is the low byte; the high one of _MOST_GEOMS is never needed.
        return geom_of[colors[..., 0] + 256 * colors[..., 1].astype(np.uint16)]

    def _drawn(self, scene: mujoco.MjvScene, nearness: np.ndarray | None = None) -> np.ndarray:
        """Return the colors, uint8 (H, W, 3), and fill ``nearness``, bottom up."""
        height, width = self._shape
        view, colors = mujoco.MjrRect(0, 0, width, height), np.empty((height, width, 3), np.uint8)
        self._gl.make_current()
        mujoco.mjr_render(view, scene, self._context)
        mujoco.mjr_readPixels(colors, nearness, view, self._context)
        return np.ascontiguousarray(np.flipud(colors))


def _meters(model: mujoco.MjModel, nearness: np.ndarray) -> np.ndarray:
    """Return metres along the optical axis, float32; ``nearness`` is 1 near and 0 far away.

    The constants of OpenGL's perspective have 32 bits, as MuJoCo's own renderer has them.
    """
    near = np.float32(model.vis.map.znear * model.stat.extent)
    far = np.float32(model.vis.map.zfar * model.stat.extent)
    offset = np.float32(0.5) * ((far + near) / (far - near)) - np.float32(0.5)
    scale = np.float32(0.5) * (np.float32(2) * far * near / (far - near))
    return (scale / (nearness.astype(np.float64) + offset)).astype(np.float32)
