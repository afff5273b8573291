"""``efficientsam3 evaluate``: the held-out simulated evaluation."""

from __future__ import annotations

from efficientsam3_ros.evaluation.tabletop_suite import add_arguments, run

__all__ = ['EXAMPLES', 'add_arguments', 'run']

EXAMPLES = """\
  efficientsam3 evaluate --scenes 10000-10019 --out results
  efficientsam3 evaluate --split unseen_nouns --workers 2 --threads 1
  efficientsam3 evaluate --bundle my_bundle/ --choose-threshold"""
