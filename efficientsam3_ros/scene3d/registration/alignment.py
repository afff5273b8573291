"""Whether a depth image lies on the pixels of a color image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.scene3d.camera import CameraModel
from efficientsam3_ros.scene3d.errors import SceneError

ALIGNING_OPTION = (
    'let the driver align depth to color: align_depth.enable:=true of RealSense '
    '(topic aligned_depth_to_color), depth_registered or depth_registration:=true of others'
)
"""What makes depth fit the color image at its source."""

_FOCAL_SHARE = 0.01
_CENTRE_PIXELS = 1.0


@dataclass(frozen=True)
class ImageSource:
    """What is known of where an image comes from.

    Attributes:
        size: (height, width), pixels.
        camera: Its camera; None where no camera_info came.
        frame_id: Its optical frame; '' where it is not known.
    """

    size: tuple[int, int]
    camera: CameraModel | None = None
    frame_id: str = ''


def require_aligned(depth: ImageSource, color: ImageSource) -> None:
    """Refuse depth that is not registered to the color image.

    Same size, and the same camera and frame as far as both are known. Without them the size
    decides alone: two sensors of one size that look past each other are not told apart.

    Raises:
        SceneError: If they differ; the text names the driver's option.
    """
    fault = _difference(depth, color)
    if fault:
        raise SceneError(
            f'Depth is not registered to color: {fault}; {ALIGNING_OPTION}; or give both '
            'camera_info and the transform between the cameras (register_depth of the objects '
            'node).'
        )


def _difference(depth: ImageSource, color: ImageSource) -> str:
    if depth.size != color.size:
        return f'depth is {depth.size[1]}x{depth.size[0]}, color {color.size[1]}x{color.size[0]}'
    if depth.frame_id and color.frame_id and depth.frame_id != color.frame_id:
        return f'depth is in frame "{depth.frame_id}", color in "{color.frame_id}"'
    if depth.camera is None or color.camera is None:
        return ''
    one, other = depth.camera.intrinsics, color.camera.intrinsics
    focal = np.abs([one.fx / other.fx - 1, one.fy / other.fy - 1]).max()
    centre = np.abs([one.cx - other.cx, one.cy - other.cy]).max()
    if focal > _FOCAL_SHARE or centre > _CENTRE_PIXELS:
        return (
            f'depth has fx={one.fx:.1f}, cx={one.cx:.1f}, cy={one.cy:.1f}, '
            f'color fx={other.fx:.1f}, cx={other.cx:.1f}, cy={other.cy:.1f}'
        )
    return ''
