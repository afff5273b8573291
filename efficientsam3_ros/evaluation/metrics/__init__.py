"""Metrics on run-length masks; each file one metric, each tested against the public evaluators."""

from efficientsam3_ros.evaluation.metrics.annotators import (
    PhraseDatapoint,
    PhraseTruth,
    ScoredMask,
    image_counts,
)
from efficientsam3_ros.evaluation.metrics.bootstrap import PairedDifference
from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts, ConceptScore
from efficientsam3_ros.evaluation.metrics.frame_account import FrameAccount, FrameAccountingError
from efficientsam3_ros.evaluation.metrics.frame_overlap import FrameOverlap
from efficientsam3_ros.evaluation.metrics.hota import HotaCounts
from efficientsam3_ros.evaluation.metrics.identity import IdentityCounts, IdentityMatcher
from efficientsam3_ros.evaluation.metrics.latency import LatencySummary
from efficientsam3_ros.evaluation.metrics.mask_iou import iou_matrix
from efficientsam3_ros.evaluation.metrics.mean_iou import OverlapCounts, SkippedError
from efficientsam3_ros.evaluation.metrics.presence import PresenceCounts
from efficientsam3_ros.evaluation.metrics.reentry import ReentryCounts
from efficientsam3_ros.evaluation.metrics.region_boundary import (
    RegionBoundaryCounts,
    region_boundary,
)
from efficientsam3_ros.evaluation.metrics.stability import StabilityCounts
from efficientsam3_ros.evaluation.metrics.volume_iou import VolumeIou

__all__ = [
    'ConceptCounts',
    'ConceptScore',
    'FrameAccount',
    'FrameAccountingError',
    'FrameOverlap',
    'HotaCounts',
    'IdentityCounts',
    'IdentityMatcher',
    'LatencySummary',
    'OverlapCounts',
    'PairedDifference',
    'PhraseDatapoint',
    'PhraseTruth',
    'PresenceCounts',
    'ReentryCounts',
    'RegionBoundaryCounts',
    'ScoredMask',
    'SkippedError',
    'StabilityCounts',
    'VolumeIou',
    'image_counts',
    'iou_matrix',
    'region_boundary',
]
