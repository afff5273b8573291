"""From depth and masks to clouds, boxes and grasps: plain numpy, no ROS.

Everything is in metres and in the color camera's optical frame (REP 103: x right, y down, z
forward), unless it says otherwise.
"""
