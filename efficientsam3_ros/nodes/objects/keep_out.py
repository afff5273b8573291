"""Regions whose objects are left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.core.errors.one_line import shown

_EXAMPLE = 'write six numbers in metres, as in "-0.2 -0.2 0 0.2 0.2 0.5"'


@dataclass(frozen=True, eq=False)
class KeepOut:
    """Axis-aligned boxes in the output frame.

    Attributes:
        low: float64 (N, 3), metres.
        high: float64 (N, 3), metres.
    """

    low: np.ndarray
    high: np.ndarray

    @classmethod
    def parse(cls, texts: Sequence[str]) -> KeepOut:
        """Read boxes; blank texts are passed over, and corners may come in any order.

        Args:
            texts: ``x0 y0 z0 x1 y1 z1`` each.

        Raises:
            ValueError: If one of them is no box.
        """
        corners = np.array([_box(text) for text in texts if text.strip()], np.float64)
        corners = corners.reshape(-1, 2, 3)
        return cls(corners.min(axis=1, initial=np.inf), corners.max(axis=1, initial=-np.inf))

    def __len__(self) -> int:
        return len(self.low)

    def holds(self, point: np.ndarray) -> bool:
        """Tell whether a point (3,) lies in one of the boxes."""
        return bool(((point >= self.low) & (point <= self.high)).all(axis=1).any())


def _box(text: str) -> list[float]:
    try:
        values = [float(word) for word in text.split()]
    except ValueError:
        values = []
    if len(values) != 6 or not np.isfinite(values).all():
        raise ValueError(f'keep_out holds {shown(text)}, which is no box; {_EXAMPLE}.')
    return values
