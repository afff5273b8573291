"""What was segmented, in the form that other packages document: grasps, poses, maps, planning.

Plain numpy; messages are imported only where they are made. One file a tool, which cites its
format. The way from topics or from arrays::

    cloud = cloud_from_topics(objects_points, camera_info)      # ROS
    cloud = make_cloud(depth, camera, rgb, labels)              # efficientsam3_ros.scene3d
    anygrasp_input(cloud, label), foundation_pose_input(cloud, label), ...

``docs/grasping.md`` has an example of each.
"""

from efficientsam3_ros.adapters.anygrasp import AnyGraspInput, anygrasp_input
from efficientsam3_ros.adapters.contact_graspnet import (
    ContactGraspNetInput,
    contact_graspnet_input,
)
from efficientsam3_ros.adapters.errors import AdapterError
from efficientsam3_ros.adapters.foundation_pose import FoundationPoseInput, foundation_pose_input
from efficientsam3_ros.adapters.gpd import GpdInput, gpd_input
from efficientsam3_ros.adapters.moveit import (
    CollisionObject,
    PlanningScene,
    collision_object,
    collision_object_from_message,
    object_name,
    planning_scene,
)
from efficientsam3_ros.adapters.nvblox import (
    check_nvblox_input,
    nvblox_mask,
    nvblox_remappings,
)
from efficientsam3_ros.adapters.topics import cloud_from_topics

__all__ = [
    'AdapterError',
    'AnyGraspInput',
    'CollisionObject',
    'ContactGraspNetInput',
    'FoundationPoseInput',
    'GpdInput',
    'PlanningScene',
    'anygrasp_input',
    'check_nvblox_input',
    'cloud_from_topics',
    'collision_object',
    'collision_object_from_message',
    'contact_graspnet_input',
    'foundation_pose_input',
    'gpd_input',
    'nvblox_mask',
    'nvblox_remappings',
    'object_name',
    'planning_scene',
]
