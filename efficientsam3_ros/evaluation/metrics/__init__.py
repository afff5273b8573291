"""Metrics on run-length masks; each file one metric, each tested against the public evaluators."""

from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts, ConceptScore
from efficientsam3_ros.evaluation.metrics.identity import IdentityCounts, IdentityMatcher
from efficientsam3_ros.evaluation.metrics.latency import LatencySummary
from efficientsam3_ros.evaluation.metrics.mask_iou import iou_matrix
from efficientsam3_ros.evaluation.metrics.presence import PresenceCounts
from efficientsam3_ros.evaluation.metrics.region_boundary import (
    ObjectRegionBoundary,
    region_boundary,
)

__all__ = [
    'ConceptCounts',
    'ConceptScore',
    'IdentityCounts',
    'IdentityMatcher',
    'LatencySummary',
    'ObjectRegionBoundary',
    'PresenceCounts',
    'iou_matrix',
    'region_boundary',
]
