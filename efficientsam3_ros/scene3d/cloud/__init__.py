"""Organised point clouds, and the points of one object among them."""

from efficientsam3_ros.scene3d.cloud.object_mask import background_mask, object_mask
from efficientsam3_ros.scene3d.cloud.organized import OrganizedCloud, make_cloud
from efficientsam3_ros.scene3d.cloud.outliers import inliers
from efficientsam3_ros.scene3d.cloud.packing import PackedCloud, PackedField, pack_cloud
from efficientsam3_ros.scene3d.cloud.voxels import voxel_sample

__all__ = [
    'OrganizedCloud',
    'PackedCloud',
    'PackedField',
    'background_mask',
    'inliers',
    'make_cloud',
    'object_mask',
    'pack_cloud',
    'voxel_sample',
]
