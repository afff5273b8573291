"""Grasps of a parallel gripper: a geometric baseline without a network."""

from efficientsam3_ros.scene3d.grasps.grasp import Grasp
from efficientsam3_ros.scene3d.grasps.gripper import Gripper
from efficientsam3_ros.scene3d.grasps.normals import surface_normals
from efficientsam3_ros.scene3d.grasps.search import GraspSearch, find_grasps

__all__ = ['Grasp', 'GraspSearch', 'Gripper', 'find_grasps', 'surface_normals']
