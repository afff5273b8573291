"""The door for people without ROS."""

from efficientsam3_ros.api.frame_source import FrameSource
from efficientsam3_ros.api.open_video import video

__all__ = ['FrameSource', 'video']
