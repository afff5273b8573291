"""Simulated tabletop camera: RGB, depth, exact instance masks and phrases (needs mujoco)."""

import os

# MuJoCo chooses its OpenGL platform at its first import; the default one needs a display.
os.environ.setdefault('MUJOCO_GL', 'egl')

from efficientsam3_ros.simulation.prompts import suggest_prompts
from efficientsam3_ros.simulation.scene.scene import SceneObject
from efficientsam3_ros.simulation.showcase import showcase_prompts
from efficientsam3_ros.simulation.tabletop import Observation, Tabletop, TabletopConfig

__all__ = [
    'Observation',
    'SceneObject',
    'Tabletop',
    'TabletopConfig',
    'showcase_prompts',
    'suggest_prompts',
]
