"""The door for people without ROS; ``import efficientsam3_ros as es3`` offers these names."""

from efficientsam3_ros.api.exemplar import exemplar
from efficientsam3_ros.api.open_video import video
from efficientsam3_ros.api.result import StepResult, TrackedInstance
from efficientsam3_ros.api.tracker import Tracker
from efficientsam3_ros.api.views import draw, to_supervision
from efficientsam3_ros.core import Frame, Prompt, TrackState
from efficientsam3_ros.media.frame_source import FrameSource
from efficientsam3_ros.tracking import TrackerConfig

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
