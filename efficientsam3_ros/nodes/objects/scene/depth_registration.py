"""Depth of a camera of its own, moved onto the color image."""

from __future__ import annotations

from typing import Any

import numpy as np

from efficientsam3_ros.core.messages.stamps import to_nanoseconds
from efficientsam3_ros.nodes.objects.faults import Cause, SceneFault
from efficientsam3_ros.nodes.objects.frames.transforms import Transforms
from efficientsam3_ros.nodes.objects.scene.camera_infos import CameraInfos
from efficientsam3_ros.scene3d import (
    ALIGNING_OPTION,
    CameraModel,
    ImageSource,
    SceneError,
    register_depth,
    require_aligned,
)


class DepthRegistration:
    """Re-projects depth; what lies on the color image already stays as it is.

    Depth of the size and frame of color lies there, unless a camera_info of that frame says
    otherwise; such depth needs no camera_info.

    Args:
        infos: Of the depth camera.
        transforms: Between the two optical frames; not asked where depth names the color frame.
    """

    def __init__(self, infos: CameraInfos, transforms: Transforms) -> None:
        self.infos, self._transforms = infos, transforms

    def onto(
        self, depth: np.ndarray, depth_header: Any, color: CameraModel, color_header: Any
    ) -> np.ndarray:
        """Return the depth that the color camera would see.

        Args:
            depth: float32 (h, w), metres; NaN where nothing was measured.
            depth_header: Of the depth image.
            color: Camera of the color image, (H, W).
            color_header: Of the color image.

        Returns:
            float32 (H, W), metres; NaN also where the depth camera does not see what color does.

        Raises:
            SceneFault: If camera_info of depth or the transform is missing or unusable; the text
                names the driver's option that makes both needless.
        """
        try:
            return self._onto(depth, depth_header, color, color_header)
        except SceneFault as fault:
            text = f'Depth cannot be moved onto color: {fault} Or {ALIGNING_OPTION}.'
            raise SceneFault(fault.cause, text) from fault

    def _onto(
        self, depth: np.ndarray, depth_header: Any, color: CameraModel, color_header: Any
    ) -> np.ndarray:
        size = (depth.shape[0], depth.shape[1])
        stamp_ns, frame = to_nanoseconds(depth_header.stamp), depth_header.frame_id
        there = ImageSource(color.size, color, color_header.frame_id)
        info = self.infos.known(stamp_ns)
        if not _describes(info, frame) and _aligned(ImageSource(size, None, frame), there):
            return depth
        camera = self.infos.camera(self.infos.find(stamp_ns), size)
        if _aligned(ImageSource(size, camera, frame), there):
            return depth
        matrix = self._transforms.matrix(color_header.frame_id, frame, depth_header.stamp)
        return _registered(depth, camera, color, matrix)


def _describes(info: Any | None, frame: str) -> bool:
    """Tell whether a camera_info may be of images of a frame, and not of another camera."""
    return info is not None and (not info.header.frame_id or info.header.frame_id == frame)


def _aligned(depth: ImageSource, color: ImageSource) -> bool:
    try:
        require_aligned(depth, color)
    except SceneError:
        return False
    return True


def _registered(
    depth: np.ndarray, camera: CameraModel, color: CameraModel, matrix: np.ndarray
) -> np.ndarray:
    try:
        return register_depth(depth, camera, color, matrix)
    except SceneError as error:
        raise SceneFault(Cause.NOT_ALIGNED, str(error)) from error
