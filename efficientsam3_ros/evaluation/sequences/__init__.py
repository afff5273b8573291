"""Recorded, annotated and simulated sequences, all in one form."""

from efficientsam3_ros.evaluation.sequences.open import open_sequences
from efficientsam3_ros.evaluation.sequences.options import TruthOptions
from efficientsam3_ros.evaluation.sequences.protocol import Sequence, SequenceError, TruthKind

__all__ = ['Sequence', 'SequenceError', 'TruthKind', 'TruthOptions', 'open_sequences']
