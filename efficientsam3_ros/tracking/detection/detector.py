"""The two graphs that every detection frame runs, and what comes out of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.core import BundleError
from efficientsam3_ros.engine import Engine, Value
from efficientsam3_ros.tracking.cropped_mask import CroppedMask

OUTPUTS = ('scores', 'presence', 'boxes', 'mask_logits', 'embeddings')


@dataclass(frozen=True, eq=False)
class Detection:
    """One object seen in one frame.

    Attributes:
        key: The concept it answers (``prompt_set.concept_key``).
        score: Match, and presence as far as the presence gate lets it count, 0..1.
        region: Mask at the source resolution, not empty.
        box: Predicted box (x0, y0, x1, y1), source pixels, unclipped.
        embedding: float32 (D,), unit length; similar for the same object seen again. The
            detector's own at first, later joined with the colours (``color``).
        quality: Estimated mask IoU, 0..1.
    """

    key: str
    score: float
    region: CroppedMask
    box: tuple[float, float, float, float]
    embedding: np.ndarray
    quality: float


@dataclass(frozen=True, eq=False)
class RawDetections:
    """Detector outputs of K concepts with Q queries each, in host memory.

    Attributes:
        scores: float32 (K, Q) match scores without presence, 0..1.
        presence: float32 (K,) probability that the concept is in the image.
        boxes: float32 (K, Q, 4) cx, cy, w, h as fractions of the image.
        mask_logits: float32 (K, Q, h, w).
        embeddings: float32 (K, Q, D).
    """

    scores: np.ndarray
    presence: np.ndarray
    boxes: np.ndarray
    mask_logits: np.ndarray
    embeddings: np.ndarray


class ConceptDetector:
    """Runs ``image_encoder`` once a frame and ``detector`` once for all concepts.

    Args:
        engine: Any engine; its feature maps are handed on untouched.

    Raises:
        BundleError: If the detector graph lacks an output that the tracker reads.
    """

    def __init__(self, engine: Engine) -> None:
        missing = set(OUTPUTS) - set(engine.manifest.graphs['detector'].outputs)
        if missing:
            raise BundleError(
                f'The detector of bundle "{engine.manifest.name}" has no {sorted(missing)}; '
                'export the bundle again.'
            )
        self._engine = engine

    def encode_image(self, image: np.ndarray) -> dict[str, Value]:
        """Return the feature levels of a prepared image (1, 3, H, W)."""
        return self._engine.run('image_encoder', {'image': image})

    def detect(
        self, features: Mapping[str, Value], tokens: np.ndarray, mask: np.ndarray
    ) -> RawDetections:
        """Find all concepts in one batch.

        Args:
            features: From ``encode_image``.
            tokens: float32 (K, L, D) prompt tokens.
            mask: float32 (K, L), 1 where a token is valid.
        """
        names = self._engine.manifest.graphs['detector'].inputs
        inputs = {name: value for name, value in features.items() if name in names}
        outputs = self._engine.run(
            'detector', inputs | {'prompt_tokens': tokens, 'prompt_mask': mask}
        )
        return RawDetections(*(self._engine.to_numpy(outputs[name]) for name in OUTPUTS))
