"""What a detector finds, before masks."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from efficientsam3_ros.model.detector.proposals import Queries


@dataclass(frozen=True)
class Detections:
    """Raw detector output for K prompts; tuples hold one entry a decoder layer.

    Attributes:
        logits: (K, Q) concept logits.
        boxes: (K, Q, 4) cx, cy, w, h in 0..1.
        presence: (K,) presence logit.
        queries: (K, Q, width) decoded queries of the last layer.
        embeddings: (K, Q, width) unit-length appearance vectors.
        start: Where the queries started, with the dense maps.
        memory: (K, H*W, width) image tokens after the fusion encoder.
    """

    logits: tuple[Tensor, ...]
    boxes: tuple[Tensor, ...]
    presence: Tensor
    queries: Tensor
    embeddings: Tensor
    start: Queries
    memory: Tensor
