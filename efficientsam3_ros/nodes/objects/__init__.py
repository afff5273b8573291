"""The objects node: clouds, boxes and grasps of what the tracker sees."""
