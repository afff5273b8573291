"""Segment and track anything a robot is told in words.

Importing this package is cheap: it pulls in neither numpy nor torch nor a ROS client library.
The names of ``efficientsam3_ros.api`` are loaded when one of them is first used; type checkers
see them in ``__init__.pyi``.
"""

from importlib import import_module
from pkgutil import extend_path
from typing import Any

# The generated efficientsam3_ros.msg and .srv live in the install space; this lets a source
# tree that comes first on sys.path still find them.
__path__ = extend_path(__path__, __name__)
__version__ = '0.1.0'
__all__ = [
    'Frame',
    'FrameSource',
    'Prompt',
    'StepResult',
    'TrackState',
    'TrackedInstance',
    'Tracker',
    'TrackerConfig',
    'draw',
    'exemplar',
    'to_supervision',
    'video',
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    return getattr(import_module(f'{__name__}.api'), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
