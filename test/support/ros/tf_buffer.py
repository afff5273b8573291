"""Stands for the buffer of tf2_ros, which has no wheel."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from efficientsam3_ros.scene3d.box import OrientedBox


class Buffer:
    """Stands for ``tf2_ros.Buffer``: one transform for each pair of frames.

    Attributes:
        asked: (target, source, stamp in nanoseconds) of every look-up.
    """

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], np.ndarray] = {}
        self.asked: list[tuple[str, str, int]] = []

    def lookup_transform(self, target: str, source: str, time: Any, timeout: Any) -> Any:
        """Return a ``TransformStamped`` look-alike."""
        self.asked.append((target, source, time.nanoseconds))
        if (target, source) not in self.known:
            raise LookupError(f'"{target}" passed to lookupTransform does not exist')
        matrix = self.known[target, source]
        x, y, z, w = OrientedBox(matrix[:3, 3], matrix[:3, :3], np.ones(3)).quaternion()
        a, b, c = matrix[:3, 3]
        return SimpleNamespace(
            transform=SimpleNamespace(
                rotation=SimpleNamespace(x=x, y=y, z=z, w=w),
                translation=SimpleNamespace(x=a, y=b, z=c),
            )
        )
