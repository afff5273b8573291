"""Oriented boxes around objects."""

from efficientsam3_ros.scene3d.box.axis_aligned import axis_aligned_box
from efficientsam3_ros.scene3d.box.fitting import fit_box
from efficientsam3_ros.scene3d.box.oriented_box import OrientedBox
from efficientsam3_ros.scene3d.box.overlap import box_iou, common_volume

__all__ = ['OrientedBox', 'axis_aligned_box', 'box_iou', 'common_volume', 'fit_box']
