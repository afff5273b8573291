"""Puts the rooms of test/support on the path: tests import what is in them by its name.

commands    runs of command lines, damaged inputs, pages
engines     engines that answer by a script, TensorRT and CUDA without a GPU
files       recordings, pictures and data sets in miniature
networks    exported and random networks, layouts of upstream
ros         nodes in this process and in others, messages, stand-ins for launch and MoveIt
scenes      tables in depth, films of moving things
session     what every process of tests does at its start
trainings   small trainings and their data
"""

from __future__ import annotations

import os
from pathlib import Path
import sys

SUPPORT = Path(__file__).resolve().parents[1]
REPOSITORY = SUPPORT.parents[1]
PATHS = [
    str(REPOSITORY),
    *(str(room) for room in sorted(SUPPORT.iterdir()) if not room.name.startswith('_')),
]
"""Of the repository and of every room, for the path of another process."""
VARIABLES = {'PYTHONPATH': os.pathsep.join(PATHS)}
"""For its environment."""


def enter() -> None:
    """Put them first on the path of this process."""
    sys.path[:0] = [path for path in PATHS if path not in sys.path]
