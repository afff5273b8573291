"""The ROS 2 face: codecs, the tracker node and its companions."""
