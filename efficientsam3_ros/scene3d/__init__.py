"""From depth and masks to clouds, boxes and grasps: plain numpy and OpenCV, no ROS.

Everything is in metres and in the color camera's optical frame (REP 103: x right, y down, z
forward), unless it says otherwise. The names here are the way from one image to its objects::

    camera = camera_from_info((info.height, info.width), info.k, info.d, info.distortion_model)
    cloud = make_cloud(decode_depth(depth_message), camera, rgb, result.label_image())
    support = find_support(cloud, label)
    box = fit_object_box(cloud, label, support)
    grasps = find_grasps(cloud, label, support=support.plane if support else None)
"""

from efficientsam3_ros.scene3d.box import OrientedBox, box_iou, fit_box
from efficientsam3_ros.scene3d.camera import CameraModel, camera_from_info
from efficientsam3_ros.scene3d.cloud import (
    OrganizedCloud,
    background_mask,
    make_cloud,
    object_mask,
    pack_cloud,
    voxel_sample,
)
from efficientsam3_ros.scene3d.depth import RawDepth, decode_compressed_depth, decode_depth
from efficientsam3_ros.scene3d.errors import SceneError
from efficientsam3_ros.scene3d.grasps import Grasp, GraspSearch, Gripper, find_grasps
from efficientsam3_ros.scene3d.object_box import fit_object_box
from efficientsam3_ros.scene3d.plane import Plane, Support, find_support, fit_plane
from efficientsam3_ros.scene3d.registration import (
    ALIGNING_OPTION,
    ImageSource,
    register_depth,
    require_aligned,
)

__all__ = [
    'ALIGNING_OPTION',
    'CameraModel',
    'Grasp',
    'GraspSearch',
    'Gripper',
    'ImageSource',
    'OrganizedCloud',
    'OrientedBox',
    'Plane',
    'RawDepth',
    'SceneError',
    'Support',
    'background_mask',
    'box_iou',
    'camera_from_info',
    'decode_compressed_depth',
    'decode_depth',
    'find_grasps',
    'find_support',
    'fit_box',
    'fit_object_box',
    'fit_plane',
    'make_cloud',
    'object_mask',
    'pack_cloud',
    'register_depth',
    'require_aligned',
    'voxel_sample',
]
