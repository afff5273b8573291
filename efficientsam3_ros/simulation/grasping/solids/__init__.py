"""What hollow things are to physics: convex parts instead of one hull that fills them."""

from efficientsam3_ros.simulation.grasping.solids.convex_parts import convex_parts

__all__ = ['convex_parts']
