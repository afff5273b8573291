"""Whether masks lead to grasps that hold, in the simulated tabletop."""
