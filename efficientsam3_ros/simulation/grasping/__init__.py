"""A gripper that picks up objects of the simulated tabletop: physics alone, no planning."""

from efficientsam3_ros.simulation.grasping.attempt import Plan
from efficientsam3_ros.simulation.grasping.grasp_table import GraspTable, TrueObject
from efficientsam3_ros.simulation.grasping.hand_shape import HandShape
from efficientsam3_ros.simulation.grasping.outcome import Attempt, Outcome

__all__ = ['Attempt', 'GraspTable', 'HandShape', 'Outcome', 'Plan', 'TrueObject']
