"""The streaming concept tracker: numpy only, any engine."""

from efficientsam3_ros.tracking.association.appearance import Appearance
from efficientsam3_ros.tracking.concept_tracker import ConceptTracker, TrackError
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.step_times import StepTimes
from efficientsam3_ros.tracking.track import Track

__all__ = ['Appearance', 'ConceptTracker', 'StepTimes', 'Track', 'TrackError', 'TrackerConfig']
