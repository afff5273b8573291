"""Depth on the color camera's pixels."""

from efficientsam3_ros.scene3d.registration.alignment import (
    ALIGNING_OPTION,
    ImageSource,
    require_aligned,
)
from efficientsam3_ros.scene3d.registration.reproject import register_depth

__all__ = ['ALIGNING_OPTION', 'ImageSource', 'register_depth', 'require_aligned']
