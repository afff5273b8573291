"""What the objects node answers when it is asked: grasp targets, and the action Segment."""
