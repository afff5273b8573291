"""Put a checkpoint's tensors into a network's state, and account for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from efficientsam3_ros.model.weights.keys.key_rules import Piece
from efficientsam3_ros.model.weights.report import Report


class Placement:
    """A state that fills, with the account of it.

    Args:
        shapes: What the network needs: our key to shape.
        report: Is told what became of every key.
    """

    def __init__(self, shapes: Mapping[str, tuple[int, ...]], report: Report) -> None:
        self.state: dict[str, Tensor] = {}
        self._shapes = shapes
        self._report = report

    def take(self, key: str, pieces: Sequence[Piece], tensor: Tensor, origin: str) -> None:
        """Take a tensor if all of its pieces fit, and say so or why not in the report.

        Args:
            key: Its name in the checkpoint.
            pieces: Where its parts belong.
            tensor: The numbers.
            origin: Where it comes from, in words.
        """
        if not _is_finite(tensor):
            self._report.not_finite.append(key)
        parts = {}
        for piece in pieces:
            if piece.ours not in self._shapes:
                self._report.unexpected.append(key)
                return
            part, wanted = piece.read(tensor), self._shapes[piece.ours]
            if tuple(part.shape) != wanted:
                self._report.mismatched[key] = (
                    f'is {tuple(part.shape)}, the network needs {wanted}'
                )
                return
            parts[piece.ours] = part
        self.state |= parts
        self._report.used[key] = origin


def _is_finite(tensor: Tensor) -> bool:
    """Tell whether all numbers are finite; the sum, which is cheap, decides nearly always."""
    if not tensor.is_floating_point() or bool(torch.isfinite(tensor.sum(dtype=torch.float32))):
        return True
    return bool(torch.isfinite(tensor).all())
