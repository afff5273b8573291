"""Recorded, annotated and simulated sequences, all in one form."""

from efficientsam3_ros.datasets.open import open_sequences
from efficientsam3_ros.datasets.options import TruthOptions
from efficientsam3_ros.datasets.sequence import Sequence, SequenceError, TruthKind

__all__ = ['Sequence', 'SequenceError', 'TruthKind', 'TruthOptions', 'open_sequences']
