"""Cameras: from pixels to rays and back, with the distortion models of ``CameraInfo``."""

from efficientsam3_ros.scene3d.camera.info import camera_from_info
from efficientsam3_ros.scene3d.camera.model import CameraModel
from efficientsam3_ros.scene3d.camera.rays import back_project, pixel_rays

__all__ = ['CameraModel', 'back_project', 'camera_from_info', 'pixel_rays']
