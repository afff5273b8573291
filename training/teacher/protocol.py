"""What training asks of a teacher, whatever network stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from efficientsam3_ros.core.preprocess import Preprocess

VISUAL = 'visual'
"""What SAM 3 is asked where only exemplars are given."""


class TeacherError(RuntimeError):
    """A teacher that cannot be used; the message names the cause and the remedy."""


@dataclass(frozen=True)
class TeacherFeatures:
    """What a teacher sees in images; G is its token grid's side (72 at 1008 pixels).

    Attributes:
        levels: (B, 256, 4G, 4G), (B, 256, 2G, 2G) and (B, 256, G, G), the neck's output.
        trunk: (B, C, G, G), the trunk's output that the neck reads; None if it is not known,
            e.g. when the levels are a student's.
    """

    levels: tuple[Tensor, Tensor, Tensor]
    trunk: Tensor | None = None


@dataclass(frozen=True)
class TeacherPrompt:
    """A concept: a phrase, with exemplar boxes if wanted.

    Attributes:
        phrase: A noun phrase; SAM 3 expects :data:`VISUAL` where only boxes are given.
        boxes: (E, 4) cx, cy, w, h in 0..1.
        labels: (E,), 1 an example, 0 a counter-example; all 1 when absent.
    """

    phrase: str
    boxes: Tensor | None = None
    labels: Tensor | None = None


@dataclass(frozen=True)
class TeacherText:
    """Encoded phrases.

    Attributes:
        tokens: (K, T, 256).
        mask: (K, T), 1 = valid.
    """

    tokens: Tensor
    mask: Tensor


@dataclass(frozen=True)
class TeacherDetections:
    """What a teacher finds for K prompts in one image.

    Attributes:
        logits: (K, Q) concept logits, without presence.
        presence: (K,) presence logits.
        boxes: (K, Q, 4) cx, cy, w, h in 0..1.
        mask_logits: (K, Q, 4G, 4G).
        semantic_logits: (K, 4G, 4G).
        places: int64 (K, Q), cell that each query started from; None if queries are learned, and
            so the same for every network.
    """

    logits: Tensor
    presence: Tensor
    boxes: Tensor
    mask_logits: Tensor
    semantic_logits: Tensor
    places: Tensor | None = None


@dataclass(frozen=True)
class TeacherFrame:
    """Objects that a video teacher follows, after one frame.

    Attributes:
        ids: (N,) object numbers, never reused within a video.
        phrases: (N,) the phrase each object answers.
        scores: (N,) detection scores when last detected.
        mask_logits: (N, h, w).
    """

    ids: tuple[int, ...]
    phrases: tuple[str, ...]
    scores: tuple[float, ...]
    mask_logits: Tensor


class Teacher(Protocol):
    """Answers prompts about images."""

    @property
    def preprocess(self) -> Preprocess:
        """How images must be prepared for :meth:`encode_image`."""
        ...

    def encode_image(self, images: Tensor) -> TeacherFeatures:
        """Encode prepared images (B, 3, H, W)."""
        ...

    def features_of(self, trunk: Tensor) -> TeacherFeatures:
        """Return what follows from the trunk's output (B, C, G, G) alone."""
        ...

    def encode_text(self, phrases: Sequence[str]) -> TeacherText:
        """Encode K phrases."""
        ...

    def detect(
        self,
        features: TeacherFeatures,
        prompts: Sequence[TeacherPrompt],
        places: Tensor | None = None,
    ) -> TeacherDetections:
        """Answer prompts about one image; gradients flow back into ``features``.

        Args:
            features: Of one image.
            prompts: K concepts.
            places: (K, Q) cells that its queries shall start from, as an earlier answer had them;
                learned queries do not move.
        """
        ...


class VideoTeacher(Protocol):
    """Follows concepts through a video."""

    @property
    def preprocess(self) -> Preprocess:
        """How frames must be prepared for :meth:`step`."""
        ...

    def start(self, phrases: Sequence[str], height: int, width: int) -> None:
        """Forget everything and follow these phrases through a video of this size."""
        ...

    def step(self, image: Tensor) -> TeacherFrame:
        """Take the next prepared frame (3, H, W)."""
        ...
