"""Domain types and pure numpy geometry; the bottom floor, which knows nothing of ROS or torch."""

from efficientsam3_ros.core.frame import Frame, PointFrame
from efficientsam3_ros.core.instance import FrameResult, Instance, TrackState
from efficientsam3_ros.core.intrinsics import Intrinsics
from efficientsam3_ros.core.manifest import BundleError, Manifest
from efficientsam3_ros.core.preprocess import Preprocess
from efficientsam3_ros.core.prompt import Prompt, PromptError
from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.core.text.tokenizer import WordTokenizer

__all__ = [
    'BundleError',
    'Frame',
    'FrameResult',
    'Instance',
    'Intrinsics',
    'Manifest',
    'PointFrame',
    'Preprocess',
    'Prompt',
    'PromptError',
    'Rle',
    'TrackState',
    'WordTokenizer',
]
